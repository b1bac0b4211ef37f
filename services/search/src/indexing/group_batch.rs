//! Groups that are to be shown, read many at once: where hundreds of small ones come
//! together, asking the store for each would cost more than what is read.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::VecDeque;

use hedgerow_core::id::GroupId;

use super::error::IndexError;
use crate::store::Store;
use crate::store::StoredRecord;

/// How many groups are read at once.
const AT_ONCE: usize = 64;
/// How many records are read at once.
const RECORDS: usize = 500;

/// Groups whose records will be asked for, in this order.
pub(super) struct ShownGroups {
    /// Each with how many records it has, about.
    waiting: VecDeque<(GroupId, u32)>,
    /// Those before the waiting ones, as far as they are not taken yet.
    read: HashMap<GroupId, Vec<StoredRecord>>,
}

impl ShownGroups {
    /// Nothing is read yet.
    pub(super) fn new(groups: impl Iterator<Item = (GroupId, u32)>) -> Self {
        Self {
            waiting: groups.collect(),
            read: HashMap::new(),
        }
    }

    /// All records of the next group; `None` where they are too many to be read together
    /// with others.
    pub(super) async fn take(
        &mut self,
        store: &dyn Store,
        group: &GroupId,
    ) -> Result<Option<Vec<StoredRecord>>, IndexError> {
        if !self.read.contains_key(group) {
            self.read_on(store).await?;
        }
        if let Some(records) = self.read.remove(group) {
            return Ok(Some(records));
        }
        self.waiting.retain(|(waiting, _)| waiting != group);
        Ok(None)
    }

    /// Reads those that wait, as far as all of their records come.
    async fn read_on(&mut self, store: &dyn Store) -> Result<(), IndexError> {
        let mut room = RECORDS;
        let fitting = self
            .waiting
            .iter()
            .take(AT_ONCE)
            .map_while(|(group, records)| {
                room = room.checked_sub(usize::try_from(*records).ok()?.max(1))?;
                Some(*group)
            });
        let asked: BTreeSet<GroupId> = fitting.collect();
        let asked: Vec<GroupId> = asked.into_iter().collect();
        if asked.is_empty() {
            return Ok(());
        }
        // One more than fits: where it comes, something was committed meanwhile.
        let records = store.records_of_groups(&asked, RECORDS + 1).await?;
        // Then the last group may go on, and those after it were not read.
        let last = records.last().filter(|_| records.len() > RECORDS);
        let cut = last.map(|(group, _)| *group);
        let whole = asked
            .into_iter()
            .take_while(|group| Some(*group) != cut)
            .map(|group| (group, Vec::new()));
        let mut whole: HashMap<GroupId, Vec<StoredRecord>> = whole.collect();
        for (group, record) in records {
            if let Some(of_group) = whole.get_mut(&group) {
                of_group.push(record);
            }
        }
        while let Some((next, _)) = self.waiting.front()
            && let Some(records) = whole.remove(next)
        {
            self.read.insert(*next, records);
            self.waiting.pop_front();
        }
        Ok(())
    }
}
