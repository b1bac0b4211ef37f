# The words of the pages in English. Plain words, short sentences: grade 7 or below.

# Frame
skip-to-main = Skip to the page
leave-now = Leave this page now
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

# Search box
search-what = What are you looking for?
search-what-hint = For example: grief, walking group, autism, someone to talk to
search-near = Near
search-near-hint = A town, or the start of a postcode
search-within = Within
search-miles = { $count ->
    [one] { $count } mile
   *[other] { $count } miles
}
search-button = Search

# Home
home-title = Home
home-heading = Find people who understand
home-lead = Groups run by people who have been there themselves. Free to search. Nobody is told what you look for.
home-empty-heading = There is nothing here yet
home-empty-groups = This directory is new. Groups appear here when they publish to it.
home-empty-operator = Do you run this directory? Give its address to the groups that you know, or follow another directory. The address is on this page:
home-kinds = What there is
home-groups = { $count ->
    [one] { $count } group
   *[other] { $count } groups
}
home-events = { $count ->
    [one] { $count } event
   *[other] { $count } events
}
home-offers = { $count ->
    [one] { $count } thing to share
   *[other] { $count } rooms and things to share
}
home-needs = { $count ->
    [one] { $count } thing a group needs
   *[other] { $count } things that groups need
}
home-stories = { $count ->
    [one] { $count } story
   *[other] { $count } stories
}
home-commitments = { $count ->
    [one] { $count } promise
   *[other] { $count } promises
}
home-vouches = { $count ->
    [one] { $count } group speaks for another
   *[other] { $count } groups speak for others
}
home-other = { $count ->
    [one] { $count } other entry
   *[other] { $count } other entries
}
home-people = Who groups are for
home-trust = What you can rely on
home-trust-groups-lead = Groups write for themselves.
home-trust-groups = What a group says is shown word for word. Nobody in between can change it.
home-trust-voice-lead = You see whose words they are.
home-trust-voice = The group’s own, or copied from an old list. The two never look the same.
home-trust-you-lead = You leave no trace here.
home-trust-you = No account, no cookies. What you search for is not kept.
home-run-by = This directory is run by
home-about-link = About this directory
home-run-by-unknown = The people who run this directory have not said who they are.

# Kinds, voices, freshness, states
kind-group = Group
kind-event = Event
kind-offer = To share
kind-need = Needed
kind-story = Story
kind-commitment = Promise
kind-vouch = Speaks for another group
kind-other = Entry
kinds-group = Groups
kinds-event = Events
kinds-offer = Rooms and things to share
kinds-need = Things that groups need
kinds-story = Stories
kinds-commitment = Promises
kinds-vouch = Groups they speak for
kinds-other = Other entries
voice-itself = Published by the group itself (not verified)
voice-by-website = The group’s own words, confirmed by its website
voice-by-group = The group’s own words; another group knows it
voice-behalf = With the group’s permission, by
voice-catalogued-year = Recorded in { $year }; may no longer exist.
voice-catalogued = From an undated list; may no longer exist.
voice-listed-by = Listed by
fresh-silent = { $count ->
    [one] Nothing new from the group’s computer for { $count } day
   *[other] Nothing new from the group’s computer for { $count } days
}
fresh-old = Last checked in { $date }: may have changed
fresh-confirmed = Still right in { $date }, says the group
fresh-signed = Published { $date }
state-paused = Paused for now
state-closed = Closed
state-cancelled = Cancelled
state-postponed = Put off: no new date yet
state-over = Over since { $date }
hit-by = By
hit-also = The same organisation is listed here too:
place-serves = All of
hit-online = Online or by phone
hit-online-too = – or online
precision-neighbourhood = to within about half a mile
precision-region = somewhere in this area
room-free = Free then, as far as is published
room-ask = Ask them:

# Search results
search-title = Results
search-heading = { $count ->
    [one] { $count } result
   *[other] { $count } results
}
search-heading-none = Nothing found
search-heading-error = One thing to put right
error-title = Error:
error-heading = There is a problem
near-inside = In
near-around = Near
near-others = Did you mean another place of that name?
notice-left-out = No entry here has these words, so we left them out:
notice-guess = We took it for
notice-guess-typed = You typed
notice-also = We also looked for other words for
notice-unknown = Nothing here is marked
notice-unknown-try = Perhaps:
notice-some-words = No entry has all your words. These have most of them.
notice-place = Is part of it a place?
notice-place-button = Look near { $place }
chosen = You chose:
chosen-remove = Remove
none-lead = Nothing here fits all of that. It does not mean that there is no help.
none-try = You could try:
none-wider = Look further: within { $distance }
none-all = Leave out everything but your words
none-without = Leave out:
none-count = { $count ->
    [one] { $count } result
   *[other] { $count } results
}
none-also = Fewer or simpler words often help.
results-heading = What we found
jump-to-filters = Narrow these results
filters-heading = Narrow it down
filters-apply = Show these
filter-count = ({ $count })
filter-kind = What kind
filter-resource = What to share
filter-who-for = Who it is for
filter-when = When
filter-access = Getting in and taking part
filter-cost = Cost
filter-language = Language
filter-other = Joining
flag-any-role = Other organisations too
flag-open-to-new = Open to new people
flag-first-time-free = First time free
flag-free = Free
flag-online = Online or by phone
flag-in-person = In person only
flag-morning = Mornings
flag-afternoon = Afternoons
flag-evening = Evenings
flag-weekend = Weekends
flag-weekday = Weekdays
pager-next = Next page
pager-first = Back to the first page
crisis-heading = If you need someone now
crisis-nothing-kept = We show this because of your words. We keep no note of them.

# Record
record-title = Entry
record-title-event = Event
catalogued-heading = This comes from a list, not from the group.
catalogued-text = Someone copied it from a published source. The group may have moved, changed or ended. Please check before you travel.
catalogued-source = Source:
heading-about = About
heading-for-me = Is it for me?
heading-when-and-where = When and where
heading-join = How do I join?
heading-first-time = What happens the first time?
heading-access = Getting in and taking part
heading-cost = What does it cost?
heading-offered = What it is
heading-conditions = What to agree on
heading-safety = Staying safe
heading-who-runs-it = Who runs it?
heading-more = More
times-when = When
times-next = { $count ->
    [one] Next time
   *[other] Next { $count } times
}
times-zone = Times are in { $zone }.
times-last = This is over. The last time was { $day }.
place-where = Where
label-for-people = For
label-only-for = Only for
label-mainly-for = Mainly for
label-welcome-for = Warmly welcome
label-ages = Ages
label-languages = Languages
label-activities = What people do
label-approaches = How they work
label-membership = Who can belong
label-own-words = What they call themselves
label-rejected-words = Words they do not use for themselves
label-other-names = Other names
label-how-to-join = Ways in
label-size = How many people
label-reply-time = When they answer
label-price = Price
label-access-there = What is there
label-online = Online or by phone
label-website = Website
label-link = Link
label-led-by = Led by
label-decisions = How they decide
label-values = What matters to them
label-statement = In writing
label-part-of = Part of
label-networks = Member of
label-register = Register number
label-founded = Began in
label-form = Kind of group
label-areas = Area
label-runs-until = Runs until
label-back-on = Back on
label-tags = Also
label-room = Room
label-features = What is in it
label-toilets = Toilets
label-out-of-hours = When the building is shut
label-seen-by-others = What others in the building see
label-on-site = Who is there
label-hours = Hours
label-notice = Ask ahead
label-required = What a group must have
label-rules = Rules
label-offered-to = Offered to
label-amount = How much
label-deadline = Apply by
label-who-decides = Who decides
label-purpose = What it is for
label-needed-by = Needed by
label-can-pay = What they can pay
label-in-return = What they give back
label-items = What
label-source = Source
label-crisis = Who to call in a crisis
label-peer-work = Peer workers
label-partners = Says it works with (not confirmed by them)
says-open = New people can come without asking first.
says-contact-first = New people are welcome. Please get in touch first.
says-waiting-list = It is full, with a waiting list.
says-closed = It takes no new people at the moment.
says-may-bring-someone = You may bring someone with you.
says-come-alone = Please come on your own.
says-not-in-a-crisis = The group cannot help in a crisis. The numbers at the foot of this page can.
says-there-in-a-crisis = The group says that it can help in a crisis.
says-anyone = Anyone may come.
says-other-groups = For members of other groups, not for everyone.
says-members = For members of the group only.
says-online-only = It is only online or by phone.
says-online-too = You can also take part online or by phone.
says-first-time-free = The first time is free.
says-small-groups-welcome = Small and new groups are welcome.
says-nothing-required = Nothing is asked of the group that borrows it.
says-carers = For carers, family or friends.
says-place-hidden = The place is not shown. The group tells you when you get in touch.
says-ask-about-access = The group has said nothing about access. It does not mean no: please ask.
says-open-to-unconstituted = Groups without a constitution can apply.
says-apply-by-talk = You can apply by talking to someone.
says-no-contact = No way to get in touch is published here.
contact-email = Email
contact-phone = Phone
contact-text = Text message
contact-relay = Text or video relay
contact-form = Form
contact-message = Message
contact-post = Post
contact-other = Get in touch
related-heading = Also from
related-all = Everything this group publishes
calendar-link = Add to your calendar
calendar-hint = A file for the calendar of your phone or computer. It has the name of the event in it.
check-heading = Can I trust this page?
check-summary = Check this entry yourself
trust-itself = These are the group’s own words. Nobody has confirmed yet that the group is the one it says it is.
trust-confirmed = These are the group’s own words, and it has been confirmed who it is.
trust-behalf = Another group wrote this, with permission.
trust-catalogued = The list copied this from a source. The group has not agreed to it.
check-how = Everything a group publishes carries one signature, made with a key that only the group has. This directory cannot change a word of it without the signature failing.
check-limits = The signature shows that nothing was changed. It cannot show that what is said is true.
check-command = With the program “hedgerow” you can check it on your own computer:
check-files = Or keep the proof:
check-record = The entry, byte for byte
check-proof = The signed proof
check-hash = Fingerprint:
yours-link = Is this you? Correct or remove it
yours-heading = Is this you?
yours-catalogued = You decide whether you are listed. You can do one of two things.
yours-own-listing = Publish your own words. Then yours are shown, and you can change them when you like.
yours-remove = Have this entry removed. You need not give a reason.
yours-own = If you run this group, change or take back this entry where you published it. It changes here at once.
yours-contact = Write to the people who run this directory:
yours-no-contact = The people who run this directory have not said how to reach them.

price-free = Free
price-pay-what-you-can = Pay what you can, or nothing
price-at-cost = What it costs them
requires-insurance = insurance
requires-constitution = a constitution
requires-bank-account = a bank account
hours-ahead = { $count ->
    [one] { $count } hour before
   *[other] { $count } hours before
}
days-ahead = { $count ->
    [one] { $count } day before
   *[other] { $count } days before
}

# Group
group-title = Group
group-no-name = A group without a listing of its own
group-lead = All that this group publishes here.
group-hidden = Nothing is shown at the moment:
group-no-title = (no title)
group-more = There are more than fit on this page. Search for them by their words.
group-id = Id of the group, for programs:

# What's on
whats-on-title = What’s on
whats-on-heading = What’s on
whats-on-none = No events are listed for these days.
whats-on-none-try = Try another week, or a place further away.
range-label = Show
range-day = One day
range-week = A week
range-month = A month
range-show = Show
range-earlier = Earlier
range-later = Later
week-from = Week from { $day }

# About
about-title = About
about-heading = About this directory
about-lead = A list of groups run by and for people who share an experience. Nobody owns all of it.
about-who = Who runs it
about-who-unknown = The people who run it have not said who they are. They can do so in its settings.
about-contact = Write to them:
about-policy = What they list, and what they leave out:
about-keeps = What it keeps about you
about-keeps-nothing = Nothing.
about-keeps-more = There are no accounts and no cookies. What you search for is not written down, counted or passed on. No other website is told that you were here.
about-whose = Whose words these are
about-whose-text = Groups publish from their own computer and sign what they publish. This directory shows it as it is. When a group takes something back, it is gone from here at once.
about-cannot = The directory can leave a group out. It cannot change a group’s words without anyone noticing.
about-coverage = What is listed, and where
about-coverage-link = See how many groups are listed in each region
about-check = How to check up on it
about-check-text = Anyone can compare this directory with others and with the groups themselves:
about-id = Id of this directory:

# Coverage
coverage-title = Regions
coverage-heading = Who is listed where
coverage-lead = How many groups this directory lists in each region, and how many of them speak for themselves here.
coverage-not-a-gap = A low number does not mean that there are few groups. It may only mean that this directory does not know them yet.
coverage-by-official = Regions of the UK
coverage-by-survey = Regions of the survey of 2013
coverage-caption = Groups that are listed, by region. The green part of a bar is those in their own words.
coverage-region = Region
coverage-listed = Listed
coverage-own = In their own words
coverage-people = Some are for:
coverage-none = None listed yet
coverage-total = { $count ->
    [one] { $count } group is listed in all.
   *[other] { $count } groups are listed in all.
}
coverage-elsewhere = { $count ->
    [one] { $count } of them is in none of these regions, or does not show its place.
   *[other] { $count } of them are in none of these regions, or do not show their place.
}
coverage-several = A group in more than one region counts in each.
coverage-file = Keep these numbers as a file (CSV)
coverage-before = What was counted in { $year }
coverage-before-caption = Groups that were counted and not named
coverage-counted = Counted
coverage-nationally = The whole country
coverage-source = Source:

# Staying safe
safe-title = Help and safety
safe-heading = Staying safe
safe-leaving = “Leave this page now”
safe-leaving-does = This button is on each page. It opens the weather forecast in its place.
safe-leaving-does-not = It cannot erase what your browser remembers: the addresses of pages that you opened. Your words are not in those addresses.
safe-leaving-private = A private window forgets them when you close it. If someone may look at your phone, use one that they do not know.
safe-we-keep = What we keep

# Problems
problem-not-found = This page is not here
problem-not-found-do = The group may have taken it back, or the address may be wrong.
problem-too-many = Please wait a moment
problem-too-many-do = Many requests came from where you are. Wait a few seconds, then load the page again.
problem-busy = This is taking too long
problem-busy-do = The directory is busy. Wait a few seconds, then load the page again.
problem-too-long = That is too long
problem-too-long-do = Go back and use fewer words or choices.
problem-method = This page cannot be opened like that
problem-method-do = Start from the first page.
problem-request = That did not work
problem-request-do = Part of the request could not be read. Start from the first page.
problem-server = Something went wrong here
problem-server-do = It is not your fault. Wait a moment, then load the page again.
problem-home = Go to the first page
