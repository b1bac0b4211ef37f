//! The key log and the changes of a transfer, from the store or from memory.

use std::collections::HashSet;
use std::sync::Arc;

use hedgerow_core::envelope::{Envelope, PayloadKind};
use hedgerow_core::id::{GroupId, PayloadHash, RecordHash};
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::tree::Leaf;
use hedgerow_transport::failure::Failure;

use super::request::ParsedRequest;
use crate::feed::budget::{FeedBudget, PeerBudget};
use crate::feed::manifests::{Manifests, SharedManifest};
use crate::feed::source::{FeedSource, HeadRow, Snapshot};

/// Reads the changes that a request needs, or takes them from memory. One call at a time of few
/// reads a manifest; the others then share it.
pub(super) async fn read_changes(
    source: &dyn FeedSource,
    manifests: &Manifests,
    budget: &PeerBudget,
    request: &ParsedRequest,
) -> Result<Changes, Failure> {
    let ParsedRequest { group, view, .. } = request;
    let is_whole = request.have_head_hash.is_none();
    if is_whole && let Some(changes) = changes_in_memory(source, manifests, group, view).await? {
        return Ok(changes);
    }
    let _turn = manifests.turn(budget.peer).await;
    // Other calls of the peer may have used it up during the wait.
    budget.check_work()?;
    // Another call may have read it during the wait.
    if is_whole && let Some(changes) = changes_in_memory(source, manifests, group, view).await? {
        return Ok(changes);
    }
    let Snapshot { key_log, head } = if request.even_if_withheld {
        source.shown_snapshot(group, view).await?
    } else {
        source.snapshot(group, view, request.have_head_hash).await?
    };
    let Some(head) = head else {
        return Ok(Changes {
            key_log,
            head: None,
        });
    };
    let leaves = if head.basis.is_some() {
        Leaves::Changed(head.leaves)
    } else {
        let hash = Envelope::parse(&head.envelope, PayloadKind::Head)?.payload_hash();
        Leaves::Whole(manifests.insert(hash, head.leaves, budget).await?)
    };
    Ok(Changes {
        key_log,
        head: Some(ChangedHead {
            envelope: head.envelope,
            basis: head.basis,
            removals: head.removals,
            leaves,
        }),
    })
}

/// Returns the whole manifest under the newest head, if it is shown and in memory.
async fn changes_in_memory(
    source: &dyn FeedSource,
    manifests: &Manifests,
    group: &GroupId,
    view: &View,
) -> Result<Option<Changes>, Failure> {
    let HeadRow::Shown(envelope) = source.head(group, view).await? else {
        return Ok(None);
    };
    let hash = Envelope::parse(&envelope, PayloadKind::Head)?.payload_hash();
    let Some(manifest) = manifests.get(&hash) else {
        return Ok(None);
    };
    // After the head: a longer key log verifies the head too, or ends it, which is then newer.
    let Some(key_log) = source.key_log(group).await? else {
        return Ok(None);
    };
    Ok(Some(Changes {
        key_log,
        head: Some(ChangedHead {
            envelope,
            basis: None,
            removals: Vec::new(),
            leaves: Leaves::Whole(manifest),
        }),
    }))
}

/// The key log and the changes to send.
pub(super) struct Changes {
    pub(super) key_log: Vec<Vec<u8>>,
    pub(super) head: Option<ChangedHead>,
}

pub(super) struct ChangedHead {
    pub(super) envelope: Vec<u8>,
    pub(super) basis: Option<PayloadHash>,
    pub(super) removals: Vec<RecordName>,
    pub(super) leaves: Leaves,
}

pub(super) enum Leaves {
    Whole(Arc<SharedManifest>),
    Changed(Vec<Leaf>),
}

impl Leaves {
    pub(super) fn as_slice(&self) -> &[Leaf] {
        match self {
            Self::Whole(manifest) => manifest.leaves(),
            Self::Changed(leaves) => leaves,
        }
    }
}

impl Changes {
    /// The work of reading and sending all but the bodies, in leaves.
    pub(super) fn work(&self) -> usize {
        let of_head = |head: &ChangedHead| head.leaves.as_slice().len() + head.removals.len();
        self.key_log.len() + self.head.as_ref().map_or(0, of_head)
    }

    /// The bytes that this transfer alone holds: a whole manifest is shared.
    pub(super) fn bytes_in_memory(&self) -> u64 {
        let key_log: usize = self.key_log.iter().map(Vec::len).sum();
        let own = self.head.as_ref().map_or(0, |head| {
            let leaves = match &head.leaves {
                Leaves::Whole(_) => 0,
                Leaves::Changed(leaves) => leaves.len(),
            };
            leaves + head.removals.len()
        });
        key_log as u64 + FeedBudget::bytes_of_leaves(own)
    }
}

/// Iterates over the bodies of changed leaves, each once.
pub(super) fn changed_bodies(
    leaves: &Leaves,
) -> Box<dyn Iterator<Item = (RecordHash, u32)> + Send + '_> {
    match leaves {
        Leaves::Whole(manifest) => {
            Box::new((0..manifest.leaves().len()).filter_map(|at| manifest.body(at)))
        }
        Leaves::Changed(leaves) => {
            let mut seen = HashSet::new();
            let bodies = leaves.iter().map(|leaf| (leaf.record_hash, leaf.length));
            Box::new(bodies.filter(move |(hash, _)| seen.insert(*hash)))
        }
    }
}
