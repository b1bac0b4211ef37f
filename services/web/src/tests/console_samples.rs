//! Every page of the console with every field filled.

use chrono::NaiveDateTime;
use http::StatusCode;

use super::samples::{day, shell};
use crate::components::{Answer, Caption, Control, Errors, FieldChoice, Input, Qr};
use crate::form::Form;
use crate::pages::console::first::*;
use crate::pages::console::*;
use crate::text::Text;
use crate::view::{Heading, Item, Kind, Section};

fn at(hour: u32) -> NaiveDateTime {
    day().and_hms_opt(hour, 0, 0).unwrap()
}

fn text(words: &str) -> Text {
    Text::new(words, "en-GB")
}

fn errors(words: &str) -> Errors {
    let mut errors = Errors::default();
    errors.add("name", words);
    errors.add("passphrase", words);
    errors
}

pub(super) fn frame(words: &str) -> Frame {
    Frame {
        person: Some(text(words)),
        group: Some(FrameGroup {
            name: text(words),
            base: "/console/g/ab".to_owned(),
            nav: ConsoleNav::ALL.into(),
            page: Some("/".to_owned()),
        }),
        has_other_groups: true,
        here: Some(ConsoleNav::Home),
        token: "00".to_owned(),
        flash: Some("sign-in-kept".to_owned()),
        ..Frame::outside(shell().words)
    }
}

type Named = (String, Box<dyn askama::DynTemplate>);

fn people(words: &str) -> Vec<Named> {
    let person = |is_steward, is_you| PersonRow {
        id: "ab".to_owned(),
        name: text(words),
        is_steward,
        is_you,
        used: Some(day()),
    };
    let invitation = |returning| InvitationRow {
        id: "ab".to_owned(),
        is_steward: true,
        returning,
        until: day(),
    };
    let view = PeopleView {
        people: vec![person(true, true), person(false, false)],
        invitations: vec![invitation(Text::default()), invitation(text(words))],
        link: Some("https://example.org/console/link/ab".to_owned()),
        errors: Errors::default(),
    };
    let session = |is_this| SessionRow {
        id: "ab".to_owned(),
        device: text(words),
        is_this,
        used: at(19),
    };
    let account = AccountView {
        has_passphrase: true,
        sessions: vec![session(true), session(false)],
        errors: errors(words),
    };
    let by_link = AccountView {
        has_passphrase: false,
        sessions: vec![session(true)],
        errors: Errors::default(),
    };
    let changes = [
        ("history-added", Some(Kind::Event)),
        ("history-taken-back", Some(Kind::Event)),
        ("history-joined", None),
    ];
    let changes = changes.map(|(done, kind)| Change {
        when: at(19),
        who: text(words),
        done,
        kind,
        about: text(words),
        undo: Some("/console/g/ab/undo/1".to_owned()),
    });
    let history = HistoryView {
        changes: changes.into(),
        older: Some("/console/g/ab/history/1".to_owned()),
    };
    let nobody = People::new(frame(words), PeopleView::default());
    vec![
        (
            "people".to_owned(),
            Box::new(People::new(frame(words), view)),
        ),
        ("nobody".to_owned(), Box::new(nobody)),
        (
            "account".to_owned(),
            Box::new(Account::new(frame(words), account)),
        ),
        (
            "account by link".to_owned(),
            Box::new(Account::new(frame(words), by_link)),
        ),
        (
            "history".to_owned(),
            Box::new(History::new(frame(words), history)),
        ),
    ]
}

fn first(words: &str) -> Vec<Named> {
    let outside = || Frame {
        group: None,
        ..frame(words)
    };
    let mut pages: Vec<Named> = Vec::new();
    let choice = || FieldChoice::new("community:women", text(words), true);
    for step in FirstStep::ALL {
        let mut form = Form::default();
        for field in [
            "name",
            "summary",
            "used_terms",
            "who_words",
            "town",
            "online",
            "street",
            "when",
            "join_words",
            "email",
            "phone",
            "website",
        ] {
            form.push(field, words);
        }
        let view = FirstStepView {
            step,
            form,
            revision: 1,
            is_typed: true,
            errors: errors(words),
            communities: vec![choice()],
            experiences: vec![choice()],
            reading: Some(FirstReading {
                seen: words.to_owned(),
                rule: (step != FirstStep::When).then(|| text(words)),
                times: None,
                questions: vec![Control {
                    name: "when.clock".to_owned(),
                    label: Caption::Words(text(words)),
                    help: None,
                    error: Some(Caption::Words(text(words))),
                    is_rare: false,
                    input: Input::Line(words.to_owned()),
                }],
                only_words: true,
            }),
        };
        let page = FirstPage::new(outside(), view);
        pages.push((format!("first {}", step.name()), Box::new(page)));
    }
    let record = PublicRecord {
        title: text(words),
        summary: text(words),
        sections: vec![Section {
            heading: Heading::About,
            items: vec![Item::Prose(text(words))],
        }],
        also: vec![Answer {
            label: "Also".to_owned(),
            values: vec![text(words)],
            change: String::new(),
        }],
        adjustments: vec![text(words)],
    };
    let question = Question {
        value: words.to_owned(),
        sentence: text(words),
        is_confirmed: true,
    };
    let check = FirstCheckView {
        records: vec![record],
        questions: vec![question],
        wrong: Vec::new(),
        errors: errors(words),
        directories: vec![text(words)],
    };
    let mut wrong = check.clone();
    wrong.wrong = vec![("/console/first/about".to_owned(), text(words))];
    for (name, check) in [("check", check), ("check wrong", wrong)] {
        let page = FirstCheck::new(outside(), check);
        pages.push((format!("first {name}"), Box::new(page)));
    }
    let shown = WordsStage::Show {
        words: vec!["abandon".to_owned(); 12],
        code: Qr::new("abandon", "words"),
    };
    let asked = WordsStage::Confirm { asked: vec![3, 7] };
    for (name, stage) in [
        ("explain", WordsStage::Explain),
        ("show", shown),
        ("confirm", asked),
    ] {
        let view = FirstWordsView {
            stage,
            name: text(words),
            is_own_machine: false,
            errors: Errors::default(),
        };
        let page = FirstWords::new(outside(), view);
        pages.push((format!("first words {name}"), Box::new(page)));
    }
    let view = FirstPublishedView {
        name: text(words),
        has_directories: true,
    };
    let page = FirstPublished::new(frame(words), view);
    pages.push(("first published".to_owned(), Box::new(page)));
    pages
}

/// All pages by name, with these words in every field that somebody else fills.
pub(super) fn pages(words: &str) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: &dyn askama::DynTemplate| {
        pages.push((format!("console {name}"), page.dyn_render().unwrap()));
    };
    let outside = || Frame::outside(shell().words);
    let sign_in = SignInView {
        name: words.to_owned(),
        errors: errors(words),
        next: words.to_owned(),
        kept: Some(Kept {
            next: "/console".to_owned(),
            form: words.to_owned(),
        }),
    };
    add("sign-in", &SignIn::new(outside(), sign_in));
    let opens = [
        None,
        Some(LinkOpens::Host),
        Some(LinkOpens::NewGroup),
        Some(LinkOpens::Join {
            group: text(words),
            by: text(words),
        }),
        Some(LinkOpens::Return { name: text(words) }),
    ];
    for (number, opens) in opens.into_iter().enumerate() {
        let view = LinkView {
            opens,
            known: (number == 3).then(|| text(words)),
            name: words.to_owned(),
            errors: errors(words),
        };
        add(&format!("link {number}"), &Link::new(outside(), view));
    }
    let home = HomeView {
        tasks: vec![
            Task::StillRight {
                title: text(words),
                href: "/console/g/ab/edit/listing/new".to_owned(),
            },
            Task::Messages(2),
            Task::Stopped(edit::Stopped {
                why: "shown-stop-behind",
                detail: text(words),
            }),
            Task::Draft {
                href: "/console/first".to_owned(),
            },
        ],
        listings: 1,
        events: 2,
        offers: 3,
        shown_by: 1,
        sent_to: 2,
    };
    add("home", &ConsoleHome::new(frame(words), home));
    let empty = ConsoleHome::new(frame(words), HomeView::default());
    add("empty home", &empty);
    let link = GroupLink {
        name: text(words),
        href: "/console/g/ab".to_owned(),
    };
    add("groups", &Groups::new(frame(words), vec![link], true));
    for (name, page) in people(words) {
        add(&name, &*page);
    }
    for (name, page) in first(words) {
        add(&name, &*page);
    }
    for status in [400, 403, 404, 405, 413, 429, 500, 503] {
        let status = StatusCode::from_u16(status).unwrap();
        let page = ConsoleFailed::new(outside(), status, Some(text(words)));
        add(&format!("problem {status}"), &page);
    }
    let kept = Kept {
        next: words.to_owned(),
        form: words.to_owned(),
    };
    let page = ConsoleFailed::new(frame(words), StatusCode::FORBIDDEN, None);
    add("kept words", &page.with_kept(Some(kept)));
    pages
}
