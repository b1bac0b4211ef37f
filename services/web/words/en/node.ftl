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
