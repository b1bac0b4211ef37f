//! What is said of a record's publisher: its name, from its own listing.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::Directory;
use crate::index::Entry;
use crate::index::entry_of;
use crate::store::GroupRow;

/// How many publishers are remembered. Enough for a page of any search many times over.
const MOST: usize = 20_000;

/// A publisher, as its own listing shows it. All empty where it has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Publisher {
    /// Its name.
    pub(super) name: String,
    /// Whether it is going at the moment.
    pub(super) activity: v1::ActivityState,
}

/// Publishers by group, each good for one revision of the group: a renamed publisher needs
/// nothing of the index, and a listing that is hidden names nobody any more.
#[derive(Default)]
pub(super) struct Publishers {
    known: Mutex<HashMap<GroupId, (u64, Arc<Publisher>)>>,
}

impl Publishers {
    fn get(&self, group: &GroupId, revision: u64) -> Option<Arc<Publisher>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(group)
            .filter(|(of, _)| *of == revision)
            .map(|(_, publisher)| Arc::clone(publisher))
    }

    fn put(&self, group: GroupId, revision: u64, publisher: Arc<Publisher>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(group, (revision, publisher));
    }
}

/// The publisher of a group's records.
pub(super) async fn publisher(
    directory: &Directory,
    row: &GroupRow,
) -> Result<Arc<Publisher>, Failure> {
    if row.head.is_none() {
        return Ok(Arc::default());
    }
    if let Some(known) = directory.publishers.get(&row.group_id, row.revision) {
        return Ok(known);
    }
    let searchable = *directory.index.searchable_revision().borrow();
    let found = Arc::new(read(directory, &row.group_id).await?);
    // Before the index has this revision, its listing may be one that is not there yet.
    if searchable >= row.revision {
        directory
            .publishers
            .put(row.group_id, row.revision, Arc::clone(&found));
    }
    Ok(found)
}

/// Reads the group's own listing: where it speaks itself, else on behalf of a branch.
async fn read(directory: &Directory, group: &GroupId) -> Result<Publisher, Failure> {
    let (newest, _) = directory.index.newest();
    let of = *group;
    let listings = directory
        .crowd
        .look(move || newest.own_listings(&of))
        .await?;
    let mut own: Option<Entry> = None;
    for listing in listings {
        let record = directory
            .store
            .record(group, &View::public(), &listing.name)
            .await?;
        let Some(entry) = record.and_then(|record| entry_of(group, &record)) else {
            continue;
        };
        match entry.summary.voice {
            Some(v1::Voice::Itself) => {
                own = Some(entry);
                break;
            }
            Some(v1::Voice::OnBehalf) => {
                own.get_or_insert(entry);
            }
            Some(v1::Voice::Catalogued | v1::Voice::Unspecified) | None => {}
        }
    }
    Ok(own.map_or_else(Publisher::default, |entry| Publisher {
        name: entry.summary.title,
        activity: entry.summary.activity_state.unwrap_or_default(),
    }))
}
