//! Settings of the pages.

use hedgerow_server::config::ConfigError;
use serde::{Deserialize, Serialize};

/// Longest text of a setting, in bytes.
const MAX_BYTES: usize = 4_096;

/// What the pages say about the directory and the people who run it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteConfig {
    /// The name at the head of every page, and in the title of its window. It should not say what
    /// people come for.
    pub name: String,
    /// The people or organisation that runs the directory.
    pub run_by: String,
    /// How to reach them: an e-mail address or a web address.
    pub contact: String,
    /// The web address of what they list and leave out.
    pub policy: String,
    /// What they want to say about the directory, in paragraphs.
    pub about: String,
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self {
            name: "Hedgerow".to_owned(),
            run_by: String::new(),
            contact: String::new(),
            policy: String::new(),
            about: String::new(),
        }
    }
}

impl SiteConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.name.trim().is_empty() {
            return Err(("site.name", "must not be empty").into());
        }
        for (key, text) in [
            ("site.name", &self.name),
            ("site.run_by", &self.run_by),
            ("site.contact", &self.contact),
            ("site.policy", &self.policy),
            ("site.about", &self.about),
        ] {
            if text.len() > MAX_BYTES {
                return Err((key, "must be at most 4096 bytes").into());
            }
        }
        Ok(())
    }
}
