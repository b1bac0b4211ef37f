# Not yet read by a second speaker of Welsh. Messages that begin with crisis- are unreviewed: pages show
# them in English until a speaker has approved them and src/words.rs no longer lists them.

# Frame
skip-to-main = Neidio i’r dudalen
leave-now = Gadael y dudalen hon nawr
leave-presses = { $count ->
    [one] Pwyswch Shift unwaith eto i adael y dudalen hon.
   *[other] Pwyswch Shift { $count } waith eto i adael y dudalen hon.
}
nav-label = Tudalennau
nav-home = Dod o hyd i gefnogaeth
nav-events = Beth sydd ymlaen
nav-safety = Cadw’n ddiogel
nav-about = Amdanom
crisis-foot = Angen rhywun nawr?
crisis-country-gb = Yn y DU:
crisis-country-ie = Yn Iwerddon:
crisis-text = tecstiwch { $words }
foot-privacy = Nid ydym yn cadw dim amdanoch: dim cwcis, dim chwiliadau, dim ymweliadau.
foot-safety = Sut i gadw’n ddiogel ar y dudalen hon
foot-languages = Iaith
own-language = Cymraeg

# Dates
weekday-monday = Dydd Llun
weekday-tuesday = Dydd Mawrth
weekday-wednesday = Dydd Mercher
weekday-thursday = Dydd Iau
weekday-friday = Dydd Gwener
weekday-saturday = Dydd Sadwrn
weekday-sunday = Dydd Sul
month-january = Ionawr
month-february = Chwefror
month-march = Mawrth
month-april = Ebrill
month-may = Mai
month-june = Mehefin
month-july = Gorffennaf
month-august = Awst
month-september = Medi
month-october = Hydref
month-november = Tachwedd
month-december = Rhagfyr
date-this-year = { $weekday } { $day } { $month }
date-other-year = { $weekday } { $day } { $month } { $year }
date-plain = { $day } { $month } { $year }
date-month = { $month } { $year }
time-am = { $time }yb
time-pm = { $time }yh
time-midday = canol dydd
time-midnight = canol nos
span-start = { $day }, { $from }
span-one-day = { $day }, { $from } i { $until }
span-days = { $day }, { $from }, i { $until }
on-now = ymlaen nawr
distance-near = llai na milltir i ffwrdd
distance-about = tua { $miles } { $miles ->
    [2] filltir
   *[other] milltir
} i ffwrdd
distance-miles = { $miles } milltir i ffwrdd

# Problems
problem-not-found = Nid yw’r dudalen hon yma
problem-not-found-do = Efallai fod y grŵp wedi ei thynnu’n ôl, neu fod y cyfeiriad yn anghywir.
problem-too-many = Arhoswch funud
problem-too-many-do = Daeth llawer o geisiadau o’ch cyfeiriad chi. Arhoswch ychydig eiliadau, yna llwythwch y dudalen eto.
problem-busy = Mae hyn yn cymryd gormod o amser
problem-busy-do = Mae’r wefan hon yn brysur. Arhoswch ychydig eiliadau, yna llwythwch y dudalen eto.
problem-too-long = Mae hynny’n rhy hir
problem-too-long-do = Ewch yn ôl a defnyddiwch lai o eiriau neu ddewisiadau.
problem-slow = Daeth y dudalen hon yn rhy araf
problem-slow-do = Ni chyrhaeddodd y cyfan mewn pryd, ac ni newidiwyd dim. Ewch yn ôl, ac anfonwch hi unwaith eto.
problem-method = Ni ellir agor y dudalen hon fel hynny
problem-method-do = Dechreuwch o’r dudalen gyntaf.
problem-request = Ni weithiodd hynny
problem-request-do = Nid oedd modd darllen rhan o’r cais. Dechreuwch o’r dudalen gyntaf.
problem-server = Aeth rhywbeth o’i le yma
problem-server-do = Nid eich bai chi yw hyn. Arhoswch funud, yna llwythwch y dudalen eto.
problem-home = Mynd i’r dudalen gyntaf

# Staying safe
safe-title = Help a diogelwch
safe-heading = Cadw’n ddiogel
safe-leaving = “Gadael y dudalen hon nawr”
safe-leaving-does = Mae’r botwm hwn ar bob tudalen. Mae’n agor rhagolygon y tywydd yn ei lle. Mae pwyso Shift dair gwaith yn gwneud yr un peth, os yw eich porwr yn rhedeg sgriptiau.
safe-leaving-does-not = Ni all ddileu’r hyn y mae eich porwr yn ei gofio: cyfeiriadau’r tudalennau a agorwyd gennych. Nid yw eich geiriau yn y cyfeiriadau hynny.
safe-leaving-private = Mae ffenestr breifat yn eu hanghofio pan fyddwch yn ei chau. Os gallai rhywun edrych ar eich ffôn, defnyddiwch un nad ydynt yn gwybod amdano.
safe-we-keep = Beth rydym yn ei gadw
