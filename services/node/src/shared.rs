//! The state that all parts of a running node share.

use std::sync::Arc;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::random::Random;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_transport::connector::{Connector, Trust};
use tokio::sync::{Notify, watch};

use crate::aggregators::NamedAggregators;
use crate::config::Config;
use crate::group::{Group, Groups};
use crate::messages::MessageKey;
use crate::metrics::NodeMetrics;
use crate::signing::guard::{Stop, Subject};
use crate::store::{HostedGroup, Store};

/// Configuration, store, groups and dependencies of a node.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) store: Store,
    pub(crate) groups: Groups,
    pub(crate) connector: Connector,
    pub(crate) named: NamedAggregators,
    /// The last committed revision, which the feed's watchers wait on.
    pub(crate) revision: watch::Sender<u64>,
    pub(crate) metrics: NodeMetrics,
    /// Encrypts the messages of visitors.
    pub(crate) message_key: MessageKey,
    /// Signals that a group wants messages that wait at aggregators, or no longer.
    pub(crate) inboxes_changed: Notify,
}

impl Shared {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Draws `N` random bytes.
    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// The aggregators that a group is sent to.
    pub(crate) fn aggregators_of(&self, group: &GroupId) -> Vec<Endpoint> {
        self.with_configured(self.named.of_group(group))
    }

    /// The aggregators of all groups.
    pub(crate) fn all_aggregators(&self) -> Vec<Endpoint> {
        self.with_configured(self.named.all())
    }

    fn with_configured(&self, named: impl IntoIterator<Item = Endpoint>) -> Vec<Endpoint> {
        let configured = &self.config.aggregators;
        let mut all = configured.clone();
        all.extend(named.into_iter().filter(|one| !configured.contains(one)));
        all
    }

    /// Whether an aggregator may be in a private network.
    pub(crate) fn trust_of(&self, address: &Endpoint) -> Trust {
        let is_configured = self.config.aggregators.contains(address);
        if !is_configured && self.named.is_only_of_stewards(address) {
            Trust::Announced
        } else {
            Trust::Configured
        }
    }

    /// Names a group in the commands that messages propose.
    pub(crate) fn subject<'a>(&'a self, label: &'a str) -> Subject<'a> {
        Subject {
            dir: &self.config.data_dir,
            label,
        }
    }

    /// Starts to serve a group.
    pub(crate) fn add_group(&self, group: HostedGroup, stop: Option<Stop>) -> Arc<Group> {
        let has_aggregators = !self.aggregators_of(&group.group_id).is_empty();
        let is_restored = self.config.restored_mark(&group.group_id).exists();
        let must_wait = has_aggregators || is_restored;
        self.groups.add(Group::new(group, must_wait, stop))
    }

    /// Updates the guard, the metrics and all waiting tasks after a new head was committed.
    pub(crate) fn head_committed(&self, group: &Group, revision: i64) {
        group.guard.record_signed();
        // Usually there is none. One that remains only makes the group wait once more.
        let _ = std::fs::remove_file(self.config.restored_mark(&group.id));
        self.metrics.head_signed();
        self.notify_new_head(group, revision);
    }

    /// Wakes the feed's watchers and the group's delivery workers. Only call this after the
    /// change is durable.
    pub(crate) fn notify_new_head(&self, group: &Group, revision: i64) {
        let revision = revision.unsigned_abs();
        // Commits of two groups may arrive here in the other order; the value must not drop.
        self.revision
            .send_modify(|last| *last = revision.max(*last));
        group.notify_new_head();
    }
}
