//! The twelve invented groups, with their weekly events and rooms.

use std::collections::HashMap;

use hedgerow_core::{
    gazetteer::{Resolution, gazetteer},
    recurrence::next_occurrence,
    time::Timestamp,
};
use hedgerow_proto::v1;
use serde::Deserialize;

use super::{Publisher, label, put};
use crate::catalogue::{Catalogue, Field, add_tag, role};

/// A line of the generator.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line {
    Listing(Box<Listing>),
    Event(Box<Event>),
    Space(Box<Space>),
}

#[derive(Debug, Deserialize)]
struct Location {
    place: String,
}

#[derive(Debug, Deserialize)]
struct Listing {
    id: String,
    name: String,
    summary: String,
    url: String,
    location: Option<Location>,
    languages: Vec<String>,
    tags: Vec<String>,
    organisation_form: String,
    led_by: String,
    approaches: Vec<String>,
    communities: Vec<String>,
    experiences: Vec<String>,
    activities: Vec<String>,
    structure: Vec<String>,
    settings: Vec<String>,
    accessibility: Vec<String>,
    membership_openness: String,
    referral_routes: Vec<String>,
    duration: String,
    founded: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Cost {
    kind: String,
    amount_gbp: Option<i64>,
    #[serde(default)]
    per: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Event {
    listing_id: String,
    title: String,
    summary: String,
    location: Option<Location>,
    tags: Vec<String>,
    timezone: String,
    dtstart: String,
    duration: String,
    rrule: String,
    exdates: Vec<String>,
    capacity: Option<u32>,
    cost: Cost,
    attendance: String,
    accessibility: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Hours {
    byday: String,
    from: String,
    to: String,
}

#[derive(Debug, Deserialize)]
struct Space {
    listing_id: String,
    title: String,
    kind: String,
    summary: String,
    location: Option<Location>,
    capacity: Option<u32>,
    availability: Vec<Hours>,
    cost: Cost,
    conditions: Vec<String>,
    accessibility: Vec<String>,
    offer: String,
}

#[derive(Debug, Deserialize)]
struct RoleRow {
    listing_id: String,
    role: String,
}

/// The invented groups with what they publish. Events that will not take place again are
/// left out.
pub fn invented(now: Timestamp) -> Vec<Publisher> {
    let roles: HashMap<String, String> =
        csv::Reader::from_reader(include_str!("../../data/demo-roles.csv").as_bytes())
            .into_deserialize()
            .filter_map(Result::<RoleRow, _>::ok)
            .map(|row| (row.listing_id, row.role))
            .collect();
    let mut ids = Vec::new();
    let mut publishers: Vec<Publisher> = Vec::new();
    for line in include_str!("../../data/demo-groups.jsonl").lines() {
        let line: Line = serde_json::from_str(line).expect("the embedded groups are well formed");
        let (id, change) = match line {
            Line::Listing(read) => {
                ids.push(read.id.clone());
                publishers.push(Publisher {
                    label: label(&read.name),
                    changes: Vec::new(),
                });
                let role = roles.get(&read.id).map_or("", String::as_str);
                (read.id.clone(), Some(put("listing", &listing(*read, role))))
            }
            Line::Event(read) => {
                let id = read.listing_id.clone();
                let event = event(*read);
                let again = next_occurrence(&event, now).ok().flatten().is_some();
                (id, again.then(|| put("event", &event)))
            }
            Line::Space(read) => {
                let id = read.listing_id.clone();
                let change = if read.offer == "need" {
                    put("need", &need(*read))
                } else {
                    put("offer", &offer(*read))
                };
                (id, Some(change))
            }
        };
        let group = ids.iter().position(|known| *known == id);
        if let Some(group) = group {
            publishers[group].changes.extend(change);
        }
    }
    publishers
}

fn listing(read: Listing, role_name: &str) -> v1::Listing {
    let mut listing = v1::Listing {
        name: read.name,
        summary: read.summary,
        voice: v1::Voice::Itself.into(),
        roles: vec![role(role_name).into()],
        website: read.url,
        languages: read.languages,
        places: read.location.as_ref().and_then(town).into_iter().collect(),
        openness: match read.membership_openness.as_str() {
            "membership-openness:open-to-new-members" => v1::Openness::Open,
            "membership-openness:open-contact-first" => v1::Openness::OpenContactFirst,
            "membership-openness:waiting-list" => v1::Openness::WaitingList,
            "membership-openness:closed-to-new-members" => v1::Openness::Closed,
            _ => v1::Openness::Unspecified,
        }
        .into(),
        how_to_join: read.referral_routes,
        duration: read.duration,
        founded_year: read.founded.unwrap_or_default(),
        accessibility: accessibility(read.accessibility),
        activity_state: v1::ActivityState::Active.into(),
        ..Default::default()
    };
    let words = Catalogue::embedded().words();
    let lists = [
        (Field::OrganisationForm, vec![read.organisation_form]),
        (Field::LedBy, vec![read.led_by]),
        (Field::Approaches, read.approaches),
        (Field::Communities, read.communities),
        (Field::Conditions, read.experiences),
        (Field::Activities, read.activities),
        (Field::Structure, read.structure),
        (Field::Settings, read.settings),
    ];
    for (field, list) in lists {
        for word in list {
            if let Some(tag) = words.tag(field, &word) {
                add_tag(&mut listing, tag);
            }
        }
    }
    for tag in read.tags {
        add_tag(&mut listing, &tag);
    }
    listing
}

fn event(read: Event) -> v1::Event {
    let local = |time: &str| time.get(..16).unwrap_or(time).to_owned();
    let (activities, tags): (Vec<_>, Vec<_>) = read
        .tags
        .into_iter()
        .partition(|tag| tag.starts_with("activity:"));
    v1::Event {
        title: read.title,
        summary: read.summary,
        schedule: Some(v1::Schedule {
            start: local(&read.dtstart),
            duration_minutes: minutes(&read.duration),
            time_zone: read.timezone,
            rrules: vec![read.rrule],
            exdates: read.exdates.iter().map(|time| local(time)).collect(),
            ..Default::default()
        }),
        place: read.location.as_ref().and_then(town),
        online: (read.attendance != "in-person").then(|| v1::Online {
            available: true,
            only: read.attendance == "online",
            ..Default::default()
        }),
        openness: v1::EventOpenness::Anyone.into(),
        accessibility: accessibility(read.accessibility),
        cost: price(&read.cost, "session"),
        capacity: read.capacity.unwrap_or_default(),
        status: v1::EventStatus::Planned.into(),
        activities,
        tags,
        ..Default::default()
    }
}

fn offer(read: Space) -> v1::Offer {
    let welcome = "space-offer:small-or-new-groups-welcome";
    v1::Offer {
        small_groups_welcome: read.conditions.iter().any(|tag| tag == welcome),
        resource: Some(resource(read)),
        ..Default::default()
    }
}

fn need(read: Space) -> v1::Need {
    v1::Need {
        resource: Some(resource(read)),
        ..Default::default()
    }
}

fn resource(read: Space) -> v1::Resource {
    use v1::resource::Detail;

    let detail = match read.kind.as_str() {
        "space-offer:minibus-or-transport"
        | "space-offer:equipment-to-borrow"
        | "space-offer:printing" => Detail::Equipment(v1::Equipment::default()),
        _ => Detail::Space(v1::Space {
            capacity: read.capacity.unwrap_or_default(),
            ..Default::default()
        }),
    };
    let mut tags = vec![read.kind];
    tags.extend(read.conditions);
    v1::Resource {
        title: read.title,
        summary: read.summary,
        tags,
        place: read.location.as_ref().and_then(town),
        availability: Some(v1::Availability {
            time_zone: "Europe/London".to_owned(),
            weekly: read.availability.iter().map(hours).collect(),
            ..Default::default()
        }),
        price: price(&read.cost, "use"),
        accessibility: accessibility(read.accessibility),
        detail: Some(detail),
        ..Default::default()
    }
}

/// The gazetteer's own town. The generator's points are jittered, and not used.
fn town(location: &Location) -> Option<v1::Place> {
    let Resolution::One(town) = gazetteer().resolve(&location.place) else {
        return None;
    };
    Some(v1::Place {
        precision: v1::Precision::Town.into(),
        point: Some(town.point()),
        name: town.name.clone(),
        geonames_id: u32::try_from(town.geonames_id).ok()?,
        country: "GB".to_owned(),
        ..Default::default()
    })
}

fn accessibility(tags: Vec<String>) -> Option<v1::Accessibility> {
    (!tags.is_empty()).then(|| v1::Accessibility {
        text: String::new(),
        tags,
    })
}

fn price(cost: &Cost, per: &str) -> Option<v1::Price> {
    let kind = match cost.kind.as_str() {
        "free" => v1::PriceKind::Free,
        "donation" => v1::PriceKind::PayWhatYouCan,
        "fixed" => v1::PriceKind::Rate,
        _ => return None,
    };
    let amount = cost.amount_gbp.map(|pounds| v1::Money {
        currency: "GBP".to_owned(),
        minor_units: pounds * 100,
    });
    let per = cost.per.as_deref().unwrap_or(per);
    Some(v1::Price {
        kind: kind.into(),
        per: amount.as_ref().map(|_| per.to_owned()).unwrap_or_default(),
        amount,
        words: String::new(),
    })
}

fn hours(read: &Hours) -> v1::WeeklyHours {
    let weekday = match read.byday.as_str() {
        "MO" => v1::Weekday::Monday,
        "TU" => v1::Weekday::Tuesday,
        "WE" => v1::Weekday::Wednesday,
        "TH" => v1::Weekday::Thursday,
        "FR" => v1::Weekday::Friday,
        "SA" => v1::Weekday::Saturday,
        _ => v1::Weekday::Sunday,
    };
    v1::WeeklyHours {
        weekday: weekday.into(),
        opens_at: read.from.clone(),
        closes_at: read.to.clone(),
        out_of_hours: false,
    }
}

/// `PT1H30M` in minutes.
fn minutes(duration: &str) -> u32 {
    let rest = duration.strip_prefix("PT").unwrap_or_default();
    let (hours, rest) = rest.split_once('H').unwrap_or(("0", rest));
    let minutes = rest.strip_suffix('M').unwrap_or("0");
    hours.parse::<u32>().unwrap_or_default() * 60 + minutes.parse::<u32>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hedgerow_core::{id::GroupId, name::Collection, rules};
    use prost::Message;
    use v1::record_change::Change;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn drafts(publisher: &Publisher) -> Vec<(&str, &v1::RecordDraft)> {
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
        let groups = invented(NOW);
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
    fn everything_invented_says_so_and_passes_the_rules() {
        let group_id = GroupId::from_bytes([1; 32]);
        for group in invented(NOW) {
            for (collection, draft) in drafts(&group) {
                let collection = Collection::parse(collection).expect("a collection");
                let draft = rules::Draft {
                    group_id: &group_id,
                    collection: &collection,
                    body: &draft.body,
                    language: &draft.language,
                    subject: None,
                    confirmed: &[],
                    now: NOW,
                };
                let prepared = rules::prepare(&draft, &[])
                    .unwrap_or_else(|wrong| panic!("{}: {wrong:#?}", group.label));
                let title = hedgerow_core::summary::title_of(&prepared.known);
                assert!(
                    title.is_some_and(|title| title.contains("[test ")),
                    "{title:?}"
                );
            }
        }
    }

    #[test]
    fn every_place_is_in_the_gazetteer() {
        for group in invented(NOW) {
            let (_, draft) = drafts(&group)[0];
            let listing = v1::Listing::decode(draft.body.as_slice()).expect("a listing");
            assert_eq!(listing.places.len(), 1, "{}", listing.name);
        }
    }

    #[test]
    fn durations_are_minutes() {
        assert_eq!(
            [minutes("PT2H"), minutes("PT1H30M"), minutes("PT45M")],
            [120, 90, 45]
        );
    }
}
