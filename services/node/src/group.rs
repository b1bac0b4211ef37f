//! The groups of a running node, and what is true of each only while it runs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::RwLock;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use hedgerow_core::id::GroupId;
use hedgerow_rpc::telemetry::Cause;
use tokio::sync::Mutex;
use tokio::sync::watch;

use crate::gate::Gate;

/// One group of a running node.
#[derive(Debug)]
pub struct Group {
    /// The group.
    pub id: GroupId,
    /// The host's name for it.
    pub label: String,
    /// SHA-256 of its steward's token.
    pub token_hash: [u8; 32],
    /// Held by whoever changes the group's records or signs for it.
    pub edits: Mutex<()>,
    /// Whether it may sign.
    pub gate: Gate,
    /// Its new heads: what delivers them waits for it.
    pub heads: watch::Sender<NewHeads>,
    /// Whether edits wait for an obstacle to pass.
    pub waiting: AtomicBool,
}

/// A group's new heads since the start.
#[derive(Clone, Debug, Default)]
pub struct NewHeads {
    /// How many there were.
    pub count: u64,
    /// What the last one came of.
    pub cause: Cause,
}

impl Group {
    /// Notes whether edits wait.
    pub fn set_waits(&self, waits: bool) {
        self.waiting.store(waits, Ordering::Relaxed);
    }

    /// Whether edits wait for an obstacle to pass.
    pub fn waits(&self) -> bool {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Tells those who deliver that there is a new head.
    pub fn tell_of_head(&self) {
        self.heads.send_modify(|heads| {
            heads.count += 1;
            heads.cause = Cause::here();
        });
    }
}

/// All groups of a running node.
#[derive(Debug)]
pub struct Groups {
    all: RwLock<BTreeMap<GroupId, Arc<Group>>>,
    /// Counts the groups: what serves each waits for it.
    count: watch::Sender<usize>,
}

impl Groups {
    /// None yet.
    pub fn new() -> Self {
        Self {
            all: RwLock::default(),
            count: watch::Sender::new(0),
        }
    }

    /// Adds one.
    pub fn add(&self, group: Group) -> Arc<Group> {
        let group = Arc::new(group);
        let count = {
            let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
            all.insert(group.id, Arc::clone(&group));
            all.len()
        };
        self.count.send_replace(count);
        group
    }

    /// The one with that id.
    pub fn get(&self, id: &GroupId) -> Option<Arc<Group>> {
        self.read(|all| all.get(id).cloned())
    }

    /// All of them.
    pub fn all(&self) -> Vec<Arc<Group>> {
        self.read(|all| all.values().cloned().collect())
    }

    /// The one that a token opens, by the token's hash. Every group's is compared, and
    /// each wholly, so that the time taken tells nothing of any.
    pub fn opened_by(&self, token_hash: &[u8; 32]) -> Option<Arc<Group>> {
        self.read(|all| {
            let mut found = None;
            for group in all.values() {
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
        })
    }

    /// Changes whenever a group is added.
    pub fn added(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    fn read<T>(&self, look: impl FnOnce(&BTreeMap<GroupId, Arc<Group>>) -> T) -> T {
        look(&self.all.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(id: u8, token: u8) -> Group {
        Group {
            id: GroupId::from_bytes([id; 32]),
            label: format!("group-{id}"),
            token_hash: [token; 32],
            edits: Mutex::new(()),
            gate: Gate::new(false, None),
            heads: watch::Sender::new(NewHeads::default()),
            waiting: AtomicBool::new(false),
        }
    }

    #[test]
    fn a_token_opens_its_own_group_only() {
        let groups = Groups::new();
        groups.add(group(1, 10));
        groups.add(group(2, 20));
        let opened = groups.opened_by(&[20; 32]).expect("a group of that token");
        assert_eq!(opened.id, GroupId::from_bytes([2; 32]));
        assert!(groups.opened_by(&[30; 32]).is_none());
    }
}
