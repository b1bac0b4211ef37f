//! Every kind of item that a section can have.

use crate::link::WebLink;
use crate::tests::samples::basics::*;
use crate::tests::samples::rows::place;
use crate::text::Text;
use crate::view::*;

pub(super) fn figure(value: Option<f64>, words: &str) -> Figure {
    Figure {
        value,
        fewer_than: 5,
        unit: text(words),
    }
}

pub(super) fn progress(words: &str) -> Progress {
    Progress {
        target: Some(figure(Some(40.0), words)),
        baseline: Some(figure(Some(2.5), words)),
        latest: Some(figure(Some(12.0), words)),
        reported: Some(day()),
        due: Some(day()),
    }
}

pub(in crate::tests) fn items(words: &str) -> Vec<Item> {
    let times = Times {
        words: Some(text(words)),
        rules: vec![text(words)],
        changes: vec![Line::new(text(words), text(words))],
        next: vec![When {
            start: at(19),
            end: None,
            is_on_now: false,
        }],
        zone: Some(text(words)),
        last: None,
    };
    let over = Times {
        last: Some(at(9)),
        next: Vec::new(),
        ..times.clone()
    };
    let mut items = vec![
        Item::Prose(text(words)),
        Item::Fact {
            label: Label::Tags,
            values: vec![text(words)],
        },
        Item::Fact {
            label: Label::Tags,
            values: vec![text(words), text(words)],
        },
        Item::Sentence(Sentence::OpenToNew),
        Item::Lines {
            label: Label::Reports,
            lines: vec![
                Line::new(text(words), text(words)),
                Line::new(text(words), Text::default()),
                Line::new(Text::default(), text(words)),
            ],
        },
        Item::Progress(progress(words)),
        Item::Folded(Fold::About, vec![Item::Prose(text(words))]),
        Item::Folded(Fold::PeerWork, vec![Item::Prose(text(words))]),
        Item::Times(times),
        Item::Times(over),
        Item::Place(place(words)),
        Item::Contact(Contact {
            way: ContactWay::Email,
            link: link(words),
            value: text(words),
            words: vec![text(words)],
        }),
    ];
    let service = CrisisService {
        country: String::new(),
        name: text(words),
        phone: words.to_owned(),
        text: text(words),
        words: text(words),
    };
    items.push(Item::Crisis(service));
    let link = WebLink::web("https://example.org/")
        .unwrap()
        .labelled(text(words));
    items.push(Item::Link {
        label: Label::Website,
        link,
    });
    items
}
