//! Reads the lines of the generator of invented groups as records.

use hedgerow_cli::catalogue::{Catalogue, Field, add_tag};
use hedgerow_places::{Evidence, Meaning, Places};
use hedgerow_proto::v1;
use prost::Message as _;
use serde::Deserialize;

/// One line of the generator as a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// The line's own id, `urn:uuid:…`.
    pub id: String,
    /// The id of the publishing group's listing.
    pub group: String,
    pub body: Body,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Listing(Box<v1::Listing>),
    Event(Box<v1::Event>),
    Offer(Box<v1::Offer>),
    Need(Box<v1::Need>),
}

impl Generated {
    /// Reads one line. A group whose first approach is to support other groups becomes a
    /// network, any other a support group: the generator has no roles.
    ///
    /// # Errors
    /// If it is not a line of the generator.
    pub fn read(line: &str) -> Result<Self, serde_json::Error> {
        let (id, group, body) = match serde_json::from_str(line)? {
            Line::Listing(read) => {
                let id = read.id.clone();
                (id.clone(), id, Body::Listing(Box::new(listing(*read))))
            }
            Line::Event(read) => (
                read.id.clone(),
                read.listing_id.clone(),
                Body::Event(Box::new(event(*read))),
            ),
            Line::Space(read) => {
                let (id, group) = (read.id.clone(), read.listing_id.clone());
                let body = if read.offer == "need" {
                    Body::Need(Box::new(need(*read)))
                } else {
                    Body::Offer(Box::new(offer(*read)))
                };
                (id, group, body)
            }
        };
        Ok(Self { id, group, body })
    }
}

impl Body {
    pub fn collection(&self) -> &'static str {
        match self {
            Self::Listing(_) => "listing",
            Self::Event(_) => "event",
            Self::Offer(_) => "offer",
            Self::Need(_) => "need",
        }
    }

    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Listing(listing) => listing.encode_to_vec(),
            Self::Event(event) => event.encode_to_vec(),
            Self::Offer(offer) => offer.encode_to_vec(),
            Self::Need(need) => need.encode_to_vec(),
        }
    }
}

/// A line as the generator writes it.
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
    #[serde(default)]
    county: String,
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
    own_words: Vec<Word>,
    status: String,
}

/// A word that the group uses for itself or rejects, by its status.
#[derive(Debug, Deserialize)]
struct Word {
    term: String,
    status: String,
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
    id: String,
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
    id: String,
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

fn listing(read: Listing) -> v1::Listing {
    let brings_groups_together = read
        .approaches
        .first()
        .is_some_and(|first| first == "supporting-development");
    let role = if brings_groups_together {
        v1::Role::Network
    } else {
        v1::Role::SupportGroup
    };
    let mut listing = v1::Listing {
        name: read.name,
        summary: read.summary,
        voice: v1::Voice::Itself.into(),
        roles: vec![role.into()],
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
        used_terms: terms_with_status(&read.own_words, "used"),
        rejected_terms: terms_with_status(&read.own_words, "rejected"),
        activity_state: match read.status.as_str() {
            "paused" => v1::ActivityState::Paused,
            "ended" => v1::ActivityState::Closed,
            _ => v1::ActivityState::Active,
        }
        .into(),
        ..Default::default()
    };
    let catalogue = Catalogue::embedded();
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
            if let Some(term) = catalogue.term(field, &word) {
                add_tag(&mut listing, term);
            }
        }
    }
    for tag in read.tags {
        add_tag(&mut listing, &tag);
    }
    listing
}

fn terms_with_status(words: &[Word], status: &str) -> Vec<String> {
    words
        .iter()
        .filter(|word| word.status == status)
        .map(|word| word.term.clone())
        .collect()
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
        price: price(&read.cost, "session"),
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
        | "space-offer:online-meeting-account"
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

/// The town of that name in the county, or the likely one if there are several. The generator's
/// points are not used: it adds noise to them.
fn town(location: &Location) -> Option<v1::Place> {
    let places = Places::embedded();
    let evidence = Evidence {
        within: Some(&location.county),
        ..Evidence::default()
    };
    let place = match places.resolve(&location.place, &evidence).ok()? {
        Meaning::Place(place) | Meaning::Ask { likely: place, .. } => *place,
        // Its county is one that the places know by another name.
        Meaning::Unknown { nearest } => nearest.into_iter().next()?,
        Meaning::Area(_) | Meaning::Districts { .. } => return None,
    };
    let town = places.town(&place)?;
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
        ..Default::default()
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
        opening_time: read.from.clone(),
        closing_time: read.to.clone(),
        ..v1::WeeklyHours::default()
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
    use super::*;

    #[test]
    fn a_groups_own_words_and_its_pause_are_kept() {
        let line = r#"{"type":"listing","id":"urn:uuid:1","name":"A [test 1]","summary":"",
            "url":"","location":null,"languages":["en"],"tags":[],
            "own_words":[{"term":"collective","status":"used"},
                {"term":"patient","status":"rejected"}],
            "organisation_form":"","led_by":"","approaches":["self-help"],"communities":[],
            "experiences":[],"activities":[],"structure":[],"settings":[],"accessibility":[],
            "membership_openness":"","referral_routes":[],"duration":"","founded":null,
            "status":"paused"}"#;
        let read = Generated::read(line).expect("a line");
        assert_eq!(
            (read.id.as_str(), read.group),
            ("urn:uuid:1", read.id.clone())
        );
        assert_eq!(read.body.collection(), "listing");
        let Body::Listing(listing) = read.body else {
            panic!("{:?}", read.body);
        };
        assert_eq!(listing.used_terms, ["collective"]);
        assert_eq!(listing.rejected_terms, ["patient"]);
        assert_eq!(listing.activity_state(), v1::ActivityState::Paused);
        assert_eq!(listing.roles, [i32::from(v1::Role::SupportGroup)]);
    }

    #[test]
    fn durations_are_minutes() {
        assert_eq!(
            [minutes("PT2H"), minutes("PT1H30M"), minutes("PT45M")],
            [120, 90, 45]
        );
    }
}
