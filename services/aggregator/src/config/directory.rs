//! What seekers are given.

use hedgerow_rpc::limits::within;
use serde::Deserialize;
use serde::Serialize;

use super::ConfigError;

/// What seekers are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DirectoryConfig {
    /// The most rows of a page: of hits, occurrences or matches.
    pub page_size: u32,
}

impl Default for DirectoryConfig {
    fn default() -> Self {
        Self { page_size: 100 }
    }
}

impl DirectoryConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        Ok(within(
            "directory.page_size",
            self.page_size.into(),
            20..=100,
            "must be from 20, which a page has where its caller names no size, to 100, which no \
             caller asks more than",
        )?)
    }
}
