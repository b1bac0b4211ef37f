# Map
map-title = Map
map-heading = Where groups are
map-heading-in = Groups in { $region }
map-lead = Choose a region to see its parts.
map-lead-in = Choose a part to see the groups there.
map-description = A map of areas. The darker an area, the more groups are in it. The list has the same numbers and links.
map-whole = All regions
map-list = As a list
map-none = None listed yet
map-empty = { $count ->
    [one] { $count } area without a group yet
   *[other] { $count } areas without a group yet
}
map-and-more = and more
map-all-in = { $count ->
    [one] Show the { $count } group in this region
   *[other] Show all { $count } groups in this region
}
map-some-only-region = Some groups only say which region they are in. They count here, but not in its parts.
map-no-finer = No group is shown more closely than it chose to be.
map-approximate = The edges of areas are rough.
map-credit = Coasts: Natural Earth. Areas: contains OS data © Crown copyright and database right, Royal Mail data © Royal Mail copyright and database right, and National Statistics data © Crown copyright and database right; Open Government Licence v3.0.
map-file = Keep this picture as a file (SVG)
map-councils-file = Keep the numbers of all councils as a file (CSV)
# Numbers where there is little space: 1.2k is 1,200.
number-with-tenth = { $whole }.{ $tenth }
number-thousands = { $number }k
number-millions = { $number }m
map-credit-loaded = Coasts: Natural Earth. Areas: { $credit }
