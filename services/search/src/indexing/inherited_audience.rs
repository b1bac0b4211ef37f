//! Whom a group is there for, as its own listing says. Its events that say nothing of it
//! themselves are for the same people.

use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::name::collection;
use hedgerow_proto::v1;
use prost::Message;
use sha2::Digest;
use sha2::Sha256;

use super::entry::Entry;
use super::error::IndexError;
use super::writer::entry_of;
use crate::store::Store;
use crate::store::StoredRecord;

/// Listings of one group that are looked at.
const MOST_LISTINGS: usize = 500;

/// Groups of which is remembered with what their events were put.
const MOST_REMEMBERED: usize = 100_000;

/// Whom a group is there for.
pub(crate) type Audience = Arc<[v1::WhoFor]>;

/// With which audience all events of a group stand in the index, as far as that is known:
/// a listing that changes and is for the same people leaves them as they are.
#[derive(Default)]
pub(super) struct Inherited {
    known: HashMap<GroupId, [u8; 32]>,
}

impl Inherited {
    /// Whether all events of a group stand there with this audience.
    pub(super) fn is(&self, group: &GroupId, audience: &Audience) -> bool {
        self.known.get(group) == Some(&digest(audience))
    }

    /// All events of a group were put.
    pub(super) fn all_put(&mut self, group: GroupId, audience: &Audience) {
        if self.known.len() < MOST_REMEMBERED || self.known.contains_key(&group) {
            self.known.insert(group, digest(audience));
        }
    }

    /// All records of a group were put, with what they say themselves.
    pub(super) fn group_put(&mut self, group: GroupId, records: &[StoredRecord]) {
        if records.iter().any(|record| is_event(&record.name)) {
            self.all_put(group, &of_records(&group, records.iter()));
        } else {
            self.forget(&group);
        }
    }

    /// One event of a group was put. With another audience than the others, it is not known
    /// of them all any more: a listing may change back before its change is read.
    pub(super) fn one_put(&mut self, group: &GroupId, audience: &Audience) {
        if !self.is(group, audience) {
            self.forget(group);
        }
    }

    pub(super) fn forget(&mut self, group: &GroupId) {
        self.known.remove(group);
    }

    pub(super) fn forget_all(&mut self) {
        self.known.clear();
    }
}

fn digest(audience: &Audience) -> [u8; 32] {
    let mut digest = Sha256::new();
    for who_for in audience.iter() {
        digest.update(who_for.encode_length_delimited_to_vec());
    }
    digest.finalize().into()
}

/// Audiences of groups, each read once.
#[derive(Default)]
pub(super) struct Audiences {
    known: HashMap<GroupId, Audience>,
}

impl Audiences {
    /// Whom a record of this name is for, where it says nothing of it itself: nobody in
    /// particular, unless it is an event.
    pub(super) async fn of(
        &mut self,
        store: &dyn Store,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Audience, IndexError> {
        if !is_event(name) {
            return Ok(Audience::default());
        }
        self.of_group(store, group).await
    }

    /// Whom a group is there for.
    pub(super) async fn of_group(
        &mut self,
        store: &dyn Store,
        group: &GroupId,
    ) -> Result<Audience, IndexError> {
        if let Some(known) = self.known.get(group) {
            return Ok(Arc::clone(known));
        }
        let audience = read(store, group).await?;
        self.known.insert(*group, Arc::clone(&audience));
        Ok(audience)
    }
}

/// Reads the listing in which a group speaks itself, else on behalf of a branch: the one
/// that its name is taken from.
async fn read(store: &dyn Store, group: &GroupId) -> Result<Audience, IndexError> {
    let before = before_all_of(collection::LISTING);
    let records = store
        .records_of(group, &View::public(), before.as_ref(), MOST_LISTINGS)
        .await?;
    let listings = records
        .iter()
        .take_while(|record| record.name.collection.as_str() == collection::LISTING);
    Ok(of_records(group, listings))
}

/// The same, from records in order of name.
fn of_records<'a>(group: &GroupId, records: impl Iterator<Item = &'a StoredRecord>) -> Audience {
    let entries: Vec<_> = records
        .filter(|record| is_own_listing(&record.name))
        .filter_map(|listing| Some((&listing.name, entry_of(group, &listing.record)?)))
        .collect();
    audience_of(entries.iter().map(|(name, entry)| (*name, entry))).into()
}

/// The same, from entries of records in order of name.
pub(super) fn audience_of<'a>(
    entries: impl Iterator<Item = (&'a RecordName, &'a Entry)>,
) -> Vec<v1::WhoFor> {
    let mut on_behalf = None;
    for (_, entry) in entries.filter(|(name, _)| is_own_listing(name)) {
        let who_for = &entry.summary.who_for;
        match entry.summary.voice {
            Some(v1::Voice::Itself) => return who_for.clone(),
            Some(v1::Voice::OnBehalf) => {
                on_behalf.get_or_insert(who_for);
            }
            Some(v1::Voice::Catalogued | v1::Voice::Unspecified) | None => {}
        }
    }
    on_behalf.cloned().unwrap_or_default()
}

/// Whether it may be a listing in which a group speaks of itself: only those of catalogued
/// groups have a point in their keys.
pub(super) fn is_own_listing(name: &RecordName) -> bool {
    name.collection.as_str() == collection::LISTING && !name.key.as_str().contains('.')
}

/// Whether it is an event.
pub(super) fn is_event(name: &RecordName) -> bool {
    name.collection.as_str() == collection::EVENT
}

/// A name before all of a collection, and after nearly everything that comes before them.
pub(super) fn before_all_of(collection: &str) -> Option<RecordName> {
    let shorter = collection.get(..collection.len().saturating_sub(1))?;
    RecordName::parse(shorter, "z").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audience(community: &str) -> Audience {
        vec![v1::WhoFor {
            communities: vec![community.to_owned()],
            ..v1::WhoFor::default()
        }]
        .into()
    }

    #[test]
    fn one_event_for_others_makes_it_unknown_for_whom_all_are() {
        let group = GroupId::from_bytes([1; 32]);
        let (women, men) = (audience("community:women"), audience("community:men"));
        let mut inherited = Inherited::default();
        assert!(!inherited.is(&group, &women), "nothing is known yet");
        inherited.all_put(group, &women);
        inherited.one_put(&group, &women);
        assert!(inherited.is(&group, &women) && !inherited.is(&group, &men));
        // The listing was for men for a moment, and is for women again.
        inherited.one_put(&group, &men);
        assert!(!inherited.is(&group, &women) && !inherited.is(&group, &men));
    }
}
