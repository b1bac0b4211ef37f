//! `ListEvents`: what takes place, one row an occurrence, soonest first.

use std::time::Duration;

use hedgerow_core::name::collection;
use hedgerow_core::recurrence::Occurrence;
use hedgerow_core::recurrence::occurrences;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::failure::FieldViolation;
use prost::Message;

use super::Directory;
use super::continuation::Continuation;
use super::hit::Checked;
use super::hit::Groups;
use super::hit::check;
use super::question::Question;
use crate::index::search::Candidate;
use crate::index::times::Agenda;
use crate::index::times::TimeQuestion;
use crate::index::times::Turn;

/// The window where none is asked.
const USUAL_WINDOW: Duration = Duration::from_secs(14 * 24 * 60 * 60);
/// The longest window.
const LONGEST_WINDOW: Duration = Duration::from_secs(92 * 24 * 60 * 60);
const PAGE_SIZE: u32 = 20;
const LARGEST_PAGE: u32 = 100;
/// How often the index is asked again for rows in place of those that are gone.
const MOST_LOOKS: usize = 4;

/// Lists occurrences.
pub(super) async fn list_events(
    directory: &Directory,
    request: v1::ListEventsRequest,
) -> Result<v1::ListEventsResponse, Failure> {
    let now = directory.now();
    let bare = bare(&request);
    let token = Continuation::of(&request.page_token, &bare)?;
    // All pages count time from the first.
    let began = token.map_or(now, |token| token.began());
    let page_size = page_size(request.page_size)?;
    let search = search_request(&request, began)?;
    let question = Question::parse(&search, began)?;
    let Some(times) = question.criteria.times.clone() else {
        return Err(Failure::invalid_field(
            "window",
            "window_malformed",
            "the window cannot be read",
        ));
    };
    let mut rows = Rows {
        directory,
        openness: openness(&request)?,
        question,
        times,
        now,
    };
    let page = rows
        .page(token.map(|token| turn(token.after)), page_size)
        .await?;
    let next_page_token = page
        .goes_on_after
        .map(|turn| Continuation::new(&bare, began, number(turn)).encode());
    Ok(v1::ListEventsResponse {
        occurrences: page.shown,
        next_page_token: next_page_token.unwrap_or_default(),
        near: rows.question.near.take(),
    })
}

/// One page.
struct Page {
    shown: Vec<v1::EventOccurrence>,
    /// The turn to go on after; `None` on the last page.
    goes_on_after: Option<Turn>,
}

/// The rows of one request.
struct Rows<'a> {
    directory: &'a Directory,
    question: Question,
    times: TimeQuestion,
    openness: Vec<v1::EventOpenness>,
    now: Timestamp,
}

impl Rows<'_> {
    async fn page(&mut self, after: Option<Turn>, page_size: usize) -> Result<Page, Failure> {
        let mut groups = Groups::default();
        let mut page = Page {
            shown: Vec::new(),
            goes_on_after: after,
        };
        for _ in 0..MOST_LOOKS {
            // One more than is needed tells whether there is a next page.
            let wanted = page_size - page.shown.len() + 1;
            let found = self.find(page.goes_on_after, wanted).await?;
            let found_all = found.len() < wanted;
            for (turn, candidate) in found {
                if page.shown.len() == page_size {
                    return Ok(page);
                }
                page.goes_on_after = Some(turn);
                page.shown
                    .extend(self.row(&mut groups, turn, &candidate).await?);
            }
            if found_all {
                page.goes_on_after = None;
                break;
            }
        }
        Ok(page)
    }

    async fn find(
        &self,
        after: Option<Turn>,
        limit: usize,
    ) -> Result<Vec<(Turn, Candidate)>, Failure> {
        let (snapshot, _) = self.directory.index.newest();
        let criteria = self.question.criteria.clone();
        let agenda = Agenda {
            question: self.times.clone(),
            after,
            limit,
        };
        let look = move || snapshot.agenda(&criteria, &agenda);
        self.directory.crowd.look(look).await
    }

    /// The row of an occurrence whose event is shown now and is as it was indexed.
    async fn row(
        &self,
        groups: &mut Groups,
        turn: Turn,
        candidate: &Candidate,
    ) -> Result<Option<v1::EventOccurrence>, Failure> {
        let checked = check(self.directory, groups, &self.question, candidate, self.now).await?;
        let Checked::Same(mut hit, told) = checked else {
            return Ok(None);
        };
        let Some(event) = told.entry.event() else {
            return Ok(None);
        };
        if !self.openness.is_empty() && !self.openness.contains(&event.openness()) {
            return Ok(None);
        }
        let Some(occurrence) = occurrence(event, turn) else {
            return Ok(None);
        };
        hit.next_start = Some(occurrence.start.into());
        let schedule = event.schedule.as_ref();
        Ok(Some(v1::EventOccurrence {
            hit: Some(*hit),
            start: Some(occurrence.start.into()),
            end: Some(occurrence.end.into()),
            local_start: occurrence.local_start,
            time_zone: schedule
                .map(|one| one.time_zone.clone())
                .unwrap_or_default(),
        }))
    }
}

/// The event's occurrence that starts in this minute.
fn occurrence(event: &v1::Event, turn: Turn) -> Option<Occurrence> {
    let start = Timestamp::from_seconds(i64::try_from(turn.start.checked_mul(60)?).ok()?);
    let minute = start.plus(Duration::from_secs(60));
    // What began before and goes on overlaps the minute too.
    let overlapping = occurrences(event, start, minute, usize::MAX).ok()?;
    overlapping.into_iter().find(|one| one.start == start)
}

/// The search that finds the events.
fn search_request(
    request: &v1::ListEventsRequest,
    began: Timestamp,
) -> Result<v1::SearchRequest, Failure> {
    let request = request.clone();
    Ok(v1::SearchRequest {
        query: request.query,
        collections: vec![collection::EVENT.to_owned()],
        tags: request.tags,
        near: request.near,
        region: request.region,
        window: Some(window(request.window, began)?),
        weekdays: request.weekdays,
        time_of_day: request.time_of_day,
        who_for: request.who_for,
        emphasis: request.emphasis,
        age: request.age,
        accessibility: request.accessibility,
        languages: request.languages,
        free_of_charge: request.free_of_charge,
        online: request.online,
        group_id: request.group_id,
        ..v1::SearchRequest::default()
    })
}

/// The window asked for, with both ends.
fn window(asked: Option<v1::TimeWindow>, began: Timestamp) -> Result<v1::TimeWindow, Failure> {
    let asked = asked.unwrap_or_default();
    let malformed = || {
        Failure::invalid_field(
            "window",
            "window_malformed",
            "the window ends before it begins, or a time is out of bounds",
        )
    };
    let read = |time: Option<prost_types::Timestamp>| {
        time.map(Timestamp::try_from)
            .transpose()
            .map_err(|_| malformed())
    };
    let from = read(asked.from)?.unwrap_or(began);
    let to = read(asked.to)?.unwrap_or_else(|| from.plus(USUAL_WINDOW));
    if from >= to {
        return Err(malformed());
    }
    if to > from.plus(LONGEST_WINDOW) {
        return Err(Failure::invalid_field(
            "window",
            "window_too_long",
            "at most 92 days at once: ask for the next ones after them",
        ));
    }
    Ok(v1::TimeWindow {
        from: Some(from.into()),
        to: Some(to.into()),
    })
}

fn openness(request: &v1::ListEventsRequest) -> Result<Vec<v1::EventOpenness>, Failure> {
    let known = |&value: &i32| {
        v1::EventOpenness::try_from(value)
            .ok()
            .filter(|openness| *openness != v1::EventOpenness::Unspecified)
    };
    request
        .openness
        .iter()
        .map(known)
        .collect::<Option<_>>()
        .ok_or_else(|| {
            Failure::invalid(vec![FieldViolation::new(
                "openness",
                "value_unknown",
                "this server does not know this value",
            )])
        })
}

/// How many rows a page has.
pub(super) fn page_size(asked: u32) -> Result<usize, Failure> {
    match asked {
        0 => Ok(PAGE_SIZE as usize),
        1..=LARGEST_PAGE => Ok(asked as usize),
        _ => Err(Failure::invalid_field(
            "page_size",
            "page_size_too_large",
            format!("at most {LARGEST_PAGE} rows a page"),
        )),
    }
}

/// What of a request its page tokens are bound to.
fn bare(request: &v1::ListEventsRequest) -> Vec<u8> {
    let bare = v1::ListEventsRequest {
        page_size: 0,
        page_token: String::new(),
        ..request.clone()
    };
    bare.encode_to_vec()
}

fn number(turn: Turn) -> u128 {
    u128::from(turn.start) << 64 | u128::from(turn.identity)
}

fn turn(number: u128) -> Turn {
    Turn {
        start: (number >> 64) as u64,
        identity: number as u64,
    }
}
