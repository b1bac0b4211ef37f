# Search box
search-what = Am beth ydych chi’n chwilio?
search-what-hint = Er enghraifft: galar, grŵp cerdded, awtistiaeth, rhywun i siarad â nhw
search-near = Ger
search-near-hint = Tref, neu ddechrau cod post
search-within = O fewn
search-miles = { $count ->
    [two] { $count } filltir
   *[other] { $count } milltir
}
search-button = Chwilio

# Home
home-title = Hafan
home-heading = Dewch o hyd i bobl sy’n deall
home-lead = Grwpiau sy’n cael eu rhedeg gan bobl sydd wedi bod yno eu hunain. Mae chwilio am ddim. Ni ddywedir wrth neb am beth rydych yn chwilio.
home-empty-heading = Nid oes dim yma eto
home-empty-groups = Mae’r cyfeiriadur hwn yn newydd. Mae grwpiau’n ymddangos yma pan fyddant yn cyhoeddi iddo.
home-empty-operator = Ydych chi’n rhedeg y cyfeiriadur hwn? Rhowch ei gyfeiriad i’r grwpiau rydych yn eu hadnabod, neu dilynwch gyfeiriadur arall. Mae’r cyfeiriad ar y dudalen hon:
home-kinds = Beth sydd yma
home-groups = { $count ->
    [one] { $count } grŵp
   *[other] { $count } grŵp
}
home-events = { $count ->
    [two] { $count } ddigwyddiad
   *[other] { $count } digwyddiad
}
home-offers = { $count ->
    [one] { $count } peth i’w rannu
   *[other] { $count } o ystafelloedd a phethau i’w rhannu
}
home-needs = { $count ->
    [one] { $count } peth sydd ei angen ar grŵp
   *[other] { $count } o bethau sydd eu hangen ar grwpiau
}
home-stories = { $count ->
    [one] { $count } stori
   *[other] { $count } stori
}
home-commitments = { $count ->
    [one] { $count } addewid
   *[other] { $count } addewid
}
home-vouches = { $count ->
    [one] { $count } grŵp yn siarad dros un arall
   *[other] { $count } grŵp yn siarad dros eraill
}
home-other = { $count ->
    [two] { $count } gofnod arall
    [few] { $count } chofnod arall
    [many] { $count } chofnod arall
   *[other] { $count } cofnod arall
}
home-people = Ar gyfer pwy mae’r grwpiau
home-this-week = Beth sydd ymlaen yr wythnos hon
home-trust = Ar beth y gallwch ddibynnu
home-trust-groups-lead = Mae grwpiau’n ysgrifennu drostynt eu hunain.
home-trust-groups = Dangosir yr hyn y mae grŵp yn ei ddweud air am air. Ni all neb yn y canol ei newid.
home-trust-voice-lead = Rydych yn gweld geiriau pwy ydynt.
home-trust-voice = Geiriau’r grŵp ei hun, neu rai a gopïwyd o hen restr. Nid yw’r ddau byth yn edrych yr un fath.
home-trust-you-lead = Nid ydych yn gadael ôl yma.
home-trust-you = Dim cyfrif, dim cwcis. Ni chedwir yr hyn rydych yn chwilio amdano.
home-run-by = Caiff y cyfeiriadur hwn ei redeg gan
home-about-link = Am y cyfeiriadur hwn
home-run-by-unknown = Nid yw’r bobl sy’n rhedeg y cyfeiriadur hwn wedi dweud pwy ydynt.

# Kinds, voices, freshness, states
kind-group = Grŵp
kind-event = Digwyddiad
kind-offer = I’w rannu
kind-need = Ei angen
kind-story = Stori
kind-commitment = Addewid
kind-vouch = Yn siarad dros grŵp arall
kind-other = Cofnod
kinds-group = Grwpiau
kinds-event = Digwyddiadau
kinds-offer = Ystafelloedd a phethau i’w rhannu
kinds-need = Pethau sydd eu hangen ar grwpiau
kinds-story = Straeon
kinds-commitment = Addewidion
kinds-vouch = Grwpiau y maent yn siarad drostynt
kinds-other = Cofnodion eraill
voice-itself = Cyhoeddwyd gan y grŵp ei hun (heb ei wirio)
voice-by-website = Geiriau’r grŵp ei hun, wedi’u cadarnhau gan ei wefan
voice-by-group = Geiriau’r grŵp ei hun; mae grŵp arall yn ei adnabod
voice-behalf = Gyda chaniatâd y grŵp, gan
voice-catalogued-year = Cofnodwyd yn { $year }; efallai nad yw’n bodoli mwyach.
voice-catalogued = O restr heb ddyddiad; efallai nad yw’n bodoli mwyach.
voice-listed-by = Rhestrwyd gan
fresh-silent = { $count ->
    [two] Dim byd newydd o gyfrifiadur y grŵp ers { $count } ddiwrnod
   *[other] Dim byd newydd o gyfrifiadur y grŵp ers { $count } diwrnod
}
fresh-old = Gwiriwyd ddiwethaf ym mis { $date }: efallai ei fod wedi newid
fresh-confirmed = Yn dal yn gywir ym mis { $date }, yn ôl y grŵp
fresh-signed = Cyhoeddwyd { $date }
state-paused = Wedi oedi am y tro
state-closed = Wedi cau
state-cancelled = Wedi’i ganslo
state-postponed = Wedi’i ohirio: dim dyddiad newydd eto
state-over = Drosodd ers { $date }
hit-by = Gan
hit-also = Mae’r un sefydliad wedi’i restru yma hefyd:
place-serves = Y cyfan o
hit-online = Ar-lein neu dros y ffôn
hit-online-too = – neu ar-lein
precision-neighbourhood = o fewn tua hanner milltir
precision-region = rhywle yn yr ardal hon
room-free = Yn rhydd bryd hynny, hyd y mae wedi’i gyhoeddi
room-ask = Gofynnwch iddynt:

# Search results
search-title = Canlyniadau
search-heading = { $count ->
    [zero] Dim canlyniadau
    [one] { $count } canlyniad
    [two] { $count } ganlyniad
    [few] { $count } chanlyniad
    [many] { $count } chanlyniad
   *[other] { $count } canlyniad
}
search-heading-none = Dim byd wedi’i ganfod
search-heading-error = Un peth i’w gywiro
error-title = Gwall:
error-heading = Mae problem
near-inside = Yn
near-around = Ger
near-others = Oeddech chi’n golygu lle arall o’r un enw?
near-unknown = Nid ydym yn adnabod lle o’r enw hwnnw.
near-guesses = Oeddech chi’n golygu un o’r rhain?
days-heading = Pryd:
notice-left-out = Nid oes cofnod yma â’r geiriau hyn, felly fe’u gadawyd allan:
notice-refused = Nid ydych am gael y rhain, felly gadawyd allan gofnodion amdanynt:
notice-guess = Fe’i cymerwyd fel
notice-guess-typed = Fe deipioch chi
notice-also = Chwiliwyd hefyd am eiriau eraill am
notice-unknown = Nid oes dim yma wedi’i nodi â
notice-unknown-try = Efallai:
notice-some-words = Nid oes cofnod â’ch holl eiriau. Mae’r rhan fwyaf ohonynt yn y rhain.
notice-place = Oes lle yn rhan ohono?
notice-place-button = Chwilio ger { $place }
chosen = Eich dewis:
chosen-remove = Tynnu
none-lead = Nid oes dim yma’n cyd-fynd â hynny i gyd. Nid yw’n golygu nad oes help.
none-try = Gallech roi cynnig ar:
none-wider = Chwilio ymhellach: o fewn { $distance }
none-all = Gadael popeth allan ond eich geiriau
none-without = Gadael allan:
none-count = { $count ->
    [two] { $count } ganlyniad
    [few] { $count } chanlyniad
    [many] { $count } chanlyniad
   *[other] { $count } canlyniad
}
none-also = Mae llai o eiriau, neu rai symlach, yn aml yn helpu.
results-heading = Yr hyn a ganfuwyd
jump-to-filters = Cyfyngu’r canlyniadau hyn
filters-heading = Cyfyngu’r chwiliad
filters-apply = Dangos y rhain
filter-count = ({ $count })
filter-kind = Pa fath
filter-resource = Beth i’w rannu
filter-who-for = Ar gyfer pwy
filter-when = Pryd
filter-access = Mynd i mewn a chymryd rhan
filter-cost = Cost
filter-language = Iaith
filter-other = Ymuno
flag-any-role = Sefydliadau eraill hefyd
flag-open-to-new = Ar agor i bobl newydd
flag-first-time-free = Y tro cyntaf am ddim
flag-free = Am ddim
flag-online = Ar-lein neu dros y ffôn
flag-in-person = Wyneb yn wyneb yn unig
flag-morning = Boreau
flag-afternoon = Prynhawniau
flag-evening = Nosweithiau
flag-today = Heddiw
flag-this-weekend = Y penwythnos hwn
flag-this-week = Yr wythnos hon
flag-weekend = Penwythnosau
flag-weekday = Dyddiau’r wythnos
pager-next = Tudalen nesaf
pager-first = Yn ôl i’r dudalen gyntaf
crisis-heading = Os oes angen rhywun arnoch nawr
crisis-nothing-kept = Rydym yn dangos hyn oherwydd eich geiriau. Nid ydym yn cadw nodyn ohonynt.

# What's on
whats-on-title = Beth sydd ymlaen
whats-on-heading = Beth sydd ymlaen
whats-on-none = Nid oes digwyddiadau wedi’u rhestru ar gyfer y dyddiau hyn.
whats-on-none-try = Rhowch gynnig ar wythnos arall, neu le ymhellach i ffwrdd.
range-label = Dangos
range-day = Un diwrnod
range-week = Wythnos
range-month = Mis
range-show = Dangos
range-earlier = Cynharach
range-later = Hwyrach
week-from = Wythnos o { $day }
week-near = Yn y dyddiau nesaf ger { $place }
week-in = Yn y dyddiau nesaf yn { $place }
week-everywhere = Yn y dyddiau nesaf
week-none = Nid oes digwyddiadau wedi’u rhestru ar gyfer y saith diwrnod nesaf.
week-all = Gweld popeth sydd ymlaen

# About
about-title = Amdanom
about-heading = Am y cyfeiriadur hwn
about-lead = Rhestr o grwpiau sy’n cael eu rhedeg gan bobl sy’n rhannu profiad, ac ar eu cyfer. Nid oes neb yn berchen ar y cyfan.
about-who = Pwy sy’n ei redeg
about-who-unknown = Nid yw’r bobl sy’n ei redeg wedi dweud pwy ydynt. Gallant wneud hynny yn ei osodiadau.
about-contact = Ysgrifennwch atynt:
about-policy = Beth maent yn ei restru, a beth maent yn ei adael allan:
about-keeps = Beth mae’n ei gadw amdanoch
about-keeps-nothing = Dim byd.
about-keeps-more = Nid oes cyfrifon na chwcis. Nid yw’r hyn rydych yn chwilio amdano’n cael ei ysgrifennu, ei gyfrif na’i drosglwyddo. Ni ddywedir wrth unrhyw wefan arall eich bod wedi bod yma.
about-whose = Geiriau pwy yw’r rhain
about-whose-text = Mae grwpiau’n cyhoeddi o’u cyfrifiadur eu hunain ac yn llofnodi’r hyn a gyhoeddant. Mae’r cyfeiriadur hwn yn ei ddangos fel y mae. Pan fydd grŵp yn tynnu rhywbeth yn ôl, mae’n diflannu oddi yma ar unwaith.
about-cannot = Gall y cyfeiriadur adael grŵp allan. Ni all newid geiriau grŵp heb i rywun sylwi.
about-coverage = Beth sydd wedi’i restru, ac ym mhle
about-coverage-link = Gweld faint o grwpiau sydd wedi’u rhestru ym mhob rhanbarth
about-decisions = Yr hyn y mae wedi’i adael allan
about-decisions-none = Hyd yn hyn nid oes grŵp na chofnod wedi’i adael allan.
about-left-out = { $count ->
   *[other] Mae { $count } grŵp wedi’u gadael allan.
}
about-reasons = Y rhesymau, yng ngeiriau’r bobl sy’n rhedeg y cyfeiriadur hwn
about-reason = Rheswm
about-reason-groups = Grwpiau
about-latest = Mae’r diweddaraf o’r rhain o { $day }:
about-entries-out = { $count ->
   *[other] Mae { $count } cofnod unigol wedi’u tynnu allan.
}
about-last-entry = Mae’r diweddaraf o’r rhain o { $day }.
about-decisions-unnamed = Nid ydym yn enwi’r grwpiau yma. Dywedir wrth grŵp sy’n cael ei adael allan pam.
about-state = Pa mor bell y mae wedi cyrraedd
about-head = Rhif y pen diweddaraf wedi’i lofnodi y mae’n ei ddangos yw { $number }, ac mae o { $day }.
about-head-group = Gweld y grŵp a’i llofnododd
about-head-none = Nid yw’n dangos unrhyw grŵp eto.
about-cursor = Ei le yn y llif o newidiadau, ar gyfer rhaglenni sy’n mynd ymlaen oddi yno:
about-check = Sut i’w wirio
about-check-text = Gyda’r rhaglen “hedgerow” gallwch wirio’r cyfeiriadur hwn o’ch cyfrifiadur eich hun. Mae’r ail linell yn darllen pen diweddaraf pob grŵp ac yn gwirio ei lofnod. Mae’r drydedd yn gwirio popeth y mae un grŵp yn ei gyhoeddi:
about-check-compare = Gwnewch yr un peth gyda chyfeiriadur arall, a gosodwch y ddwy restr ochr yn ochr. Os mai dim ond un ohonynt sydd â grŵp, fe’i gadawyd allan o’r llall. Mae rhif is yn golygu ei fod ar ei hôl hi.
about-check-receipts = Mae pob grŵp yn cael derbynneb wedi’i llofnodi am yr hyn y mae’n ei anfon yma. Gyda honno gall y grŵp brofi os yw’r cyfeiriadur hwn yn dangos rhywbeth arall.
about-id = Id y cyfeiriadur hwn:

# Coverage
coverage-title = Rhanbarthau
coverage-heading = Pwy sydd wedi’i restru ym mhle
coverage-heading-for = Grwpiau ym mhob rhanbarth ar gyfer: { $people }
coverage-who = Ar gyfer pwy y maent
coverage-everyone = Unrhyw un
coverage-served = Pwy sy’n cael ei wasanaethu ym mhle
coverage-served-lead = Faint o’r grwpiau ym mhob rhanbarth sy’n dweud eu bod ar gyfer y bobl hyn. Nid oes dim wedi’i restru yma yn y celloedd streipiog. Nid yw hynny’n brawf nad oes dim. Dewiswch bobl eraill uchod.
coverage-lead = Faint o grwpiau y mae’r cyfeiriadur hwn yn eu rhestru ym mhob rhanbarth, a faint ohonynt sy’n siarad drostynt eu hunain yma.
coverage-not-a-gap = Nid yw nifer isel yn golygu mai ychydig o grwpiau sydd. Efallai nad yw’r cyfeiriadur hwn yn eu hadnabod eto.
coverage-by-official = Rhanbarthau’r DU
coverage-by-survey = Rhanbarthau arolwg 2013
coverage-caption = Grwpiau sydd wedi’u rhestru, yn ôl rhanbarth. Y rhai yn eu geiriau eu hunain yw rhan werdd y bar.
coverage-region = Rhanbarth
coverage-listed = Wedi’u rhestru
coverage-own = Yn eu geiriau eu hunain
coverage-none = Dim un wedi’i restru eto
coverage-total = { $count ->
    [one] Mae { $count } grŵp wedi’i restru i gyd.
   *[other] Mae { $count } grŵp wedi’u rhestru i gyd.
}
coverage-elsewhere = { $count ->
    [one] Nid yw { $count } ohonynt yn yr un o’r rhanbarthau hyn, neu nid yw’n dangos ei le.
   *[other] Nid yw { $count } ohonynt yn yr un o’r rhanbarthau hyn, neu nid ydynt yn dangos eu lle.
}
coverage-several = Mae grŵp mewn mwy nag un rhanbarth yn cyfrif ym mhob un.
coverage-file = Cadw’r niferoedd hyn fel ffeil (CSV)
coverage-before = Yr hyn a gyfrifwyd yn { $year }
coverage-before-caption = Grwpiau a gyfrifwyd ond nas enwyd
coverage-counted = Cyfrifwyd
coverage-nationally = Y wlad gyfan
coverage-source = Ffynhonnell:
