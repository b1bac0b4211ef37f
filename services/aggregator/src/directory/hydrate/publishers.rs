//! Finds the publishers of groups: all of a page in one pass over the index.

use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use hedgerow_search::{Candidate, Entry};
use hedgerow_store::GroupRow;
use hedgerow_transport::failure::Failure;

use super::super::context::Directory;
use super::super::publisher_cache::Publisher;
use crate::failure::OrFailure as _;

/// The groups' own listings, as far as one state of the index has them.
pub(super) struct OwnListings {
    /// The revision up to which that state is complete.
    searchable: u64,
    names: HashMap<GroupId, Vec<RecordName>>,
}

impl OwnListings {
    pub(super) async fn find(directory: &Directory, groups: Vec<GroupId>) -> Result<Self, Failure> {
        let searchable = *directory.index.searchable_revision().borrow();
        if groups.is_empty() {
            return Ok(Self {
                searchable,
                names: HashMap::new(),
            });
        }
        let (newest, _) = directory.index.current_snapshot();
        let find = directory.limiter.run(move |turn| {
            let newest = newest.interruptible(turn.clone());
            let find = |group: GroupId| Ok((group, newest.own_listings(&group)?));
            groups.into_iter().map(find).collect::<Result<Vec<_>, _>>()
        });
        let names_of = |(group, listings): (GroupId, Vec<Candidate>)| {
            (group, listings.into_iter().map(|one| one.name).collect())
        };
        Ok(Self {
            searchable,
            names: find.await?.into_iter().map(names_of).collect(),
        })
    }
}

/// Publishers of groups, and the names of the listings that the others are read from.
pub(super) struct PublisherLookup {
    known: HashMap<GroupId, Arc<Publisher>>,
    /// Groups with their revisions.
    missing: Vec<(GroupId, u64)>,
    /// Own listings of these groups.
    listings: Vec<(GroupId, RecordName)>,
    /// The revision up to which the index is complete.
    searchable: u64,
}

impl PublisherLookup {
    /// Finds cached publishers, and the own listings of the other groups unless they were found
    /// before.
    pub(super) async fn start(
        directory: &Directory,
        groups: impl IntoIterator<Item = &GroupRow>,
        found: OwnListings,
    ) -> Result<Self, Failure> {
        let OwnListings {
            searchable,
            mut names,
        } = found;
        let mut known = HashMap::new();
        let mut missing = Vec::new();
        for row in groups {
            // Without a head no record of the group is shown, its listing included.
            if row.head.is_none() {
                known.insert(row.group_id, Arc::default());
            } else if let Some(cached) = directory.publishers.get(&row.group_id, row.revision) {
                known.insert(row.group_id, cached);
            } else {
                missing.push((row.group_id, row.revision));
            }
        }
        let ids = missing.iter().map(|(group, _)| *group);
        let not_found = ids.filter(|group| !names.contains_key(group)).collect();
        let others = OwnListings::find(directory, not_found).await?;
        names.extend(others.names);
        let listings = missing.iter().flat_map(|(group, _)| {
            let names = names.get(group).into_iter().flatten();
            names.map(|name| (*group, name.clone()))
        });
        Ok(Self {
            listings: listings.collect(),
            known,
            missing,
            searchable,
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
        directory: &Directory,
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
        let publisher = |entry: &Entry| Publisher {
            name: entry.summary.title.clone(),
            activity: entry.summary.activity_state.unwrap_or_default(),
        };
        let mut publishers = self.known;
        for (group, revision) in self.missing {
            let publisher = own.get(&group).map(|entry| publisher(entry));
            let publisher = Arc::new(publisher.unwrap_or_default());
            // Until the index has this revision it may miss the group's newest listing.
            if self.searchable >= revision {
                let cache = &directory.publishers;
                cache.put(group, revision, Arc::clone(&publisher));
            }
            publishers.insert(group, publisher);
        }
        publishers
    }
}

/// The publisher of each group.
pub(in super::super) async fn load_publishers(
    directory: &Directory,
    groups: impl IntoIterator<Item = &GroupRow>,
) -> Result<HashMap<GroupId, Arc<Publisher>>, Failure> {
    let none = OwnListings::find(directory, Vec::new()).await?;
    let lookup = PublisherLookup::start(directory, groups, none).await?;
    let names = lookup.listings().to_vec();
    let records = directory.store.shown_records(&names).await.or_failure()?;
    let entries = directory.limiter.run(move |turn| {
        let mut entries = HashMap::new();
        for (name, stored) in names.into_iter().zip(records) {
            turn.checkpoint()?;
            let entry = stored.and_then(|stored| Entry::parse_checked(&name.0, &stored));
            entries.extend(entry.map(|entry| (name, entry)));
        }
        Ok(entries)
    });
    let entries = entries.await?;
    Ok(lookup.finish(directory, |name| entries.get(name)))
}
