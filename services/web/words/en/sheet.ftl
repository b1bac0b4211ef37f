# Sheet to hand over, printed directory, link to share, entries that are somebody's own

sheet-title = Sheet
sheet-heading = Places to turn to
sheet-how = Print this page with the print command of your browser. Only the sheet is printed. Nobody keeps a copy.
sheet-none = You have ticked nothing. Go back to the results, tick some, and make the sheet again.
sheet-full = Only the first ones are shown: a sheet holds no more.
sheet-gone = { $count ->
    [one] { $count } of them is not here any more.
   *[other] { $count } of them are not here any more.
}
sheet-scan = Point a phone’s camera here to see the newest details.
sheet-code = Code with the address of the entry
sheet-made = Made on { $day }. Please check before you travel: things change.
pick-label = Put on the sheet
pick-heading = What next?
pick-sheet = Make a sheet of the ticked ones
pick-sheet-hint = A clean page in large type to print and hand over.

share-title = Link
share-heading = A link to this search
share-button = Make a link to this search
share-hint = We show you first what the link says.
share-nothing = There is nothing to share yet: search for something first.
share-tells = What the link would tell
share-tells-lead = Your search is in the link. All who see it can read this:
share-words = Words
share-near = Near
share-filters = Chosen
share-kept = A link stays in messages and in the list of visited pages of a browser. Do not make one if somebody could use it against you or them.
share-make = Make the link
share-back = Back to the results
share-link = The link
share-copy = Copy this
share-open = Try the link
share-open-warning = If you open it here, this browser keeps it too.
share-opened = You came by a link. The search is in the address of this page, and your browser keeps it.

printed-title = Printed directory
printed-heading = A directory to print
printed-lead = All groups of one town or area as a booklet, with an index.
printed-place = Which town or area?
printed-place-hint = For example: Leeds, Cornwall, LS6
printed-make = Make it
printed-none = No group is listed there. Try a larger area.
printed-how = Print this page with the print command of your browser, or keep it as a PDF. Choose “booklet” there if your printer can do it.
printed-partial = { $count ->
    [one] Only the first group fits. Choose a smaller area to print them all.
   *[other] Only the first { $count } groups fit. Choose a smaller area to print them all.
}
printed-cover = Groups in and around
printed-made = Made on { $day }.
printed-by = This list is kept by
printed-changes = Things change. Please check before you travel.
printed-contents = Contents
printed-by-people = Who groups are for
printed-by-name = Groups by name
printed-numbers = The numbers are those of the entries, not of pages.
printed-no-people = No group says whom it is for.
printed-elsewhere = No place, or the whole area
printed-next = Next:

yours-about = This is about:
yours-publish = Publish your own words
yours-publish-how = It takes five minutes. On a computer of your own, start this program and answer its questions:
yours-publish-host = Another group or a library can also do it for you on their computer. When yours is published, write to us below, and we take the old one out.
yours-ask = Ask us
yours-own-lost = If you have lost the way in, or if it speaks of you and you do not want it, write to us.
yours-wish = What should we do?
yours-wish-remove = Take it out
yours-wish-correct = Correct it
yours-words = What is wrong? (You need not say why you want it out.)
yours-words-hint = Please write nothing about your health, and no names of members.
yours-reply = How can we reach you? (You need not say.)
yours-reply-hint = Without it we cannot write back.
yours-kept = { $count ->
    [one] Only the people who run this directory read it. It is deleted after { $count } day.
   *[other] Only the people who run this directory read it. It is deleted after { $count } days.
}
yours-send = Send
yours-sent = Thank you
yours-sent-lead = The people who run this directory have your message. They should deal with it within a day or two.
yours-no-wish = Choose what we should do.
yours-nothing-to-correct = Write what is wrong, so that we can correct it.
yours-too-long = Write at most 1,000 letters.
yours-reply-too-long = Write how to reach you in at most 200 letters.
yours-form = Ask for this, here
