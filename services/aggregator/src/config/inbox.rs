//! Settings of the inboxes of groups.

use hedgerow_server::config::ConfigError;
use hedgerow_transport::limits::{check_positive, check_range};
use serde::{Deserialize, Serialize};

/// Messages that visitors leave for groups, sealed, until the groups' nodes fetch them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InboxConfig {
    /// Whether groups may have an inbox here.
    pub offered: bool,
    /// The most messages that wait for one group.
    pub per_group: u64,
    /// The most messages that wait for all groups. Each has at most 17 KiB.
    pub waiting: u64,
    /// The most messages from one network in an hour. A library has one address for everyone in it.
    pub per_network_and_hour: u32,
}

impl Default for InboxConfig {
    fn default() -> Self {
        Self {
            offered: true,
            per_group: 200,
            waiting: 10_000,
            per_network_and_hour: 6,
        }
    }
}

impl InboxConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        check_positive("inbox.per_group", self.per_group)?;
        check_range(
            "inbox.waiting",
            self.waiting,
            1..=1_000_000,
            "must be from 1 to 1000000: they are counted whenever one is added",
        )?;
        check_positive(
            "inbox.per_network_and_hour",
            u64::from(self.per_network_and_hour),
        )?;
        Ok(())
    }
}
