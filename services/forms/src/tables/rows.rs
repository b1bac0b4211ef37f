//! Rows of single values that several tables have.

use crate::field::{Field, Kind};

pub const ACTIVITIES: Field = Field::new("activities", "f-activities", Kind::Tags("activity"));
pub const AMOUNT: Field =
    Field::new("amount", "f-amount", Kind::Money).help("h-in-pounds-or-with-the");
pub const ANYTHING_ELSE: Field = Field::new("anything_else", "f-anything-else", Kind::Text);
pub const APPROACHES: Field = Field::new("approaches", "f-approaches", Kind::Tags("approach"));
pub const EXPERIENCES: Field = Field::new(
    "experiences",
    "f-what-people-have-been-through",
    Kind::Tags("experience"),
);
pub const FIRST_DAY: Field = Field::new("first_day", "f-first-day", Kind::Day);
pub const GROUP_ID: Field =
    Field::new("group_id", "f-the-groups-number", Kind::Id).help("h-it-has-64-letters-and");
pub const HOW_TO_JOIN: Field = Field::new(
    "how_to_join",
    "f-how-do-people-join",
    Kind::Tags("referral-route"),
);
pub const LAST_DAY: Field = Field::new("last_day", "f-last-day", Kind::Day);
pub const NAME: Field = Field::new("name", "f-name", Kind::Line);
pub const SAFETY_NOTE: Field =
    Field::new("safety_note", "f-what-people-should-know-about", Kind::Text);
pub const SUMMARY: Field = Field::new("summary", "f-in-one-or-two-sentences", Kind::Line)
    .help("h-people-see-this-in-lists");
pub const TAGS: Field = Field::new("tags", "f-other-tags", Kind::Lines).help("h-one-on-each-line");
pub const TIME_ZONE: Field = Field::new("time_zone", "f-time-zone", Kind::Line)
    .help("h-europe-london-if-you-leave")
    .rare();
pub const TITLE: Field = Field::new("title", "f-title", Kind::Line);
pub const URL: Field = Field::new("url", "f-web-address", Kind::Line);
pub const WHY: Field = Field::new("words", "f-why", Kind::Line);
