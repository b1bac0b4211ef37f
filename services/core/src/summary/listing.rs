//! Summaries of listings.

use hedgerow_proto::v1;
use hedgerow_proto::v1::{ActivityState, Openness};

use super::cost::Cost;
use super::fields::Summary;
use super::last_day::last_day;
use super::place::SummaryPlace;
use super::texts::{Texts, accessibility_tags, timestamp, who_for_tags};

pub(super) fn summarise(body: &v1::Listing) -> Summary {
    let places = SummaryPlace::from_places(&body.places);
    let areas_served = SummaryPlace::from_places(&body.areas_served);
    let online = body.online.as_ref();
    Summary {
        title: body.name.clone(),
        summary: body.summary.clone(),
        other_names: body.other_names.clone(),
        text: text(body, &places, &areas_served),
        identifiers: body.identifiers.clone(),
        own_words: body.used_terms.clone(),
        rejected_terms: body.rejected_terms.clone(),
        tags: tags(body),
        who_for: body.who_for.clone(),
        languages: body.languages.clone(),
        places,
        areas_served,
        voice: Some(body.voice()),
        source: body.source.clone(),
        roles: body.roles().collect(),
        confirm_time: timestamp(body.confirm_time.as_ref()),
        website: Some(body.website.clone()).filter(|website| !website.is_empty()),
        activity_state: Some(match body.activity_state() {
            ActivityState::Unspecified => ActivityState::Active,
            state => state,
        }),
        open_to_new: match body.openness() {
            Openness::Unspecified => None,
            Openness::Open | Openness::OpenContactFirst => Some(true),
            Openness::WaitingList | Openness::Closed => Some(false),
        },
        how_to_join: body.how_to_join.clone(),
        accessibility: accessibility_tags(body.accessibility.as_ref()),
        cost: Cost::from_price(body.price.as_ref()),
        online: online.is_some_and(|online| online.available),
        online_only: online.is_some_and(|online| online.only),
        schedules: body.schedules.clone(),
        last_day: last_day(&body.runs_until),
        ..Summary::default()
    }
}

fn text(body: &v1::Listing, places: &[SummaryPlace], areas_served: &[SummaryPlace]) -> Vec<String> {
    let mut text = Texts::default();
    text.add(&[
        &body.description,
        &body.role_words,
        &body.self_description_words,
        &body.meaning_of_peer_words,
        &body.why_peer_support,
        &body.leadership_words,
        &body.how_decisions_are_made,
        &body.activity_words,
        &body.openness_words,
        &body.how_to_join_words,
        &body.first_time,
        &body.bringing_someone_words,
        &body.safety_note,
        &body.activity_state_words,
        &body.anything_else,
    ])
    .statement(body.values_statement.as_ref())
    .statement(body.code_of_practice.as_ref())
    .who_for(&body.who_for)
    .accessibility(body.accessibility.as_ref())
    .schedules(&body.schedules)
    .places(places)
    .places(areas_served);
    for affiliation in body.parents.iter().chain(&body.networks) {
        let name = affiliation
            .group
            .as_ref()
            .map_or("", |group| group.name.as_str());
        text.add(&[name, &affiliation.words]);
    }
    if let Some(work) = &body.peer_work {
        text.add(&[
            &work.training_words,
            &work.supervision_words,
            &work.progression_words,
        ])
        .all(&work.courses_taken);
    }
    text.take()
}

fn tags(body: &v1::Listing) -> Vec<String> {
    let work_roles = body.peer_work.as_ref().map(|work| work.roles.as_slice());
    let tags = [
        body.tags.as_slice(),
        &body.self_descriptions,
        &body.meanings_of_peer,
        &body.leadership,
        &body.values,
        &body.approaches,
        &body.structures,
        &body.settings,
        &body.activities,
        &body.membership_basis,
        &body.how_to_join,
        &body.organisation_forms,
        work_roles.unwrap_or_default(),
        &accessibility_tags(body.accessibility.as_ref()),
        &who_for_tags(&body.who_for),
        &[body.formality.clone(), body.duration.clone()],
    ];
    tags.concat()
}
