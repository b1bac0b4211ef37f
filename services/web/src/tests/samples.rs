//! Every page with every field filled.

use std::cell::Cell;

use chrono::{NaiveDate, NaiveDateTime};
use http::header::ACCEPT_LANGUAGE;
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::components::{MessageDraft, MessageProblem, SealTo};
use crate::form::Form;
use crate::link::WebLink;
use crate::map::Maps;
use crate::pages::*;
use crate::shell::{CrisisLine, Nav, Shell, Site};
use crate::text::{Marked, Text};
use crate::view::*;

thread_local! {
    static LANGUAGE: Cell<&'static str> = const { Cell::new("") };
}

pub(super) fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()
}

fn at(hour: u32) -> NaiveDateTime {
    day().and_hms_opt(hour, 0, 0).unwrap()
}

pub(crate) fn shell() -> Shell {
    let service = CrisisService {
        country: "GB".to_owned(),
        name: text("Samaritans"),
        phone: "116 123".to_owned(),
        text: text("SHOUT to 85258"),
        words: text("day and night"),
    };
    let site = Site {
        name: "Directory".to_owned(),
        nav: vec![Nav::Home, Nav::Events, Nav::More, Nav::Safety, Nav::About],
        crisis: CrisisLine::by_country([service]),
    };
    let mut headers = HeaderMap::new();
    let language = LANGUAGE.get();
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(language));
    Shell::new(site, &headers, day())
}

pub(super) fn text(words: &str) -> Text {
    Text::new(words, "en-GB")
}

pub(super) fn link(words: &str) -> Option<WebLink> {
    WebLink::web(words)
        .or_else(|| WebLink::mail(words))
        .or_else(|| WebLink::phone(words))
}

pub(super) fn place(words: &str) -> Place {
    Place {
        distance: Some(5_000),
        area: Some(Area::Serves),
        address: Some(text(words)),
        words: vec![text(words)],
        map: link(words),
        ..Place::named(text(words), Precision::Neighbourhood)
    }
}

fn voices(words: &str) -> [Voice; 4] {
    [
        Voice::Itself(Confirmed::No),
        Voice::Itself(Confirmed::ByWebsite),
        Voice::OnBehalf { by: text(words) },
        Voice::Catalogued {
            by: text(words),
            year: Some(2013),
        },
    ]
}

pub(super) fn hit(words: &str, voice: Voice) -> Hit {
    Hit {
        href: "/group/ab/listing/cd".to_owned(),
        kind: Kind::Offer,
        title: text(words),
        by: Some(text(words)),
        snippet: Marked::new(&format!("a {words}"), [(0, 1)], "ur"),
        place: Some(place(words)),
        online: true,
        when: Some(When {
            start: at(19),
            end: Some(at(21)),
            is_on_now: true,
        }),
        join: Some(text(words)),
        state: Some(State::Over { since: day() }),
        room_then: Some(vec![text(words)]),
        voice,
        freshness: Freshness::Old { confirmed: day() },
        also: vec![Also {
            href: "/group/ef/listing/01".to_owned(),
            title: text(words),
            voice: Voice::OnBehalf { by: text(words) },
        }],
    }
}

fn hits(words: &str) -> Vec<Hit> {
    voices(words)
        .into_iter()
        .map(|voice| hit(words, voice))
        .collect()
}

fn choice(words: &str) -> Choice {
    Choice {
        name: "who",
        value: words.to_owned(),
        label: text(words),
        count: Some(3),
        is_chosen: true,
    }
}

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

pub(super) fn items(words: &str) -> Vec<Item> {
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
        Item::Folded(vec![Item::Prose(text(words))]),
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
            .map(|heading| Section {
                heading,
                items: match heading {
                    Heading::About => items(words),
                    _ => vec![Item::Prose(text(words))],
                },
            })
            .into(),
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

fn figure(value: Option<f64>, words: &str) -> Figure {
    Figure {
        value,
        fewer_than: 5,
        unit: text(words),
    }
}

fn progress(words: &str) -> Progress {
    Progress {
        target: Some(figure(Some(40.0), words)),
        baseline: Some(figure(Some(2.5), words)),
        latest: Some(figure(Some(12.0), words)),
        reported: Some(day()),
        due: Some(day()),
    }
}

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
        error: None,
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

fn shared_link(words: &str) -> SharedLink {
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
        voice,
    };
    let mut form = Form::default();
    form.push("near", words);
    PrintedView {
        form,
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

fn coverage(words: &str) -> CoverageView {
    let region = |listings, own| Region {
        name: text(words),
        key: "Wales".to_owned(),
        listings,
        own,
        people: vec![(text(words), own), (text(words), 1)],
    };
    let counts = || vec![(text(words), text(words))];
    CoverageView {
        regions: vec![region(12, 3), region(1_000_000, 1), region(0, 0)],
        elsewhere: 2,
        total: 14,
        division: Division::Survey,
        before: Some(Before {
            title: text(words),
            year: "2013".to_owned(),
            note: text(words),
            regions: vec![(text(words), counts())],
            nationally: counts(),
        }),
    }
}

/// A map with small and large counts.
fn map<'a>(maps: &'a Maps, region: Option<&'a crate::map::Area>) -> MapView<'a> {
    let all = maps.regions();
    let view = region.map_or(all, |region| maps.view(region.slug).unwrap());
    let counts = (0..).map(|at: u64| at.pow(4) % 5_003);
    MapView {
        view,
        region,
        counts: counts.take(view.areas.len()).collect(),
        total: 12_345,
    }
}

/// All pages in the words of a language.
pub fn pages_in(language: &'static str, words: &str) -> Vec<(String, String)> {
    LANGUAGE.set(language);
    let pages = pages(words);
    LANGUAGE.set("");
    pages
}

/// All pages by name, with these words in every field that somebody else fills.
pub fn pages(words: &str) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: &dyn askama::DynTemplate| {
        pages.push((name.to_owned(), page.dyn_render().unwrap()));
    };
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
    add("whats on", &WhatsOn::new(shell(), whats_on(words)));
    let about = AboutView {
        run_by: text(words),
        contact: link(words),
        policy: link(words),
        words: text(words),
        id: "ab".to_owned(),
        address: text(words),
    };
    add("about", &About::new(shell(), about));
    let maps = Maps::embedded();
    add("coverage", &Coverage::new(shell(), &maps, coverage(words)));
    let drawn = CoverageView {
        division: Division::Official,
        ..coverage(words)
    };
    add("coverage picture", &Coverage::new(shell(), &maps, drawn));
    add("map", &Map::new(shell(), &map(&maps, None)));
    let region = &maps.regions().areas[7];
    add(
        "map of a region",
        &Map::new(shell(), &map(&maps, Some(region))),
    );
    add_lists(words, &mut add);
    add_sheets(words, &mut add);
    let services = shell().site.crisis;
    add("staying safe", &StayingSafe::new(shell(), services));
    for status in [400, 404, 405, 413, 415, 429, 500, 503] {
        let status = StatusCode::from_u16(status).unwrap();
        add(&format!("problem {status}"), &Problem::new(shell(), status));
    }
    pages.extend(super::console_samples::pages(words));
    pages.extend(super::edit_samples::pages(words));
    pages.extend(super::node_samples::pages(words));
    pages
}

type Add<'a> = &'a mut dyn FnMut(&str, &dyn askama::DynTemplate);

fn add_lists(words: &str, add: Add<'_>) {
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

fn add_sheets(words: &str, add: Add<'_>) {
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
    add(
        "printed form",
        &Printed::new(shell(), PrintedView::default()),
    );
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

#[cfg(test)]
mod tests {
    use askama::Template as _;

    use super::*;

    #[test]
    fn a_page_renders_as_its_template_says() {
        let page = Home::new(
            shell(),
            HomeView {
                kinds: Vec::new(),
                people: Vec::new(),
                run_by: text("Us"),
            },
        );
        let html = page.render().unwrap();
        assert!(html.starts_with("<!doctype html>"), "{html}");
        assert!(html.contains("lang=\"en-GB\""), "{html}");
    }

    #[test]
    fn pages_say_in_which_direction_their_language_is_written() {
        for (name, html) in pages_in("ar", "plain words") {
            assert!(html.contains("lang=\"ar-XB\" dir=\"rtl\""), "{name}");
        }
    }
}
