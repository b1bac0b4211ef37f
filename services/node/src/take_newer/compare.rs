//! What taking a newer state does to each record.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules::Known;
use hedgerow_core::summary::title_of;

use super::NewerRecord;
use super::TakeNewerError;
use super::WhatHappens;
use super::fetch::Fetched;
use crate::audience::Audience;
use crate::node::Shared;
use crate::store::StoreError;
use crate::store::Transaction;

/// A group's records here, each with the hash that was last signed and the one kept now.
#[derive(Debug, Default)]
struct Here {
    /// Under the last head signed here.
    signed: BTreeMap<RecordName, RecordHash>,
    /// As kept now.
    kept: BTreeMap<RecordName, (RecordHash, Audience)>,
}

pub(super) async fn compare(
    shared: &Shared,
    group: &GroupId,
    newer: &Fetched,
) -> Result<Vec<NewerRecord>, TakeNewerError> {
    let mut reading = shared.store.read().await?;
    let here = read_here(&mut reading, group).await?;
    let mut names: BTreeSet<&RecordName> = newer
        .manifest
        .leaves()
        .iter()
        .map(|leaf| &leaf.name)
        .collect();
    names.extend(here.signed.keys());
    names.extend(here.kept.keys());
    let mut records = Vec::new();
    for name in names {
        let theirs = newer.manifest.get(name).map(|leaf| leaf.record_hash);
        let Some(mut what) = what_happens(&here, name, theirs) else {
            continue;
        };
        let bytes = match theirs.or_else(|| here.kept.get(name).map(|kept| kept.0)) {
            Some(hash) => match newer.bodies.get(&hash) {
                Some(bytes) => Some(bytes.clone()),
                None => reading.body(group, &hash).await?,
            },
            None => None,
        };
        let comes = matches!(what, WhatHappens::Comes | WhatHappens::Replaced);
        if bytes.is_none() && comes {
            what = WhatHappens::Lost;
        }
        records.push(NewerRecord {
            title: bytes.and_then(|bytes| title(&bytes, group)),
            name: name.clone(),
            what,
        });
    }
    Ok(records)
}

/// `None` where nothing happens to it.
fn what_happens(here: &Here, name: &RecordName, theirs: Option<RecordHash>) -> Option<WhatHappens> {
    let signed = here.signed.get(name).copied();
    let kept = here.kept.get(name);
    let public = kept
        .filter(|kept| kept.1 == Audience::Public)
        .map(|kept| kept.0);
    match (theirs, public) {
        (Some(theirs), Some(own)) if theirs == own => None,
        // Whoever takes a record back means it, whatever became of it elsewhere.
        (Some(_), None) if signed.is_some() => Some(WhatHappens::StaysTakenBack),
        (Some(_), Some(own)) if signed == Some(own) => Some(WhatHappens::Replaced),
        // An edit waits here, or a record kept private has since been published.
        (Some(_), Some(_)) => Some(WhatHappens::SetAside),
        (Some(_), None) if kept.is_some() => Some(WhatHappens::SetAside),
        (Some(_), None) => Some(WhatHappens::Comes),
        (None, Some(own)) if signed == Some(own) => Some(WhatHappens::Goes),
        // It may have been published, and taken back, in the other life.
        (None, Some(_)) => Some(WhatHappens::SetAside),
        (None, None) => None,
    }
}

async fn read_here(reading: &mut Transaction, group: &GroupId) -> Result<Here, StoreError> {
    let mut here = Here::default();
    for leaf in reading.leaves(group, &View::public()).await? {
        here.signed.insert(leaf.name, leaf.record_hash);
    }
    for record in reading.records(group, "", ("", ""), u32::MAX).await? {
        let kept = record.kept;
        here.kept.insert(kept.name, (kept.hash, kept.audience));
    }
    Ok(here)
}

fn title(bytes: &[u8], group: &GroupId) -> Option<String> {
    let record = ParsedRecord::parse_within(bytes, group, bytes.len()).ok()?;
    let known = Known::parse(record.name().collection.as_str(), &record.message().body).ok()?;
    title_of(&known).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: RecordHash = RecordHash::from_bytes([1; 32]);
    const NEW: RecordHash = RecordHash::from_bytes([2; 32]);
    const EDIT: RecordHash = RecordHash::from_bytes([3; 32]);

    fn case(
        signed: Option<RecordHash>,
        kept: Option<(RecordHash, Audience)>,
        theirs: Option<RecordHash>,
    ) -> Option<WhatHappens> {
        let name = RecordName::parse("event", "e1").expect("a name");
        let mut here = Here::default();
        here.signed.extend(signed.map(|hash| (name.clone(), hash)));
        here.kept.extend(kept.map(|kept| (name.clone(), kept)));
        what_happens(&here, &name, theirs)
    }

    fn public(hash: RecordHash) -> Option<(RecordHash, Audience)> {
        Some((hash, Audience::Public))
    }

    #[test]
    fn what_only_the_newer_head_has_comes() {
        assert_eq!(case(None, None, Some(NEW)), Some(WhatHappens::Comes));
    }

    #[test]
    fn what_changed_there_is_replaced_and_what_went_there_goes() {
        assert_eq!(
            case(Some(OLD), public(OLD), Some(NEW)),
            Some(WhatHappens::Replaced)
        );
        assert_eq!(case(Some(OLD), public(OLD), None), Some(WhatHappens::Goes));
    }

    #[test]
    fn what_was_taken_back_here_is_not_resurrected() {
        let stays = Some(WhatHappens::StaysTakenBack);
        assert_eq!(case(Some(OLD), None, Some(OLD)), stays);
        assert_eq!(
            case(Some(OLD), Some((EDIT, Audience::NodeOnly)), Some(NEW)),
            stays
        );
    }

    #[test]
    fn a_waiting_edit_is_neither_lost_nor_published() {
        let aside = Some(WhatHappens::SetAside);
        assert_eq!(case(Some(OLD), public(EDIT), Some(NEW)), aside);
        assert_eq!(case(Some(OLD), public(EDIT), None), aside);
        assert_eq!(case(None, public(EDIT), None), aside);
    }

    #[test]
    fn what_is_the_same_on_both_sides_stays() {
        assert_eq!(case(Some(OLD), public(OLD), Some(OLD)), None);
        assert_eq!(case(None, Some((EDIT, Audience::NodeOnly)), None), None);
    }
}
