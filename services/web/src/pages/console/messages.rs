//! Keys of sentences that the console's handlers choose.

pub const SIGN_IN_WRONG: &str = "sign-in-wrong";
pub const NAME_MISSING: &str = "link-name-missing";
pub const NAME_TAKEN: &str = "link-name-taken";
pub const PLACE_MISSING: &str = "first-where-missing";
pub const DISTRICT_UNKNOWN: &str = "first-where-unknown";
pub const ALSO_REJECTED: &str = "first-also-rejected";
pub const ALSO_TICKS: &str = "first-also-ticks";
pub const WORDS_CODE: &str = "words-code";
pub const QUESTIONS_OPEN: &str = "first-check-open";
pub const WORD_WRONG: &str = "words-wrong";
pub const PASSPHRASE_SHORT: &str = "link-passphrase-short";

pub const LAST_STEWARD: &str = "people-last";
pub const TOO_MANY_LINKS: &str = "people-too-many";
pub const REMOVED: &str = "people-removed";
pub const ROLE_CHANGED: &str = "people-role-changed";
pub const CALLED_BACK: &str = "people-called-back";
pub const PASSPHRASE_CHANGED: &str = "account-changed";
pub const SESSION_ENDED: &str = "account-ended";
pub const PASSPHRASE_WRONG: &str = "account-wrong";
