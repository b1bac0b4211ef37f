//! Fetches for all groups that want it, again and again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::random::RandomExt as _;
use hedgerow_transport::backoff::{Backoff, Retry};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::error::InboxError;
use super::fetch::{fetch, forget};
use crate::delivery::Aggregator;
use crate::shared::Shared;
use crate::store::StoreError;

/// Fetches at once. One that hangs holds up no more than the others of its pass.
const MAX_AT_ONCE: usize = 8;
/// The longest wait after failures: a group may be published at an aggregator, or a laptop come back, at
/// any time.
const MAX_RETRY: Duration = Duration::from_secs(30 * 60);

/// A group and the address of an aggregator.
type Inbox = (GroupId, String);

/// Runs until dropped. While no group wants this, it only waits for one that does.
pub(crate) async fn run_inboxes(shared: Arc<Shared>) {
    let mut named = shared.named.subscribe();
    let mut worker = Worker {
        shared,
        connected: HashMap::new(),
        due: HashMap::new(),
    };
    loop {
        named.borrow_and_update();
        let next = match worker.pass().await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!(%error, "cannot read which groups want messages");
                Some(worker.interval())
            }
        };
        let wait = async {
            match next {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = wait => {}
            () = worker.shared.inboxes_changed.notified() => {}
            changed = named.changed() => if changed.is_err() { return },
        }
    }
}

struct Worker {
    shared: Arc<Shared>,
    connected: HashMap<String, Aggregator>,
    /// When each inbox is fetched next.
    due: HashMap<Inbox, (Retry, Instant, bool)>,
}

impl Worker {
    /// Fetches what is due, and returns the wait until something is. `None` if there is nothing.
    async fn pass(&mut self) -> Result<Option<Duration>, StoreError> {
        let wanted = wanted(&self.shared).await?;
        self.due.retain(|inbox, _| wanted.contains_key(inbox));
        self.connected
            .retain(|address, _| wanted.keys().any(|(_, wanted)| wanted == address));
        let now = Instant::now();
        let mut waiting: Vec<_> = wanted
            .into_iter()
            .filter(|(inbox, keep_open)| {
                let due = self.due.get(inbox);
                // A change of what is wanted does not wait.
                due.is_none_or(|(_, at, was_open)| *at <= now || was_open != keep_open)
            })
            .collect();
        let mut tasks = JoinSet::new();
        while !waiting.is_empty() || !tasks.is_empty() {
            while tasks.len() < MAX_AT_ONCE
                && let Some((inbox, keep_open)) = waiting.pop()
            {
                self.start(&mut tasks, inbox, keep_open);
            }
            if let Some(Ok((inbox, keep_open, result))) = tasks.join_next().await {
                self.settle(inbox, keep_open, result);
            }
        }
        let next = self.due.values().map(|(_, at, _)| *at).min();
        Ok(next.map(|at| at.saturating_duration_since(Instant::now())))
    }

    fn start(
        &mut self,
        tasks: &mut JoinSet<(Inbox, bool, Result<(), InboxError>)>,
        inbox: Inbox,
        keep_open: bool,
    ) {
        let aggregator = match self.connect(&inbox.1) {
            Ok(aggregator) => aggregator,
            Err(error) => return self.settle(inbox, keep_open, Err(error)),
        };
        let shared = Arc::clone(&self.shared);
        tasks.spawn(async move {
            let mut result = fetch(&shared, &aggregator, inbox.0, keep_open).await;
            if let Err(error) = &result
                && !keep_open
                && error.is_closed_there()
            {
                result = forget(&shared, &aggregator, &inbox.0).await;
            }
            (inbox, keep_open, result)
        });
    }

    fn connect(&mut self, address: &str) -> Result<Aggregator, InboxError> {
        if let Some(connected) = self.connected.get(address) {
            return Ok(connected.clone());
        }
        // An address of the configuration or the store, both of which were parsed before.
        let endpoint = Endpoint::parse(address).map_err(|_| InboxError::NotMet)?;
        let aggregator = Aggregator::new(&self.shared, &endpoint)?;
        self.connected
            .insert(address.to_owned(), aggregator.clone());
        Ok(aggregator)
    }

    fn settle(&mut self, inbox: Inbox, keep_open: bool, result: Result<(), InboxError>) {
        let retry = Backoff {
            first: Duration::from_millis(self.shared.config.delivery.first_retry_milliseconds),
            cap: MAX_RETRY,
        };
        let entry = self.due.get(&inbox);
        let mut retry = entry.map_or_else(|| Retry::new(retry), |(retry, ..)| *retry);
        let wait = match result {
            Ok(()) => {
                retry.reset();
                self.interval()
            }
            Err(error) => {
                let wait = retry.failed(error.retry_after(), self.shared.random.as_ref());
                tracing::info!(
                    group = %inbox.0, aggregator = %inbox.1, %error,
                    again_in_seconds = wait.as_secs(), "cannot fetch messages, will retry"
                );
                wait
            }
        };
        self.due
            .insert(inbox, (retry, Instant::now() + wait, keep_open));
    }

    /// The interval, a fifth shorter or longer: fetches of many nodes spread, and their times say
    /// less about a node.
    fn interval(&self) -> Duration {
        let whole = Duration::from_secs(self.shared.config.inbox.fetch_seconds);
        let part = u32::from(u16::from_be_bytes(self.shared.random.bytes()));
        whole * 4 / 5 + whole * 2 / 5 * part / u32::from(u16::MAX)
    }
}

/// The inboxes to fetch from, and whether each stays open. Those of aggregators that the group is
/// no longer sent to, or that it no longer wants, are closed.
pub(super) async fn wanted(shared: &Shared) -> Result<BTreeMap<Inbox, bool>, StoreError> {
    let mut reading = shared.store.read().await?;
    let groups = reading.groups_with_directory_messages().await?;
    let open = reading.open_inboxes().await?;
    drop(reading);
    let mut wanted: BTreeMap<Inbox, bool> = open
        .into_iter()
        .map(|(group, address)| ((group, address), false))
        .collect();
    for group in groups {
        for address in shared.aggregators_of(&group) {
            wanted.insert((group, address.to_string()), true);
        }
    }
    // Keys that no longer sign for a group would only be refused.
    wanted.retain(|(group, _), _| {
        let group = shared.groups.get(group);
        group.is_some_and(|group| {
            let stop = group.guard.stopped();
            stop.is_none_or(|stop| !stop.reason.refuses_edits())
        })
    });
    Ok(wanted)
}
