//! Drafts of records, as a steward would write them.

use hedgerow_proto::directory_v1::SearchFilter;
use hedgerow_proto::{steward_v1, v1};
use prost::Message;

/// The GeoNames id of Leeds.
pub const LEEDS: u32 = 2_644_688;

/// A town without a point, which the node adds from the gazetteer.
pub fn town(geonames_id: u32) -> v1::Place {
    v1::Place {
        precision: v1::Precision::Town.into(),
        geonames_id,
        ..Default::default()
    }
}

/// A support group in Leeds that describes itself.
pub fn listing(name: &str) -> v1::Listing {
    v1::Listing {
        name: name.to_owned(),
        summary: format!("{name} meets to talk and to listen. Invented for a test."),
        voice: v1::Voice::Itself.into(),
        roles: vec![v1::Role::SupportGroup.into()],
        languages: vec!["en".to_owned()],
        places: vec![town(LEEDS)],
        activity_state: v1::ActivityState::Active.into(),
        ..Default::default()
    }
}

/// A weekly event in Leeds that never ends.
pub fn event(title: &str) -> v1::Event {
    v1::Event {
        title: title.to_owned(),
        summary: "Tea and company. Invented for a test.".to_owned(),
        schedule: Some(v1::Schedule {
            words: "every Thursday evening".to_owned(),
            start: "2026-01-08T19:00".to_owned(),
            duration_minutes: 90,
            time_zone: "Europe/London".to_owned(),
            rrules: vec!["FREQ=WEEKLY;BYDAY=TH".to_owned()],
            ..Default::default()
        }),
        place: Some(town(LEEDS)),
        openness: v1::EventOpenness::Anyone.into(),
        status: v1::EventStatus::Planned.into(),
        ..Default::default()
    }
}

/// A room to share, in Leeds.
pub fn room(title: &str) -> v1::Offer {
    v1::Offer {
        resource: Some(v1::Resource {
            title: title.to_owned(),
            summary: "A room with a kettle. Invented for a test.".to_owned(),
            place: Some(town(LEEDS)),
            price: Some(v1::Price {
                kind: v1::PriceKind::Free.into(),
                ..Default::default()
            }),
            detail: Some(v1::resource::Detail::Space(v1::Space {
                capacity: 12,
                ..Default::default()
            })),
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// The filter of a search for words alone.
pub fn words(query: &str) -> SearchFilter {
    SearchFilter {
        query: query.to_owned(),
        ..Default::default()
    }
}

/// A draft that is published.
pub fn public(body: &impl Message) -> steward_v1::RecordDraft {
    draft(body, steward_v1::record_audience::Audience::Public(true))
}

/// A draft that stays on the node.
pub fn node_only(body: &impl Message) -> steward_v1::RecordDraft {
    draft(body, steward_v1::record_audience::Audience::NodeOnly(true))
}

fn draft(
    body: &impl Message,
    audience: steward_v1::record_audience::Audience,
) -> steward_v1::RecordDraft {
    steward_v1::RecordDraft {
        body: body.encode_to_vec(),
        language: "en".to_owned(),
        audience: Some(steward_v1::RecordAudience {
            audience: Some(audience),
        }),
        ..Default::default()
    }
}
