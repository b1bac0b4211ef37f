# Unreviewed: message-crisis.

# A group's own page, on its node
node-coming = I ddod
node-coming-none = Nid oes dyddiadau wedi’u cyhoeddi ar hyn o bryd.
node-coming-all = Pob digwyddiad
node-all = Dangos pob un
node-keep-up = Cadw mewn cysylltiad
node-calendar = Tanysgrifio i bob dyddiad
node-calendar-hint = Yna mae eich calendr yn ychwanegu dyddiadau newydd ar ei ben ei hun. Mae enwau’r digwyddiadau ynddo.
node-feed = Ffrwd newyddion
node-feed-hint = Ar gyfer darllenydd ffrydiau: beth sy’n newydd a beth sydd wedi newid.
node-whose = Tudalen pwy yw hon?
node-whose-text = Un y grŵp ei hun. Ef sy’n ysgrifennu hyn i gyd. Pan fydd yn tynnu rhywbeth yn ôl, mae’n diflannu oddi yma ar unwaith.
node-whose-copied = Mae’r grŵp yn cadw rhestr o grwpiau eraill. Mae’r cofnod hwn yn rhan ohoni. Pan fydd yn tynnu cofnod yn ôl, mae’n diflannu oddi yma ar unwaith.
node-for-programs = Ar gyfer rhaglenni
node-sign-in = Ydych chi’n rhedeg y grŵp hwn? Mewngofnodwch
node-groups-title = Grwpiau
node-groups-heading = Grwpiau sy’n cyhoeddi yma
node-groups-lead = Mae pob grŵp yn ysgrifennu ei dudalen ei hun.
node-groups-none = Nid oes grŵp wedi cyhoeddi dim yma eto.

# A message to a group
message-title = Neges
message-heading = Anfon neges
message-lead = Mae’n mynd at y bobl sy’n rhedeg y grŵp hwn. Nid oes angen dweud pwy ydych chi.
message-crisis = Gall fod rhai dyddiau cyn i rywun ei darllen. Os oes angen help arnoch nawr, mae’r rhifau ar waelod y dudalen hon yn ateb ar unwaith.
message-text = Eich neges
message-reply = Sut gallant eich ateb? (Gallwch adael hyn allan)
message-reply-hint = Megis cyfeiriad e-bost neu rif ffôn. Meddyliwch pwy arall allai weld yr ateb.
message-send = Ei hanfon
message-kept = Cedwir eich geiriau dan glo, am 30 diwrnod ar y mwyaf, ar y cyfrifiadur y daw’r dudalen hon ohono. Gallai’r bobl sy’n rhedeg y cyfrifiadur hwnnw eu datgloi. Ni chedwir dim arall amdanoch.
message-empty = Ysgrifennwch eich neges yn gyntaf.
message-too-long = { $count ->
    [one] Mae eich neges { $count } nod yn rhy hir.
   *[other] Mae eich neges { $count } nod yn rhy hir.
}
message-reply-too-long = Rhaid i’r ffordd o’ch ateb ffitio ar un llinell. Gwnewch hi’n fyrrach.
message-wait = Daeth llawer o negeseuon o’ch cyfeiriad chi. Mae eich geiriau’n dal isod: rhowch gynnig arall arni ymhen awr.
message-full = Ni all y grŵp dderbyn mwy o negeseuon heddiw. Mae eich geiriau’n dal isod: rhowch gynnig arall arni yfory, neu cysylltwch â’r grŵp mewn ffordd arall.
message-elsewhere = Daeth hyn o wefan arall, felly ni chafodd ei anfon. Os oeddech am ei anfon, anfonwch ef oddi yma.
message-sent-heading = Mae eich neges gan y grŵp
message-sent-text = Gall y bobl sy’n rhedeg y grŵp ei darllen nawr.
message-sent-kept = Beth a gedwir
message-sent-words = Eich geiriau, a sut i’ch ateb os dywedoch.
message-sent-locked = Fe’u cedwir dan glo, ar y cyfrifiadur y daw’r dudalen hon ohono. Gallai’r bobl sy’n rhedeg y cyfrifiadur hwnnw eu datgloi.
message-sent-days = Gall y grŵp eu dileu pan fyn. Ar ôl 30 diwrnod fe’u dilëir beth bynnag.
message-sent-nothing-else = Dim byd arall: nid ble rydych chi, na’r hyn a ddarllenoch yma.
message-sent-back = Yn ôl at

# A message that waits at a directory, locked for the group
message-sealed-by-site = { $count ->
    [one] Mae’r dudalen hon yn cloi eich geiriau pan fyddant yn cyrraedd, fel mai dim ond y grŵp all eu hagor. Byddant yn aros yma am un diwrnod ar y mwyaf. Gallai’r bobl sy’n rhedeg y wefan hon eu darllen cyn iddynt gael eu cloi.
   *[other] Mae’r dudalen hon yn cloi eich geiriau pan fyddant yn cyrraedd, fel mai dim ond y grŵp all eu hagor. Byddant yn aros yma am { $count } diwrnod ar y mwyaf. Gallai’r bobl sy’n rhedeg y wefan hon eu darllen cyn iddynt gael eu cloi.
}
message-sealed-by-browser = { $count ->
    [one] Mae eich porwr yn cloi eich geiriau cyn eu hanfon, fel mai dim ond y grŵp all eu hagor. Byddant yn aros yma am un diwrnod ar y mwyaf. Mae’r bobl sy’n rhedeg y wefan hon yn gweld bod neges wedi dod, a phryd.
   *[other] Mae eich porwr yn cloi eich geiriau cyn eu hanfon, fel mai dim ond y grŵp all eu hagor. Byddant yn aros yma am { $count } diwrnod ar y mwyaf. Mae’r bobl sy’n rhedeg y wefan hon yn gweld bod neges wedi dod, a phryd.
}
message-seal-failed = Ni allai eich porwr gloi eich geiriau. Pwyswch y botwm eto i’w hanfon fel y maent: bydd y dudalen hon yn eu cloi pan fyddant yn cyrraedd, a gallai’r bobl sy’n rhedeg y wefan hon eu darllen cyn hynny.
message-unsealed = Ni chyrhaeddodd y neges hon yn gyfan. Anfonwch hi eto.
message-sealed-away = Cafodd eich geiriau eu cloi yn eich porwr, felly ni all y dudalen hon eu dangos. Ewch yn ôl un dudalen i’w cael.
message-waits-heading = Mae eich neges yn aros am y grŵp
message-waits-text = Bydd cyfrifiadur y grŵp yn ei nôl oddi yma. Fel arfer mae hynny’n cymryd rhai munudau. Os yw wedi’i ddiffodd, gall gymryd dyddiau.
message-waits-locked = Eich geiriau, dan glo. Dim ond y grŵp all eu hagor.
message-waits-days = { $count ->
    [one] Byddant yn aros yma am un diwrnod ar y mwyaf. Os nad yw’r grŵp wedi eu nôl erbyn hynny, cânt eu dileu.
   *[other] Byddant yn aros yma am { $count } diwrnod ar y mwyaf. Os nad yw’r grŵp wedi eu nôl erbyn hynny, cânt eu dileu.
}
message-waits-seen = Mae’r bobl sy’n rhedeg y wefan hon yn gweld bod neges wedi dod i’r grŵp hwn, pryd, a thua pha mor hir yw hi.
message-waits-back = Yn ôl at y grŵp
