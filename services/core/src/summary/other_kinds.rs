//! Summaries of the shorter kinds: circumstances, vouches, stories, commitments.

use hedgerow_proto::v1;

use super::fields::Summary;
use super::place::SummaryPlace;
use super::texts::{Texts, who_for_tags};

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
    let areas_served = SummaryPlace::from_places(&body.areas);
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
