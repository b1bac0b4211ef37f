# The console: frame
console-name = Tudalennau eich grŵp
console-nav-home = Hafan
console-nav-listing = Rhestriad
console-nav-events = Digwyddiadau
console-nav-offers = Cynigion ac anghenion
console-nav-messages = Negeseuon
console-nav-shown = Pwy sy’n ein dangos
console-nav-people = Pobl
console-nav-settings = Gosodiadau
console-sign-out = Allgofnodi
console-see-page = Gweld eich tudalen gyhoeddus
console-other-groups = Eich grwpiau
console-foot = Dim ond pobl eich grŵp all agor y tudalennau hyn.
console-to-start = Mynd i’r dudalen gyntaf
console-not-found-do = Efallai ei fod wedi’i dynnu’n ôl, neu nad yw’n un o’ch rhai chi.
console-forged = Ni ddaeth y ffurflen hon oddi yma
console-forged-do = Ni newidiwyd dim. Ewch yn ôl, llwythwch y dudalen eto, yna anfonwch y ffurflen unwaith eto.
console-kept = Mae eich geiriau wedi’u cadw
console-kept-do = Rydych wedi mewngofnodi eto ers i’r dudalen hon gael ei llwytho. Ewch ymlaen: cewch weld eich geiriau, ac ni chyhoeddir dim eto.
console-kept-go-on = Mynd ymlaen â’m geiriau
console-too-many-do = Bu gormod o geisiau. Arhoswch funud, yna rhowch gynnig arall arni.
console-busy-do = Mae’r cyfrifiadur sy’n rhedeg hyn yn brysur. Arhoswch ychydig eiliadau, yna rhowch gynnig arall arni.
console-request-do = Ni newidiwyd dim. Ewch yn ôl a rhowch gynnig arall arni.
console-server-do = Ni chollwyd dim yr oeddech wedi’i gadw. Arhoswch funud, yna rhowch gynnig arall arni.

# The console: forms
form-wrong = Edrychwch ar hyn eto
answer-none = Dim byd
answer-change = Newid

# The console: signing in
sign-in-heading = Mewngofnodi
sign-in-name = Eich enw yma
sign-in-passphrase = Eich cyfrinymadrodd
sign-in-button = Mewngofnodi
sign-in-wrong = Nid yw’r enw hwn a’r cyfrinymadrodd hwn yn perthyn i’w gilydd.
sign-in-kept = Cawsoch eich allgofnodi tra oeddech yn ysgrifennu. Mae eich geiriau wedi’u cadw: mewngofnodwch, a byddant yno eto.
sign-in-kept-link = Agorwch y ddolen yn y porwr hwn, o fewn diwrnod: bydd eich geiriau yno eto. Os nad ydynt, dewch yn ôl i’r dudalen hon a phwyswch y botwm.
sign-in-kept-go-on = Rydw i wedi mewngofnodi: mynd ymlaen
sign-in-without = Os na allwch fewngofnodi
sign-in-without-steward = Gofynnwch am ddolen gan berson arall o’ch grŵp, neu gan y person sy’n rhedeg y cyfrifiadur hwn.
sign-in-without-own = Os eich cyfrifiadur chi ydyw, mae hyn yn gwneud dolen:
link-heading = Croeso
link-used-heading = Nid yw’r ddolen hon yn gweithio mwyach
link-used = Mae dolen yn gweithio unwaith, a dim ond am gyfnod.
link-used-do = Gofynnwch am un newydd gan y person a’i rhoddodd i chi. Ar eich cyfrifiadur eich hun, mae hyn yn gwneud un:
link-host = Mae hon yn agor y tudalennau lle rydych yn gofalu am yr hyn y mae eich grŵp yn ei ddweud yn gyhoeddus.
link-new-group = Yma gallwch roi grŵp lle gall pobl ddod o hyd iddo. Mae’n cymryd tua phum munud.
link-join = yn gofyn i chi helpu i ofalu am
link-join-host = Gofynnir i chi helpu i ofalu am
link-return = Mae hon yn eich mewngofnodi fel
link-name = Beth ddylai’r lleill yn eich grŵp eich galw?
link-name-hint = Rydych yn mewngofnodi â’r enw hwn. Nid yw byth yn gyhoeddus.
link-passphrase = Dewiswch gyfrinymadrodd
link-passphrase-hint = Deuddeg llythyren neu fwy. Mae tri neu bedwar gair nad ydynt yn perthyn i’w gilydd yn dda.
link-name-missing = Ysgrifennwch enw o 60 llythyren neu lai.
link-name-taken = Mae gan rywun yma yr enw hwn eisoes. Dewiswch un arall.
link-passphrase-short = Ysgrifennwch gyfrinymadrodd o ddeuddeg llythyren neu fwy.
link-known = Rydych wedi mewngofnodi yma fel
link-known-adds = Ychwanegir y grŵp at y rhai rydych yn gofalu amdanynt.
link-button = Ymlaen
link-once = Mae’r ddolen yn gweithio unwaith. Wedi hynny rydych yn mewngofnodi â’ch enw a’ch cyfrinymadrodd.

# The console: first page
groups-heading = Eich grwpiau
groups-add = Ychwanegu grŵp
console-home-heading = Yr hyn rydych yn gofalu amdano
console-tasks = I’w wneud
task-still-right = Ydy hyn yn dal yn gywir?
task-messages = { $count ->
    [one] Mae neges newydd.
   *[other] Mae { $count } neges newydd.
}
task-messages-do = Darllen
task-stopped = Mae newidiadau’n aros: ni ellir eu cyhoeddi nawr.
task-draft = Dechreuoch ysgrifennu rhywbeth ac ni anfonoch ef.
task-draft-do = Parhau ag ef
console-published = Beth sy’n gyhoeddus
console-count-listings = { $count ->
    [0] Dim rhestriad
    [one] Un rhestriad
   *[other] { $count } rhestriad
}
console-count-events = { $count ->
    [0] Dim digwyddiadau
    [one] Un digwyddiad
    [two] { $count } ddigwyddiad
   *[other] { $count } digwyddiad
}
console-count-offers = { $count ->
    [0] Dim cynigion nac anghenion
    [one] Un cynnig neu angen
   *[other] { $count } o gynigion ac anghenion
}
console-shown-nowhere = Nid oes dim yn cael ei anfon i gyfeiriadur eto, felly nid yw chwiliadau’n dod o hyd i chi.
console-shown-by = { $count ->
    [0] Nid oes cyfeiriadur yn eich dangos eto.
    [one] Mae un cyfeiriadur yn eich dangos.
    [two] Mae { $count } gyfeiriadur yn eich dangos.
    [few] Mae { $count } chyfeiriadur yn eich dangos.
    [many] Mae { $count } chyfeiriadur yn eich dangos.
   *[other] Mae { $count } cyfeiriadur yn eich dangos.
}
console-shown-more = Gweld lle gall pobl ddod o hyd i chi

# The console: the first five minutes
first-step = Cam { $count } o 5
first-back = Yn ôl
first-go-on = Cadw a mynd ymlaen
first-nothing-public = Nid oes dim yn gyhoeddus eto. Cedwir eich geiriau yma, felly gallwch stopio a dod yn ôl.
first-about = Beth yw eich enw, a beth ydych chi’n ei wneud?
first-about-name = Enw eich grŵp
first-about-summary = Beth ydych chi’n ei wneud, mewn un neu ddwy frawddeg
first-about-summary-hint = Fel y byddech yn ei ddweud wrth rywun yn yr arhosfan bysiau.
first-about-used = Geiriau rydych yn eu hoffi am yr hyn ydych
first-about-used-hint = Er enghraifft: cyd-gefnogaeth, goroeswyr. Rhowch goma rhyngddynt.
first-about-rejected = Geiriau nad ydych am gael eich galw
first-about-rejected-hint = Er enghraifft: defnyddwyr gwasanaeth. Mae pobl sy’n chwilio amdanynt yn dal i ddod o hyd i chi, ond nid oes tudalen yn eu dangos fel eich enw.
first-who = Ar gyfer pwy y mae?
first-who-words = Yn eich geiriau eich hun
first-who-words-hint = Er enghraifft: menywod sy’n gwybod beth yw wythnos wael.
first-who-tags = Mae ticio’n helpu pobl i ddod o hyd i chi. Nid oes angen yr un.
first-who-communities = Pobl
first-who-experiences = Yr hyn y maent yn byw gydag ef
first-who-together = Os ticioch fwy nag un
first-who-any = Mae unrhyw un ohonynt yn ddigon
first-who-all = Rhaid i bob un fod yn wir am berson, fel menywod ag iselder
first-who-emphasis = Pa mor gaeth yw hynny?
first-who-welcome = Mae croeso iddynt ymhlith eraill
first-who-mainly = Yn bennaf iddyn nhw
first-who-only = Iddyn nhw yn unig
first-where = Ble ydych chi’n cwrdd?
first-where-lead = Peidiwch â dweud mwy nag sydd ei angen ar bobl i ddod o hyd i chi. Gallwch ei newid wedyn.
first-where-choose = Faint gaiff pawb ei weld?
first-where-town = Y dref neu’r ddinas
first-where-district = Y rhan o’r dref, tua milltir ar draws
first-where-online = Ar-lein neu dros y ffôn yn unig
first-where-exact = Y cyfeiriad llawn
first-where-hidden = Dim byd o gwbl
first-where-town-name = Tref neu ddinas
first-where-town-hint = Ar gyfer “tref” a “rhan o’r dref”. Os oes gan ddwy dref yr enw, ychwanegwch y sir.
first-where-district-code = Hanner cyntaf y cod post
first-where-district-hint = Ar gyfer “rhan o’r dref”, megis CF24.
first-where-online-words = Sut mae pobl yn cymryd rhan ar-lein neu dros y ffôn
first-where-online-hint = Er enghraifft: galwad fideo bob wythnos. Peidiwch â rhoi’r ddolen yma.
first-where-exact-open = Dangos y cyfeiriad llawn
first-where-exact-tells = Yna gall pawb weld y drws: hefyd rywun sy’n chwilio am berson sy’n dod atoch. Peidiwch byth â rhoi cyfeiriad cartref. Gall yr hyn a fu’n gyhoeddus unwaith aros gydag eraill am byth.
first-where-venue = Enw’r lle
first-where-street = Rhif a stryd
first-where-postcode = Cod post
first-where-words = Sut mae pobl yn cael gwybod y gweddill
first-where-words-hint = Er enghraifft: anfonwn y cyfeiriad wedi i chi gysylltu.
first-where-missing = Ysgrifennwch ef yma, neu dewiswch ddangos llai.
first-where-unknown = Nid ydym yn adnabod hwn. Ysgrifennwch y rhan cyn y bwlch, megis CF24.
first-when = Pryd ydych chi’n cwrdd?
first-when-words = Mewn geiriau plaen
first-when-words-hint = Er enghraifft: every second Tuesday from 1 December except bank holidays, 7 to 9pm. Saesneg yn unig y gallwn ei ddarllen am y tro. Gadewch ef yn wag os yw’n newid.
first-when-read = Rydym yn darllen hyn fel:
first-when-next = Y troeon nesaf:
first-when-right = Ydy hynny’n gywir? Yna ewch ymlaen. Os na, ysgrifennwch ef mewn geiriau eraill.
first-when-open = Bron yno. Atebwch hyn, ac fe ddangoswn y dyddiau i chi.
first-when-nation = Gwyliau banc pwy?
first-when-england = Cymru a Lloegr
first-when-scotland = Yr Alban
first-when-northern-ireland = Gogledd Iwerddon
first-when-event = Ei ddangos yn y calendr digwyddiadau hefyd
first-join = Sut gall pobl ymuno?
first-join-openness = All pobl newydd ddod?
first-join-open = Gallant, dewch draw
first-join-contact-first = Gallant, ond cysylltwch yn gyntaf
first-join-waiting-list = Rydym yn llawn, gyda rhestr i bobl newydd
first-join-closed = Ddim ar hyn o bryd
first-join-words = Sut i ymuno, yn eich geiriau eich hun
first-join-words-hint = Er enghraifft: canwch y gloch a gofynnwch am yr ystafell de.
first-join-first-time = Beth sy’n digwydd y tro cyntaf?
first-join-first-time-hint = Pwy sy’n eich cwrdd, beth i ddod ag ef, bod modd gwrando yn unig.
first-join-contact = Sut i’ch cyrraedd
first-join-contact-hint = Gall pawb weld y rhain. Defnyddiwch gyfeiriad y grŵp, byth un person.
first-join-email = E-bost
first-join-phone = Ffôn
first-join-website = Gwefan
first-check = Edrychwch ar hyn cyn iddo fod yn gyhoeddus
first-check-wrong = Newidiwch hyn yn gyntaf
first-check-public = Gall pawb weld
first-check-private = Ni all neb arall weld
first-check-change-about = Newid yr enw a’r geiriau
first-check-change-who = Newid ar gyfer pwy y mae
first-check-change-where = Newid ble
first-check-change-when = Newid pryd
first-check-change-join = Newid sut i ymuno
first-private-you = eich enw, a’ch bod yn gofalu am y grŵp hwn
first-private-who = pwy sy’n dod atoch: nid oes lle i’w ysgrifennu
first-private-machine = ble mae’r cyfrifiadur hwn, os na ddewisoch ei ddweud
first-private-drafts = yr hyn y dechreuoch ei ysgrifennu ac na gyhoeddoch
first-also = Cyhoeddus hefyd, er nad yw’r dudalen yn ei ddangos
first-also-rejected = Geiriau rydych yn eu gwrthod
first-also-ticks = Yr hyn a diciwyd gennych
first-check-sent = I ble mae’n mynd
first-check-sent-nowhere = I dudalen y grŵp ei hun. Byddwch yn dewis cyfeiriaduron wedyn.
first-check-back = Gallwch ei dynnu’n ôl unrhyw bryd. Mae wedi mynd o’r cyfeiriaduron hynny o fewn munudau.
first-check-questions = Edrychwch ar hyn eto
first-check-confirm = Ie, dyna’r bwriad.
first-check-open = Ticiwch bob un o’r rhain os dyna’r bwriad, neu ewch yn ôl a’i newid.
first-check-agree = Caiff hyn fod yn gyhoeddus

# The console: recovery words
words-heading = Eich deuddeg gair
words-why = Deuddeg gair ar bapur yw’r allwedd i’ch grŵp. Nid oes dim byd arall.
words-lost = Os yw’r cyfrifiadur hwn yn torri neu’n cael ei ddwyn, maent yn dod â’ch grŵp yn ôl.
words-move = Gyda nhw gallwch symud i gyfrifiadur arall neu westeiwr arall.
words-care = Pwy bynnag sydd â nhw sydd biau eich grŵp. Cadwch y papur fel y byddwch yn cadw pasbort.
words-made-here = Gwneir y geiriau ar y cyfrifiadur hwn, ac nid yw’n eu cadw.
words-made-by-host = Gwneir y geiriau gan gyfrifiadur eich gwesteiwr. Nid yw’n eu cadw, ond gallai gwesteiwr anonest eu darllen wrth i chi wneud.
words-made-in-browser = Gwneir y geiriau yma yn eich porwr. Nid ydynt yn ei adael: dim ond clo sy’n mynd i gyfrifiadur eich gwesteiwr, a’r geiriau yw ei allwedd.
words-print = Argraffu
words-number = Gair
words-make = Dangoswch y geiriau i mi
words-sheet = Deuddeg gair
words-what = Diben y papur hwn
words-what-lost = Os yw eich cyfrifiadur neu’ch gwesteiwr wedi mynd, mae’r geiriau hyn yn dod â’r grŵp yn ôl ar un arall.
words-what-who = Dylai dau berson rydych yn ymddiried ynddynt wybod ble mae’r papur hwn.
words-what-never = Peidiwch byth â theipio’r geiriau i dudalen neu neges. Dim ond y rhaglen i westeiwyr sy’n eu cymryd.
words-what-guide = Ar gyfrifiadur newydd: hedgerow-node group recover
words-code = Yr un geiriau, i’w sganio.
words-write = Argraffwch y dudalen hon neu ysgrifennwch y geiriau i lawr nawr. Ni chânt eu dangos eto.
words-written = Maent gennyf ar bapur
words-confirm = Edrychwch ar eich papur
words-confirm-hint = Mae hyn yn sicrhau bod y papur yn gywir.
words-repeat = Gair { $count }
words-wrong = Gair arall yw hwnnw. Edrychwch ar y papur.
words-publish = Cyhoeddi
words-again = Dangoswch y geiriau i mi eto
published-heading = yn gyhoeddus nawr
published-soon = Bydd cyfeiriaduron yn ei gael yn y munudau nesaf. Yna gall pobl ddod o hyd i chi.
published-nowhere = Mae ar eich tudalen eich hun. Er mwyn i bobl ddod o hyd iddo wrth chwilio, ychwanegwch gyfeiriadur.
published-next = Beth allwch chi ei wneud nesaf
published-directory = Dewis cyfeiriadur sy’n eich dangos
published-offer = Rhannu ystafell neu rywbeth arall, neu ddweud beth sydd ei angen arnoch
published-invite = Gofyn i ail berson helpu i ofalu amdano
published-more = Dweud mwy am eich grŵp
published-home = Mynd i’r dudalen gyntaf

# The console: people, sign-in, history
people-heading = Pobl sy’n gofalu am y grŵp hwn
people-none = Neb eto ond y person sy’n rhedeg y cyfrifiadur hwn.
people-you = (chi)
people-steward = Stiward
people-steward-may = Caiff wneud popeth, a gwahodd eraill.
people-editor = Golygydd
people-editor-may = Caiff ysgrifennu a chyhoeddi, a darllen negeseuon.
people-used = yma ddiwethaf
people-make-editor = Gwneud yn olygydd
people-make-steward = Gwneud yn stiward
people-return = Gwneud dolen i fewngofnodi
people-remove = Tynnu
people-invitations = Dolenni heb eu defnyddio eto
people-until = Yn gweithio tan
people-call-back = Ei galw’n ôl
people-invite = Gofyn i rywun helpu
people-invite-role = Beth gânt ei wneud?
people-invite-button = Gwneud dolen
people-link = Anfonwch y ddolen hon at y person hwnnw’n unig:
people-link-once = Mae’n gweithio unwaith. Ni chaiff ei dangos eto.
people-last = Mae angen un stiward ar y grŵp. Gwnewch berson arall yn stiward yn gyntaf.
people-too-many = Mae llawer o ddolenni heb eu defnyddio eto. Galwch rai yn ôl yn gyntaf.
people-removed = Ni all y person hwn agor y tudalennau hyn mwyach.
people-role-changed = Newidiwyd y rôl.
people-called-back = Nid yw’r ddolen yn gweithio mwyach.
account-heading = Eich mewngofnodi
account-sessions = Ble rydych wedi mewngofnodi
account-device = Porwr
account-this = Yr un hwn
account-end = Allgofnodi yno
account-end-others = Allgofnodi ym mhobman arall
account-passphrase = Eich cyfrinymadrodd
account-old = Cyfrinymadrodd nawr
account-change = Newid y cyfrinymadrodd
account-changed = Newidiwyd y cyfrinymadrodd. Allgofnodwyd porwyr eraill.
account-ended = Allgofnodwyd yno.
account-wrong = Nid hwn yw eich cyfrinymadrodd nawr.
account-by-link = Rydych yn mewngofnodi â dolen. Mae hyn yn gwneud un:
history-heading = Pwy newidiodd beth
history-none = Ni newidiwyd dim eto.
history-added = ychwanegodd
history-changed = newidiodd
history-taken-back = tynnodd yn ôl
history-invited-steward = gwnaeth ddolen i wahodd stiward
history-invited-editor = gwnaeth ddolen i wahodd golygydd
history-made-link = gwnaeth ddolen i fewngofnodi i
history-called-back = tynnodd ddolen yn ôl
history-joined = ymunodd â’r grŵp
history-made-steward = rhoddodd rôl stiward i
history-made-editor = rhoddodd rôl golygydd i
history-removed = tynnodd berson o’r grŵp
history-settings = newidiodd y gosodiadau
history-directory-added = ychwanegodd gyfeiriadur
history-directory-removed = rhoddodd y gorau i anfon at gyfeiriadur
history-host = Y gwesteiwr
history-older = Newidiadau hŷn
