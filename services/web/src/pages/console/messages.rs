//! Keys of sentences that the console's handlers choose.

pub const SIGN_IN_WRONG: &str = "sign-in-wrong";
pub const NAME_MISSING: &str = "link-name-missing";
pub const NAME_TAKEN: &str = "link-name-taken";
pub const PASSPHRASE_SHORT: &str = "link-passphrase-short";
