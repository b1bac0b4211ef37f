//! What an index and a list need of a record, whatever its kind.
//!
//! Nothing here is finer than the record: a hidden place is not among the places, so
//! that it can be neither shown nor counted.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;
use hedgerow_proto::v1::PriceKind;
use hedgerow_proto::v1::ResourceKind;
use hedgerow_proto::v1::Voice;
use hedgerow_proto::v1::resource::Detail;

use crate::gazetteer::gazetteer;
use crate::rules::Known;
use crate::time::Timestamp;

mod kinds;
mod words;

/// A record in short.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// What to call it. A vouch is called by whom it is for.
    pub title: String,
    /// One or two sentences.
    pub summary: String,
    /// Other names under which it is to be found.
    pub other_names: Vec<String>,
    /// Text to search beside title, summary and other names.
    pub text: Vec<String>,
    /// Words that the group uses for itself: shown before any label.
    pub own_words: Vec<String>,
    /// Words that the group rejects: they find it and are never shown as its label.
    pub rejected_terms: Vec<String>,
    /// All its tags, without repeats.
    pub tags: Vec<String>,
    /// Who it is for; any one of these.
    pub who_for: Vec<v1::WhoFor>,
    /// BCP 47 tags of the languages spoken or signed.
    pub languages: Vec<String>,
    /// Where it is or happens, hidden places left out.
    pub places: Vec<SummaryPlace>,
    /// The areas that it serves, hidden ones left out.
    pub areas_served: Vec<SummaryPlace>,
    /// Whose voice it is, of a listing.
    pub voice: Option<Voice>,
    /// Where a catalogued listing is from.
    pub source: Option<v1::Source>,
    /// Roles, of a listing.
    pub roles: Vec<v1::Role>,
    /// When a person last said "still right".
    pub confirmed_at: Option<Timestamp>,
    /// The group's own website.
    pub website: Option<String>,
    /// Whether the group is going, of a listing; read as active where not said.
    pub activity_state: Option<v1::ActivityState>,
    /// Whether new people can come. Absent where not said.
    pub open_to_new: Option<bool>,
    /// Ways to join: tags.
    pub how_to_join: Vec<String>,
    /// Accessibility: tags.
    pub accessibility: Vec<String>,
    /// The kind of an offer or need.
    pub resource_kind: Option<ResourceKind>,
    /// How many people it holds, of a space or event. Absent where not said.
    pub capacity: Option<u32>,
    /// Whether it costs nothing. Absent where not said.
    pub free_of_charge: Option<bool>,
    /// Whether one can take part online.
    pub online: bool,
    /// Whether there is no other way to take part.
    pub online_only: bool,
    /// When it happens.
    pub schedules: Vec<v1::Schedule>,
    /// When it can be used, of an offer or need.
    pub availability: Option<v1::Availability>,
    /// Whether it goes ahead, of an event; read as planned where not said.
    pub event_status: Option<v1::EventStatus>,
}

/// A place in short.
#[derive(Debug, Clone, PartialEq)]
pub struct SummaryPlace {
    /// A name to show; may be empty.
    pub name: String,
    /// How exactly it is told.
    pub precision: Precision,
    /// Its point, where it has one.
    pub point: Option<v1::Point>,
    /// The GeoNames id of its town, where it names one.
    pub geonames_id: Option<u64>,
    /// The region as the gazetteer names it: from the town, the point or the record.
    pub region: Option<String>,
    /// The regions that the record names.
    pub regions: Vec<v1::RegionName>,
}

impl Summary {
    /// The record in short; `None` for a kind that this build does not know.
    #[must_use]
    pub fn of(known: &Known) -> Option<Self> {
        let mut summary = match known {
            Known::Listing(body) => kinds::listing(body),
            Known::Circumstances(body) => kinds::circumstances(body),
            Known::Event(body) => kinds::event(body),
            Known::Offer(body) => kinds::offer(body),
            Known::Need(body) => kinds::need(body),
            Known::Vouch(body) => kinds::vouch(body),
            Known::Story(body) => kinds::story(body),
            Known::Commitment(body) => kinds::commitment(body),
            Known::Unknown => return None,
        };
        summary.text.retain(|text| !text.trim().is_empty());
        let mut seen = std::collections::HashSet::new();
        summary
            .tags
            .retain(|tag| !tag.trim().is_empty() && seen.insert(tag.clone()));
        Some(summary)
    }

    /// The place to show: the first that has a point, else the first, else the first
    /// area served.
    #[must_use]
    pub fn place(&self) -> Option<&SummaryPlace> {
        let pointed = self.places.iter().find(|place| place.point.is_some());
        pointed
            .or(self.places.first())
            .or(self.areas_served.first())
    }
}

impl SummaryPlace {
    fn of(place: &v1::Place) -> Option<Self> {
        let precision = place.precision();
        if matches!(precision, Precision::Hidden | Precision::Unspecified) {
            return None;
        }
        let id = Some(u64::from(place.geonames_id)).filter(|id| *id != 0);
        let by_id = || id.and_then(|id| gazetteer().by_id(id));
        let by_point = || {
            let point = place.point?;
            let (nearest, distance) = gazetteer().nearest(point.latitude_e7, point.longitude_e7)?;
            (distance < 30_000.0).then_some(nearest)
        };
        let named = place.regions.iter().find(|region| region.scheme == "ons");
        let region = by_id()
            .or_else(by_point)
            .map(|town| town.region.clone())
            .or_else(|| named.map(|region| region.name.clone()))
            .or_else(|| gazetteer().region(&place.name).map(str::to_owned));
        Some(Self {
            name: shown_name(place),
            precision,
            point: place.point,
            geonames_id: id,
            region,
            regions: place.regions.clone(),
        })
    }

    fn all(places: &[v1::Place]) -> Vec<Self> {
        places.iter().filter_map(Self::of).collect()
    }
}

fn shown_name(place: &v1::Place) -> String {
    let region = || place.regions.first().map(|region| region.name.clone());
    let town = || {
        gazetteer()
            .by_id(u64::from(place.geonames_id))
            .map(|town| town.name.clone())
    };
    let named = Some(&place.name).filter(|name| !name.is_empty()).cloned();
    named.or_else(town).or_else(region).unwrap_or_default()
}

/// What a record is called; `None` for an unknown kind, or where it has no title.
#[must_use]
pub fn title_of(known: &Known) -> Option<&str> {
    let title = match known {
        Known::Listing(body) => body.name.as_str(),
        Known::Event(body) => &body.title,
        Known::Offer(body) => body
            .resource
            .as_ref()
            .map_or("", |resource| &resource.title),
        Known::Need(body) => body
            .resource
            .as_ref()
            .map_or("", |resource| &resource.title),
        Known::Vouch(body) => body.subject.as_ref().map_or("", |subject| &subject.name),
        Known::Story(body) => &body.title,
        Known::Commitment(body) => &body.title,
        Known::Circumstances(_) | Known::Unknown => "",
    };
    Some(title).filter(|title| !title.is_empty())
}

/// The kind of an offer or need: which detail it has.
#[must_use]
pub fn resource_kind(resource: &v1::Resource) -> ResourceKind {
    match resource.detail {
        Some(Detail::Space(_)) => ResourceKind::Space,
        Some(Detail::Equipment(_)) => ResourceKind::Equipment,
        Some(Detail::Skills(_)) => ResourceKind::Skills,
        Some(Detail::Training(_)) => ResourceKind::Training,
        Some(Detail::Documents(_)) => ResourceKind::Documents,
        Some(Detail::Funding(_)) => ResourceKind::Funding,
        Some(Detail::VolunteerTime(_)) => ResourceKind::VolunteerTime,
        Some(Detail::TimeCredits(_)) => ResourceKind::TimeCredits,
        None => ResourceKind::Unspecified,
    }
}

fn free_of_charge(price: Option<&v1::Price>) -> Option<bool> {
    match price?.kind() {
        PriceKind::Unspecified => None,
        PriceKind::Free => Some(true),
        // A donation, or nothing: nobody has to pay.
        PriceKind::PayWhatYouCan => Some(true),
        PriceKind::Cost | PriceKind::Rate => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_place_is_neither_shown_nor_counted() {
        let place = |precision: Precision, name: &str| v1::Place {
            precision: precision as i32,
            name: name.into(),
            ..Default::default()
        };
        let listing = v1::Listing {
            name: "Quiet Corner".into(),
            places: vec![
                place(Precision::Hidden, "smuggled"),
                place(Precision::Region, "North East"),
            ],
            ..Default::default()
        };
        let summary = Summary::of(&Known::Listing(Box::new(listing))).unwrap();
        assert_eq!(summary.places.len(), 1);
        assert_eq!(
            summary.place().unwrap().region.as_deref(),
            Some("North East")
        );
    }

    #[test]
    fn what_is_searched_holds_own_words_and_no_contact() {
        let listing = v1::Listing {
            name: "Quiet Corner".into(),
            summary: "Tea and company.".into(),
            description: "We sit together.".into(),
            used_terms: vec!["circle".into()],
            rejected_terms: vec!["patients".into()],
            activities: vec!["activity:gardening".into(), "activity:gardening".into()],
            contacts: vec![v1::ContactChannel {
                value: "0191 496 0000".into(),
                ..Default::default()
            }],
            ..Default::default()
        };
        let summary = Summary::of(&Known::Listing(Box::new(listing))).unwrap();
        assert_eq!(summary.title, "Quiet Corner");
        assert_eq!(summary.tags, ["activity:gardening"]);
        assert_eq!(summary.own_words, ["circle"]);
        assert_eq!(summary.rejected_terms, ["patients"]);
        assert!(summary.text.iter().any(|text| text == "We sit together."));
        assert!(
            !summary
                .text
                .iter()
                .any(|text| text.contains("0191") || text.contains("patients"))
        );
    }

    #[test]
    fn a_room_is_summed_up() {
        let offer = v1::Offer {
            resource: Some(v1::Resource {
                title: "Meeting room".into(),
                price: Some(v1::Price {
                    kind: PriceKind::Free as i32,
                    ..Default::default()
                }),
                detail: Some(Detail::Space(v1::Space {
                    capacity: 12,
                    ..Default::default()
                })),
                ..Default::default()
            }),
            ..Default::default()
        };
        let known = Known::Offer(Box::new(offer));
        let summary = Summary::of(&known).unwrap();
        assert_eq!(summary.resource_kind, Some(ResourceKind::Space));
        assert_eq!(
            (summary.capacity, summary.free_of_charge),
            (Some(12), Some(true))
        );
        assert_eq!(title_of(&known), Some("Meeting room"));
        assert_eq!(Summary::of(&Known::Unknown), None);
    }
}
