//! Reads the publishers of groups, all of a page in one pass over the index and one read of
//! the store.

use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use hedgerow_search::{Candidate, Entry};
use hedgerow_store::{GroupRow, StoredRecord};
use hedgerow_transport::failure::Failure;

use super::super::context::Directory;
use super::super::publisher_cache::Publisher;
use crate::failure::OrFailure as _;

/// The publisher of each group.
pub(in super::super) async fn load_publishers(
    directory: &Directory,
    groups: impl IntoIterator<Item = &GroupRow>,
) -> Result<HashMap<GroupId, Arc<Publisher>>, Failure> {
    let mut publishers = HashMap::new();
    let mut missing: Vec<&GroupRow> = Vec::new();
    for row in groups {
        // Without a head no record of the group is shown, its listing included.
        if row.head.is_none() {
            publishers.insert(row.group_id, Arc::default());
        } else if let Some(cached) = directory.publishers.get(&row.group_id, row.revision) {
            publishers.insert(row.group_id, cached);
        } else {
            missing.push(row);
        }
    }
    if missing.is_empty() {
        return Ok(publishers);
    }
    let searchable = *directory.index.searchable_revision().borrow();
    let ids = missing.iter().map(|row| row.group_id).collect();
    let mut read = read(directory, ids).await?;
    for row in missing {
        let publisher = Arc::new(read.remove(&row.group_id).unwrap_or_default());
        // Until the index has this revision it may miss the group's newest listing.
        if searchable >= row.revision {
            directory
                .publishers
                .put(row.group_id, row.revision, Arc::clone(&publisher));
        }
        publishers.insert(row.group_id, publisher);
    }
    Ok(publishers)
}

/// Reads the groups' own listings. Of several, one in which the group speaks itself is used
/// before one on behalf of a branch.
async fn read(
    directory: &Directory,
    groups: Vec<GroupId>,
) -> Result<HashMap<GroupId, Publisher>, Failure> {
    let (newest, _) = directory.index.current_snapshot();
    let listings = directory
        .limiter
        .run(move |turn| {
            let newest = newest.interruptible(turn.clone());
            let listings = groups.iter().map(|group| newest.own_listings(group));
            listings.collect::<Result<Vec<Vec<Candidate>>, _>>()
        })
        .await?;
    let names = listings.into_iter().flatten();
    let names: Vec<_> = names.map(|one| (one.group, one.name)).collect();
    let records = directory.store.shown_records(&names).await.or_failure()?;
    let parse = |((group, _), record): ((GroupId, RecordName), Option<StoredRecord>)| {
        Some((group, Entry::parse(&group, &record?.record)?))
    };
    let entries = directory.limiter.run(move |turn| {
        let mut entries = Vec::new();
        for stored in names.into_iter().zip(records) {
            turn.checkpoint()?;
            entries.extend(parse(stored));
        }
        Ok(entries)
    });
    let mut own: HashMap<GroupId, Entry> = HashMap::new();
    for (group, entry) in entries.await? {
        let is_itself = |entry: &Entry| entry.summary.voice == Some(v1::Voice::Itself);
        match entry.summary.voice {
            Some(v1::Voice::Itself | v1::Voice::OnBehalf) => {
                let known = own.get(&group);
                if known.is_none_or(|known| !is_itself(known) && is_itself(&entry)) {
                    own.insert(group, entry);
                }
            }
            Some(v1::Voice::Catalogued | v1::Voice::Unspecified) | None => {}
        }
    }
    let publisher = |entry: Entry| Publisher {
        name: entry.summary.title,
        activity: entry.summary.activity_state.unwrap_or_default(),
    };
    Ok(own
        .into_iter()
        .map(|(group, entry)| (group, publisher(entry)))
        .collect())
}
