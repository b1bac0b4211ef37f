//! The pages of a node, with every field filled.

use super::samples::{day, items, link, place, shell, text};
use crate::components::{Coming, MessageDraft, MessageProblem};
use crate::pages::*;
use crate::view::{Freshness, Heading, Kind, Section, State, When};

fn coming(words: &str, has_dates: bool) -> Coming {
    let start = day().and_hms_opt(19, 0, 0).unwrap();
    Coming {
        href: "/g/ab/event/walk".to_owned(),
        title: text(words),
        when: has_dates.then_some(When {
            start,
            end: None,
            is_on_now: false,
        }),
        how_often: text(words),
        place: has_dates.then(|| place(words)),
        online: true,
        state: has_dates.then_some(State::Cancelled),
    }
}

fn draft(words: &str) -> MessageDraft {
    let mut draft = MessageDraft {
        action: "/g/ab/message".to_owned(),
        text: words.to_owned(),
        reply: words.to_owned(),
        ..MessageDraft::default()
    };
    for problem in [
        MessageProblem::Empty,
        MessageProblem::TooLong(3),
        MessageProblem::ReplyTooLong,
        MessageProblem::TooMany,
        MessageProblem::Full,
        MessageProblem::OtherSite,
    ] {
        draft.add(problem, shell().words);
    }
    draft
}

fn sections(words: &str) -> Vec<Section> {
    vec![Section {
        heading: Heading::Join,
        items: items(words),
    }]
}

fn group(words: &str) -> NodeGroupView {
    NodeGroupView {
        name: text(words),
        summary: text(words),
        state: Some(State::Paused),
        state_words: Some(text(words)),
        freshness: Some(Freshness::Confirmed { on: day() }),
        coming: vec![coming(words, true), coming(words, false)],
        events_href: Some("/g/ab/event".to_owned()),
        sections: sections(words),
        others: vec![NodeKind {
            kind: Kind::Offer,
            records: vec![("/g/ab/offer/room".to_owned(), text(words))],
            all_href: Some("/g/ab/offer".to_owned()),
        }],
        calendar_href: Some("/g/ab/events.ics".to_owned()),
        feed_href: "/g/ab/feed.atom".to_owned(),
        message: Some(MessageDraft {
            errors: Default::default(),
            ..draft(words)
        }),
        id: "ab".to_owned(),
    }
}

fn bare_group() -> NodeGroupView {
    NodeGroupView {
        summary: text(""),
        state: None,
        state_words: None,
        freshness: None,
        coming: Vec::new(),
        sections: Vec::new(),
        others: Vec::new(),
        calendar_href: None,
        message: None,
        ..group("")
    }
}

fn record(words: &str, is_catalogued: bool) -> NodeRecordView {
    NodeRecordView {
        kind: Kind::Event,
        title: text(words),
        group: text(words),
        group_href: "/g/ab".to_owned(),
        summary: text(words),
        state: Some(State::Postponed),
        state_words: Some(text(words)),
        freshness: Freshness::Signed { on: day() },
        calendar_href: Some("/g/ab/event/walk/event.ics".to_owned()),
        sections: sections(words),
        is_catalogued,
        sources: vec![(text(words), link(words))],
        has_message_form: true,
        full_name: "ab/event/walk".to_owned(),
    }
}

pub(super) fn pages(words: &str) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: &dyn askama::DynTemplate| {
        pages.push((name.to_owned(), page.dyn_render().unwrap()));
    };
    add("node group", &NodeGroup::new(shell(), group(words)));
    add(
        "node group without records",
        &NodeGroup::new(shell(), bare_group()),
    );
    let groups = NodeGroupsView {
        groups: vec![NodeGroupRow {
            href: "/g/ab".to_owned(),
            name: text(words),
            summary: text(words),
        }],
        next_href: Some("/?after=ab".to_owned()),
    };
    add("node groups", &NodeGroups::new(shell(), groups));
    let none = NodeGroupsView::default();
    add("node without groups", &NodeGroups::new(shell(), none));
    for is_catalogued in [false, true] {
        let name = format!("node record {is_catalogued}");
        add(
            &name,
            &NodeRecord::new(shell(), record(words, is_catalogued)),
        );
    }
    let records = NodeRecordsView {
        group: text(words),
        group_href: "/g/ab".to_owned(),
        kind: Kind::Offer,
        records: vec![("/g/ab/offer/room".to_owned(), text(words))],
        next_href: Some("/g/ab/offer?after=room".to_owned()),
    };
    add("node records", &NodeRecords::new(shell(), records));
    let href = || "/g/ab".to_owned();
    let message = GroupMessage::new(shell(), text(words), href(), draft(words));
    add("node message", &message);
    let kept = NodeMessageKept::new(shell(), text(words), href());
    add("node message kept", &kept);
    pages
}
