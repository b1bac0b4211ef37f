//! State that the methods of InboxService share.

use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::random::Random;
use hedgerow_core::time::Clock;
use hedgerow_server::limits::NetworkPace;
use hedgerow_store::Store;

use crate::config::InboxConfig;

/// The name of the service.
pub(crate) const SERVICE: &str = "hedgerow.inbox.v1.InboxService";

/// The inboxes of groups. Clones share everything.
#[derive(Clone)]
pub struct Inbox {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    /// This aggregator's own id, which requests must name.
    pub(super) own: GroupId,
    pub(super) config: InboxConfig,
    /// Counts the messages of networks.
    pub(super) pace: Arc<NetworkPace>,
}

impl Inbox {
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        own: GroupId,
        config: &InboxConfig,
    ) -> Self {
        Self {
            store,
            clock,
            random,
            own,
            config: config.clone(),
            pace: Arc::new(NetworkPace::an_hour(config.per_network_and_hour)),
        }
    }
}
