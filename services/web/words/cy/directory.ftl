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
