//! Finds the publishers of groups: all of a page in one pass over the index.

use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use hedgerow_search::{Entry, OwnListing};
use hedgerow_store::GroupRow;
use hedgerow_transport::failure::Failure;

use super::super::context::Directory;
use super::super::publisher_cache::Publisher;
use super::super::search_limiter::Turn;
use crate::failure::OrFailure as _;

/// The groups' own listings, as far as one state of the index has them.
pub(super) struct OwnListings {
    /// The revision up to which that state is complete.
    searchable: u64,
    of_group: HashMap<GroupId, Vec<OwnListing>>,
}

impl OwnListings {
    pub(super) fn find(
        directory: &Directory,
        turn: &Arc<Turn>,
        groups: &[GroupId],
    ) -> Result<Self, Failure> {
        let searchable = *directory.index.searchable_revision().borrow();
        let of_group = if groups.is_empty() {
            HashMap::new()
        } else {
            let (newest, _) = directory.index.current_snapshot();
            let newest = newest.interruptible(turn.clone());
            newest.own_listings(groups).or_failure()?
        };
        Ok(Self {
            searchable,
            of_group,
        })
    }
}

/// Publishers of groups, and the names of the listings that the others are read from.
pub(super) struct PublisherLookup {
    known: HashMap<GroupId, Arc<Publisher>>,
    /// Groups that changed since the index was read.
    changed: Vec<GroupId>,
    /// Own listings of these groups.
    listings: Vec<(GroupId, RecordName)>,
}

impl PublisherLookup {
    /// Finds publishers in the cache and, if it is complete for their groups, in the index.
    pub(super) fn start<'g>(
        directory: &Directory,
        turn: &Arc<Turn>,
        groups: impl IntoIterator<Item = &'g GroupRow>,
        mut found: OwnListings,
    ) -> Result<Self, Failure> {
        let cache = &directory.publishers;
        let mut known = HashMap::new();
        let mut uncached = Vec::new();
        for row in groups {
            // Without a head no record of the group is shown, its listing included.
            if row.head.is_none() {
                known.insert(row.group_id, Arc::default());
            } else if let Some(cached) = cache.get(&row.group_id, row.revision) {
                known.insert(row.group_id, cached);
            } else {
                uncached.push((row.group_id, row.revision));
            }
        }
        let ids = uncached.iter().map(|(group, _)| *group);
        let not_found = ids.filter(|group| !found.of_group.contains_key(group));
        let not_found: Vec<GroupId> = not_found.collect();
        let others = OwnListings::find(directory, turn, &not_found)?;
        found.of_group.extend(others.of_group);
        let (mut changed, mut listings) = (Vec::new(), Vec::new());
        for (group, revision) in uncached {
            let own = found.of_group.remove(&group).unwrap_or_default();
            if found.searchable >= revision {
                let publisher = Arc::new(own.into_iter().next().map(named).unwrap_or_default());
                cache.put(group, revision, Arc::clone(&publisher));
                known.insert(group, publisher);
            } else {
                // A listing of this state may have been withdrawn since.
                listings.extend(own.into_iter().map(|listing| (group, listing.name)));
                changed.push(group);
            }
        }
        Ok(Self {
            known,
            changed,
            listings,
        })
    }

    /// The listings whose entries [`finish`](Self::finish) needs.
    pub(super) fn listings(&self) -> &[(GroupId, RecordName)] {
        &self.listings
    }

    /// The publisher of each group, from the entries of the listings that are still shown. Of
    /// several, one in which the group speaks itself is used before one on behalf of a branch.
    pub(super) fn finish<'e>(
        self,
        entry: impl Fn(&(GroupId, RecordName)) -> Option<&'e Entry>,
    ) -> HashMap<GroupId, Arc<Publisher>> {
        let mut own: HashMap<GroupId, &Entry> = HashMap::new();
        let is_itself = |entry: &Entry| entry.summary.voice == Some(v1::Voice::Itself);
        for name in &self.listings {
            let Some(entry) = entry(name) else { continue };
            match entry.summary.voice {
                Some(v1::Voice::Itself | v1::Voice::OnBehalf) => {
                    let known = own.get(&name.0);
                    if known.is_none_or(|known| !is_itself(known) && is_itself(entry)) {
                        own.insert(name.0, entry);
                    }
                }
                Some(v1::Voice::Catalogued | v1::Voice::Unspecified) | None => {}
            }
        }
        let mut publishers = self.known;
        for group in self.changed {
            // Not cached: the index may miss the group's newest listing.
            let publisher = own.get(&group).map(|entry| Publisher {
                name: entry.summary.title.clone(),
                activity: entry.summary.activity_state.unwrap_or_default(),
            });
            publishers.insert(group, Arc::new(publisher.unwrap_or_default()));
        }
        publishers
    }
}

fn named(listing: OwnListing) -> Publisher {
    Publisher {
        name: listing.title,
        activity: listing.activity,
    }
}

/// The publisher of each group.
pub(in super::super) fn load_publishers<'g>(
    directory: &Directory,
    turn: &Arc<Turn>,
    groups: impl IntoIterator<Item = &'g GroupRow>,
) -> Result<HashMap<GroupId, Arc<Publisher>>, Failure> {
    let none = OwnListings::find(directory, turn, &[])?;
    let lookup = PublisherLookup::start(directory, turn, groups, none)?;
    let names = lookup.listings();
    let records = turn.wait(directory.store.shown_records(names));
    let mut entries = HashMap::new();
    for (name, stored) in names.iter().zip(records.or_failure()?) {
        turn.checkpoint().or_failure()?;
        let entry = stored.and_then(|shown| Entry::parse_checked(&name.0, &shown.record));
        entries.extend(entry.map(|entry| (name.clone(), entry)));
    }
    Ok(lookup.finish(|name| entries.get(name)))
}
