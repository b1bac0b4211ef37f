//! Every page of the console about records, with every field filled.

use chrono::NaiveDateTime;

use super::console_samples::frame;
use super::samples::day;
use crate::WebLink;
use crate::components::{Caption, ChoiceOption, Control, Errors, FieldGroup, Input};
use crate::pages::console::edit::*;
use crate::text::Text;
use crate::view::{Heading, Item, Kind, Section};

fn at(hour: u32) -> NaiveDateTime {
    day().and_hms_opt(hour, 0, 0).unwrap()
}

fn text(words: &str) -> Text {
    Text::new(words, "en-GB")
}

fn control(name: &str, words: &str, input: Input) -> Control {
    Control {
        name: name.to_owned(),
        label: Caption::Key("f-title"),
        help: Some("h-people-see-this-in-lists"),
        error: (!words.is_empty()).then(|| Caption::Words(text(words))),
        is_rare: name.ends_with("number"),
        input,
    }
}

/// A control of every kind, with other people's words where such words can be.
fn controls(prefix: &str, words: &str, error: &str) -> Vec<Control> {
    let options = |count: usize, is_chosen: bool| -> Vec<ChoiceOption> {
        (0..count)
            .map(|at| ChoiceOption {
                value: format!("{at}{words}"),
                label: Caption::Words(text(words)),
                is_chosen: is_chosen && at == 1,
            })
            .collect()
    };
    let inputs = [
        ("line", Input::Line(words.to_owned())),
        ("text", Input::Text(format!("{words}\n{words}"))),
        ("lines", Input::Lines(words.to_owned())),
        ("number", Input::Number(words.to_owned())),
        ("day", Input::Day(words.to_owned())),
        ("right_day", Input::Day("2027-01-05".to_owned())),
        ("flag", Input::Flag(true)),
        (
            "few",
            Input::Choice {
                options: options(3, true),
                own: None,
            },
        ),
        (
            "many",
            Input::Choice {
                options: options(12, true),
                own: Some(words.to_owned()),
            },
        ),
        (
            "ticks",
            Input::Choices {
                options: options(4, true),
                own: Some(words.to_owned()),
            },
        ),
        (
            "folded",
            Input::Choices {
                options: options(12, false),
                own: None,
            },
        ),
    ];
    inputs
        .into_iter()
        .map(|(name, input)| control(&format!("{prefix}{name}"), error, input))
        .collect()
}

fn nested(words: &str, error: &str) -> Vec<Control> {
    let mut all = controls("", words, error);
    all.push(control(
        "part",
        error,
        Input::Part(controls("part.", words, "")),
    ));
    let items = (0..2)
        .map(|at| controls(&format!("list.{at}."), words, ""))
        .collect();
    let item = "form-item-place";
    all.push(control("list", error, Input::List { items, item }));
    let items = Vec::new();
    all.push(control("none", "", Input::List { items, item }));
    all
}

fn fill_in(words: &str, error: &str) -> FillInView {
    let group = |heading, is_open, prefix: &str| FieldGroup {
        heading,
        is_open,
        controls: controls(prefix, words, ""),
    };
    FillInView {
        title: text(words),
        heading: "edit-kind-event",
        groups: vec![
            FieldGroup {
                heading: "form-g-event",
                is_open: true,
                controls: nested(words, error),
            },
            group("form-g-cost", false, "cost."),
        ],
        parts: [true, false]
            .map(|is_here| FormPart {
                title: "form-page-about",
                href: "/console/g/ab/edit/listing/new/form/about".to_owned(),
                is_here,
            })
            .into(),
        action: "/console/g/ab/edit/event/new/form/all".to_owned(),
        back: "/console/g/ab/events".to_owned(),
        discard: "/console/g/ab/edit/event/new/discard".to_owned(),
        is_typed: true,
        form_key: "page:event:new:all".to_owned(),
        revision: 2,
        errors: if error.is_empty() {
            Vec::new()
        } else {
            vec![text(error)]
        },
        is_draft: true,
    }
}

fn sections(words: &str) -> Vec<Section> {
    vec![Section {
        heading: Heading::About,
        items: vec![Item::Prose(text(words))],
    }]
}

fn questions(words: &str) -> Vec<Question> {
    [true, false]
        .map(|is_confirmed| Question {
            reason: words.to_owned(),
            sentence: text(words),
            is_confirmed,
        })
        .into()
}

fn check(words: &str) -> CheckView {
    let compared = |before: Input, after: Input| Compared {
        before: control("line", "", before),
        after: control("line", "", after),
        href: "/console/g/ab/edit/event/cd/form/all#line".to_owned(),
    };
    let changes = nested(words, "").into_iter().map(|control| Compared {
        before: control.clone(),
        after: control,
        href: "/console/g/ab/edit/event/cd/form/all#line".to_owned(),
    });
    let removed = compared(Input::Line(words.to_owned()), Input::Line(String::new()));
    CheckView {
        title: text(words),
        is_new: false,
        changes: changes.chain([removed]).collect(),
        also: vec!["check-to-private", "check-language"],
        adjustments: vec![text(words)],
        problems: vec![(text(words), "/console/g/ab#line".to_owned())],
        questions: questions(words),
        hints: vec!["check-hint-over"],
        sections: sections(words),
        is_public: true,
        next: vec![at(19)],
        action: "/console/g/ab/edit/event/cd/check".to_owned(),
        change: "/console/g/ab/edit/event/cd/form/all".to_owned(),
        request: "00".to_owned(),
    }
}

fn lists(words: &str, add: Add<'_>) {
    let row = |next| RecordRow {
        title: text(words),
        href: "/console/g/ab/edit/event/cd".to_owned(),
        kind: Kind::Event,
        states: vec!["edit-state-private", "edit-state-over"],
        next,
        changed: day(),
    };
    let list = RecordListView {
        heading: "edit-events-heading",
        empty: "edit-events-empty",
        rows: vec![row(Some(at(19))), row(None)],
        add: vec![("edit-add-event", "/console/g/ab/edit/event/new".to_owned())],
        drafts: vec![
            (text(words), "/console/g/ab".to_owned()),
            (Text::default(), "/console/g/ab".to_owned()),
        ],
        more: Some("/console/g/ab/list/event/cd".to_owned()),
    };
    add("records", &RecordList::new(frame(words), list));
    let empty = RecordListView {
        heading: "edit-offers-heading",
        empty: "edit-offers-empty",
        ..RecordListView::default()
    };
    add("no records", &RecordList::new(frame(words), empty));
    let choose = ChooseView {
        heading: "edit-choose-offer",
        links: vec![("edit-thing-space", "/console/g/ab".to_owned())],
        back: "/console/g/ab/offers".to_owned(),
    };
    add("choose", &Choose::new(frame(words), choose));
    let overview = OverviewView {
        title: text(words),
        kind_key: "edit-kind-event",
        states: vec!["edit-state-waits"],
        parts: fill_in(words, "").parts,
        sections: sections(words),
        fields: controls("", words, ""),
        is_public: true,
        links: vec![("edit-take-back", "/console/g/ab".to_owned())],
        actions: vec![OverviewAction {
            key: "edit-still-right",
            words: "edit-still-right-about",
            action: "/console/g/ab".to_owned(),
        }],
        draft: Some("/console/g/ab".to_owned()),
        draft_discard: "/console/g/ab".to_owned(),
        confirmed: Some(day()),
        back: "/console/g/ab/events".to_owned(),
    };
    add("own record", &Overview::new(frame(words), overview));
}

fn events(words: &str, add: Add<'_>) {
    let dates = DatesView {
        title: text(words),
        days: vec![("2026-12-01T19:00".to_owned(), at(19))],
        chosen: "2026-12-01T19:00".to_owned(),
        to_day: words.to_owned(),
        to_time: words.to_owned(),
        error: Some("dates-error-to"),
        action: "/console/g/ab".to_owned(),
        back: "/console/g/ab".to_owned(),
    };
    add("dates", &Dates::new(frame(words), dates.clone()));
    let over = DatesView {
        days: Vec::new(),
        error: None,
        ..dates
    };
    add("no dates", &Dates::new(frame(words), over));
    let copies = CopiesView {
        from: day(),
        to: day(),
        rows: vec![CopyRow {
            key: "cd".to_owned(),
            title: text(words),
            was: at(19),
            day: "2026-12-01".to_owned(),
            exists: true,
            is_chosen: true,
        }],
        problems: vec![text(words)],
        questions: questions(words),
        action: "/console/g/ab".to_owned(),
        back: "/console/g/ab".to_owned(),
        request: "00".to_owned(),
    };
    add("copies", &Copies::new(frame(words), copies));
    let import = ImportView {
        text: words.to_owned(),
        error: Some("import-error-calendar"),
        action: "/console/g/ab".to_owned(),
        back: "/console/g/ab".to_owned(),
        ..ImportView::default()
    };
    add("import", &Import::new(frame(words), import.clone()));
    let states = [
        ImportState::New,
        ImportState::Same,
        ImportState::Changed,
        ImportState::Unread("import-unread-rule"),
    ];
    let read = ImportView {
        error: None,
        is_read: true,
        rows: states
            .map(|state| ImportRow {
                title: text(words),
                start: Some(at(19)),
                state,
            })
            .into(),
        questions: questions(words),
        problems: vec![text(words)],
        ..import
    };
    add("import read", &Import::new(frame(words), read));
}

fn others(words: &str, add: Add<'_>) {
    let message = |is_read, reply: &str| InboxMessage {
        id: if is_read { "ab" } else { "cd" }.to_owned(),
        received: day(),
        is_read,
        source: if is_read {
            text(words)
        } else {
            Text::default()
        },
        text: is_read.then(|| text(words)),
        reply: text(reply),
        reply_link: WebLink::mail("a@example.org"),
    };
    let inbox = InboxView {
        messages: vec![message(true, words), message(false, "")],
        has_form: true,
        has_directories: true,
        settings: Some("/console/g/ab/settings".to_owned()),
        kept_days: 30,
        base: "/console/g/ab".to_owned(),
    };
    add("inbox", &Inbox::new(frame(words), inbox));
    add(
        "empty inbox",
        &Inbox::new(frame(words), InboxView::default()),
    );
    let showings = [
        Showing::Now,
        Showing::Older,
        Showing::NotYet,
        Showing::Not("shown-excluded"),
    ];
    let shown = ShownByView {
        places: showings
            .map(|showing| Place {
                address: text(words),
                link: WebLink::web("https://directory.example.org"),
                showing,
                reason: text(words),
                is_failing: true,
                refused: 2,
                technical: vec![text(words)],
                remove: Some(words.to_owned()),
                since: Some(day()),
                next: Some(at(19)),
            })
            .into(),
        waiting: 2,
        stopped: Some(Stopped {
            why: "shown-stop-behind",
            detail: text(words),
        }),
        is_waiting: true,
        add: Some(AddPlace {
            address: words.to_owned(),
            pin: words.to_owned(),
            errors: {
                let mut errors = Errors::default();
                errors.add("address", words);
                errors
            },
        }),
        is_closed: true,
        action: "/console/g/ab/shown".to_owned(),
    };
    add("shown by", &ShownBy::new(frame(words), shown));
    add(
        "shown nowhere",
        &ShownBy::new(frame(words), ShownByView::default()),
    );
    let settings = SettingsView {
        has_contact_form: true,
        has_directory_messages: false,
        remind_after: 6,
        months: vec![1, 6, 0],
        is_paused: false,
        is_closed: false,
        base: "/console/g/ab".to_owned(),
    };
    add("settings", &Settings::new(frame(words), settings.clone()));
    let paused = SettingsView {
        is_paused: true,
        has_contact_form: false,
        has_directory_messages: true,
        ..settings.clone()
    };
    add("settings paused", &Settings::new(frame(words), paused));
    let closed = SettingsView {
        is_closed: true,
        ..settings
    };
    add("settings closed", &Settings::new(frame(words), closed));
    let ask = AskView {
        heading: "take-back-heading",
        title: text(words),
        sentences: vec![
            Sentence::Key("take-back-about"),
            Sentence::Counted("take-back-all-about", 2),
            Sentence::Words(text(words)),
        ],
        problems: vec![text(words)],
        questions: questions(words),
        option: Some(("erase", "take-back-erase")),
        typed: Some("take-back-all-sure"),
        hidden: vec![("do", words.to_owned())],
        button: "take-back-button",
        action: "/console/g/ab".to_owned(),
        back: "/console/g/ab".to_owned(),
        request: "00".to_owned(),
    };
    add("take back", &Ask::new(frame(words), ask));
    for is_own_window in [true, false] {
        let fields = nested(words, "").into_iter().map(|control| Versions {
            path: control.name.clone(),
            mine: control.clone(),
            theirs: control,
        });
        let view = ConflictView {
            title: text(words),
            is_own_window,
            fields: fields.collect(),
            action: "/console/g/ab".to_owned(),
            back: "/console/g/ab".to_owned(),
        };
        let name = format!("conflict {is_own_window}");
        add(&name, &Conflict::new(frame(words), view));
    }
}

type Add<'a> = &'a mut dyn FnMut(&str, &dyn askama::DynTemplate);

/// All of these pages by name, with these words in every field that somebody else fills.
pub fn pages(words: &str) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: &dyn askama::DynTemplate| {
        pages.push((format!("console edit {name}"), page.dyn_render().unwrap()));
    };
    lists(words, &mut add);
    add("form", &FillIn::new(frame(words), fill_in(words, "")));
    add(
        "form with errors",
        &FillIn::new(frame(words), fill_in(words, words)),
    );
    add("check", &Check::new(frame(words), check(words)));
    let new = CheckView {
        is_new: true,
        problems: Vec::new(),
        is_public: false,
        ..check(words)
    };
    add("check new", &Check::new(frame(words), new));
    events(words, &mut add);
    others(words, &mut add);
    pages
}
