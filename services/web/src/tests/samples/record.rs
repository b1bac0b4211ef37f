//! The pages of a record and of its group.

use crate::components::{Check, MessageDraft, MessageProblem, SealTo, Trust};
use crate::form::Form;
use crate::map::{Locator, Maps};
use crate::pages::*;
use crate::tests::samples::Add;
use crate::tests::samples::basics::*;
use crate::tests::samples::items::items;
use crate::tests::samples::rows::*;
use crate::view::*;

fn record(words: &str, voice: Voice) -> RecordView {
    RecordView {
        kind: Kind::Event,
        title: text(words),
        publisher: text(words),
        publisher_href: "/group/ab".to_owned(),
        summary: text(words),
        state: Some(State::Cancelled),
        state_words: Some(text(words)),
        freshness: Freshness::Confirmed { on: day() },
        calendar_href: Some("/group/ab/event/cd/event.ics".to_owned()),
        sections: Heading::ALL
            .iter()
            .map(|&heading| Section {
                heading,
                items: match heading {
                    Heading::About => items(words),
                    _ => vec![Item::Prose(text(words))],
                },
            })
            .collect(),
        sources: vec![(text(words), link(words))],
        related: hits(words),
        locator: locator(Some("Sheffield")),
        trust: Trust {
            voice,
            check: Check {
                record_href: "/group/ab/listing/cd/record".to_owned(),
                proof_href: "/group/ab/listing/cd/proof".to_owned(),
                full_name: "ab/listing/cd".to_owned(),
                hash: "00".to_owned(),
            },
            yours_href: Some("/group/ab/listing/cd/yours".to_owned()),
            operator_contact: link(words),
        },
    }
}

/// A map of a council with a position in it, or of a region.
fn locator(council: Option<&str>) -> Option<Locator> {
    let position = Some([-14_659_000, 533_830_000]);
    Maps::embedded().locator("Yorkshire and the Humber", council, position)
}

fn group(words: &str) -> GroupView {
    let part = |kind, all_href| GroupKind {
        kind,
        hits: hits(words),
        count: 1_234,
        all_href,
    };
    GroupView {
        name: text(words),
        id: "ab".to_owned(),
        hidden: None,
        own: Some(RecordView {
            related: Vec::new(),
            locator: locator(None),
            ..record(words, Voice::Itself(Confirmed::No))
        }),
        kinds: vec![
            part(Kind::Event, Some("/group/ab/event".to_owned())),
            part(Kind::Offer, None),
        ],
        others: vec![("/group/ab/mine/cd".to_owned(), text(words))],
        calendar_href: Some("/group/ab/events.ics".to_owned()),
        message: Some(sealed_draft(words)),
        operator_contact: link(words),
    }
}

fn group_records(words: &str) -> GroupRecordsView {
    GroupRecordsView {
        name: text(words),
        group_href: "/group/ab".to_owned(),
        kind: Kind::Event,
        href: "/group/ab/event".to_owned(),
        hits: hits(words),
        total: 45,
        next_page: words.to_owned(),
        is_later_page: true,
    }
}

fn sealed_draft(words: &str) -> MessageDraft {
    MessageDraft {
        action: "/group/ab/message".to_owned(),
        text: words.to_owned(),
        reply: words.to_owned(),
        seal: Some(SealTo {
            group: "ab".repeat(32),
            key: "cd".repeat(32),
            key_index: 1,
            days: 14,
        }),
        ..MessageDraft::default()
    }
}

fn yours(words: &str, is_catalogued: bool) -> YoursView {
    let mut form = Form::default();
    for name in ["wish", "words", "reply"] {
        form.push(name, words);
    }
    YoursView {
        title: text(words),
        record_href: "/group/ab/listing/cd".to_owned(),
        href: "/group/ab/listing/cd/yours".to_owned(),
        is_catalogued,
        form,
        error: Some(("wish", YoursError::NoWish)),
        is_sent: false,
        days_kept: 30,
        operator_contact: link(words),
    }
}

pub(super) fn add_records(words: &str, add: Add<'_>) {
    for (number, voice) in voices(words).into_iter().enumerate() {
        add(
            &format!("record {number}"),
            &Record::new(shell(), record(words, voice)),
        );
    }
    add("group", &Group::new(shell(), group(words)));
    let cataloguer = GroupView {
        name: text(""),
        own: None,
        ..group(words)
    };
    add("group of others", &Group::new(shell(), cataloguer));
    let gone = GroupView {
        hidden: Some(text(words)),
        own: None,
        kinds: Vec::new(),
        others: Vec::new(),
        calendar_href: None,
        message: None,
        ..group(words)
    };
    add("group gone", &Group::new(shell(), gone));
    let records = GroupRecords::new(shell(), group_records(words));
    add("group records", &records);
    let mut wrong = sealed_draft(words);
    wrong.add(MessageProblem::TooMany, shell().words);
    wrong.add(MessageProblem::SealedAway, shell().words);
    let message = GroupMessage::new(shell(), text(words), "/group/ab".to_owned(), wrong);
    add("group message", &message);
    let sent = GroupMessageSent::new(shell(), "/group/ab".to_owned(), 14);
    add("group message sent", &sent);
    for is_catalogued in [true, false] {
        let name = format!("yours {is_catalogued}");
        add(&name, &Yours::new(shell(), yours(words, is_catalogued)));
    }
    let sent = YoursView {
        is_sent: true,
        ..yours(words, true)
    };
    add("yours sent", &Yours::new(shell(), sent));
}
