# A group's own page, on its node
node-coming = Coming up
node-coming-none = No dates are published at the moment.
node-coming-all = All events
node-all = Show all of them
node-keep-up = Keep in touch
node-calendar = Subscribe to all dates
node-calendar-hint = Your calendar then adds new dates by itself. It has the names of the events in it.
node-feed = News feed
node-feed-hint = For a feed reader: what is new and what has changed.
node-whose = Whose page is this?
node-whose-text = The group’s own. It writes all of this itself. When it takes something back, it is gone from here at once.
node-whose-copied = The group keeps a list of other groups. This entry is part of it. When it takes an entry back, it is gone from here at once.
node-for-programs = For programs
node-sign-in = You run this group? Sign in
node-groups-title = Groups
node-groups-heading = Groups that publish here
node-groups-lead = Each group writes its own page.
node-groups-none = No group has published anything here yet.

# A message to a group
message-title = Message
message-heading = Send a message
message-lead = It goes to the people who run this group. You need not say who you are.
message-crisis = It may be some days before someone reads it. If you need help now, the numbers at the foot of this page answer at once.
message-text = Your message
message-reply = How can they answer you? (You can leave this out)
message-reply-hint = Such as an email address or a phone number. Think of who else may see the answer.
message-send = Send it
message-kept = Your words are kept locked, for 30 days at most, on the computer that this page comes from. The people who run that computer could unlock them. Nothing else about you is kept.
message-empty = Write your message first.
message-too-long = { $count ->
    [one] Your message is { $count } character too long.
   *[other] Your message is { $count } characters too long.
}
message-reply-too-long = How to answer you must fit on one line. Please make it shorter.
message-wait = Many messages came from where you are. Your words are still below: please try again in an hour.
message-full = The group cannot take more messages today. Your words are still below: try again tomorrow, or reach the group in another way.
message-elsewhere = This came from another website, so it was not sent. If you meant to send it, send it from here.
message-sent-heading = Your message is with the group
message-sent-text = The people who run the group can read it now.
message-sent-kept = What is kept
message-sent-words = Your words, and how to answer you if you said so.
message-sent-locked = They are kept locked, on the computer that this page comes from. The people who run that computer could unlock them.
message-sent-days = The group can delete them when it likes. After 30 days they are deleted in any case.
message-sent-nothing-else = Nothing else: not where you are, nor what you read here.
message-sent-back = Back to

# A message that waits at a directory, locked for the group
message-sealed-by-site = { $count ->
    [one] This page locks your words when they arrive, so that only the group can open them. They wait here for one day at most. The people who run this site could read them before they are locked.
   *[other] This page locks your words when they arrive, so that only the group can open them. They wait here for { $count } days at most. The people who run this site could read them before they are locked.
}
message-sealed-by-browser = { $count ->
    [one] Your browser locks your words before they are sent, so that only the group can open them. They wait here for one day at most. The people who run this site see that a message came, and when.
   *[other] Your browser locks your words before they are sent, so that only the group can open them. They wait here for { $count } days at most. The people who run this site see that a message came, and when.
}
message-seal-failed = Your browser could not lock your words. Press the button again to send them as they are: this page then locks them when they arrive, and the people who run this site could read them before.
message-unsealed = This message did not arrive whole. Please send it again.
message-sealed-away = Your words were locked in your browser, so this page cannot show them. Go back one page to find them.
message-waits-heading = Your message waits for the group
message-waits-text = The group’s computer fetches it from here. Mostly that takes some minutes. If it is off, it can take days.
message-waits-locked = Your words, locked. Only the group can open them.
message-waits-days = { $count ->
    [one] They wait here for one day at most. If the group has not fetched them by then, they are deleted.
   *[other] They wait here for { $count } days at most. If the group has not fetched them by then, they are deleted.
}
message-waits-seen = The people who run this site see that a message came for this group, when, and roughly how long it is.
message-waits-back = Back to the group
