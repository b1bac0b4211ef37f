//! The home page, searches and what's on.

use crate::form::Form;
use crate::pages::*;
use crate::shell::Nav;
use crate::tests::samples::Add;
use crate::tests::samples::basics::*;
use crate::tests::samples::rows::*;
use crate::view::*;

fn search(words: &str) -> SearchView {
    let mut form = Form::default();
    for name in ["q", "near", "within", "who"] {
        form.push(name, words);
    }
    SearchView {
        form,
        crisis: shell().site.crisis,
        notes: vec![text(words)],
        error: Some(("near", text(words))),
        guessed_places: vec![choice(words)],
        found: Some(Found {
            hits: hits(words),
            total: 4,
            near: Some((text(words), true)),
            other_places: vec![choice(words)],
            notices: vec![
                Notice::LeftOut(vec![text(words)]),
                Notice::Refused(vec![text(words)]),
                Notice::Guess {
                    typed: text(words),
                    instead: vec![text(words)],
                },
                Notice::Also {
                    typed: text(words),
                    others: vec![text(words)],
                },
                Notice::Unknown {
                    typed: text(words),
                    nearest: vec![text(words)],
                },
                Notice::SomeWordsOnly,
                Notice::PlaceAmongWords {
                    place: text(words),
                    query: words.to_owned(),
                },
            ],
            chosen: vec![choice(words)],
            days: vec![choice(words)],
            this_week: Some(week(words)),
            other_roles: None,
            filters: vec![FilterGroup {
                heading: FilterHeading::WhoFor,
                choices: vec![choice(words)],
            }],
            relaxations: Vec::new(),
            wider: None,
            next_page: words.to_owned(),
            is_later_page: true,
        }),
        picked: vec!["/group/ab/listing/cd".to_owned(), words.to_owned()],
        is_by_link: true,
    }
}

fn week(words: &str) -> ThisWeek {
    ThisWeek {
        place: text(words),
        is_inside: true,
        events: hits(words),
    }
}

fn nothing_found(words: &str) -> SearchView {
    let relaxation = Relaxation {
        without: vec![words.to_owned()],
        label: Some(text(words)),
        count: 2,
    };
    SearchView {
        found: Some(Found {
            relaxations: vec![relaxation],
            wider: Some(choice(words)),
            other_roles: Some(choice(words)),
            ..Found::default()
        }),
        ..SearchView::default()
    }
}

fn whats_on(words: &str) -> WhatsOnView {
    let mut form = Form::default();
    form.push("near", words);
    WhatsOnView {
        range: Range::Week,
        first: day(),
        previous: day(),
        next: day(),
        form,
        kinds: vec![choice(words)],
        crisis: shell().site.crisis,
        error: Some(text(words)),
        guessed_places: vec![choice(words)],
        near: Some((text(words), false)),
        other_places: vec![choice(words)],
        days: vec![Day {
            date: day(),
            hits: hits(words),
        }],
        next_page: words.to_owned(),
    }
}

pub(super) fn add_searches(words: &str, add: Add<'_>) {
    let home = HomeView {
        kinds: Kind::ALL.map(|kind| (kind, choice(words))).into(),
        people: vec![choice(words)],
        run_by: text(words),
        ..HomeView::default()
    };
    add("home", &Home::new(shell().at(Nav::Home), home));
    let mut form = Form::default();
    for name in ["q", "near", "within"] {
        form.push(name, words);
    }
    let with_place = HomeView {
        form,
        crisis: shell().site.crisis,
        error: Some(("near", text(words))),
        guessed_places: vec![choice(words)],
        other_places: vec![choice(words)],
        this_week: Some(week(words)),
        kinds: vec![(Kind::Event, choice(words))],
        ..HomeView::default()
    };
    add("home with a place", &Home::new(shell(), with_place));
    let nothing_on = HomeView {
        this_week: Some(ThisWeek {
            events: Vec::new(),
            place: text(""),
            is_inside: false,
        }),
        kinds: vec![(Kind::Event, choice(words))],
        ..HomeView::default()
    };
    add("home with nothing on", &Home::new(shell(), nothing_on));
    add("empty home", &Home::new(shell(), HomeView::default()));
    add("search", &Search::new(shell(), search(words)));
    add("nothing found", &Search::new(shell(), nothing_found(words)));
    add("whats on", &WhatsOn::new(shell(), whats_on(words)));
    let empty = WhatsOnView {
        crisis: Vec::new(),
        error: None,
        guessed_places: Vec::new(),
        other_places: Vec::new(),
        days: Vec::new(),
        next_page: String::new(),
        ..whats_on(words)
    };
    add("whats on without events", &WhatsOn::new(shell(), empty));
}
