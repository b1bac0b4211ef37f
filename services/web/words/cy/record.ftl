# The messages whose keys begin with says- and name a crisis, and label-crisis, are unreviewed: a speaker
# must approve them before Welsh is offered.

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
heading-more = Mwy
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
label-tags = Hefyd
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
group-more = Mae mwy nag sy’n ffitio ar y dudalen hon. Chwiliwch amdanynt yn ôl eu geiriau.
group-id = Id y grŵp, ar gyfer rhaglenni:
