//! How heavy pages are when they are full: as many rows as a site shows, each with texts as long as
//! those of a wordy group.

use crate::components::{Check, Trust};
use crate::form::Form;
use crate::link::WebLink;
use crate::map::Maps;
use crate::pages::*;
use crate::response::html;
use crate::tests::samples::shell;
use crate::text::{Marked, Text};
use crate::view::*;

/// Bytes of a page before compression.
const MAX_BYTES: usize = 50_000;

/// Words of that many letters.
fn letters(count: usize) -> String {
    "A circle for people who look after each other. ".repeat(1 + count / 40)[..count].to_owned()
}

fn long(count: usize) -> Text {
    Text::new(&letters(count), "en-GB")
}

/// A group, or something of a group, with all that a row can say.
fn row(number: usize) -> Hit {
    let hits = crate::tests::samples::hits("words");
    let by = long(60);
    let (by, voice) = match number % 3 {
        0 => (Some(by), Voice::Itself(Confirmed::No)),
        1 => (None, Voice::OnBehalf { by }),
        _ => {
            let year = Some(2013);
            (None, Voice::Catalogued { by, year })
        }
    };
    let precision = match number % 2 {
        0 => Precision::Town,
        _ => Precision::Region,
    };
    let also = hits[0]
        .also
        .iter()
        .take(usize::from(number.is_multiple_of(5)));
    Hit {
        href: format!("/group/{}/listing/a-group-that-meets-here", "ab".repeat(32)),
        title: long(120),
        by,
        snippet: Marked::new(&letters(220), [(2, 8), (40, 50)], "en-GB"),
        place: Some(Place {
            distance: Some(4_200),
            ..Place::named(long(25), precision)
        }),
        online: number.is_multiple_of(2),
        join: Some(long(80)),
        state: None,
        room_then: None,
        voice,
        also: also.cloned().collect(),
        ..hits[0].clone()
    }
}

fn rows(count: i32) -> Vec<Hit> {
    (0..usize::try_from(count).unwrap()).map(row).collect()
}

fn choices(name: &'static str, count: usize) -> Vec<Choice> {
    let choice = |number| Choice {
        name,
        value: format!("community:of-kind-{number}"),
        label: Text::plain(&letters(20)),
        count: Some(1_234),
        is_chosen: number < 2,
    };
    (0..count).map(choice).collect()
}

/// As many values of each filter as are shown.
fn filters() -> Vec<FilterGroup> {
    use FilterHeading::{Access, Cost, Kind, Language, Other, Resource, WhoFor};
    let counts = [
        (Kind, 9),
        (Resource, 8),
        (WhoFor, 8),
        (FilterHeading::When, 12),
        (Access, 10),
        (Other, 1),
        (Cost, 2),
        (Language, 8),
    ];
    let group = |(heading, count)| FilterGroup {
        heading,
        choices: choices("who", count),
    };
    counts.map(group).into()
}

fn form() -> Form {
    let mut form = Form::default();
    for (name, value) in [
        ("q", "women with depression who like gardens"),
        ("near", "Sheffield, South Yorkshire"),
        ("within", "20mi"),
        ("who", "community:women"),
        ("who", "experience:depression"),
    ] {
        form.push(name, value);
    }
    form
}

fn check(name: &str, html: &str) {
    assert!(html.len() > 10_000, "{name}: the page is not full");
    assert!(html.len() <= MAX_BYTES, "{name}: {} bytes", html.len());
}

#[test]
fn a_full_page_of_results_is_small() {
    let found = Found {
        hits: rows(SEARCH_ROWS),
        total: 12_345,
        near: Some((long(60), true)),
        chosen: choices("who", 2),
        days: choices("set-on", 3),
        filters: filters(),
        this_week: Some(ThisWeek {
            place: long(40),
            is_inside: false,
            events: rows(5),
        }),
        next_page: letters(160),
        is_later_page: true,
        ..Found::default()
    };
    let view = SearchView {
        form: form(),
        found: Some(found),
        ..SearchView::default()
    };
    check("search", &html(&Search::new(shell(), view)));
}

#[test]
fn a_full_list_is_small() {
    let fact = |label, count| Item::Fact {
        label,
        values: vec![long(count)],
    };
    // What a fund says that states everything in long words: the most of all lists.
    let details = Details {
        items: vec![
            fact(Label::Amount, 30),
            Item::Sentence(Sentence::RunningCosts),
            fact(Label::Deadline, 20),
            Item::Sentence(Sentence::AnyTime),
            fact(Label::WhoDecides, 80),
            fact(Label::DecisionTime, 40),
            Item::Sentence(Sentence::OpenToUnconstituted),
            Item::Sentence(Sentence::ApplyByTalk),
            Item::Sentence(Sentence::ApplyByVideo),
            fact(Label::HowToApply, 160),
            fact(Label::CoDesignedWith, 80),
        ],
        fits_href: Some("/group/ab/offer/cd/fits".to_owned()),
        ..Details::default()
    };
    let view = ListView {
        form: form(),
        total: 12_345,
        // A list has few filters.
        filters: filters().split_off(5),
        rows: rows(LIST_ROWS)
            .into_iter()
            .map(|hit| (hit, details.clone()))
            .collect(),
        next_page: letters(160),
        is_later_page: true,
        ..ListView::new(List::Funding)
    };
    check("list", &html(&ListPage::new(shell(), view)));
}

#[test]
fn a_full_day_of_events_is_small() {
    let day = crate::tests::samples::day();
    let view = WhatsOnView {
        range: Range::Week,
        first: day,
        previous: day,
        next: day,
        form: form(),
        kinds: choices("kind", 30),
        crisis: Vec::new(),
        error: None,
        guessed_places: Vec::new(),
        near: Some((long(60), true)),
        other_places: Vec::new(),
        days: rows(EVENT_ROWS)
            .into_iter()
            .map(|hit| Day {
                date: day,
                hits: vec![hit],
            })
            .collect(),
        next_page: letters(160),
    };
    check("what is on", &html(&WhatsOn::new(shell(), view)));
}

#[test]
fn a_full_page_of_a_group_is_small() {
    let view = GroupRecordsView {
        name: long(120),
        group_href: "/group/ab".to_owned(),
        kind: Kind::Event,
        href: "/group/ab/event".to_owned(),
        hits: rows(SEARCH_ROWS),
        total: 12_345,
        next_page: letters(160),
        is_later_page: true,
    };
    check(
        "records of a group",
        &html(&GroupRecords::new(shell(), view)),
    );
}

#[test]
fn a_full_group_is_small() {
    let trust = || Trust {
        voice: Voice::Itself(Confirmed::No),
        check: Check {
            record_href: row(0).href + "/record",
            proof_href: row(0).href + "/proof",
            full_name: row(0).href,
            hash: "ab".repeat(32),
        },
        yours_href: Some(row(0).href + "/yours"),
        operator_contact: WebLink::mail("hello@directory.example"),
    };
    let section = |heading: &Heading| Section {
        heading: *heading,
        items: vec![Item::Prose(long(200)), Item::Prose(long(80))],
    };
    let own = RecordView {
        kind: Kind::Group,
        title: long(120),
        publisher: long(120),
        publisher_href: "/group/ab".to_owned(),
        summary: long(300),
        state: None,
        state_words: None,
        freshness: row(0).freshness,
        calendar_href: None,
        sections: Heading::ALL.iter().map(section).collect(),
        sources: Vec::new(),
        related: Vec::new(),
        locator: Maps::embedded().locator("South East", Some("Oxford"), None),
        trust: trust(),
    };
    assert!(own.locator.is_some());
    let part = |(kind, count): (Kind, i32)| GroupKind {
        kind,
        hits: rows(count),
        count: 1_234,
        all_href: Some("/group/ab/event".to_owned()),
    };
    let kinds = [
        (Kind::Event, GROUP_EVENTS),
        (Kind::Offer, GROUP_OTHERS),
        (Kind::Need, GROUP_OTHERS),
        (Kind::Story, GROUP_OTHERS),
        (Kind::Commitment, GROUP_OTHERS),
        (Kind::Vouch, GROUP_OTHERS),
    ];
    let view = GroupView {
        name: long(120),
        id: "ab".repeat(32),
        hidden: None,
        own: Some(own),
        kinds: kinds.map(part).into(),
        others: Vec::new(),
        calendar_href: Some("/group/ab/events.ics".to_owned()),
        message: None,
        operator_contact: None,
    };
    check("group", &html(&Group::new(shell(), view)));
}
