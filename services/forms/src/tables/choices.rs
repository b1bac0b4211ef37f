//! Answers to choose from, each with its value in the protocol and the key of its words.

use crate::field::Choice;

pub const PRECISION: &[Choice] = &[
    ("1", "c-the-exact-place-with-its"),
    ("2", "c-only-the-area-to-about"),
    ("3", "c-only-the-town"),
    ("4", "c-only-the-region-or-country"),
    ("5", "c-not-at-all"),
];
pub const EMPHASIS: &[Choice] = &[
    ("", "c-not-stated"),
    ("1", "c-only-for-these-people"),
    ("2", "c-mainly-for-these-people"),
    ("3", "c-these-people-are-very-welcome"),
];
pub const CONTACT_KIND: &[Choice] = &[
    ("", "c-not-stated"),
    ("1", "c-e-mail"),
    ("2", "c-phone-call"),
    ("3", "c-text-message"),
    ("4", "c-text-or-video-relay"),
    ("5", "c-form-on-a-website"),
    ("6", "c-messenger-or-social-network"),
    ("7", "c-post"),
    ("8", "c-another-way"),
];
pub const PRICE_KIND: &[Choice] = &[
    ("", "c-not-stated"),
    ("1", "c-free"),
    ("2", "c-pay-what-you-can"),
    ("3", "c-what-it-costs-us"),
    ("4", "c-a-set-price"),
];
pub const VOICE: &[Choice] = &[
    ("1", "c-we-are-this-group"),
    ("2", "c-we-speak-for-a-branch"),
    ("3", "c-we-repeat-a-source"),
];
pub const ROLES: &[Choice] = &[
    ("1", "c-a-group-of-people-who"),
    ("2", "c-a-network-of-groups"),
    ("3", "c-a-host-for-other-groups"),
    ("4", "c-a-funder"),
    ("5", "c-a-trainer"),
    ("6", "c-a-partner-that-shares-rooms"),
    ("7", "c-something-else"),
];
pub const OPENNESS: &[Choice] = &[
    ("", "c-not-stated"),
    ("1", "c-yes-just-come"),
    ("2", "c-yes-but-get-in-touch"),
    ("3", "c-there-is-a-waiting-list"),
    ("4", "c-not-at-the-moment"),
];
pub const ACTIVITY_STATE: &[Choice] = &[
    ("", "c-not-stated"),
    ("1", "c-we-are-going-as-usual"),
    ("2", "c-we-have-a-pause"),
    ("3", "c-we-have-closed"),
];
pub const EVENT_OPENNESS: &[Choice] = &[
    ("", "c-ask-first"),
    ("1", "c-anyone"),
    ("2", "c-people-of-other-groups"),
    ("3", "c-our-own-people"),
];
pub const EVENT_STATUS: &[Choice] = &[
    ("", "c-not-stated"),
    ("1", "c-goes-ahead"),
    ("2", "c-cancelled"),
    ("3", "c-put-off-with-no-new"),
];
pub const SCOPE: &[Choice] = &[
    ("", "c-not-stated"),
    ("1", "c-running-costs"),
    ("2", "c-one-piece-of-work"),
    ("3", "c-either-of-them"),
];
pub const WEEKDAY: &[Choice] = &[
    ("", "c-not-stated"),
    ("1", "c-monday"),
    ("2", "c-tuesday"),
    ("3", "c-wednesday"),
    ("4", "c-thursday"),
    ("5", "c-friday"),
    ("6", "c-saturday"),
    ("7", "c-sunday"),
];
pub const WEEKS: &[Choice] = &[
    ("1", "c-first"),
    ("2", "c-second"),
    ("3", "c-third"),
    ("4", "c-fourth"),
    ("5", "c-fifth"),
    ("-1", "c-last"),
];
pub const HOLIDAYS: &[Choice] = &[
    ("", "c-not-stated"),
    ("GB-ENG", "c-england"),
    ("GB-WLS", "c-wales"),
    ("GB-SCT", "c-scotland"),
    ("GB-NIR", "c-northern-ireland"),
];
pub const GRADE: &[Choice] = &[
    ("1", "c-it-is-part-of-us"),
    ("2", "c-we-help-it"),
    ("3", "c-we-advise-people-to-go"),
    ("4", "c-we-have-met-it-and"),
];
