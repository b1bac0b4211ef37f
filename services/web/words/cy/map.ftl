# Map
map-title = Map
map-heading = Ble mae’r grwpiau
map-heading-in = Grwpiau: { $region }
map-lead = Dewiswch ranbarth i weld ei rannau.
map-lead-in = Dewiswch ran i weld y grwpiau yno.
map-description = Map o ardaloedd. Po dywyllaf yr ardal, y mwyaf o grwpiau sydd ynddi. Mae’r un niferoedd a dolenni yn y rhestr.
map-whole = Pob rhanbarth
map-list = Fel rhestr
map-none = Dim un wedi’i restru eto
map-empty = { $count ->
    [one] { $count } ardal heb grŵp eto
   *[other] { $count } ardal heb grŵp eto
}
map-and-more = a mwy
map-all-in = { $count ->
    [one] Dangos y { $count } grŵp yn y rhanbarth hwn
   *[other] Dangos pob un o’r { $count } grŵp yn y rhanbarth hwn
}
map-some-only-region = Mae rhai grwpiau’n dweud dim ond ym mha ranbarth y maent. Maent yn cyfrif yma, ond nid yn ei rannau.
map-no-finer = Ni ddangosir unrhyw grŵp yn fwy manwl nag y dewisodd.
map-approximate = Bras yw ffiniau’r ardaloedd.
map-credit = Arfordiroedd: Natural Earth. Ardaloedd: yn cynnwys data OS © Hawlfraint y Goron a hawl cronfa ddata, data’r Post Brenhinol © Hawlfraint y Post Brenhinol a hawl cronfa ddata, a data Ystadegau Gwladol © Hawlfraint y Goron a hawl cronfa ddata; Trwydded Llywodraeth Agored f3.0.
map-file = Cadw’r llun hwn fel ffeil (SVG)
map-councils-file = Cadw niferoedd pob cyngor fel ffeil (CSV)
# Numbers where there is little space: 1.2k is 1,200.
number-with-tenth = { $whole }.{ $tenth }
number-thousands = { $number }K
number-millions = { $number }M
map-credit-loaded = Arfordiroedd: Natural Earth. Ardaloedd: { $credit }
