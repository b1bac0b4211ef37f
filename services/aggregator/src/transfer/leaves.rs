//! Resolves leaves to bodies: which are there, which are missing, which are refused.

use crate::failure::OrFailure;
use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::record::RecordError;
use hedgerow_core::tree::Leaf;
use hedgerow_store::{LeafPut, LeafState, Refusal, StagedRow, Store};
use hedgerow_transport::failure::Failure;

use super::current_state::GroupState;
use super::staging::BodyBuffer;

/// Leaves with their states.
#[derive(Default)]
pub(super) struct ResolvedLeaves {
    pub puts: Vec<LeafPut>,
    /// Hashes of the bodies that are missing.
    pub missing: Vec<RecordHash>,
}

impl ResolvedLeaves {
    /// Resolves leaves from the buffer, then from the staging area, then from the records that
    /// are stored already. Each later source is read only for the bodies still absent.
    pub(super) async fn resolve(
        store: &Arc<dyn Store>,
        group: &GroupState,
        buffer: &BodyBuffer,
        leaves: &[&Leaf],
        max_record_bytes: u32,
    ) -> Result<Self, Failure> {
        let mut staged: HashMap<_, _> = buffer
            .iter()
            .map(|staged| (staged.record_hash, StagedRow::from(staged)))
            .collect();
        let absent_from = |staged: &HashMap<RecordHash, StagedRow>| -> Vec<RecordHash> {
            let hashes = leaves.iter().map(|leaf| leaf.record_hash);
            hashes.filter(|hash| !staged.contains_key(hash)).collect()
        };
        let mut stored: HashMap<RecordHash, RecordName> = HashMap::new();
        let absent = absent_from(&staged);
        // Of an unknown group there is nothing but the buffer.
        if !absent.is_empty() && group.is_known() {
            let rows = store.staged(&group.group_id, &absent).await.or_failure()?;
            staged.extend(rows.into_iter().map(|row| (row.record_hash, row)));
            let absent = absent_from(&staged);
            if !absent.is_empty() {
                let bodies = store.existing_bodies(&group.group_id, &group.view, &absent);
                stored.extend(bodies.await.or_failure()?);
            }
        }
        let mut resolved = Self::default();
        for leaf in leaves {
            let hash = &leaf.record_hash;
            let state = state(leaf, staged.get(hash), stored.get(hash), max_record_bytes);
            if state == LeafState::Wanted {
                resolved.missing.push(*hash);
            }
            resolved.puts.push(LeafPut {
                leaf: (*leaf).clone(),
                state,
            });
        }
        Ok(resolved)
    }

    /// Returns the numbers of kept and of refused records.
    pub(super) fn counts(&self) -> (u32, u32) {
        let count = |matches: fn(&LeafState) -> bool| {
            let count = self.puts.iter().filter(|put| matches(&put.state)).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        (
            count(|state| *state == LeafState::Held),
            count(|state| matches!(state, LeafState::Refused(_))),
        )
    }
}

fn state(
    leaf: &Leaf,
    staged: Option<&StagedRow>,
    stored_as: Option<&RecordName>,
    max_record_bytes: u32,
) -> LeafState {
    // By the leaf alone: the body of a record that is too large need not come at all.
    if leaf.length > max_record_bytes {
        return refused(&RecordError::TooLarge {
            found: leaf.length as usize,
            limit: max_record_bytes as usize,
        });
    }
    if let Some(staged) = staged {
        return state_of_staged(leaf, staged);
    }
    match stored_as {
        Some(name) if *name == leaf.name => LeafState::Held,
        Some(name) => refused(&RecordError::NameMismatch {
            found: name.clone(),
            leaf: leaf.name.clone(),
        }),
        None => LeafState::Wanted,
    }
}

fn state_of_staged(leaf: &Leaf, staged: &StagedRow) -> LeafState {
    match (&staged.name, &staged.refused, staged.length) {
        // Before the refusal of the body, which was judged as the kind that the record names.
        (Some(name), ..) if *name != leaf.name => refused(&RecordError::NameMismatch {
            found: name.clone(),
            leaf: leaf.name.clone(),
        }),
        (_, Some(refusal), _) => LeafState::Refused(refusal.clone()),
        (_, None, Some(length)) if length != leaf.length => refused(&RecordError::LengthMismatch {
            found: length as usize,
            leaf: leaf.length,
        }),
        _ => LeafState::Held,
    }
}

fn refused(error: &RecordError) -> LeafState {
    LeafState::Refused(Refusal {
        reason: error.reason().to_owned(),
        detail: error.to_string(),
    })
}
