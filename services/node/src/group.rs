//! The groups of a running node, with the state that lasts only while it runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hedgerow_core::id::GroupId;
use hedgerow_server::telemetry::TraceLink;
use parking_lot::RwLock;
use tokio::sync::{Mutex, watch};

use crate::signing::guard::{SigningGuard, Stop};
use crate::store::HostedGroup;

/// One group of a running node.
#[derive(Debug)]
pub struct Group {
    pub id: GroupId,
    /// The host's name for it; never published.
    pub label: String,
    /// SHA-256 of its steward's token.
    pub token_hash: [u8; 32],
    /// Serialises edits and signatures, so that a head is signed over the records that its
    /// transaction has read. Stops are stored under it too.
    pub edit_lock: Mutex<()>,
    pub guard: SigningGuard,
    /// Signals new heads to the delivery workers.
    pub heads: watch::Sender<NewHeads>,
    /// Signals to the delivery workers that a steward wants to know what the aggregators have.
    pub check_ins: watch::Sender<u64>,
    edits_waiting: AtomicBool,
}

/// The new heads of a group since the node started.
#[derive(Clone, Debug, Default)]
pub struct NewHeads {
    pub count: u64,
    /// The trace that produced the last one.
    pub cause: TraceLink,
}

impl Group {
    pub fn new(group: HostedGroup, must_wait: bool, stop: Option<Stop>) -> Self {
        Self {
            id: group.group_id,
            label: group.label,
            token_hash: group.token_hash,
            edit_lock: Mutex::new(()),
            guard: SigningGuard::new(must_wait, stop),
            heads: watch::Sender::new(NewHeads::default()),
            check_ins: watch::Sender::new(0),
            // Edits may have waited when the last process ended.
            edits_waiting: AtomicBool::new(true),
        }
    }

    pub fn set_edits_waiting(&self, waiting: bool) {
        self.edits_waiting.store(waiting, Ordering::Relaxed);
    }

    /// Whether edits may wait for signing to become possible.
    pub fn edits_waiting(&self) -> bool {
        self.edits_waiting.load(Ordering::Relaxed)
    }

    /// Has the delivery workers check in with their aggregators, if they did not within the last
    /// minute.
    pub fn request_check_in(&self) {
        self.check_ins.send_modify(|count| *count += 1);
    }

    /// Wakes the group's delivery workers.
    pub fn notify_new_head(&self) {
        self.heads.send_modify(|heads| {
            heads.count += 1;
            heads.cause = TraceLink::current();
        });
    }
}

/// All groups of a running node.
#[derive(Debug)]
pub struct Groups {
    all: RwLock<BTreeMap<GroupId, Arc<Group>>>,
    /// The number of groups. The delivery dispatcher waits on it.
    count: watch::Sender<usize>,
}

impl Groups {
    pub fn new() -> Self {
        Self {
            all: RwLock::default(),
            count: watch::Sender::new(0),
        }
    }

    /// Adds a group and wakes the subscribers.
    pub fn add(&self, group: Group) -> Arc<Group> {
        let group = Arc::new(group);
        self.add_shared(Arc::clone(&group));
        group
    }

    /// Like [`Groups::add`], for a group that is in use already.
    pub fn add_shared(&self, group: Arc<Group>) {
        let count = {
            let mut all = self.all.write();
            all.insert(group.id, group);
            all.len()
        };
        self.count.send_replace(count);
    }

    pub fn get(&self, id: &GroupId) -> Option<Arc<Group>> {
        self.all.read().get(id).cloned()
    }

    pub fn all(&self) -> Vec<Arc<Group>> {
        self.all.read().values().cloned().collect()
    }

    /// Finds the group of a token, by the token's hash. Compares every group's hash, and all
    /// of its bytes, so that the response time reveals nothing about any token.
    pub fn find_by_token_hash(&self, token_hash: &[u8; 32]) -> Option<Arc<Group>> {
        let mut found = None;
        for group in self.all.read().values() {
            let difference = group
                .token_hash
                .iter()
                .zip(token_hash)
                .fold(0, |difference, (ours, theirs)| difference | (ours ^ theirs));
            if difference == 0 {
                found = Some(Arc::clone(group));
            }
        }
        found
    }

    /// Subscribes to the number of groups.
    pub fn subscribe(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(id: u8, token: u8) -> Group {
        let group = HostedGroup {
            group_id: GroupId::from_bytes([id; 32]),
            label: format!("group-{id}"),
            token_hash: [token; 32],
        };
        Group::new(group, false, None)
    }

    #[test]
    fn a_token_opens_only_its_own_group() {
        let groups = Groups::new();
        groups.add(group(1, 10));
        groups.add(group(2, 20));
        let found = groups
            .find_by_token_hash(&[20; 32])
            .expect("a group with that token");
        assert_eq!(found.id, GroupId::from_bytes([2; 32]));
        assert!(groups.find_by_token_hash(&[30; 32]).is_none());
    }
}
