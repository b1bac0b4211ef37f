//! Decides what a restore does to each record.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::title_of;

use super::error::RestoreError;
use super::fetch::Fetched;
use super::state::{RestoreChange, RestoreEffect};
use crate::audience::Audience;
use crate::shared::Shared;
use crate::store::{StoreError, Transaction};

/// The node's own records of a group.
#[derive(Debug, Default)]
struct LocalRecords {
    /// Hashes under the last head signed here.
    signed: BTreeMap<RecordName, RecordHash>,
    /// The current versions, which may have unpublished edits.
    current: BTreeMap<RecordName, (RecordHash, Audience)>,
}

pub(crate) async fn compare(
    shared: &Shared,
    group: &GroupId,
    remote: &Fetched,
) -> Result<Vec<RestoreChange>, RestoreError> {
    let mut reading = shared.store.read().await?;
    let local = read_local(&mut reading, group).await?;
    let mut names: BTreeSet<&RecordName> = remote
        .manifest
        .leaves()
        .iter()
        .map(|leaf| &leaf.name)
        .collect();
    names.extend(local.signed.keys());
    names.extend(local.current.keys());
    let mut changes = Vec::new();
    for name in names {
        let theirs = remote.manifest.get(name).map(|leaf| leaf.record_hash);
        let Some(mut effect) = effect(&local, name, theirs) else {
            continue;
        };
        let bytes = match theirs.or_else(|| local.current.get(name).map(|current| current.0)) {
            Some(hash) => match remote.bodies.get(&hash) {
                Some(bytes) => Some(bytes.clone()),
                None => reading.body(group, &hash).await?,
            },
            None => None,
        };
        let needs_bytes = matches!(effect, RestoreEffect::Added | RestoreEffect::Replaced);
        if bytes.is_none() && needs_bytes {
            effect = RestoreEffect::Lost;
        }
        changes.push(RestoreChange {
            title: bytes.and_then(|bytes| title(&bytes, group)),
            name: name.clone(),
            effect,
        });
    }
    Ok(changes)
}

/// Decides the effect on one record; `None` if it stays as it is. `theirs` is its hash at
/// the aggregator.
fn effect(
    local: &LocalRecords,
    name: &RecordName,
    theirs: Option<RecordHash>,
) -> Option<RestoreEffect> {
    let signed = local.signed.get(name).copied();
    let current = local.current.get(name);
    let public = current
        .filter(|current| current.1 == Audience::Public)
        .map(|current| current.0);
    match (theirs, public) {
        (Some(theirs), Some(own)) if theirs == own => None,
        // A withdrawal always wins, even if the record was edited elsewhere: publishing again
        // what a person has withdrawn cannot be undone.
        (Some(_), None) if signed.is_some() => Some(RestoreEffect::StaysWithdrawn),
        (Some(_), Some(own)) if signed == Some(own) => Some(RestoreEffect::Replaced),
        // An unpublished edit, or a private record that was later published elsewhere.
        (Some(_), Some(_)) => Some(RestoreEffect::SetAside),
        (Some(_), None) if current.is_some() => Some(RestoreEffect::SetAside),
        (Some(_), None) => Some(RestoreEffect::Added),
        (None, Some(own)) if signed == Some(own) => Some(RestoreEffect::Removed),
        // The edit may have been published and withdrawn from the other copy, so it must not
        // be published from here without a person's decision.
        (None, Some(_)) => Some(RestoreEffect::SetAside),
        (None, None) => None,
    }
}

async fn read_local(
    reading: &mut Transaction,
    group: &GroupId,
) -> Result<LocalRecords, StoreError> {
    let mut local = LocalRecords::default();
    for leaf in reading.leaves(group, &View::public()).await? {
        local.signed.insert(leaf.name, leaf.record_hash);
    }
    for record in reading.records(group, "", ("", ""), u32::MAX).await? {
        let entry = record.entry;
        local
            .current
            .insert(entry.name, (entry.hash, entry.audience));
    }
    Ok(local)
}

fn title(bytes: &[u8], group: &GroupId) -> Option<String> {
    let record = ParsedRecord::parse_within(bytes, group, bytes.len()).ok()?;
    let collection = record.name().collection.as_str();
    let body = RecordBody::parse(collection, &record.message().body).ok()?;
    title_of(&body).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: RecordHash = RecordHash::from_bytes([1; 32]);
    const NEW: RecordHash = RecordHash::from_bytes([2; 32]);
    const EDIT: RecordHash = RecordHash::from_bytes([3; 32]);

    fn case(
        signed: Option<RecordHash>,
        current: Option<(RecordHash, Audience)>,
        theirs: Option<RecordHash>,
    ) -> Option<RestoreEffect> {
        let name = RecordName::parse("event", "e1").expect("a name");
        let mut local = LocalRecords::default();
        local.signed.extend(signed.map(|hash| (name.clone(), hash)));
        local
            .current
            .extend(current.map(|current| (name.clone(), current)));
        effect(&local, &name, theirs)
    }

    fn public(hash: RecordHash) -> Option<(RecordHash, Audience)> {
        Some((hash, Audience::Public))
    }

    #[test]
    fn a_record_only_in_the_newer_head_is_added() {
        assert_eq!(case(None, None, Some(NEW)), Some(RestoreEffect::Added));
    }

    #[test]
    fn a_record_changed_there_is_replaced_and_one_withdrawn_there_is_removed() {
        assert_eq!(
            case(Some(OLD), public(OLD), Some(NEW)),
            Some(RestoreEffect::Replaced)
        );
        assert_eq!(
            case(Some(OLD), public(OLD), None),
            Some(RestoreEffect::Removed)
        );
    }

    #[test]
    fn a_record_withdrawn_here_does_not_come_back() {
        let stays = Some(RestoreEffect::StaysWithdrawn);
        assert_eq!(case(Some(OLD), None, Some(OLD)), stays);
        assert_eq!(
            case(Some(OLD), Some((EDIT, Audience::NodeOnly)), Some(NEW)),
            stays
        );
    }

    #[test]
    fn a_waiting_edit_is_neither_lost_nor_published() {
        let aside = Some(RestoreEffect::SetAside);
        assert_eq!(case(Some(OLD), public(EDIT), Some(NEW)), aside);
        assert_eq!(case(Some(OLD), public(EDIT), None), aside);
        assert_eq!(case(None, public(EDIT), None), aside);
    }

    #[test]
    fn a_record_that_is_equal_on_both_sides_stays() {
        assert_eq!(case(Some(OLD), public(OLD), Some(OLD)), None);
        assert_eq!(case(None, Some((EDIT, Audience::NodeOnly)), None), None);
    }
}
