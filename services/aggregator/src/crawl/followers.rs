//! Handles of the followers of announced servers, by place.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hedgerow_core::endpoint::Endpoint;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::places::place;

/// Wakes or stops one follower.
#[derive(Clone)]
pub(super) struct FollowerHandle {
    pub wake: Arc<Notify>,
    pub stop: CancellationToken,
}

impl FollowerHandle {
    /// Makes a handle whose follower stops with `shutdown` at the latest.
    pub(super) fn new(shutdown: &CancellationToken) -> Self {
        Self {
            wake: Arc::default(),
            stop: shutdown.child_token(),
        }
    }
}

/// The followers of announced servers.
#[derive(Default)]
pub(super) struct AnnouncedFollowers(Mutex<HashMap<Endpoint, FollowerHandle>>);

impl AnnouncedFollowers {
    /// Wakes the follower of the server at this endpoint. False if it has none.
    pub(super) fn wake(&self, endpoint: &Endpoint) -> bool {
        let followers = self.0.lock();
        let handle = followers.get(&place(endpoint));
        if let Some(handle) = handle {
            handle.wake.notify_one();
        }
        handle.is_some()
    }

    /// Stops the followers of places that are no longer named, and starts missing ones.
    pub(super) fn reconcile(
        &self,
        named: Vec<Endpoint>,
        mut start: impl FnMut(Endpoint) -> FollowerHandle,
    ) {
        let keep: HashSet<&Endpoint> = named.iter().collect();
        let mut followers = self.0.lock();
        followers.retain(|place, handle| {
            let keep = keep.contains(place);
            if !keep {
                handle.stop.cancel();
            }
            keep
        });
        for place in named {
            if let Entry::Vacant(entry) = followers.entry(place.clone()) {
                entry.insert(start(place));
            }
        }
    }

    /// Returns the followed places, as text.
    pub(super) fn places(&self) -> HashSet<String> {
        self.0.lock().keys().map(ToString::to_string).collect()
    }
}
