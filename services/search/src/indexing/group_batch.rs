//! Reading the records of many groups at once: with hundreds of small groups, a round trip to
//! the store for each would cost more than the read.

use std::collections::{BTreeSet, HashMap, VecDeque};

use hedgerow_core::id::GroupId;
use hedgerow_store::{IndexSource, StoredRecord};

use crate::error::IndexError;

/// Maximum number of groups of one read.
const MAX_GROUPS: usize = 64;
/// Maximum number of records of one read.
const MAX_RECORDS: usize = 500;

/// Groups whose records will be taken, in this order.
pub struct GroupBatch {
    /// Groups not read yet, with their approximate numbers of records.
    waiting: VecDeque<(GroupId, u32)>,
    /// Groups read ahead and not taken yet.
    read: HashMap<GroupId, Vec<StoredRecord>>,
}

impl GroupBatch {
    pub fn new(groups: impl Iterator<Item = (GroupId, u32)>) -> Self {
        Self {
            waiting: groups.collect(),
            read: HashMap::new(),
        }
    }

    /// Returns all records of the next group; `None` if they are too many to be read together
    /// with others.
    pub async fn take(
        &mut self,
        store: &dyn IndexSource,
        group: &GroupId,
    ) -> Result<Option<Vec<StoredRecord>>, IndexError> {
        if !self.read.contains_key(group) {
            self.read_ahead(store).await?;
        }
        if let Some(records) = self.read.remove(group) {
            return Ok(Some(records));
        }
        self.waiting.retain(|(waiting, _)| waiting != group);
        Ok(None)
    }

    async fn read_ahead(&mut self, store: &dyn IndexSource) -> Result<(), IndexError> {
        let mut room = MAX_RECORDS;
        let fitting = self
            .waiting
            .iter()
            .take(MAX_GROUPS)
            .map_while(|(group, records)| {
                room = room.checked_sub(usize::try_from(*records).ok()?.max(1))?;
                Some(*group)
            });
        // The store returns groups in this order.
        let groups: BTreeSet<GroupId> = fitting.collect();
        let groups: Vec<GroupId> = groups.into_iter().collect();
        if groups.is_empty() {
            return Ok(());
        }
        // One more than the limit shows whether a group grew since its number was read.
        let records = store
            .list_records_of_groups(&groups, MAX_RECORDS + 1)
            .await?;
        // If one did, the last group may be incomplete, and groups after it are missing.
        let last = records.last().filter(|_| records.len() > MAX_RECORDS);
        let incomplete = last.map(|(group, _)| *group);
        let complete = groups
            .into_iter()
            .take_while(|group| Some(*group) != incomplete)
            .map(|group| (group, Vec::new()));
        let mut complete: HashMap<GroupId, Vec<StoredRecord>> = complete.collect();
        for (group, record) in records {
            if let Some(of_group) = complete.get_mut(&group) {
                of_group.push(record);
            }
        }
        while let Some((next, _)) = self.waiting.front()
            && let Some(records) = complete.remove(next)
        {
            self.read.insert(*next, records);
            self.waiting.pop_front();
        }
        Ok(())
    }
}
