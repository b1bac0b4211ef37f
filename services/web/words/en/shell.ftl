# Frame
skip-to-main = Skip to the page
leave-now = Leave this page now
leave-presses = { $count ->
    [one] Press Shift once more to leave this page.
   *[other] Press Shift { $count } more times to leave this page.
}
nav-label = Pages
nav-home = Find support
nav-events = What’s on
nav-safety = Staying safe
nav-about = About
crisis-foot = Need someone now?
crisis-country-gb = In the UK:
crisis-country-ie = In Ireland:
crisis-text = text { $words }
foot-privacy = We keep nothing about you: no cookies, no searches, no visits.
foot-safety = How to stay safe on this page
foot-languages = Language
own-language = English

# Dates
weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday
month-january = January
month-february = February
month-march = March
month-april = April
month-may = May
month-june = June
month-july = July
month-august = August
month-september = September
month-october = October
month-november = November
month-december = December
date-this-year = { $weekday } { $day } { $month }
date-other-year = { $weekday } { $day } { $month } { $year }
date-plain = { $day } { $month } { $year }
date-month = { $month } { $year }
time-am = { $time }am
time-pm = { $time }pm
time-midday = midday
time-midnight = midnight
span-start = { $day }, { $from }
span-one-day = { $day }, { $from } to { $until }
span-days = { $day }, { $from }, to { $until }
on-now = on now
distance-near = under a mile away
distance-about = about { $miles } { $miles ->
    [1] mile
   *[other] miles
} away
distance-miles = { $miles } miles away

# Problems
problem-not-found = This page is not here
problem-not-found-do = The group may have taken it back, or the address may be wrong.
problem-too-many = Please wait a moment
problem-too-many-do = Many requests came from where you are. Wait a few seconds, then load the page again.
problem-busy = This is taking too long
problem-busy-do = This site is busy. Wait a few seconds, then load the page again.
problem-too-long = That is too long
problem-too-long-do = Go back and use fewer words or choices.
problem-slow = This page came too slowly
problem-slow-do = Not all of it arrived in time, and nothing was changed. Go back, and send it once more.
problem-method = This page cannot be opened like that
problem-method-do = Start from the first page.
problem-request = That did not work
problem-request-do = Part of the request could not be read. Start from the first page.
problem-server = Something went wrong here
problem-server-do = It is not your fault. Wait a moment, then load the page again.
problem-home = Go to the first page

# Staying safe
safe-title = Help and safety
safe-heading = Staying safe
safe-leaving = “Leave this page now”
safe-leaving-does = This button is on each page. It opens the weather forecast in its place. Pressing Shift three times does the same, if your browser runs scripts.
safe-leaving-does-not = It cannot erase what your browser remembers: the addresses of pages that you opened. Your words are not in those addresses.
safe-leaving-private = A private window forgets them when you close it. If someone may look at your phone, use one that they do not know.
safe-we-keep = What we keep
