//! Stories, promises, and what one group says of another.

use chrono::NaiveDate;
use hedgerow_proto::v1;
use hedgerow_proto::v1::VouchGrade;
use hedgerow_web::Text;
use hedgerow_web::view::{Figure, Heading, Item, Label, Line, Progress, Section, Sentence};

use super::builder::Sections;
use crate::times::local;
use crate::words::{date, parsed_day};

/// The clock on which the last day of a vouch is shown.
const CLOCK: &str = hedgerow_input::time::DEFAULT_ZONE;

pub(crate) fn story(story: &v1::Story, s: &Sections<'_>) -> Vec<Section> {
    let about = [
        s.prose(&story.content_note),
        s.prose(&story.text),
        s.fact(Label::Perspective, &story.perspective),
        s.fact(Label::Situation, &story.situation),
        s.fact(Label::WhatHelped, &story.what_helped),
        s.fact(Label::WhatChanged, &story.what_changed),
    ];
    let tags = story.communities.iter().chain(&story.experiences);
    let mut more = vec![s.tags(
        Label::Tags,
        tags.chain(&story.activities).chain(&story.approaches),
    )];
    more.extend(s.links(&story.links));
    let sections = [
        s.section(Heading::About, about),
        s.section(Heading::More, more),
    ];
    sections.into_iter().flatten().collect()
}

pub(crate) fn commitment(commitment: &v1::Commitment, s: &Sections<'_>) -> Vec<Section> {
    let accountable = commitment.accountable_to.iter().map(|group| &group.name);
    let reports = commitment.progress.iter().rev();
    let mut about = vec![
        s.prose(&commitment.target_words),
        Some(Item::Progress(progress(commitment, s))),
        s.date(Label::CountedFrom, &commitment.baseline_date),
        s.lines(Label::Reports, reports.map(|one| report(one, s))),
        s.tags(Label::AccountableTo, accountable),
    ];
    about.extend(s.statement(commitment.statement.as_ref()));
    let mut money = Vec::new();
    for stream in &commitment.funding_streams {
        money.push(s.lines(Label::Streams, [funding_stream(stream, s)]));
        money.extend(s.who_for(&stream.who_for));
    }
    let areas = commitment.areas.iter();
    let sections = [
        s.section(Heading::About, about),
        s.section(Heading::ForMe, s.who_for(&commitment.who_for)),
        s.section(
            Heading::WhenAndWhere,
            [s.lines(Label::Areas, areas.map(|area| s.area(area)))],
        ),
        s.section(Heading::More, money),
    ];
    sections.into_iter().flatten().collect()
}

/// How far a promise is, by its last report.
pub(super) fn progress(commitment: &v1::Commitment, s: &Sections<'_>) -> Progress {
    let latest = commitment.progress.last();
    Progress {
        target: figure(commitment.target.as_ref(), s),
        baseline: figure(commitment.baseline.as_ref(), s),
        latest: figure(latest.and_then(|latest| latest.figure.as_ref()), s),
        reported: latest.and_then(|latest| parsed_day(&latest.report_date)),
        due: parsed_day(&commitment.due_date),
    }
}

fn figure(figure: Option<&v1::Figure>, s: &Sections<'_>) -> Option<Figure> {
    let figure = figure?;
    let is_stated = figure.value.is_some() || figure.fewer_than > 0;
    is_stated.then(|| Figure {
        value: figure.value,
        fewer_than: figure.fewer_than,
        unit: s.text(&figure.unit),
    })
}

fn report(report: &v1::Progress, s: &Sections<'_>) -> Line {
    let figure = figure(report.figure.as_ref(), s);
    let parts = [
        Some(date(&report.report_date, s.words)),
        figure.map(|figure| figure.in_words(s.words)),
    ];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    let text = parts.collect::<Vec<_>>().join(": ");
    Line::new(Text::plain(&text), s.text(&report.words))
}

fn funding_stream(stream: &v1::FundingStream, s: &Sections<'_>) -> Line {
    let figure = figure(stream.figure.as_ref(), s);
    let parts = [
        Some(stream.name.clone()),
        stream.amount.as_ref().map(|amount| s.money(amount)),
        figure.map(|figure| figure.in_words(s.words)),
    ];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    let text = parts.collect::<Vec<_>>().join(", ");
    Line::new(s.text(&text), s.text(&stream.words))
}

pub(crate) fn vouch(vouch: &v1::Vouch, s: &Sections<'_>) -> Vec<Section> {
    let name = vouch.subject.as_ref().map_or("", |group| &group.name);
    let grade = match vouch.grade() {
        VouchGrade::Affiliated => Some(Sentence::VouchAffiliated),
        VouchGrade::Supported => Some(Sentence::VouchSupported),
        VouchGrade::Endorsed => Some(Sentence::VouchEndorsed),
        VouchGrade::KnownToUs => Some(Sentence::VouchKnown),
        VouchGrade::Unspecified => None,
    };
    let about = [
        match name {
            "" => s.ours(Label::SpeaksFor, &s.words.text("vouch-no-name")),
            name => s.fact(Label::SpeaksFor, name),
        },
        grade.map(Item::Sentence),
        s.prose(&vouch.words),
        s.ours(Label::SpeaksUntil, &last_day(vouch, s).unwrap_or_default()),
    ];
    s.section(Heading::About, about).into_iter().collect()
}

pub(crate) fn circumstances(of: &v1::Circumstances, s: &Sections<'_>) -> Vec<Section> {
    let report = of.evaluation_report.iter();
    let mut items = vec![
        s.tags(Label::PaidBy, &of.funding_statuses),
        s.prose(&of.funding_words),
        s.date(Label::PaidUntil, &of.funded_until),
        s.fact(Label::Future, &of.sustainability),
        s.tags(Label::HelpWanted, &of.help_wanted),
        s.prose(&of.help_wanted_words),
        s.tags(Label::Evaluation, &of.evaluations),
        s.prose(&of.evaluation_words),
    ];
    items.extend(report.map(|one| s.link(Label::Evaluation, &one.url, &one.label)));
    items.push(s.prose(&of.anything_else));
    s.section(Heading::About, items).into_iter().collect()
}

fn last_day(vouch: &v1::Vouch, s: &Sections<'_>) -> Option<String> {
    let time = vouch.expire_time.as_ref()?.try_into().ok()?;
    let day: NaiveDate = local(time, CLOCK).date();
    Some(s.words.date(day))
}
