# Lists of the directory

nav-more = Mwy
shelf-title = Mwy
shelf-heading = Mwy yn y cyfeiriadur hwn
shelf-lead = Ystafelloedd, arian, sgiliau a geiriau y mae grwpiau’n eu rhannu, a’r hyn a addewir iddynt.
shelf-coverage = Pwy sydd wedi’i restru ym mhle
shelf-coverage-lead = Faint o grwpiau y mae’r cyfeiriadur hwn yn eu rhestru ym mhob rhanbarth.
search-nearby = Gerllaw

resource-space = Ystafelloedd
resource-equipment = Pethau i’w benthyg
resource-skills = Sgiliau
resource-training = Hyfforddiant
resource-documents = Papurau
resource-funding = Arian
resource-volunteer-time = Help gan wirfoddolwyr
resource-time-credits = Credydau amser

list-title = Rhestr
list-count = { $count ->
    [two] { $count } gofnod
    [few] { $count } chofnod
    [many] { $count } chofnod
   *[other] { $count } cofnod
}
list-empty = Nid oes dim wedi’i restru yma eto. Mae’n llenwi pan fydd grwpiau’n cyhoeddi.
list-none = Nid oes dim yma’n cyd-fynd â hynny i gyd.
list-show-all = Dangos pob un

list-rooms = Ystafelloedd a phethau i’w rhannu
list-rooms-lead = Ystafelloedd, neuaddau, offer a sgiliau y mae grwpiau a’u ffrindiau’n eu benthyg i’w gilydd.
list-rooms-hint = Er enghraifft: cegin, heb risiau, taflunydd, cadw cyfrifon
list-helps = Pwy sy’n helpu pwy
list-helps-lead = Beth sydd ei angen ar grwpiau, a beth mae eraill yn ei gynnig sy’n addas. Y ddau grŵp sy’n penderfynu.
list-helps-hint = Er enghraifft: ystafell, noson, gliniadur, cymorth cyntaf
list-training = Hyfforddiant
list-training-lead = Cyrsiau i bobl sy’n rhedeg grŵp neu sydd am ddechrau un.
list-training-hint = Er enghraifft: gwrando, cymorth cyntaf, rhedeg grŵp
list-documents = Papurau ac arfer da
list-documents-lead = Rheolau, cynlluniau a ffurflenni y caiff grŵp eu cymryd a’u newid.
list-documents-hint = Er enghraifft: cyfansoddiad, diogelu, risg
list-funding = Arian i grwpiau
list-funding-lead = Grantiau ac arian arall: pwy all wneud cais, sut, a phwy sy’n penderfynu.
list-funding-hint = Er enghraifft: grant bach, costau rhedeg
list-commitments = Addewidion a pha mor bell ydynt
list-commitments-lead = Yr hyn y dywedodd cyllidwyr a phartneriaid y byddent yn ei wneud, a’r hyn y maent wedi’i wneud.
list-commitments-hint = Er enghraifft: grwpiau, dynion, gwledig
list-stories = Straeon
list-stories-lead = Pobl yn dweud beth a helpodd. Mae pob stori yma am fod ei pherson wedi cytuno. Gallant ei thynnu’n ôl unrhyw bryd.
list-stories-hint = Er enghraifft: colled, ymweliad cyntaf, celf

room-free-at = Pryd mae’n rhaid iddi fod yn rhydd?
room-free-at-hint = Er enghraifft: Thursday 7pm, neu Friday 10:00-16:00
room-for = Ar gyfer faint o bobl?

filter-apply = Sut i wneud cais
flag-unconstituted = Ar agor i grwpiau heb gyfansoddiad
flag-by-talk = Gwneud cais trwy siarad â rhywun
flag-by-video = Gwneud cais trwy fideo neu recordiad
flag-any-time = Gwneud cais unrhyw bryd
flag-running-costs = Yn talu costau rhedeg
says-apply-by-video = Gallwch wneud cais trwy fideo neu recordiad.
says-any-time = Gallwch wneud cais unrhyw bryd.
says-running-costs = Mae’n talu am gostau rhedeg hefyd.
says-accredited = Mae’n arwain at dystysgrif.

label-given-by = Rhoddir gan
label-accredited-by = Tystysgrif gan
label-length = Pa mor hir mae’n cymryd
label-entry = Cyn i chi ddechrau
label-licence = Cewch
label-reviewed = Gwiriwyd ddiwethaf
label-decision-time = Pa mor hir tan yr ateb
label-how-to-apply = Sut i wneud cais
label-co-designed-with = Cynlluniwyd ar y cyd â
label-accountable-to = Yn atebol i
label-within-reach = Yn gallu teithio
label-perspective = Adroddwyd gan

progress-of = { $done } o { $goal }
progress-goal = Y nod: { $goal }
progress-figure = { $number } { $unit }
progress-fewer = llai na { $number }
progress-none = Mewn geiriau’n unig y mae’r nod.
progress-began = Dechreuodd ar { $figure }.
progress-reported = ar { $day }
progress-due = I’w wneud erbyn { $day }
progress-no-report = Nid oes dim wedi’i adrodd eto.

stories-note = Cyn i chi ddarllen:

fits-link = Gweld popeth sy’n addas, ochr yn ochr
fits-these = Gallai hyn fod yn addas:
fits-needed-by = Mae ei angen ar grwpiau gerllaw:
fits-none-yet = Nid oes dim a gyhoeddwyd yma’n addas eto.
fits-to-ask = I ofyn amdano:
fits-fits = Yn addas:
fits-need = Beth sy’n ateb yr angen hwn
fits-offer = Pa anghenion y mae hwn yn eu hateb
fits-lead = Maen nhw’n addas yn ôl yr hyn a ddywed y ddau gofnod. Y ddau grŵp sy’n penderfynu a ydynt am wneud.
fits-the-need = Beth sydd ei angen
fits-the-offer = Beth a gynigir
fits-offers = Cynigion addas
fits-needs = Anghenion y mae’n eu hateb
fits-partial = Dim ond y rhai agosaf a gymharwyd.

calendar-kind = Pa fath
calendar-any = Unrhyw beth
calendar-subscribe = Dilyn y rhain yn eich calendr
calendar-title = Calendr
calendar-heading = Dilyn y digwyddiadau hyn yn eich calendr
calendar-lead = Mae eich ffôn neu’ch cyfrifiadur yn edrych ar y cyfeiriad hwn o bryd i’w gilydd ac yn dangos beth sy’n newydd.
calendar-tells = Beth mae’r cyfeiriad yn ei ddweud
calendar-tells-lead = Gall pwy bynnag sy’n gweld y cyfeiriad ddarllen hyn ynddo. Felly hefyd y rhai sy’n rhedeg y calendr, os yw’n cael ei gadw ar y we.
calendar-place = Y lle
calendar-everywhere = Dim byd: mae holl ddigwyddiadau’r cyfeiriadur hwn ynddo.
calendar-copy = Copïwch y cyfeiriad hwn i “Ychwanegu calendr trwy gyfeiriad”
calendar-file = Neu llwythwch ef unwaith, fel ffeil
calendar-limit = Mae’r { $days } diwrnod nesaf ynddo, a { $events } digwyddiad ar y mwyaf.
