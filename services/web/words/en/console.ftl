# The console: frame
console-name = Your group’s pages
console-nav-home = Home
console-nav-listing = Listing
console-nav-events = Events
console-nav-offers = Offers and needs
console-nav-messages = Messages
console-nav-shown = Who shows us
console-nav-people = People
console-nav-settings = Settings
console-sign-out = Sign out
console-see-page = See your public page
console-other-groups = Your groups
console-foot = Only people of your group can open these pages.
console-to-start = Go to the first page
console-not-found-do = It may have been taken back, or it is not one of yours.
console-forged = This form did not come from here
console-forged-do = Nothing was changed. Go back, load the page again, then send the form once more.
console-kept = Your words are kept
console-kept-do = You have signed in again since this page was loaded. Go on: you see your words, and nothing is published yet.
console-kept-go-on = Go on with my words
console-too-many-do = There were too many tries. Wait a minute, then try again.
console-busy-do = The computer that runs this is busy. Wait a few seconds, then try again.
console-request-do = Nothing was changed. Go back and try again.
console-server-do = Nothing was lost that you had saved. Wait a moment, then try again.

# The console: forms
form-wrong = Please look at this again
answer-none = Nothing
answer-change = Change

# The console: signing in
sign-in-heading = Sign in
sign-in-name = Your name here
sign-in-passphrase = Your passphrase
sign-in-button = Sign in
sign-in-wrong = This name and this passphrase do not belong together.
sign-in-kept = You were signed out while you wrote. Your words are kept: sign in, and they are there again.
sign-in-kept-link = Open the link in this browser, within a day: your words are there again. If they are not, come back to this page and press the button.
sign-in-kept-go-on = I have signed in: go on
sign-in-without = If you cannot sign in
sign-in-without-steward = Ask another person of your group for a link, or the person who runs this computer.
sign-in-without-own = If it is your own computer, this makes a link:
link-heading = Welcome
link-used-heading = This link no longer works
link-used = A link works once, and only for a time.
link-used-do = Ask for a new one from the person who gave it to you. On your own computer, this makes one:
link-host = This opens the pages where you look after what your group says in public.
link-new-group = Here you can put a group where people can find it. It takes about five minutes.
link-join = would like you to help look after
link-join-host = You are asked to help look after
link-return = This signs you in as
link-name = What should the others of your group call you?
link-name-hint = You sign in with this name. It is never public.
link-passphrase = Choose a passphrase
link-passphrase-hint = Twelve letters or more. Three or four words that do not belong together are good.
link-name-missing = Write a name of 60 letters or less.
link-name-taken = Somebody here has this name already. Choose another.
link-passphrase-short = Write a passphrase of twelve letters or more.
link-known = You are signed in here as
link-known-adds = The group is added to those that you look after.
link-button = Go on
link-once = The link works once. After that you sign in with your name and passphrase.

# The console: first page
groups-heading = Your groups
groups-add = Add a group
console-home-heading = What you look after
console-tasks = To do
task-still-right = Is this still right?
task-messages = { $count ->
    [one] There is a new message.
   *[other] There are { $count } new messages.
}
task-messages-do = Read
task-stopped = Changes wait: they cannot be published now.
task-draft = You began to write something and did not send it.
task-draft-do = Go on with it
console-published = What is public
console-count-listings = { $count ->
    [0] No listing
    [one] One listing
   *[other] { $count } listings
}
console-count-events = { $count ->
    [0] No events
    [one] One event
   *[other] { $count } events
}
console-count-offers = { $count ->
    [0] No offers or needs
    [one] One offer or need
   *[other] { $count } offers and needs
}
console-shown-nowhere = Nothing is sent to a directory yet, so that searches do not find you.
console-shown-by = { $count ->
    [0] No directory shows you yet.
    [one] One directory shows you.
   *[other] { $count } directories show you.
}
console-shown-more = See where people can find you

# The console: the first five minutes
first-step = Step { $count } of 5
first-back = Back
first-go-on = Save and go on
first-nothing-public = Nothing is public yet. Your words are saved here, so you can stop and come back.
first-about = What are you called, and what do you do?
first-about-name = Name of your group
first-about-summary = What you do, in one or two sentences
first-about-summary-hint = As you would tell it to someone at the bus stop.
first-about-used = Words you like for what you are
first-about-used-hint = For instance: mutual support, survivors. Put a comma between them.
first-about-rejected = Words you do not want to be called
first-about-rejected-hint = For instance: service users. People who search for them still find you, but no page shows them as your name.
first-who = Who is it for?
first-who-words = In your own words
first-who-words-hint = For instance: women who know what a bad week is.
first-who-tags = Ticks help people find you. You need none.
first-who-communities = People
first-who-experiences = What they live with
first-who-together = If you ticked more than one
first-who-any = Any one of them is enough
first-who-all = All of them must be true of a person, like women with depression
first-who-emphasis = How strict is that?
first-who-welcome = They are welcome among others
first-who-mainly = Mainly for them
first-who-only = Only for them
first-where = Where do you meet?
first-where-lead = Say no more than people need to find you. You can change it later.
first-where-choose = How much may everyone see?
first-where-town = The town or city
first-where-district = The part of town, about a mile wide
first-where-online = Only online or by phone
first-where-exact = The full address
first-where-hidden = Nothing at all
first-where-town-name = Town or city
first-where-town-hint = For “town” and “part of town”. If two towns have the name, add the county.
first-where-district-code = First half of the postcode
first-where-district-hint = For “part of town”, such as S6.
first-where-online-words = How people take part online or by phone
first-where-online-hint = For instance: a video call each week. Do not put the link here.
first-where-exact-open = Show the full address
first-where-exact-tells = Everyone can then see the door: also someone who looks for a person that comes to you. Never give the address of a home. What was public once may stay with others for good.
first-where-venue = Name of the place
first-where-street = Number and street
first-where-postcode = Postcode
first-where-words = How people learn the rest
first-where-words-hint = For instance: we send the address once you have been in touch.
first-where-missing = Write it here, or choose to show less.
first-where-unknown = We do not know this. Write the part before the space, such as S6.
first-when = When do you meet?
first-when-words = In plain words
first-when-words-hint = For instance: every second Tuesday from 1 December except bank holidays, 7 to 9pm. Leave it empty if it changes.
first-when-read = We read this as:
first-when-next = The next times:
first-when-right = Is that right? Then go on. If not, write it in other words.
first-when-open = Nearly there. Answer this, and we show you the days.
first-when-nation = Whose bank holidays?
first-when-england = England and Wales
first-when-scotland = Scotland
first-when-northern-ireland = Northern Ireland
first-when-event = Show it in the calendar of events too
first-join = How can people join?
first-join-openness = Can new people come?
first-join-open = Yes, just turn up
first-join-contact-first = Yes, but get in touch first
first-join-waiting-list = We are full, with a list for new people
first-join-closed = Not at the moment
first-join-words = How to join, in your own words
first-join-words-hint = For instance: ring the bell and ask for the tea room.
first-join-first-time = What happens the first time?
first-join-first-time-hint = Who meets you, what you need to bring, that you can just listen.
first-join-contact = How to reach you
first-join-contact-hint = Everyone can see these. Use an address of the group, never one of a person.
first-join-email = E-mail
first-join-phone = Phone
first-join-website = Website
first-check = Look at this before it is public
first-check-wrong = Change this first
first-check-public = Everyone can see
first-check-private = Nobody else can see
first-check-change-about = Change the name and words
first-check-change-who = Change who it is for
first-check-change-where = Change where
first-check-change-when = Change when
first-check-change-join = Change how to join
first-private-you = your name, and that you look after this group
first-private-who = who comes to you: there is no place to write it
first-private-machine = where this computer is, if you did not choose to say it
first-private-drafts = what you began to write and did not publish
first-also = Public too, though the page does not show it
first-also-rejected = Words you reject
first-also-ticks = What you ticked
first-check-sent = Where it goes
first-check-sent-nowhere = To the group’s own page. You choose directories afterwards.
first-check-back = You can take it back at any time. It is gone from those directories within minutes.
first-check-questions = Please look at this again
first-check-confirm = Yes, we mean it.
first-check-open = Tick each of these if it is meant, or go back and change it.
first-check-agree = This may be public

# The console: recovery words
words-heading = Your twelve words
words-why = Twelve words on paper are the key to your group. Nothing else is.
words-lost = If this computer breaks or is stolen, they bring your group back.
words-move = With them you can move to another computer or another host.
words-care = Whoever has them owns your group. Keep the paper as you keep a passport.
words-made-here = The words are made on this computer, and it does not keep them.
words-made-by-host = The words are made by your host’s computer. It does not keep them, but a dishonest host could read them while you do.
words-made-in-browser = The words are made here in your browser. They do not leave it: only a lock goes to the computer of your host, and the words are its key.
words-print = Print
words-number = Word
words-make = Show me the words
words-sheet = The twelve words of
words-what = What this paper is for
words-what-lost = If your computer or your host is gone, these words bring the group back on another.
words-what-who = Two people you trust should know where this paper is.
words-what-never = Never type the words into a page or a message. Only the program for hosts takes them.
words-what-guide = On a new computer: hedgerow-node group recover
words-code = The same words, to scan.
words-write = Print this page or write the words down now. They are not shown again.
words-written = I have them on paper
words-confirm = Look at your paper
words-confirm-hint = This makes sure that the paper is right.
words-repeat = Word { $count }
words-wrong = That is another word. Look at the paper.
words-publish = Publish
words-again = Show me the words again
published-heading = is public now
published-soon = Directories get it in the next minutes. Then people can find you.
published-nowhere = It is on your own page. So that people find it in a search, add a directory.
published-next = What you can do next
published-directory = Choose a directory that shows you
published-offer = Share a room or something else, or say what you need
published-invite = Ask a second person to help look after it
published-more = Say more about your group
published-home = Go to the first page

# The console: people, sign-in, history
people-heading = People who look after this group
people-none = Nobody yet but the person who runs this computer.
people-you = (you)
people-steward = Steward
people-steward-may = May do everything, and invite others.
people-editor = Editor
people-editor-may = May write and publish, and read messages.
people-used = last here
people-make-editor = Make an editor
people-make-steward = Make a steward
people-return = Make a link to sign in
people-remove = Remove
people-invitations = Links not used yet
people-until = Works until
people-call-back = Call it back
people-invite = Ask somebody to help
people-invite-role = What may they do?
people-invite-button = Make a link
people-link = Send this link to that person only:
people-link-once = It works once. It is not shown again.
people-last = The group needs one steward. Make another person a steward first.
people-too-many = There are many links not used yet. Call some back first.
people-removed = This person cannot open these pages any more.
people-role-changed = The role is changed.
people-called-back = The link no longer works.
account-heading = Your sign-in
account-sessions = Where you are signed in
account-device = A browser
account-this = This one
account-end = Sign out there
account-end-others = Sign out everywhere else
account-passphrase = Your passphrase
account-old = Passphrase now
account-change = Change the passphrase
account-changed = The passphrase is changed. Other browsers were signed out.
account-ended = Signed out there.
account-wrong = This is not your passphrase now.
account-by-link = You sign in by a link. This makes one:
history-heading = Who changed what
history-none = Nothing was changed yet.
history-added = added
history-changed = changed
history-taken-back = took back
history-invited-steward = made a link that invites a steward
history-invited-editor = made a link that invites an editor
history-made-link = made a link to sign in for
history-called-back = called back a link
history-joined = joined the group
history-made-steward = made a steward of
history-made-editor = made an editor of
history-removed = removed a person
history-settings = changed the settings
history-directory-added = added a directory
history-directory-removed = stopped sending to a directory
history-host = The host
history-older = Older changes
