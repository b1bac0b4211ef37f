//! The audience of a group, which its events without an audience of their own inherit.

use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View, collection};
use hedgerow_proto::v1;
use hedgerow_store::{IndexSource, StoredRecord};

use crate::entry::Entry;
use crate::error::IndexError;

/// Maximum number of a group's listings that are read for its audience.
const MAX_LISTINGS: usize = 500;

/// Maximum numbers of audiences, and of tags in each of their lists, that events inherit. A
/// group's listing is one record, but each of its events repeats this.
const MAX_INHERITED: usize = 20;
const MAX_INHERITED_TAGS: usize = 20;
/// Bytes of a group's own words that events inherit.
const MAX_INHERITED_BYTES: usize = 4_000;

/// The people a group is for.
pub type Audience = Arc<[v1::WhoFor]>;

/// Audiences of groups, each read from the store once. For one batch of changes: it has no
/// invalidation.
#[derive(Default)]
pub struct AudienceCache {
    audiences: HashMap<GroupId, Audience>,
}

impl AudienceCache {
    /// Returns the audience that a record inherits: its group's for an event, none for other
    /// kinds.
    pub async fn inherited(
        &mut self,
        store: &dyn IndexSource,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Audience, IndexError> {
        if !is_event(name) {
            return Ok(Audience::default());
        }
        self.of_group(store, group).await
    }

    pub async fn of_group(
        &mut self,
        store: &dyn IndexSource,
        group: &GroupId,
    ) -> Result<Audience, IndexError> {
        if let Some(audience) = self.audiences.get(group) {
            return Ok(Arc::clone(audience));
        }
        let audience = read_audience(store, group).await?;
        self.audiences.insert(*group, Arc::clone(&audience));
        Ok(audience)
    }
}

async fn read_audience(store: &dyn IndexSource, group: &GroupId) -> Result<Audience, IndexError> {
    let before = before_collection(collection::LISTING);
    let records = store
        .list_records(group, &View::public(), before.as_ref(), MAX_LISTINGS)
        .await?;
    let listings = records
        .iter()
        .take_while(|record| record.name.collection.as_str() == collection::LISTING);
    Ok(audience_of_records(group, listings))
}

/// Returns the audience of a group, from its records in order of name.
pub fn audience_of_records<'a>(
    group: &GroupId,
    records: impl Iterator<Item = &'a StoredRecord>,
) -> Audience {
    let entries: Vec<_> = records
        .filter(|record| may_be_own_listing(&record.name))
        .filter_map(|listing| Some((&listing.name, Entry::parse(group, &listing.record)?)))
        .collect();
    group_audience(entries.iter().map(|(name, entry)| (*name, entry))).into()
}

/// Returns the audience of a group, from entries of its records in order of name: that of the
/// first listing in which it describes itself, otherwise of the first on behalf of a branch.
/// The directory takes the group's name from the same listing.
pub fn group_audience<'a>(
    entries: impl Iterator<Item = (&'a RecordName, &'a Entry)>,
) -> Vec<v1::WhoFor> {
    let mut on_behalf = None;
    for (_, entry) in entries.filter(|(name, _)| may_be_own_listing(name)) {
        let who_for = &entry.summary.who_for;
        match entry.summary.voice {
            Some(v1::Voice::Itself) => return bounded(who_for),
            Some(v1::Voice::OnBehalf) => {
                on_behalf.get_or_insert(who_for);
            }
            Some(v1::Voice::Catalogued | v1::Voice::Unspecified) | None => {}
        }
    }
    on_behalf
        .map(|who_for| bounded(who_for))
        .unwrap_or_default()
}

/// Copies as much of an audience as events inherit.
fn bounded(audience: &[v1::WhoFor]) -> Vec<v1::WhoFor> {
    let mut bytes = 0;
    let tags = |tags: &[String]| tags.iter().take(MAX_INHERITED_TAGS).cloned().collect();
    let inherited = audience.iter().take(MAX_INHERITED).map(|who_for| {
        bytes += who_for.own_words.len();
        v1::WhoFor {
            emphasis: who_for.emphasis,
            communities: tags(&who_for.communities),
            experiences: tags(&who_for.experiences),
            ages: who_for.ages,
            genders: tags(&who_for.genders),
            carers: who_for.carers,
            own_words: match bytes <= MAX_INHERITED_BYTES {
                true => who_for.own_words.clone(),
                false => String::new(),
            },
        }
    });
    inherited.collect()
}

/// Whether it may be a listing in which a group describes itself. Only keys of catalogued
/// listings have a dot, so their bodies need not be parsed.
pub fn may_be_own_listing(name: &RecordName) -> bool {
    name.collection.as_str() == collection::LISTING && !name.key.as_str().contains('.')
}

pub fn is_event(name: &RecordName) -> bool {
    name.collection.as_str() == collection::EVENT
}

/// A name that sorts before all names of a collection, and after most of those that precede
/// them.
pub fn before_collection(collection: &str) -> Option<RecordName> {
    let shorter = collection.get(..collection.len().saturating_sub(1))?;
    RecordName::parse(shorter, "z").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_inherit_a_bounded_audience() {
        let who_for = v1::WhoFor {
            communities: vec!["community:women".into(); 200],
            own_words: "w".repeat(1_500),
            ..v1::WhoFor::default()
        };
        let inherited = bounded(&vec![who_for.clone(); 50]);
        assert_eq!(inherited.len(), MAX_INHERITED);
        assert!(
            inherited
                .iter()
                .all(|it| it.communities.len() == MAX_INHERITED_TAGS)
        );
        let bytes: usize = inherited.iter().map(|it| it.own_words.len()).sum();
        assert_eq!(bytes, 3_000);
        let honest = v1::WhoFor {
            communities: vec!["community:women".into()],
            own_words: "women over fifty".into(),
            carers: true,
            ..v1::WhoFor::default()
        };
        assert_eq!(bounded(std::slice::from_ref(&honest)), [honest]);
    }
}
