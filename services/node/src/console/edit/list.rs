//! Lists of records by kind, and what can be added.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use axum::extract::Path;
use hedgerow_core::name::RecordName;
use hedgerow_core::recurrence::{Budget, parse_local, schedule_occurrences_within};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_record_views::{day, kind};
use hedgerow_transport::failure::Failure;
use hedgerow_web::Text;
use hedgerow_web::pages::console::ConsoleNav;
use hedgerow_web::pages::console::edit::{
    Choose, ChooseView, RecordList, RecordListView, RecordRow,
};
use prost::Message as _;

use super::super::draft::Drafts;
use super::super::failed::Failed;
use super::super::respond::{Shown, page, see_other};
use super::super::steward::InGroup;
use super::overview::states;
use super::stored::Stored;
use super::target::{Target, kind_key};
use super::work::Work;

/// Records of one kind on a page.
const PAGE: u32 = 100;
/// How far ahead the next day of an event is looked for.
const AHEAD: Duration = Duration::from_hours(24 * 732);
/// Working copies that a list shows.
const MAX_DRAFTS: usize = 20;

/// `GET /listing`: the group's only listing, or a list of them.
pub(super) async fn listing(visit: InGroup) -> Shown {
    let (records, has_more) = Stored::list(&visit, "listing", "", 2).await?;
    if let ([only], false) = (records.as_slice(), has_more)
        && let Some(target) = Target::of_record(&only.record.entry.name)
    {
        return see_other(&target.path(&visit));
    }
    show(&visit, &["listing"], "").await
}

/// `GET /events`.
pub(super) async fn events(visit: InGroup) -> Shown {
    show(&visit, &["event"], "").await
}

/// `GET /offers`.
pub(super) async fn offers(visit: InGroup) -> Shown {
    show(&visit, &["offer", "need"], "").await
}

/// `GET /more`: the kinds that most groups do without.
pub(super) async fn more(visit: InGroup) -> Shown {
    show(&visit, &OTHERS, "").await
}

const OTHERS: [&str; 4] = ["story", "commitment", "vouch", "circumstances"];

/// `GET /list/{kind}/{after}`: the records of a kind after one of them.
pub(super) async fn after(
    visit: InGroup,
    Path((_, of, after)): Path<(String, String, String)>,
) -> Shown {
    let target = Target::new(&of, &after).ok_or_else(Failed::not_found)?;
    show(&visit, &[target.kind], &after).await
}

async fn show(visit: &InGroup, kinds: &[&'static str], after: &str) -> Shown {
    let mut view = RecordListView {
        add: additions(visit, kinds),
        ..RecordListView::default()
    };
    (view.heading, view.empty) = words(kinds);
    let mut records = Vec::new();
    for of in kinds {
        let (list, has_more) = Stored::list(visit, of, after, PAGE).await?;
        if let (true, Some(last)) = (has_more, list.last()) {
            let key = last.record.entry.name.key.as_str();
            view.more = Some(format!("{}/list/{of}/{key}", visit.base()));
        }
        records.extend(list);
    }
    let next = next_times(visit.shared().now(), &records).await?;
    for record in &records {
        view.rows.extend(row(visit, record, &next));
    }
    // What takes place next comes first, then what is over or has no days.
    view.rows.sort_by_key(|row| (row.next.is_none(), row.next));
    if after.is_empty() {
        view.drafts = drafts(visit, kinds).await?;
    }
    page(&RecordList::new(visit.frame(nav(kinds)), view))
}

fn nav(kinds: &[&str]) -> ConsoleNav {
    match kinds.first() {
        Some(&"listing") => ConsoleNav::Listing,
        Some(&"event") => ConsoleNav::Events,
        Some(&("offer" | "need")) => ConsoleNav::Offers,
        _ => ConsoleNav::Settings,
    }
}

fn words(kinds: &[&str]) -> (&'static str, &'static str) {
    match nav(kinds) {
        ConsoleNav::Listing => ("edit-listing-heading", "edit-listing-empty"),
        ConsoleNav::Events => ("edit-events-heading", "edit-events-empty"),
        ConsoleNav::Offers => ("edit-offers-heading", "edit-offers-empty"),
        _ => ("more-heading", "edit-more-empty"),
    }
}

fn additions(visit: &InGroup, kinds: &[&str]) -> Vec<(&'static str, String)> {
    let link = |key, path: &str| (key, format!("{}{path}", visit.base()));
    match nav(kinds) {
        ConsoleNav::Listing => vec![link("edit-add-listing", "/edit/listing/new")],
        ConsoleNav::Events => vec![
            link("edit-add-event", "/edit/event/new"),
            link("edit-copy", "/events/copy"),
            link("edit-import", "/events/import"),
        ],
        ConsoleNav::Offers => vec![
            link("edit-add-room", "/edit/offer/new-space"),
            link("edit-add-offer", "/add/offer"),
            link("edit-add-need", "/add/need"),
        ],
        _ => vec![link("edit-add-more", "/add/more")],
    }
}

/// `GET /add/{kind}`: which kind of thing.
pub(super) async fn choose(visit: InGroup, Path((_, of)): Path<(String, String)>) -> Shown {
    let (heading, of) = match of.as_str() {
        "offer" => ("edit-choose-offer", "offer"),
        "need" => ("edit-choose-need", "need"),
        "more" => ("edit-choose-more", "more"),
        _ => return Err(Failed::not_found()),
    };
    let edit = |kind: &str, key: &str| format!("{}/edit/{kind}/{key}", visit.base());
    let links = match of {
        "more" => OTHERS
            .iter()
            .map(|kind| (kind_key(kind), edit(kind, "new")))
            .collect(),
        kind => THINGS
            .iter()
            .map(|(thing, key)| (*key, edit(kind, &format!("new-{thing}"))))
            .collect(),
    };
    let (nav, back) = match of {
        "more" => (ConsoleNav::Settings, "more"),
        _ => (ConsoleNav::Offers, "offers"),
    };
    let view = ChooseView {
        heading,
        links,
        back: format!("{}/{back}", visit.base()),
    };
    page(&Choose::new(visit.frame(nav), view))
}

/// The kinds of things with their words, those that most groups have first.
const THINGS: [(&str, &str); 8] = [
    ("space", "edit-thing-space"),
    ("equipment", "edit-thing-equipment"),
    ("skills", "edit-thing-skills"),
    ("training", "edit-thing-training"),
    ("documents", "edit-thing-documents"),
    ("funding", "edit-thing-funding"),
    ("volunteer-time", "edit-thing-volunteer-time"),
    ("time-credits", "edit-thing-time-credits"),
];

type NextTimes = HashMap<RecordName, chrono::NaiveDateTime>;

/// The next time of each event. On a blocking thread, with one budget for all: a rule may be costly.
async fn next_times(now: Timestamp, records: &[Stored]) -> Result<NextTimes, Failed> {
    let events = records.iter().filter(|record| record.kind() == "event");
    let events: Vec<(RecordName, Vec<u8>)> = events
        .map(|record| (record.record.entry.name.clone(), record.body.clone()))
        .collect();
    let work = tokio::task::spawn_blocking(move || {
        let budget = Budget::default();
        let times = events.into_iter().filter_map(|(name, body)| {
            let schedule = v1::Event::decode(body.as_slice()).ok()?.schedule?;
            let until = now.plus(AHEAD);
            let next = schedule_occurrences_within(&schedule, now, until, 1, &budget).ok()?;
            let start = parse_local(&next.first()?.local_start)?;
            Some((name, start))
        });
        times.collect()
    });
    work.await
        .map_err(|error| Failed::from(Failure::internal(error)))
}

fn row(visit: &InGroup, record: &Stored, next: &NextTimes) -> Option<RecordRow> {
    let name = &record.record.entry.name;
    let target = Target::of_record(name)?;
    let mut title = record.title();
    if title.is_empty() {
        title = Text::plain(&visit.steward.words().text(target.kind_key()));
    }
    let next = next.get(name).copied();
    let mut states = states(visit, record);
    if record.kind() == "event" && next.is_none() && states.is_empty() {
        states.push("edit-state-over");
    }
    Some(RecordRow {
        title,
        href: target.path(visit),
        kind: kind(record.kind()),
        states,
        next,
        changed: day(record.record.entry.update_time),
    })
}

/// Working copies of new records of these kinds.
async fn drafts(visit: &InGroup, kinds: &[&str]) -> Result<Vec<(Text, String)>, Failed> {
    let drafts = Drafts::new(&visit.steward, Some(&visit.group.id));
    let mut found = Vec::new();
    for kind in kinds {
        let saved = drafts.list(&format!("record:{kind}:new")).await?;
        let typed = drafts.list(&format!("page:{kind}:new")).await?;
        // "record:KIND:KEY" and "page:KIND:KEY:PAGE".
        let keys = saved.iter().chain(&typed);
        let keys: BTreeSet<&str> = keys.filter_map(|key| key.split(':').nth(2)).collect();
        for key in keys {
            let Some(target) = Target::new(kind, key).filter(|_| found.len() < MAX_DRAFTS) else {
                continue;
            };
            let work = Work::read(visit, &target).await?;
            found.push((work.title(), target.path(visit)));
        }
    }
    Ok(found)
}
