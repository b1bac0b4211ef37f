# Sheet to hand over, printed directory, link to share, entries that are somebody's own

sheet-title = Taflen
sheet-heading = Lleoedd i droi atynt
sheet-how = Argraffwch y dudalen hon â gorchymyn argraffu eich porwr. Dim ond y daflen a argreffir. Nid oes neb yn cadw copi.
sheet-none = Nid ydych wedi ticio dim. Ewch yn ôl i’r canlyniadau, ticiwch rai, a gwnewch y daflen eto.
sheet-full = Dim ond y rhai cyntaf a ddangosir: nid oes lle i fwy ar daflen.
sheet-gone = { $count ->
    [one] Nid yw { $count } ohonynt yma mwyach.
   *[other] Nid yw { $count } ohonynt yma mwyach.
}
sheet-scan = Pwyntiwch gamera ffôn yma i weld y manylion diweddaraf.
sheet-code = Cod â chyfeiriad y cofnod
sheet-made = Gwnaed ar { $day }. Gwiriwch cyn teithio: mae pethau’n newid.
pick-label = Rhoi ar y daflen
pick-heading = Beth nesaf?
pick-sheet = Gwneud taflen o’r rhai a diciwyd
pick-sheet-hint = Tudalen lân mewn print bras i’w hargraffu a’i rhoi i rywun.

share-title = Dolen
share-heading = Dolen i’r chwiliad hwn
share-button = Gwneud dolen i’r chwiliad hwn
share-hint = Dangoswn i chi’n gyntaf beth mae’r ddolen yn ei ddweud.
share-nothing = Nid oes dim i’w rannu eto: chwiliwch am rywbeth yn gyntaf.
share-tells = Beth fyddai’r ddolen yn ei ddweud
share-tells-lead = Mae eich chwiliad yn y ddolen. Gall pawb sy’n ei gweld ddarllen hyn:
share-words = Geiriau
share-near = Ger
share-filters = Dewiswyd
share-kept = Mae dolen yn aros mewn negeseuon ac yn rhestr tudalennau porwr. Peidiwch â gwneud un os gallai rhywun ei defnyddio yn eich erbyn chi neu nhw.
share-make = Gwneud y ddolen
share-back = Yn ôl i’r canlyniadau
share-link = Y ddolen
share-copy = Copïwch hyn
share-open = Rhoi cynnig ar y ddolen
share-open-warning = Os agorwch hi yma, mae’r porwr hwn yn ei chadw hefyd.
share-opened = Daethoch trwy ddolen. Mae’r chwiliad yng nghyfeiriad y dudalen hon, ac mae eich porwr yn ei gadw.

printed-title = Cyfeiriadur print
printed-heading = Cyfeiriadur i’w argraffu
printed-lead = Holl grwpiau un dref neu ardal fel llyfryn, gyda mynegai.
printed-place = Pa dref neu ardal?
printed-place-hint = Er enghraifft: Caerdydd, Gwynedd, LL57
printed-make = Ei wneud
printed-none = Nid oes grŵp wedi’i restru yno. Rhowch gynnig ar ardal fwy.
printed-how = Argraffwch y dudalen hon â gorchymyn argraffu eich porwr, neu cadwch hi fel PDF. Dewiswch “llyfryn” yno os gall eich argraffydd wneud hynny.
printed-partial = { $count ->
    [one] Dim ond y grŵp cyntaf sy’n ffitio. Dewiswch ardal lai i’w hargraffu i gyd.
   *[other] Dim ond y { $count } grŵp cyntaf sy’n ffitio. Dewiswch ardal lai i’w hargraffu i gyd.
}
printed-cover = Grwpiau yn ac o amgylch
printed-made = Gwnaed ar { $day }.
printed-by = Cedwir y rhestr hon gan
printed-changes = Mae pethau’n newid. Gwiriwch cyn teithio.
printed-contents = Cynnwys
printed-by-people = Ar gyfer pwy mae’r grwpiau
printed-by-name = Grwpiau yn ôl enw
printed-numbers = Rhifau’r cofnodion yw’r rhain, nid rhifau tudalennau.
printed-no-people = Nid oes grŵp yn dweud ar gyfer pwy y mae.
printed-elsewhere = Dim lle, neu’r ardal gyfan
printed-next = Nesaf:

yours-about = Mae hyn am:
yours-publish = Cyhoeddi eich geiriau eich hun
yours-publish-how = Mae’n cymryd pum munud. Ar eich cyfrifiadur eich hun, dechreuwch y rhaglen hon ac atebwch ei chwestiynau:
yours-publish-host = Gall grŵp arall neu lyfrgell ei wneud drosoch ar eu cyfrifiadur hefyd. Pan fydd eich un chi wedi’i gyhoeddi, ysgrifennwch atom isod, a byddwn yn tynnu’r hen un.
yours-ask = Gofyn i ni
yours-own-lost = Os ydych wedi colli’r ffordd i mewn, neu os yw’n sôn amdanoch ac nad ydych am iddo wneud, ysgrifennwch atom.
yours-wish = Beth ddylem ei wneud?
yours-wish-remove = Ei dynnu allan
yours-wish-correct = Ei gywiro
yours-words = Beth sy’n anghywir? (Nid oes angen dweud pam rydych am ei dynnu.)
yours-words-hint = Peidiwch ag ysgrifennu dim am eich iechyd, na rhoi enwau aelodau.
yours-reply = Sut gallwn ni eich cyrraedd? (Nid oes rhaid i chi ddweud.)
yours-reply-hint = Hebddo ni allwn ysgrifennu’n ôl.
yours-kept = { $count ->
    [two] Dim ond y bobl sy’n rhedeg y cyfeiriadur hwn sy’n ei ddarllen. Caiff ei ddileu ar ôl { $count } ddiwrnod.
   *[other] Dim ond y bobl sy’n rhedeg y cyfeiriadur hwn sy’n ei ddarllen. Caiff ei ddileu ar ôl { $count } diwrnod.
}
yours-send = Anfon
yours-sent = Diolch
yours-sent-lead = Mae eich neges gan y bobl sy’n rhedeg y cyfeiriadur hwn. Dylent ddelio â hi o fewn diwrnod neu ddau.
yours-no-wish = Dewiswch beth ddylem ei wneud.
yours-nothing-to-correct = Ysgrifennwch beth sy’n anghywir, er mwyn i ni ei gywiro.
yours-too-long = Ysgrifennwch 1,000 o lythrennau ar y mwyaf.
yours-reply-too-long = Ysgrifennwch sut i’ch cyrraedd mewn 200 o lythrennau ar y mwyaf.
yours-form = Gofyn am hyn, yma
