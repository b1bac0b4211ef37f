//! Each kind of record in short.

use hedgerow_proto::v1;
use hedgerow_proto::v1::ActivityState;
use hedgerow_proto::v1::EventOpenness;
use hedgerow_proto::v1::EventStatus;
use hedgerow_proto::v1::Openness;
use hedgerow_proto::v1::resource::Detail;

use super::Summary;
use super::SummaryPlace;
use super::free_of_charge;
use super::resource_kind;
use super::words::Texts;
use super::words::who_for_tags;
use crate::time::Timestamp;

pub(super) fn listing(body: &v1::Listing) -> Summary {
    let places = SummaryPlace::all(&body.places);
    let areas_served = SummaryPlace::all(&body.areas_served);
    let accessibility = tags_of(body.accessibility.as_ref());
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
    .places(&places)
    .places(&areas_served);
    for affiliation in body.parents.iter().chain(&body.networks) {
        let name = affiliation
            .group
            .as_ref()
            .map_or("", |group| group.name.as_str());
        text.add(&[name, &affiliation.words]);
    }
    let work = body.peer_work.clone().unwrap_or_default();
    text.add(&[
        &work.training_words,
        &work.supervision_words,
        &work.progression_words,
    ])
    .all(&work.courses_taken);

    let tags = [
        &body.tags,
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
        &work.roles,
        &accessibility,
        &who_for_tags(&body.who_for),
    ];
    let mut tags: Vec<String> = tags.into_iter().flatten().cloned().collect();
    tags.extend([body.formality.clone(), body.duration.clone()]);
    let online = body.online.as_ref();
    Summary {
        title: body.name.clone(),
        summary: body.summary.clone(),
        other_names: body.other_names.clone(),
        text: text.take(),
        own_words: body.used_terms.clone(),
        rejected_terms: body.rejected_terms.clone(),
        tags,
        who_for: body.who_for.clone(),
        languages: body.languages.clone(),
        places,
        areas_served,
        voice: Some(body.voice()),
        source: body.source.clone(),
        roles: body.roles().collect(),
        confirmed_at: time(body.confirmed_at.as_ref()),
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
        accessibility,
        free_of_charge: free_of_charge(body.cost.as_ref()),
        online: online.is_some_and(|online| online.available),
        online_only: online.is_some_and(|online| online.only),
        schedules: body.schedules.clone(),
        ..Summary::default()
    }
}

pub(super) fn event(body: &v1::Event) -> Summary {
    let places: Vec<_> = body.place.iter().filter_map(SummaryPlace::of).collect();
    let accessibility = tags_of(body.accessibility.as_ref());
    let mut text = Texts::default();
    text.add(&[
        &body.description,
        &body.how_to_join_words,
        &body.status_words,
        &body.safety_note,
    ])
    .who_for(&body.who_for)
    .accessibility(body.accessibility.as_ref())
    .schedules(&body.schedule)
    .places(&places);
    let tags = [
        &body.tags,
        &body.activities,
        &body.how_to_join,
        &accessibility,
        &who_for_tags(&body.who_for),
    ];
    let online = body.online.as_ref();
    Summary {
        title: body.title.clone(),
        summary: body.summary.clone(),
        text: text.take(),
        tags: tags.into_iter().flatten().cloned().collect(),
        who_for: body.who_for.clone(),
        languages: body.languages.clone(),
        places,
        open_to_new: match body.openness() {
            EventOpenness::Unspecified => None,
            EventOpenness::Anyone => Some(true),
            EventOpenness::OtherGroups | EventOpenness::Members => Some(false),
        },
        how_to_join: body.how_to_join.clone(),
        accessibility,
        capacity: Some(body.capacity).filter(|capacity| *capacity != 0),
        free_of_charge: free_of_charge(body.cost.as_ref()),
        online: online.is_some_and(|online| online.available),
        online_only: online.is_some_and(|online| online.only),
        schedules: body.schedule.iter().cloned().collect(),
        event_status: Some(match body.status() {
            EventStatus::Unspecified => EventStatus::Planned,
            status => status,
        }),
        ..Summary::default()
    }
}

pub(super) fn offer(body: &v1::Offer) -> Summary {
    let mut summary = resource(body.resource.as_ref(), &[&body.how_to_ask]);
    let own: Vec<_> = body
        .who_for
        .iter()
        .map(|who| who.own_words.clone())
        .collect();
    summary.text.extend(own);
    summary.tags.extend(who_for_tags(&body.who_for));
    summary.who_for.clone_from(&body.who_for);
    summary.confirmed_at = time(body.confirmed_at.as_ref());
    summary
}

pub(super) fn need(body: &v1::Need) -> Summary {
    let mut summary = resource(body.resource.as_ref(), &[&body.purpose, &body.in_return]);
    summary.confirmed_at = time(body.confirmed_at.as_ref());
    summary
}

fn resource(body: Option<&v1::Resource>, words: &[&str]) -> Summary {
    let Some(body) = body else {
        return Summary::default();
    };
    let places: Vec<_> = body.place.iter().filter_map(SummaryPlace::of).collect();
    let accessibility = tags_of(body.accessibility.as_ref());
    let mut text = Texts::default();
    text.add(words)
        .add(&[&body.description])
        .all(&body.conditions)
        .accessibility(body.accessibility.as_ref())
        .schedules(&body.schedule)
        .places(&places);
    let mut tags = [&body.tags, &accessibility].map(Vec::as_slice).concat();
    let mut capacity = 0;
    match &body.detail {
        Some(Detail::Space(it)) => {
            capacity = it.capacity;
            tags.extend_from_slice(&it.features);
            text.add(&[&it.toilets, &it.out_of_hours, &it.who_is_on_site]);
        }
        Some(Detail::Equipment(it)) => {
            tags.extend_from_slice(&it.items);
            text.add(&[&it.handover, &it.instructions]);
        }
        Some(Detail::Skills(it)) => {
            tags.extend_from_slice(&it.skills);
            text.add(&[&it.how_much, &it.background]);
        }
        Some(Detail::Training(it)) => {
            tags.extend_from_slice(&it.topics);
            text.add(&[
                &it.accredited_by,
                &it.given_by,
                &it.where_given,
                &it.length,
                &it.entry,
            ]);
        }
        Some(Detail::Documents(it)) => {
            tags.extend_from_slice(&it.kinds);
            text.all(
                &it.documents
                    .iter()
                    .map(|link| link.label.clone())
                    .collect::<Vec<_>>(),
            );
        }
        Some(Detail::Funding(it)) => {
            text.add(&[
                &it.who_decides,
                &it.how_to_apply,
                &it.reporting,
                &it.co_designed_with,
            ]);
        }
        Some(Detail::VolunteerTime(it)) => {
            tags.extend_from_slice(&it.tasks);
            text.add(&[&it.checks, &it.expenses]);
        }
        Some(Detail::TimeCredits(it)) => {
            text.add(&[&it.scheme, &it.words]);
        }
        None => {}
    }
    let online = body.online.as_ref();
    Summary {
        title: body.title.clone(),
        summary: body.summary.clone(),
        text: text.take(),
        tags,
        languages: body.languages.clone(),
        places,
        accessibility,
        resource_kind: Some(resource_kind(body)),
        capacity: Some(capacity).filter(|capacity| *capacity != 0),
        free_of_charge: free_of_charge(body.price.as_ref()),
        online: online.is_some_and(|online| online.available),
        online_only: online.is_some_and(|online| online.only),
        schedules: body.schedule.iter().cloned().collect(),
        availability: body.availability.clone(),
        ..Summary::default()
    }
}

pub(super) fn circumstances(body: &v1::Circumstances) -> Summary {
    let tags = [&body.funding_statuses, &body.evaluations, &body.help_wanted];
    let mut text = Texts::default();
    text.add(&[
        &body.funding_words,
        &body.sustainability,
        &body.evaluation_words,
        &body.help_wanted_words,
        &body.anything_else,
    ]);
    Summary {
        text: text.take(),
        tags: tags.into_iter().flatten().cloned().collect(),
        ..Summary::default()
    }
}

pub(super) fn vouch(body: &v1::Vouch) -> Summary {
    Summary {
        title: body
            .subject
            .as_ref()
            .map(|subject| subject.name.clone())
            .unwrap_or_default(),
        text: vec![body.words.clone()],
        ..Summary::default()
    }
}

pub(super) fn story(body: &v1::Story) -> Summary {
    let tags = [
        &body.communities,
        &body.experiences,
        &body.activities,
        &body.approaches,
    ];
    let mut text = Texts::default();
    text.add(&[
        &body.text,
        &body.perspective,
        &body.situation,
        &body.what_helped,
        &body.what_changed,
        &body.content_note,
    ]);
    Summary {
        title: body.title.clone(),
        summary: body.summary.clone(),
        text: text.take(),
        tags: tags.into_iter().flatten().cloned().collect(),
        ..Summary::default()
    }
}

pub(super) fn commitment(body: &v1::Commitment) -> Summary {
    let areas_served = SummaryPlace::all(&body.areas);
    let mut text = Texts::default();
    text.who_for(&body.who_for).places(&areas_served);
    for progress in &body.progress {
        text.add(&[&progress.words]);
    }
    for stream in &body.funding_streams {
        text.add(&[&stream.name, &stream.words]);
    }
    text.statement(body.statement.as_ref());
    Summary {
        title: body.title.clone(),
        summary: body.target_words.clone(),
        text: text.take(),
        tags: who_for_tags(&body.who_for),
        who_for: body.who_for.clone(),
        areas_served,
        ..Summary::default()
    }
}

fn tags_of(accessibility: Option<&v1::Accessibility>) -> Vec<String> {
    accessibility.map(|it| it.tags.clone()).unwrap_or_default()
}

fn time(time: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
    Timestamp::try_from(time?).ok()
}
