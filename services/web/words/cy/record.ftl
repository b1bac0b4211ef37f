# Unreviewed: says-not-in-a-crisis, says-there-in-a-crisis, label-crisis.

# Record
record-title = Cofnod
record-title-event = Digwyddiad
catalogued-heading = Daw hwn o restr, nid o’r grŵp.
catalogued-text = Copïodd rhywun hwn o ffynhonnell a gyhoeddwyd. Efallai fod y grŵp wedi symud, newid neu ddod i ben. Gwiriwch cyn teithio.
catalogued-source = Ffynhonnell:
heading-about = Amdano
heading-for-me = Ydy hyn i mi?
heading-when-and-where = Pryd ac ym mhle
heading-join = Sut ydw i’n ymuno?
heading-first-time = Beth sy’n digwydd y tro cyntaf?
heading-access = Mynd i mewn a chymryd rhan
heading-cost = Faint mae’n ei gostio?
heading-offered = Beth ydyw
heading-conditions = Beth i gytuno arno
heading-safety = Cadw’n ddiogel
heading-who-runs-it = Pwy sy’n ei redeg?
heading-more = Mwy amdano
times-when = Pryd
times-next = { $count ->
    [one] Y tro nesaf
   *[other] Y { $count } tro nesaf
}
times-zone = Mae’r amserau yn { $zone }.
times-last = Mae hyn drosodd. Y tro diwethaf oedd { $day }.
place-where = Ble
label-for-people = Ar gyfer
label-only-for = Ar gyfer y rhain yn unig
label-mainly-for = Yn bennaf ar gyfer
label-welcome-for = Croeso cynnes i
label-ages = Oedrannau
label-languages = Ieithoedd
label-activities = Beth mae pobl yn ei wneud
label-approaches = Sut maent yn gweithio
label-membership = Pwy all berthyn
label-own-words = Beth maent yn galw eu hunain
label-rejected-words = Geiriau nad ydynt yn eu defnyddio amdanynt eu hunain
label-other-names = Enwau eraill
label-how-to-join = Ffyrdd i mewn
label-size = Faint o bobl
label-reply-time = Pryd maent yn ateb
label-price = Pris
label-access-there = Beth sydd yno
label-online = Ar-lein neu dros y ffôn
label-website = Gwefan
label-link = Dolen
label-led-by = Arweinir gan
label-decisions = Sut maent yn penderfynu
label-values = Beth sy’n bwysig iddynt
label-statement = Yn ysgrifenedig
label-part-of = Rhan o
label-networks = Aelod o
label-register = Rhif cofrestr
label-founded = Dechreuodd yn
label-form = Math o grŵp
label-areas = Ardal
label-runs-until = Yn rhedeg tan
label-back-on = Yn ôl ar
label-tags = Wedi’i nodi fel
label-structures = Sut mae pobl yn cwrdd
label-settings = Math o le
label-room = Ystafell
label-features = Beth sydd ynddi
label-toilets = Toiledau
label-out-of-hours = Pan fydd yr adeilad ar gau
label-seen-by-others = Beth mae eraill yn yr adeilad yn ei weld
label-on-site = Pwy sydd yno
label-hours = Oriau
label-notice = Gofynnwch ymlaen llaw
label-required = Beth mae’n rhaid i grŵp ei gael
label-rules = Rheolau
label-offered-to = Cynigir i
label-amount = Faint
label-deadline = Gwnewch gais erbyn
label-who-decides = Pwy sy’n penderfynu
label-purpose = Ar gyfer beth
label-needed-by = Ei angen erbyn
label-can-pay = Beth y gallant ei dalu
label-in-return = Beth maent yn ei roi’n ôl
label-items = Beth
label-source = Ffynhonnell
label-crisis = Pwy i’w ffonio mewn argyfwng
label-peer-work = Gweithwyr cymheiriaid
label-partners = Yn dweud ei fod yn gweithio gyda (heb ei gadarnhau ganddynt)
says-open = Gall pobl newydd ddod heb ofyn yn gyntaf.
says-contact-first = Mae croeso i bobl newydd. Cysylltwch yn gyntaf.
says-waiting-list = Mae’n llawn, gyda rhestr aros.
says-closed = Nid yw’n derbyn pobl newydd ar hyn o bryd.
says-may-bring-someone = Cewch ddod â rhywun gyda chi.
says-come-alone = Dewch ar eich pen eich hun.
says-not-in-a-crisis = Ni all y grŵp helpu mewn argyfwng. Gall y rhifau ar waelod y dudalen hon.
says-there-in-a-crisis = Mae’r grŵp yn dweud y gall helpu mewn argyfwng.
says-anyone = Caiff unrhyw un ddod.
says-other-groups = Ar gyfer aelodau grwpiau eraill, nid i bawb.
says-members = Ar gyfer aelodau’r grŵp yn unig.
says-online-only = Dim ond ar-lein neu dros y ffôn y mae.
says-online-too = Gallwch gymryd rhan ar-lein neu dros y ffôn hefyd.
says-first-time-free = Mae’r tro cyntaf am ddim.
says-small-groups-welcome = Mae croeso i grwpiau bach a newydd.
says-nothing-required = Ni ofynnir dim gan y grŵp sy’n ei fenthyg.
says-carers = Ar gyfer gofalwyr, teulu neu ffrindiau.
says-place-hidden = Ni ddangosir y lle. Bydd y grŵp yn dweud wrthych pan fyddwch yn cysylltu.
says-ask-about-access = Nid yw’r grŵp wedi dweud dim am fynediad. Nid yw hynny’n golygu na: gofynnwch.
says-open-to-unconstituted = Gall grwpiau heb gyfansoddiad wneud cais.
says-apply-by-talk = Gallwch wneud cais trwy siarad â rhywun.
says-no-contact = Nid oes ffordd o gysylltu wedi’i chyhoeddi yma.
contact-email = E-bost
contact-phone = Ffôn
contact-text = Neges destun
contact-relay = Cyfnewid testun neu fideo
contact-form = Ffurflen
contact-message = Neges
contact-post = Post
contact-other = Cysylltu
related-heading = Hefyd gan
related-all = Popeth y mae’r grŵp hwn yn ei gyhoeddi
calendar-link = Ychwanegu at eich calendr
calendar-hint = Ffeil ar gyfer calendr eich ffôn neu’ch cyfrifiadur. Mae enw’r digwyddiad ynddi.
check-heading = Alla i ymddiried yn y dudalen hon?
check-summary = Gwiriwch y cofnod hwn eich hun
trust-itself = Geiriau’r grŵp ei hun yw’r rhain. Nid oes neb wedi cadarnhau eto mai’r grŵp hwn ydyw.
trust-confirmed = Geiriau’r grŵp ei hun yw’r rhain, ac mae wedi’i gadarnhau pwy ydyw.
trust-behalf = Grŵp arall a ysgrifennodd hyn, gyda chaniatâd.
trust-catalogued = Copïodd y rhestr hyn o ffynhonnell. Nid yw’r grŵp wedi cytuno iddo.
check-how = Mae popeth y mae grŵp yn ei gyhoeddi yn dwyn un llofnod, a wnaed ag allwedd sydd gan y grŵp yn unig. Ni all y cyfeiriadur hwn newid gair ohono heb i’r llofnod fethu.
check-limits = Mae’r llofnod yn dangos na newidiwyd dim. Ni all ddangos bod yr hyn a ddywedir yn wir.
check-command = Gyda’r rhaglen “hedgerow” gallwch ei wirio ar eich cyfrifiadur eich hun:
check-files = Neu cadwch y prawf:
check-record = Y cofnod, beit am feit
check-proof = Y prawf wedi’i lofnodi
check-hash = Ôl bys:
yours-link = Ai chi yw hwn? Cywirwch ef neu tynnwch ef
yours-heading = Ai chi yw hwn?
yours-catalogued = Chi sy’n penderfynu a ydych wedi’ch rhestru. Gallwch wneud un o ddau beth.
yours-own-listing = Cyhoeddwch eich geiriau eich hun. Yna dangosir eich rhai chi, a gallwch eu newid pan fynnwch.
yours-remove = Gofynnwch am dynnu’r cofnod hwn. Nid oes angen rhoi rheswm.
yours-own = Os ydych yn rhedeg y grŵp hwn, newidiwch y cofnod hwn neu tynnwch ef yn ôl lle cyhoeddoch ef. Mae’n newid yma ar unwaith.
yours-contact = Ysgrifennwch at y bobl sy’n rhedeg y cyfeiriadur hwn:
yours-no-contact = Nid yw’r bobl sy’n rhedeg y cyfeiriadur hwn wedi dweud sut i’w cyrraedd.

price-free = Am ddim
price-pay-what-you-can = Talwch yr hyn a allwch, neu ddim
price-at-cost = Yr hyn y mae’n ei gostio iddynt
requires-insurance = yswiriant
requires-constitution = cyfansoddiad
requires-bank-account = cyfrif banc
hours-ahead = { $count ->
    [one] { $count } awr ymlaen llaw
   *[other] { $count } awr ymlaen llaw
}
days-ahead = { $count ->
    [two] { $count } ddiwrnod ymlaen llaw
   *[other] { $count } diwrnod ymlaen llaw
}

# Group
group-title = Grŵp
group-no-name = Grŵp heb ei restriad ei hun
group-lead = Y cyfan y mae’r grŵp hwn yn ei gyhoeddi yma.
group-hidden = Ni ddangosir dim ar hyn o bryd:
group-no-title = (dim teitl)
group-back = Yn ôl at y grŵp
group-none = Nid oes dim o’r math hwn.
group-all = { $kind }: pob un o’r { $count }
group-calendar = Ychwanegu ei holl ddyddiadau at eich calendr
group-yours = Mae’r dudalen hon yn rhestru’r hyn a ysgrifennodd rhywun am grwpiau eraill. Agorwch y cofnod sy’n sôn am eich un chi. Yno gallwch ofyn am ei gywiro neu ei dynnu allan.
group-check-heading = Gwirio’r cyfan
group-check = Gyda’r rhaglen “hedgerow” gallwch wirio ar eich cyfrifiadur eich hun na newidiwyd dim ac na adawyd dim allan:
locator-heading = Ar y map
locator-in = { $area }, yn { $region }
locator-region = Rhywle yn { $area }
locator-link = Mwy o grwpiau yn { $area }
group-id = Id y grŵp, ar gyfer rhaglenni:

# What a record says by a yes, a no or one of a few values
facts-more = Mwy am yr hyn ydyw
facts-more-peer-work = Mwy am weithwyr cymheiriaid
times-not-on = Nid ar { $days }
times-also-on = Hefyd ar { $days }
times-break = Nid o { $first } i { $last }
hours-line = { $day } { $from } – { $until }
hours-shut = { $days }: ar gau
hours-open = { $days }: { $from } – { $until }
hours-out = (mae’r adeilad ar gau bryd hynny)
days-from-to = { $first } i { $last }
list-and = { $first } a { $last }
book-at-least = o leiaf { $length }
book-at-most = dim mwy na { $length }
minutes-long = { $count ->
    [two] { $count } funud
   *[other] { $count } munud
}
hours-long = { $count } awr
days-long = { $count ->
    [two] { $count } ddiwrnod
   *[other] { $count } diwrnod
}
time-and-time = { $hours } { $minutes }
vouch-no-name = Grŵp heb enw yma
label-roles = Beth ydyw
label-self-description = Am y geiriau “cefnogaeth gan gymheiriaid”
label-meaning-of-peer = Pwy sy’n cyfrif fel cymheiriad
label-formality = Pa mor ffurfiol ydyw
label-duration = Am ba hyd mae’n rhedeg
label-courses = Cyrsiau a ddilynwyd ganddynt
label-on-behalf-of = Ysgrifennwyd ar ran
label-permission = Sut y cytunwyd
label-speaks-for = Yn siarad dros
label-speaks-until = Yn ddilys tan
label-reports = Yr hyn a adroddwyd
label-streams = Telir o
label-counted-from = Cyfrifir o
label-other-days = Diwrnodau eraill
label-holidays = Ar gau ar wyliau banc
label-book-for = Gallwch ei archebu am
label-book-ahead = Gallwch ei archebu o
label-longest-loan = Benthyciad hiraf
label-hours-a-week = Oriau’r wythnos
label-credit-worth = Gwerth un credyd
label-background = O ble daw’r sgìl
label-handover = Sut i’w gael
label-instructions = Sut i’w ddefnyddio
label-where-given = Ble y caiff ei roi
label-reporting = Beth i’w adrodd
label-checks = Gwiriadau
label-expenses = Treuliau
label-offered-until = Cynigir tan
label-deposit = Blaendal
label-paid-by = Sut y telir amdano
label-paid-until = Telir amdano tan
label-future = Sut y gall barhau
label-evaluation = Sut maent yn gwirio eu gwaith
label-help-wanted = Beth fyddai’n eu helpu
label-situation = Sut yr oedd hi
label-what-helped = Beth helpodd
label-what-changed = Beth newidiodd
says-vouch-affiliated = Mae’n gangen, yn aelod neu’n rhan o’r grŵp sy’n dweud hyn.
says-vouch-supported = Mae’r grŵp sy’n dweud hyn yn ei helpu ag arian, lle neu bobl.
says-vouch-endorsed = Mae’r grŵp sy’n dweud hyn yn cynghori pobl i fynd yno.
says-vouch-known = Mae’r grŵp sy’n dweud hyn wedi cwrdd ag ef, ac mae’r hyn y dywed ei fod.
says-constituted-only = Dim ond grwpiau â chyfansoddiad all wneud cais.
says-project-only = Mae’n talu am un darn o waith, nid am gostau rhedeg.
says-running-costs-only = Mae’n talu am gostau rhedeg.
says-case-studies = Cewch adrodd trwy ddweud stori’r hyn a wnaed.
says-creative-feedback = Cewch adrodd trwy luniau, ffilm neu gerddi.
says-not-accredited = Nid yw’n arwain at dystysgrif.
says-to-keep = Cewch ei gadw.
says-mentoring = Mae rhywun yn eich helpu am gyfnod hirach, nid unwaith yn unig.
says-door-sign = Mae enw’r grŵp ar arwydd wrth y drws.
says-no-door-sign = Nid yw enw’r grŵp ar y drws.
says-booking-board = Mae enw’r grŵp ar fwrdd neu sgrin archebion.
says-no-booking-board = Nid yw enw’r grŵp ar fwrdd na sgrin.
says-staff-told = Dywedir enw’r grŵp wrth y staff.
says-staff-not-told = Ni ddywedir enw’r grŵp wrth y staff.
says-peers-paid = Telir gweithwyr cymheiriaid.
says-peers-unpaid = Ni thelir gweithwyr cymheiriaid.
says-peers-trained = Caiff gweithwyr cymheiriaid eu hyfforddi.
says-peers-untrained = Ni chaiff gweithwyr cymheiriaid hyfforddiant.
says-peers-supervised = Mae gan weithwyr cymheiriaid rywun i siarad ag ef am eu gwaith.
says-peers-unsupervised = Nid oes gan weithwyr cymheiriaid berson penodol i siarad ag ef am eu gwaith.
says-peers-progress = Gall gweithwyr cymheiriaid symud ymlaen i rolau eraill.
says-peers-no-progress = Ni all gweithwyr cymheiriaid symud ymlaen i rolau eraill yno.

# How often, in words. A soft form follows a word that changes the first letter
rule-daily = { $count ->
    [1] Bob dydd
    [2] Bob deuddydd
   *[other] Bob { $count } diwrnod
}
rule-weekly = { $count ->
    [1] Bob wythnos
    [2] Bob pythefnos
   *[other] Bob { $count } wythnos
}
rule-monthly = { $count ->
    [1] Bob mis
    [2] Bob deufis
    [3] Bob tri mis
   *[other] Bob { $count } mis
}
rule-yearly = { $count ->
    [1] Bob blwyddyn
    [2] Bob dwy flynedd
   *[other] Bob { $count } blynedd
}
rule-on = { $often } ar { $days }
rule-workdays = { $often } o ddydd Llun i ddydd Gwener
rule-in = { $often } ym mis { $months }
rule-once = { $often }, unwaith
rule-times = { $often }, { $times } gwaith
rule-until = { $often }, tan { $day }
rule-first = y { $day } cyntaf
rule-second = yr ail { $soft }
rule-third = y trydydd { $day }
rule-fourth = y pedwerydd { $day }
rule-fifth = y pumed { $day }
rule-last = y { $day } olaf
rule-last-but-one = y { $day } olaf ond un
rule-month-end = y diwrnod olaf
rule-month-day = { $count ->
    [1] y 1af
    [2] yr 2il
    [3] y 3ydd
    [4] y 4ydd
    [5] y 5ed
    [6] y 6ed
    [7] y 7fed
    [8] yr 8fed
    [9] y 9fed
    [10] y 10fed
    [11] yr 11eg
    [12] y 12fed
    [13] y 13eg
    [14] y 14eg
    [15] y 15fed
    [16] yr 16eg
    [17] yr 17eg
    [18] y 18fed
    [19] y 19eg
    [20] yr 20fed
   *[other] yr { $count }ain
}
rule-workday = diwrnod gwaith
rule-weekend-day = diwrnod o benwythnos
rule-workday-soft = ddiwrnod gwaith
rule-weekend-day-soft = ddiwrnod o benwythnos
rule-monday = dydd Llun
rule-monday-soft = ddydd Llun
rule-tuesday = dydd Mawrth
rule-tuesday-soft = ddydd Mawrth
rule-wednesday = dydd Mercher
rule-wednesday-soft = ddydd Mercher
rule-thursday = dydd Iau
rule-thursday-soft = ddydd Iau
rule-friday = dydd Gwener
rule-friday-soft = ddydd Gwener
rule-saturday = dydd Sadwrn
rule-saturday-soft = ddydd Sadwrn
rule-sunday = dydd Sul
rule-sunday-soft = ddydd Sul

# What a directory says of a group or of a match
status-unknown = Nid yw’n hysbys sut mae’r grŵp hwn.
status-active = Fe’i dangosir yma.
status-pending = Mae rhywbeth ar goll yn gyntaf, felly ni ddangosir ef eto.
status-throttled = Newidiodd lawer ar unwaith, felly mae ei newidiadau’n aros am ychydig.
status-stale = Ni lofnodwyd dim newydd ers tro.
status-lapsed = Bu’n dawel am hanner blwyddyn, felly ni ddangosir ef.
status-not-invited = Ni ofynnodd y grŵp am gael ei ddangos yma.
status-frozen = Nid yw dwy fersiwn ohono’n cyd-fynd â’i gilydd, felly ni ddangosir ef.
status-ended = Mae’r grŵp wedi dod â’i gofnodion i ben.
status-excluded = Nid yw’r bobl sy’n rhedeg y cyfeiriadur hwn yn ei ddangos.
aspect-unknown = rhywbeth nad yw’n hysbys yma
aspect-kind = beth sydd ei eisiau
aspect-distance = digon agos
aspect-online = ar-lein
aspect-capacity = digon mawr
aspect-price = y pris
aspect-access = mynediad
aspect-times = yr amserau
aspect-features = beth sydd ynddo
aspect-subject = beth yw’r pwnc
aspect-required = beth mae’n rhaid i fenthyciwr ei gael
aspect-who-for = pa grwpiau all ei gael
use-unknown = rhywbeth nad yw’n hysbys yma
use-shortest = dim ond am gyfnod hirach y caiff ei osod
use-notice = mae angen mwy o rybudd arnynt
use-book-ahead = mae hynny ymhellach ymlaen nag y maent yn archebu
use-holiday = mae hynny’n ŵyl banc, neu efallai ei fod
use-words = mae eu geiriau eu hunain yn cyfyngu’r oriau hyn
hours-weeks = { $day } ({ $weeks })

# Searches that could not be read, for languages into which the exact reason is not translated
error-place = Nid ydym yn adnabod y lle hwn. Rhowch dref, ardal neu god post.
error-within = Ni allem ddarllen pa mor bell. Rhowch nifer o filltiroedd.
error-when = Ni allem ddarllen y diwrnod na’r amser. Rhowch ddiwrnod fel 5/12 ac amser fel 7pm.
error-search = Ni allem ddarllen y chwiliad hwn. Defnyddiwch lai o eiriau neu eiriau eraill.

# Rules for drafts, for languages into which the exact reason is not translated
wrong-missing = Mae rhywbeth ar goll yma.
wrong-too-long = Mae hyn yn rhy hir, neu mae gormod ohonynt.
wrong-personal-contact = Efallai mai cyfeiriad neu rif un person yw hwn. Defnyddiwch un y grŵp.
wrong-duplicate = Mae rhywbeth tebyg iawn i hyn wedi’i gyhoeddi eisoes.
wrong-unknown-term = Nid ydym yn adnabod y gair hwn. Fe’i cedwir fel eich gair eich hun.
wrong-contact = Ni ellir darllen y cyfeiriad neu’r rhif hwn.
wrong-place = Nid ydym yn adnabod y lle hwn.
wrong-times = Nid yw’r amserau’n glir, neu nid ydynt yn cyd-fynd â’i gilydd.
wrong-address = Gall hyn ddangos lle yn fanylach nag y dewisoch.
wrong-consent = Dywedwch a gytunodd y person, a tan pryd.
wrong-date = Ni allwn ddarllen y diwrnod hwn, neu ni all fod yn gywir.
wrong-price = Nid yw’r pris yn glir, neu nid yw ei rannau’n cyd-fynd â’i gilydd.
wrong-other = Ni ellir cyhoeddi hyn fel y mae.
