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
heading-more = More about it
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
label-tags = Marked as
label-structures = How people meet
label-settings = Kind of place
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
check-how = A group signs all that it publishes, with a key that only it has. If this directory changed a word of it, the signature would fail.
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
group-back = Back to the group
group-none = There is nothing of this kind.
group-all = { $kind }: all { $count }
group-calendar = Add all its dates to your calendar
group-yours = This page lists what someone wrote about other groups. Open the entry that speaks of yours. There you can ask for it to be corrected or taken out.
group-check-heading = Check all of it
group-check = Was a word changed, or an entry left out? The program “hedgerow” checks it on your own computer:
locator-heading = On the map
locator-in = { $area }, in { $region }
locator-region = Somewhere in { $area }
locator-link = More groups in { $area }
group-id = Id of the group, for programs:

# What a record says by a yes, a no or one of a few values
facts-more = More about what it is
facts-more-peer-work = More about peer workers
times-not-on = Not on { $days }
times-also-on = Also on { $days }
times-break = Not from { $first } to { $last }
hours-line = { $day } { $from } – { $until }
hours-shut = { $days }: shut
hours-open = { $days }: { $from } – { $until }
hours-out = (the building is shut then)
days-from-to = { $first } to { $last }
list-and = { $first } and { $last }
book-at-least = at least { $length }
book-at-most = at most { $length }
minutes-long = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
hours-long = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
days-long = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
time-and-time = { $hours } { $minutes }
vouch-no-name = A group without a name here
label-roles = What it is
label-self-description = About the words “peer support”
label-meaning-of-peer = Who counts as a peer
label-formality = How formal it is
label-duration = How long it runs
label-courses = Courses they took
label-on-behalf-of = Written for
label-permission = How they agreed
label-speaks-for = Speaks for
label-speaks-until = Good until
label-reports = What was reported
label-streams = Paid from
label-counted-from = Counted from
label-other-days = Other days
label-holidays = Shut on the bank holidays of
label-book-for = You can book it for
label-book-ahead = You can book it from
label-longest-loan = Longest loan
label-hours-a-week = Hours a week
label-credit-worth = One credit is worth
label-background = Where the skill is from
label-handover = How you get it
label-instructions = How to use it
label-where-given = Where it is given
label-reporting = What to report
label-checks = Checks
label-expenses = Expenses
label-offered-until = Offered until
label-deposit = Deposit
label-paid-by = How it is paid for
label-paid-until = Paid for until
label-future = How it can go on
label-evaluation = How they check their work
label-help-wanted = What would help them
label-situation = How it was
label-what-helped = What helped
label-what-changed = What changed
says-vouch-affiliated = It is a branch, member or part of the group that says this.
says-vouch-supported = The group that says this helps it with money, space or people.
says-vouch-endorsed = The group that says this advises people to go there.
says-vouch-known = The group that says this has met it, and it is what it says it is.
says-constituted-only = Only groups with a constitution can apply.
says-project-only = It pays for one piece of work, not for running costs.
says-running-costs-only = It pays for running costs.
says-case-studies = You may report by telling a story of what was done.
says-creative-feedback = You may report by pictures, film or poems.
says-not-accredited = It does not lead to a certificate.
says-to-keep = It is yours to keep.
says-mentoring = Someone helps you for a longer time, not just once.
says-door-sign = The group’s name is on a sign at the door.
says-no-door-sign = The group’s name is not on the door.
says-booking-board = The group’s name is on a board or screen of bookings.
says-no-booking-board = The group’s name is not on a board or screen.
says-staff-told = Staff are told the group’s name.
says-staff-not-told = Staff are not told the group’s name.
says-peers-paid = Peer workers are paid.
says-peers-unpaid = Peer workers are not paid.
says-peers-trained = Peer workers are trained.
says-peers-untrained = Peer workers get no training.
says-peers-supervised = Peer workers have someone to talk to about their work.
says-peers-unsupervised = Peer workers have no set person to talk to about their work.
says-peers-progress = Peer workers can move on to other roles.
says-peers-no-progress = Peer workers cannot move on to other roles there.

# How often, in words. A soft form follows a word that changes the first letter in some languages
rule-daily = { $count ->
    [1] Every day
    [2] Every two days
    [3] Every three days
   *[other] Every { $count } days
}
rule-weekly = { $count ->
    [1] Every week
    [2] Every two weeks
    [3] Every three weeks
    [4] Every four weeks
   *[other] Every { $count } weeks
}
rule-monthly = { $count ->
    [1] Every month
    [2] Every two months
    [3] Every three months
   *[other] Every { $count } months
}
rule-yearly = { $count ->
    [1] Every year
    [2] Every two years
   *[other] Every { $count } years
}
rule-on = { $often } on { $days }
rule-workdays = { $often } from Monday to Friday
rule-in = { $often } in { $months }
rule-once = { $often }, once
rule-times = { $often }, { $times } times
rule-until = { $often }, until { $day }
rule-first = the first { $day }
rule-second = the second { $soft }
rule-third = the third { $day }
rule-fourth = the fourth { $day }
rule-fifth = the fifth { $day }
rule-last = the last { $day }
rule-last-but-one = the last but one { $day }
rule-month-end = the last day
rule-month-day = { $count ->
    [1] the 1st
    [2] the 2nd
    [3] the 3rd
    [21] the 21st
    [22] the 22nd
    [23] the 23rd
    [31] the 31st
   *[other] the { $count }th
}
rule-workday = weekday
rule-weekend-day = day of a weekend
rule-workday-soft = weekday
rule-weekend-day-soft = day of a weekend
rule-monday = Monday
rule-monday-soft = Monday
rule-tuesday = Tuesday
rule-tuesday-soft = Tuesday
rule-wednesday = Wednesday
rule-wednesday-soft = Wednesday
rule-thursday = Thursday
rule-thursday-soft = Thursday
rule-friday = Friday
rule-friday-soft = Friday
rule-saturday = Saturday
rule-saturday-soft = Saturday
rule-sunday = Sunday
rule-sunday-soft = Sunday

# What a directory says of a group or of a match
status-unknown = It is not known how this group is.
status-active = It is shown here.
status-pending = Something is missing first, so it is not shown yet.
status-throttled = It changed a lot at once, so its changes wait a while.
status-stale = Nothing new was signed for a while.
status-lapsed = It has been silent for half a year, so it is not shown.
status-not-invited = The group did not ask to be shown here.
status-frozen = Two versions of it do not fit each other, so it is not shown.
status-ended = The group has ended its entries.
status-excluded = The people who run this directory do not show it.
aspect-unknown = something that is not known here
aspect-kind = what is wanted
aspect-distance = near enough
aspect-online = online
aspect-capacity = big enough
aspect-price = the price
aspect-access = access
aspect-times = the times
aspect-features = what is in it
aspect-subject = what it is about
aspect-required = what a borrower must have
aspect-who-for = which groups may have it
use-unknown = something that is not known here
use-shortest = it is only let for longer
use-notice = they need more notice
use-book-ahead = that is further ahead than they book
use-holiday = that is a bank holiday, or may be one
use-words = their own words limit these hours
hours-weeks = { $day } ({ $weeks })

# Searches that could not be read, for languages into which the exact reason is not translated
error-place = We do not know this place. Give a town, an area or a postcode.
error-within = We could not read how far. Give a number of miles.
error-when = We could not read the day or the time. Give a day like 5/12 and a time like 7pm.
error-search = We could not read this search. Use fewer or other words.

# Rules for drafts, for languages into which the exact reason is not translated
wrong-missing = Something is missing here.
wrong-too-long = This is too long, or there are too many.
wrong-personal-contact = This may be one person’s own address or number. Use one of the group.
wrong-duplicate = Something very like this is published already.
wrong-unknown-term = We do not know this word. It is kept as your own.
wrong-contact = This address or number cannot be read.
wrong-place = We do not know this place.
wrong-times = The times are not clear, or they do not fit each other.
wrong-address = This may show a place more closely than you chose.
wrong-consent = Say if the person agreed, and until when.
wrong-date = We cannot read this day, or it cannot be so.
wrong-price = The price is not clear, or its parts do not fit each other.
wrong-other = This cannot be published as it is.
