//! The twelve invented groups, with their weekly events and rooms.

use hedgerow_cli::catalogue::rows_by;
use hedgerow_core::recurrence::next_occurrence;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::words::from_word;
use hedgerow_proto::{steward_v1, v1};
use serde::Deserialize;

use crate::generated::{Body, Generated};
use crate::publisher::{Publisher, label, put};

#[derive(Debug, Deserialize)]
struct RoleRow {
    listing_id: String,
    role: String,
}

/// The invented groups with their records, without events that will not take place again.
pub(crate) fn invented_groups(now: Timestamp) -> Vec<Publisher> {
    let roles = rows_by(include_str!("../data/demo-roles.csv"), |row: &RoleRow| {
        row.listing_id.clone()
    });
    let mut groups: Vec<Group> = Vec::new();
    for line in include_str!("../data/demo-groups.jsonl").lines() {
        let line = Generated::read(line).expect("the embedded groups are well formed");
        if let Body::Listing(mut listing) = line.body {
            let role = roles.get(&line.id).and_then(|row| from_word(&row.role));
            listing.roles = vec![role.unwrap_or(v1::Role::Other).into()];
            groups.push(Group {
                id: line.id,
                listing,
                changes: Vec::new(),
            });
            continue;
        }
        let Some(group) = groups.iter_mut().find(|known| known.id == line.group) else {
            continue;
        };
        match line.body {
            Body::Listing(_) => {}
            Body::Event(event) => group.add_event(&event, now),
            Body::Offer(offer) => group.changes.push(put("offer", &*offer)),
            Body::Need(need) => group.changes.push(put("need", &*need)),
        }
    }
    groups.into_iter().map(Group::publisher).collect()
}

/// A group while its records are read.
struct Group {
    id: String,
    listing: Box<v1::Listing>,
    changes: Vec<steward_v1::RecordChange>,
}

impl Group {
    /// Adds an event that will take place again. A regular one goes into the listing too, as
    /// a group would write it.
    fn add_event(&mut self, event: &v1::Event, now: Timestamp) {
        if next_occurrence(event, now).ok().flatten().is_none() {
            return;
        }
        let regular = event.schedule.iter().filter(|when| !when.rrules.is_empty());
        self.listing.schedules.extend(regular.cloned());
        self.changes.push(put("event", event));
    }

    fn publisher(self) -> Publisher {
        let listing = put("listing", &*self.listing);
        Publisher {
            label: label(&self.listing.name),
            changes: std::iter::once(listing).chain(self.changes).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_cli::draft::prepare;
    use hedgerow_core::id::GroupId;
    use prost::Message;
    use steward_v1::record_change::Change;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn drafts(publisher: &Publisher) -> Vec<(&str, &steward_v1::RecordDraft)> {
        publisher
            .changes
            .iter()
            .map(|change| match &change.change {
                Some(Change::Put(new)) => (
                    new.collection.as_str(),
                    new.draft.as_ref().expect("a draft"),
                ),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn twelve_groups_have_a_listing_a_weekly_event_and_most_a_room() {
        let groups = invented_groups(NOW);
        assert_eq!(groups.len(), 12);
        let mut rooms = 0;
        for group in &groups {
            let drafts = drafts(group);
            let bodies = |kind: &str| {
                drafts
                    .iter()
                    .filter(|(collection, _)| *collection == kind)
                    .map(|(_, draft)| draft.body.clone())
                    .collect::<Vec<_>>()
            };
            assert_eq!(bodies("listing").len(), 1, "{}", group.label);
            let weekly = bodies("event").iter().any(|body| {
                let event = v1::Event::decode(body.as_slice()).expect("an event");
                let rules = event.schedule.expect("a schedule").rrules;
                rules[0].starts_with("FREQ=WEEKLY;INTERVAL=1;") && !rules[0].contains("UNTIL")
            });
            assert!(weekly, "{}", group.label);
            rooms += usize::from(!bodies("offer").is_empty());
        }
        assert!(rooms >= 6, "{rooms}");
    }

    #[test]
    fn every_invented_record_is_marked_and_passes_the_rules() {
        let group_id = GroupId::from_bytes([1; 32]);
        for group in invented_groups(NOW) {
            for (collection, draft) in drafts(&group) {
                let prepared = prepare(collection, draft, &group_id, NOW)
                    .unwrap_or_else(|wrong| panic!("{}: {wrong:#?}", group.label));
                let title = hedgerow_core::summary::title_of(&prepared.decoded);
                assert!(
                    title.is_some_and(|title| title.contains("[test ")),
                    "{title:?}"
                );
            }
        }
    }

    #[test]
    fn every_place_is_in_the_gazetteer() {
        for group in invented_groups(NOW) {
            let (_, draft) = drafts(&group)[0];
            let listing = v1::Listing::decode(draft.body.as_slice()).expect("a listing");
            assert_eq!(listing.places.len(), 1, "{}", listing.name);
        }
    }
}
