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
home-this-week = What is on this week
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
near-unknown = We do not know a place of that name.
near-guesses = Did you mean one of these?
days-heading = When:
notice-left-out = No entry here has these words, so we left them out:
notice-refused = You do not want these, so entries about them are left out:
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
flag-today = Today
flag-this-weekend = This weekend
flag-this-week = This week
flag-weekend = Weekends
flag-weekday = Weekdays
pager-next = Next page
pager-first = Back to the first page
crisis-heading = If you need someone now
crisis-nothing-kept = We show this because of your words. We keep no note of them.

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
week-near = In the next days near { $place }
week-in = In the next days in { $place }
week-everywhere = In the next days
week-none = No events are listed for the next seven days.
week-all = See all that is on

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
about-decisions = What it has left out
about-decisions-none = So far no group and no entry is left out.
about-left-out = { $count ->
    [one] { $count } group is left out.
   *[other] { $count } groups are left out.
}
about-reasons = The reasons, in the words of the people who run this directory
about-reason = Reason
about-reason-groups = Groups
about-latest = The newest of these is from { $day }:
about-entries-out = { $count ->
    [one] { $count } single entry is taken out.
   *[other] { $count } single entries are taken out.
}
about-last-entry = The newest of these is from { $day }.
about-decisions-unnamed = We do not name the groups here. A group that is left out is told why.
about-state = How far it has got
about-head = The newest signed head that it shows has the number { $number } and is from { $day }.
about-head-group = See the group that signed it
about-head-none = It shows no group yet.
about-cursor = Its place in the stream of changes, for programs that go on from there:
about-check = How to check up on it
about-check-text = With the program “hedgerow” you can check this directory from your own computer. The second line reads each group’s newest head and checks its signature. The third checks all that one group publishes:
about-check-compare = Do the same with another directory, and lay the two lists side by side. A group that only one of them has was left out of the other. A lower number means that it lags behind.
about-check-receipts = Each group gets a signed receipt for what it sends here. With it, the group can prove it if this directory shows something else.
about-id = Id of this directory:

# Coverage
coverage-title = Regions
coverage-heading = Who is listed where
coverage-heading-for = Groups in each region for: { $people }
coverage-who = Who they are for
coverage-everyone = Anyone
coverage-served = Who is served where
coverage-served-lead = How many of the groups in each region say that they are for these people. Striped cells have none listed here. That is no proof that there are none. Choose other people above.
coverage-lead = How many groups are listed here in each region, and how many speak for themselves.
coverage-not-a-gap = A low number does not mean that there are few groups. It may only mean that this directory does not know them yet.
coverage-by-official = Regions of the UK
coverage-by-survey = Regions of the survey of 2013
coverage-caption = Groups that are listed, by region. The green part of a bar is those in their own words.
coverage-region = Region
coverage-listed = Listed
coverage-own = In their own words
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
