//! The bodies of a transfer, and what they cost its receiver.

use std::collections::{HashMap, HashSet};

use hedgerow_core::id::RecordHash;

use super::changes::{Changes, Leaves};
use super::request::ParsedRequest;

/// Size of the bodies up to which a difference is not charged to the quota.
const FREE_DIFFERENCE_BYTES: u64 = 256 * 1024;

/// The assumed size of a requested body whose leaf is not part of the transfer.
const ASSUMED_BODY_BYTES: u32 = 4 * 1024;

/// The bytes that a transfer charges to its receiver's quota.
pub(super) enum Cost {
    Free,
    /// A whole manifest, or bodies requested by hash. Rejected if the quota is used up.
    Whole(u64),
    /// A large difference. If the quota is used up, it is sent without bodies, because
    /// withdrawals must not wait.
    Difference(u64),
}

/// The bodies of a transfer.
pub(super) struct Bodies {
    /// Those to send in addition to the bodies of changed leaves, with their lengths.
    pub(super) wanted: Vec<(RecordHash, u32)>,
    /// The number and size of all.
    pub(super) count: usize,
    pub(super) bytes: u64,
}

impl Bodies {
    pub(super) fn of(request: &ParsedRequest, changes: &Changes) -> Self {
        let Some(head) = &changes.head else {
            return Self {
                wanted: Vec::new(),
                count: 0,
                bytes: 0,
            };
        };
        let changed_bytes = match &head.leaves {
            _ if request.only_wanted => 0,
            Leaves::Whole(manifest) => manifest.body_bytes,
            Leaves::Changed(leaves) => leaves.iter().map(|leaf| u64::from(leaf.length)).sum(),
        };
        let changed = if request.only_wanted {
            0
        } else {
            head.leaves.as_slice().len()
        };
        let wanted = wanted_bodies(request, &head.leaves);
        let wanted_bytes: u64 = wanted.iter().map(|(_, length)| u64::from(*length)).sum();
        Self {
            count: changed + wanted.len(),
            bytes: changed_bytes + wanted_bytes,
            wanted,
        }
    }

    pub(super) fn cost(&self, request: &ParsedRequest, changes: &Changes) -> Cost {
        let Some(head) = &changes.head else {
            return Cost::Free;
        };
        if head.basis.is_none() || !request.wanted.is_empty() {
            Cost::Whole(self.bytes)
        } else if self.bytes > FREE_DIFFERENCE_BYTES {
            Cost::Difference(self.bytes)
        } else {
            Cost::Free
        }
    }
}

/// Lists the bodies to send in addition to those of changed leaves, each once, with their
/// lengths. For a whole manifest, requested records that are not in it are left out: the
/// receiver would reject a body without a leaf.
fn wanted_bodies(request: &ParsedRequest, leaves: &Leaves) -> Vec<(RecordHash, u32)> {
    if request.wanted.is_empty() {
        return Vec::new();
    }
    let of_changed: HashMap<_, _> = match leaves {
        Leaves::Whole(_) => HashMap::new(),
        Leaves::Changed(leaves) => {
            let leaves = leaves.iter();
            leaves.map(|leaf| (leaf.record_hash, leaf.length)).collect()
        }
    };
    let length = |hash: &RecordHash| match leaves {
        Leaves::Whole(manifest) => manifest.length_of(hash),
        Leaves::Changed(_) => of_changed.get(hash).copied(),
    };
    let is_whole = matches!(leaves, Leaves::Whole(_));
    let mut seen = HashSet::new();
    request
        .wanted
        .iter()
        .filter(|hash| seen.insert(**hash))
        .filter_map(|hash| match length(hash) {
            // A changed leaf brings its body itself.
            Some(_) if !request.only_wanted => None,
            Some(length) => Some((*hash, length)),
            None => (!is_whole).then_some((*hash, ASSUMED_BODY_BYTES)),
        })
        .collect()
}
