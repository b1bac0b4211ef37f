//! Sheets to hand over, printed directories and links to share.

use crate::form::Form;
use crate::pages::*;
use crate::tests::samples::Add;
use crate::tests::samples::basics::*;
use crate::tests::samples::items::items;
use crate::tests::samples::rows::*;
use crate::view::*;

pub(super) fn shared_link(words: &str) -> SharedLink {
    SharedLink {
        href: "/search?q=a".to_owned(),
        address: words.to_owned(),
    }
}

fn share(words: &str, link: Option<SharedLink>) -> ShareView {
    let mut form = Form::default();
    form.push("q", words);
    ShareView {
        form,
        query: text(words),
        near: text(words),
        filters: vec![text(words)],
        link,
    }
}

fn sheet(words: &str) -> SheetView {
    let entry = |voice| SheetEntry {
        kind: Kind::Event,
        title: text(words),
        by: Some(text(words)),
        summary: text(words),
        state: Some(State::Cancelled),
        sections: vec![Section {
            heading: Heading::Join,
            items: items(words),
        }],
        voice,
        address: "https://directory.example/group/ab/listing/cd".to_owned(),
        href: "/group/ab/listing/cd".to_owned(),
    };
    SheetView {
        entries: voices(words).map(entry).into(),
        gone: 2,
        is_full: true,
        made: day(),
    }
}

fn printed(words: &str) -> PrintedView {
    let entry = |(number, voice)| Entry {
        number: number + 1,
        title: text(words),
        summary: text(words),
        meets: vec![text(words)],
        next: Some(When {
            start: at(19),
            end: None,
            is_on_now: false,
        }),
        online: true,
        join: Some(text(words)),
        contacts: link(words).into_iter().collect(),
        voices: vec![voice, Voice::OnBehalf { by: text(words) }],
    };
    let mut form = Form::default();
    form.push("near", words);
    PrintedView {
        form,
        crisis: shell().site.crisis,
        guessed_places: vec![choice(words)],
        error: Some(("near", text(words))),
        other_places: vec![choice(words)],
        booklet: Some(Booklet {
            place: text(words),
            is_inside: true,
            made: day(),
            run_by: text(words),
            chapters: vec![Chapter {
                name: Some(text(words)),
                entries: voices(words).into_iter().enumerate().map(entry).collect(),
            }],
            by_people: vec![(text(words), vec![1, 2])],
            by_name: vec![(text(words), 1)],
            count: 4,
            is_partial: true,
        }),
    }
}

pub(super) fn add_sheets(words: &str, add: Add<'_>) {
    add("share", &Share::new(shell(), share(words, None)));
    let link = Some(shared_link(words));
    add("shared", &Share::new(shell(), share(words, link)));
    let nothing = ShareView {
        query: text(""),
        near: text(""),
        filters: Vec::new(),
        ..share(words, None)
    };
    add("nothing to share", &Share::new(shell(), nothing));
    add("sheet", &Sheet::new(shell(), sheet(words)));
    add("printed", &Printed::new(shell(), printed(words)));
    let none_ticked = SheetView {
        entries: Vec::new(),
        gone: 1,
        is_full: false,
        made: day(),
    };
    add("sheet without entries", &Sheet::new(shell(), none_ticked));
    let nobody = Booklet {
        place: text(words),
        is_inside: true,
        made: day(),
        run_by: text(words),
        chapters: Vec::new(),
        by_people: Vec::new(),
        by_name: Vec::new(),
        count: 0,
        is_partial: false,
    };
    let nobody = PrintedView {
        booklet: Some(nobody),
        ..PrintedView::default()
    };
    add("printed without entries", &Printed::new(shell(), nobody));
    add(
        "printed form",
        &Printed::new(shell(), PrintedView::default()),
    );
}
