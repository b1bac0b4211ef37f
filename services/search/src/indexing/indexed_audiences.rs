//! The audiences that the index has for events.

use std::collections::HashMap;

use hedgerow_core::id::GroupId;
use hedgerow_store::StoredRecord;
use prost::Message;
use sha2::{Digest, Sha256};

use crate::indexing::inherited_audience::{Audience, audience_of_records, is_event};

/// Maximum number of groups to remember. Events of further groups are indexed again with every
/// change of a listing.
const MAX_GROUPS: usize = 100_000;

/// The inherited audience with which all events of a group are indexed, as far as it is known.
/// A changed listing with the same audience leaves them as they are.
#[derive(Default)]
pub struct IndexedAudiences {
    digests: HashMap<GroupId, [u8; 32]>,
}

impl IndexedAudiences {
    /// Whether all events of a group are known to be indexed with this audience.
    pub fn is_current(&self, group: &GroupId, audience: &Audience) -> bool {
        self.digests.get(group) == Some(&digest(audience))
    }

    /// All events of a group were indexed.
    pub fn set(&mut self, group: GroupId, audience: &Audience) {
        if self.digests.len() < MAX_GROUPS || self.digests.contains_key(&group) {
            self.digests.insert(group, digest(audience));
        }
    }

    /// All records of a group were indexed, with the audience that they contain.
    pub fn set_from_records(&mut self, group: GroupId, records: &[StoredRecord]) {
        if records.iter().any(|record| is_event(&record.name)) {
            self.set(group, &audience_of_records(&group, records.iter()));
        } else {
            self.forget(&group);
        }
    }

    /// One event of a group was indexed. If its audience differs, the group is forgotten: its
    /// listing may have changed and changed back before the first change was read.
    pub fn note_event(&mut self, group: &GroupId, audience: &Audience) {
        if !self.is_current(group, audience) {
            self.forget(group);
        }
    }

    pub fn forget(&mut self, group: &GroupId) {
        self.digests.remove(group);
    }

    pub fn forget_all(&mut self) {
        self.digests.clear();
    }
}

fn digest(audience: &Audience) -> [u8; 32] {
    let mut digest = Sha256::new();
    for who_for in audience.iter() {
        digest.update(who_for.encode_length_delimited_to_vec());
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1;

    use super::*;

    fn audience(community: &str) -> Audience {
        vec![v1::WhoFor {
            communities: vec![community.to_owned()],
            ..v1::WhoFor::default()
        }]
        .into()
    }

    #[test]
    fn an_event_with_another_audience_makes_the_group_unknown() {
        let group = GroupId::from_bytes([1; 32]);
        let (women, men) = (audience("community:women"), audience("community:men"));
        let mut indexed = IndexedAudiences::default();
        assert!(!indexed.is_current(&group, &women), "nothing is known yet");
        indexed.set(group, &women);
        indexed.note_event(&group, &women);
        assert!(indexed.is_current(&group, &women) && !indexed.is_current(&group, &men));
        // The listing was for men for a moment, and is for women again.
        indexed.note_event(&group, &men);
        assert!(!indexed.is_current(&group, &women) && !indexed.is_current(&group, &men));
    }
}
