//! Settings of the directory.

use hedgerow_transport::limits::check_range;
use serde::{Deserialize, Serialize};

use hedgerow_server::config::ConfigError;

/// Limits on searches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DirectoryConfig {
    /// The most rows of a page: hits, occurrences or matches.
    pub page_size: u32,
}

impl Default for DirectoryConfig {
    fn default() -> Self {
        Self { page_size: 100 }
    }
}

impl DirectoryConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        Ok(check_range(
            "directory.page_size",
            self.page_size.into(),
            20..=100,
            "must be from 20, the size of a page if the caller gives none, to 100, the largest \
             size that a caller may request",
        )?)
    }
}
