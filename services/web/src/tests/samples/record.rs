//! The pages of a record and of its group.

use crate::components::{MessageDraft, MessageProblem, SealTo};
use crate::form::Form;
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
        voice,
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
        check: Check {
            record_href: "/group/ab/listing/cd/record".to_owned(),
            proof_href: "/group/ab/listing/cd/proof".to_owned(),
            full_name: "ab/listing/cd".to_owned(),
            hash: "00".to_owned(),
        },
        operator_contact: link(words),
        yours_href: Some("/group/ab/listing/cd/yours".to_owned()),
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
    let group = GroupView {
        name: text(words),
        id: "ab".to_owned(),
        hidden: Some(text(words)),
        records: vec![(
            Kind::Group,
            vec![("/group/ab/listing/cd".to_owned(), text(words))],
        )],
        has_more: true,
        message: Some(sealed_draft(words)),
    };
    add("group", &Group::new(shell(), group));
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
