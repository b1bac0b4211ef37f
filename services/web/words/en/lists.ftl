# Lists of the directory

nav-more = More
shelf-title = More
shelf-heading = More in this directory
shelf-lead = Rooms, money, skills and words that groups share, and what is promised to them.
shelf-coverage = Who is listed where
shelf-coverage-lead = How many groups this directory lists in each region.

search-nearby = Nearby

resource-space = Rooms
resource-equipment = Things to borrow
resource-skills = Skills
resource-training = Training
resource-documents = Papers
resource-funding = Money
resource-volunteer-time = Help from volunteers
resource-time-credits = Time credits

list-title = List
list-count = { $count ->
    [one] { $count } entry
   *[other] { $count } entries
}
list-empty = Nothing is listed here yet. It fills when groups publish it.
list-none = Nothing here fits all of that.
list-show-all = Show all of them

list-rooms = Rooms and things to share
list-rooms-lead = Rooms, halls, tools and skills that groups and their friends lend to each other.
list-rooms-hint = For example: kitchen, step-free, projector, book-keeping
list-helps = Who helps whom
list-helps-lead = What groups need, and what others offer that fits. The two groups decide.
list-helps-hint = For example: room, evening, laptop, first aid
list-training = Training
list-training-lead = Courses for people who run a group or want to start one.
list-training-hint = For example: listening, first aid, running a group
list-documents = Papers and good practice
list-documents-lead = Rules, plans and forms that a group may take and change.
list-documents-hint = For example: constitution, safeguarding, risk
list-funding = Money for groups
list-funding-lead = Grants and other money: who can apply, how, and who decides.
list-funding-hint = For example: small grant, running costs
list-commitments = Promises and how far they are
list-commitments-lead = What funders and partners said that they would do, and what they have done.
list-commitments-hint = For example: groups, men, rural
list-stories = Stories
list-stories-lead = People tell what helped. Each story is here because its person agreed. They can take it back at any time.
list-stories-hint = For example: loss, first visit, art

room-free-at = When must it be free?
room-free-at-hint = For example: Thursday 7pm, or Friday 10:00-16:00
room-for = For how many people?

filter-apply = How to apply
flag-unconstituted = Open to groups without a constitution
flag-by-talk = Apply by talking to someone
flag-by-video = Apply by video or recording
flag-any-time = Apply at any time
flag-running-costs = Pays running costs
says-apply-by-video = You can apply by video or recording.
says-any-time = You can apply at any time.
says-running-costs = It pays for running costs too.
says-accredited = It leads to a certificate.

label-given-by = Given by
label-accredited-by = Certificate from
label-length = How long it takes
label-entry = Before you start
label-licence = You may
label-reviewed = Last checked
label-decision-time = How long until an answer
label-how-to-apply = How to apply
label-co-designed-with = Planned together with
label-accountable-to = Answers to
label-within-reach = Can travel
label-perspective = Told by

progress-of = { $done } of { $goal }
progress-goal = The goal: { $goal }
progress-figure = { $number } { $unit }
progress-fewer = fewer than { $number }
progress-none = The goal is in words only.
progress-began = It began at { $figure }.
progress-reported = on { $day }
progress-due = To be done by { $day }
progress-no-report = Nothing has been reported yet.

stories-note = Before you read:

fits-link = See all that fits, side by side
fits-these = This may fit:
fits-needed-by = Needed by groups nearby:
fits-none-yet = Nothing that is published here fits yet.
fits-to-ask = To ask about:
fits-fits = Fits:
fits-need = What fits this need
fits-offer = Which needs this fits
fits-lead = They fit by what both entries say. The two groups decide if they want to.
fits-the-need = What is needed
fits-the-offer = What is offered
fits-offers = Offers that fit
fits-needs = Needs that it fits
fits-partial = Only the nearest ones were compared.

calendar-kind = What kind
calendar-any = Anything
calendar-subscribe = Follow these in your calendar
calendar-title = Calendar
calendar-heading = Follow these events in your calendar
calendar-lead = Your phone or computer looks up this address from time to time and shows what is new.
calendar-tells = What the address says
calendar-tells-lead = Whoever sees the address can read this in it. So can those who run the calendar, if it is kept on the web.
calendar-place = The place
calendar-everywhere = Nothing: it has all events of this directory.
calendar-copy = Copy this address into “Add a calendar by address”
calendar-file = Or load it once, as a file
calendar-limit = It has the next { $days } days, and at most { $events } events.
