//! The lists of the directory, what fits, and calendars.

use crate::form::Form;
use crate::pages::*;
use crate::shell::Nav;
use crate::tests::samples::Add;
use crate::tests::samples::basics::*;
use crate::tests::samples::items::{figure, items, progress};
use crate::tests::samples::rows::*;
use crate::tests::samples::sheets::shared_link;
use crate::view::*;

fn details(words: &str) -> Details {
    let fit = Fit {
        href: "/group/ab/offer/cd".to_owned(),
        title: text(words),
        by: text(words),
        to_ask: vec![text(words), text(words)],
    };
    Details {
        note: Some(text(words)),
        progress: Some(progress(words)),
        items: items(words),
        fits: Some(vec![fit]),
        fits_are_needs: true,
        fits_href: Some("/group/ab/need/cd/fits".to_owned()),
    }
}

fn list(list: List, words: &str) -> ListView {
    let mut form = Form::default();
    for name in ["q", "near", "within", "who", "free-at", "room-for"] {
        form.push(name, words);
    }
    let hidden = Details {
        progress: Some(Progress {
            target: Some(figure(None, words)),
            ..Progress::default()
        }),
        fits: Some(Vec::new()),
        ..Details::default()
    };
    let details = [details(words), hidden, Details::default()];
    ListView {
        form,
        crisis: shell().site.crisis,
        error: None,
        guessed_places: vec![choice(words)],
        near: Some((text(words), true)),
        other_places: vec![choice(words)],
        total: 1_234,
        chosen: vec![choice(words)],
        filters: vec![FilterGroup {
            heading: FilterHeading::Apply,
            choices: vec![choice(words)],
        }],
        rows: hits(words).into_iter().zip(details).collect(),
        next_page: words.to_owned(),
        is_later_page: true,
        ..ListView::new(list)
    }
}

fn fits(words: &str, kind: Kind) -> FitsView {
    let row = |hit| FitRow {
        hit,
        fits: vec![text(words), text(words)],
        to_ask: vec![text(words)],
    };
    FitsView {
        subject: Hit {
            kind,
            ..hit(words, Voice::Itself(Confirmed::No))
        },
        href: "/group/ab/need/cd/fits".to_owned(),
        fits: hits(words).into_iter().map(row).collect(),
        is_partial: true,
        next_page: words.to_owned(),
        is_later_page: true,
    }
}

pub(super) fn add_lists(words: &str, add: Add<'_>) {
    add("more", &More::new(shell().at(Nav::More)));
    for one in List::ALL {
        let name = format!("list {}", one.path());
        add(&name, &ListPage::new(shell(), list(one, words)));
    }
    let mut nothing = ListView::new(List::Rooms);
    add("empty list", &ListPage::new(shell(), nothing));
    nothing = ListView::new(List::Funding);
    nothing.form.push("q", words);
    add("narrowed list", &ListPage::new(shell(), nothing));
    let mut unread = list(List::Rooms, words);
    unread.error = Some(("free-at", text(words)));
    add("list with an error", &ListPage::new(shell(), unread));
    for kind in [Kind::Need, Kind::Offer] {
        let name = format!("fits {kind:?}");
        add(&name, &Fits::new(shell(), fits(words, kind)));
    }
    let calendar = CalendarView {
        place: text(words),
        kind: text(words),
        link: shared_link(words),
        days: 92,
        max_events: 200,
    };
    add("calendar", &Calendar::new(shell(), calendar));
}
