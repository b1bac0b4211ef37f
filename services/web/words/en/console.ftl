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
console-other-groups = Your other groups
console-foot = Only people of your group can open these pages.
console-to-start = Go to the first page
console-not-found-do = It may have been taken back, or it is not one of yours.
console-forged = This form did not come from here
console-forged-do = Nothing was changed. Go back, load the page again, then send the form once more.
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
link-button = Go on
link-once = The link works once. After that you sign in with your name and passphrase.

# The console: first page
groups-heading = Your groups
groups-add = Add a group
console-home-heading = What you look after
console-tasks = To do
task-still-right = You have not said for a while that your listing is still right.
task-still-right-do = Look at it
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
console-shown-nowhere = Nothing is sent to a directory yet. The person who runs this computer can name one.
console-shown-by = { $count ->
    [0] No directory shows you yet.
    [one] One directory shows you.
   *[other] { $count } directories show you.
}
console-shown-more = See where people can find you
