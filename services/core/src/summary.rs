//! The fields that an index or a list needs of a record, in one form for every kind.
//!
//! A summary is never more exact than its record: hidden places are left out, so that
//! they can be neither shown nor counted.

use crate::rules::RecordBody;

mod cost;
mod event;
mod fields;
mod last_day;
mod listing;
mod other_kinds;
mod over;
mod place;
mod resource;
mod texts;
mod use_limits;

pub use cost::Cost;
pub use fields::Summary;
pub use over::{end_time, over_since};
pub use place::SummaryPlace;
pub use resource::{funding_condition, pays_running_costs, resource_kind};
pub use use_limits::UseLimits;

impl Summary {
    /// Summarises a record; `None` for an unknown kind.
    #[must_use]
    pub fn from_body(body: &RecordBody) -> Option<Self> {
        let mut summary = match body {
            RecordBody::Listing(body) => listing::summarise(body),
            RecordBody::Circumstances(body) => other_kinds::circumstances(body),
            RecordBody::Event(body) => event::summarise(body),
            RecordBody::Offer(body) => resource::offer(body),
            RecordBody::Need(body) => resource::need(body),
            RecordBody::Vouch(body) => other_kinds::vouch(body),
            RecordBody::Story(body) => other_kinds::story(body),
            RecordBody::Commitment(body) => other_kinds::commitment(body),
            RecordBody::Unknown => return None,
        };
        summary.text.retain(|text| !text.trim().is_empty());
        let mut seen = std::collections::HashSet::new();
        summary
            .tags
            .retain(|tag| !tag.trim().is_empty() && seen.insert(tag.clone()));
        Some(summary)
    }
}

/// Returns the title of a record; `None` for an unknown kind or an empty title.
#[must_use]
pub fn title_of(body: &RecordBody) -> Option<&str> {
    let title = match body {
        RecordBody::Listing(body) => body.name.as_str(),
        RecordBody::Event(body) => &body.title,
        RecordBody::Offer(body) => body
            .resource
            .as_ref()
            .map_or("", |resource| &resource.title),
        RecordBody::Need(body) => body
            .resource
            .as_ref()
            .map_or("", |resource| &resource.title),
        RecordBody::Vouch(body) => body.subject.as_ref().map_or("", |subject| &subject.name),
        RecordBody::Story(body) => &body.title,
        RecordBody::Commitment(body) => &body.title,
        RecordBody::Circumstances(_) | RecordBody::Unknown => "",
    };
    Some(title).filter(|title| !title.is_empty())
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1;
    use hedgerow_proto::v1::resource::Detail;
    use hedgerow_proto::v1::{Precision, PriceKind, ResourceKind};

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
        let summary = Summary::from_body(&RecordBody::Listing(Box::new(listing))).unwrap();
        assert_eq!(summary.places.len(), 1);
        assert_eq!(
            summary.place().unwrap().region.as_deref(),
            Some("North East")
        );
    }

    #[test]
    fn searched_text_contains_own_words_and_no_contact() {
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
        let summary = Summary::from_body(&RecordBody::Listing(Box::new(listing))).unwrap();
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
    fn a_room_is_summarised() {
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
        let body = RecordBody::Offer(Box::new(offer));
        let summary = Summary::from_body(&body).unwrap();
        assert_eq!(summary.resource_kind, Some(ResourceKind::Space));
        assert_eq!(
            (summary.capacity, summary.cost.free_of_charge),
            (Some(12), Some(true))
        );
        assert_eq!(title_of(&body), Some("Meeting room"));
        assert_eq!(Summary::from_body(&RecordBody::Unknown), None);
    }
}
