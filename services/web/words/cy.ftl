# Geiriau'r tudalennau yn Gymraeg. Begun: not offered until every message is here and a speaker
# has read them. Messages about a crisis must be approved by a speaker before they are shown.

skip-to-main = Neidio i’r dudalen
leave-now = Gadael y dudalen hon nawr
nav-label = Tudalennau
nav-home = Dod o hyd i gefnogaeth
nav-events = Beth sydd ymlaen
nav-safety = Cadw’n ddiogel
nav-about = Am y cyfeiriadur hwn
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
search-what = Am beth ydych chi’n chwilio?
search-near = Ger
search-button = Chwilio
search-heading = { $count ->
    [zero] Dim canlyniadau
    [one] { $count } canlyniad
    [two] { $count } ganlyniad
    [few] { $count } chanlyniad
    [many] { $count } chanlyniad
   *[other] { $count } canlyniad
}
search-heading-none = Dim byd wedi’i ganfod
