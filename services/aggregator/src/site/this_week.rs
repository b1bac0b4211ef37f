//! What is on in the next seven days near a place, in a few lines.

use chrono::Days;
use hedgerow_proto::directory_v1::ListEventsRequest;
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::Text;
use hedgerow_web::form::Form;
use hedgerow_web::view::{Choice, ThisWeek};

use super::field_error::{FieldError, other_places};
use super::visit::Visit;
use super::whats_on::{event_filter, rows, typed_day};

/// Shown events.
const MAX_EVENTS: usize = 5;
/// Read occurrences. An event of every day is shown once.
const READ: i32 = 20;
const DAYS_AFTER_TODAY: u64 = 6;
/// Fields of a search that say something else than what is on near a place: words, other times,
/// and what no event has.
const LEFT_OUT: [&str; 11] = [
    "q", "in", "on", "from", "to", "between", "free-at", "role", "any-role", "resource", "room-for",
];

/// The events, and other places of the name.
pub(super) struct Found {
    pub(super) week: ThisWeek,
    pub(super) other_places: Vec<Choice>,
}

/// Reads the events for the place and the people of a search.
pub(super) async fn this_week(
    visit: &Visit,
    form: &Form,
) -> Result<Result<Found, FieldError>, CallFailure> {
    let mut form = form.clone();
    for name in LEFT_OUT {
        form.remove(name, None);
    }
    let last = visit.today.checked_add_days(Days::new(DAYS_AFTER_TODAY));
    form.push("from", &typed_day(visit.today));
    form.push("to", &typed_day(last.unwrap_or(visit.today)));
    let filter = match event_filter(visit, &form) {
        Ok(filter) => filter,
        Err(error) => return Ok(Err(error)),
    };
    let request = ListEventsRequest {
        filter: Some(filter),
        page_size: READ,
        ..ListEventsRequest::default()
    };
    let found = visit.list_events(request).await?;
    let mut occurrences = Vec::new();
    let mut seen = Vec::new();
    for occurrence in found.occurrences {
        let Some(hit) = &occurrence.hit else { continue };
        let name = (hit.group_id.clone(), hit.key.clone());
        if occurrences.len() < MAX_EVENTS && !seen.contains(&name) {
            seen.push(name);
            occurrences.push(occurrence);
        }
    }
    let events = rows(visit, &occurrences).await;
    let near = found.near.as_ref();
    Ok(Ok(Found {
        week: ThisWeek {
            place: near.map_or_else(Text::default, |near| Text::plain(&near.name)),
            is_inside: near.is_some_and(|near| near.is_inside_area),
            events: events.into_iter().map(|(_, row)| row).collect(),
        },
        other_places: near.map(other_places).unwrap_or_default(),
    }))
}
