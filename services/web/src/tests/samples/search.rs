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
        error: Some(text(words)),
        near: Some((text(words), false)),
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
    };
    add("home", &Home::new(shell().at(Nav::Home), home));
    let empty = HomeView {
        kinds: Vec::new(),
        people: Vec::new(),
        run_by: text(""),
    };
    add("empty home", &Home::new(shell(), empty));
    add("search", &Search::new(shell(), search(words)));
    add("nothing found", &Search::new(shell(), nothing_found(words)));
    add("whats on", &WhatsOn::new(shell(), whats_on(words)));
}
