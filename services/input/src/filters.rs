//! The filters of a search: one table with the options that people type for each, from
//! which command lines and forms are built and requests are read.

use hedgerow_core::name::collection;
use hedgerow_proto::directory_v1::SearchFilter;
use hedgerow_proto::v1::{ResourceKind, Role};

use crate::time::LocalClock;
use crate::{InputError, place};

mod filter;
mod on_days;
mod option;
mod table;
mod typed;

pub use filter::{Filter, ParsedFilter, SearchKind};
use on_days::list_next_day;
pub use option::{FilterOption, Value};
use table::FILTERS;
pub use typed::Typed;

/// The filters that a search of this kind offers.
pub fn filters_of(kind: SearchKind) -> impl Iterator<Item = &'static Filter> {
    FILTERS
        .iter()
        .filter(move |filter| filter.kinds.contains(&kind))
}

/// Reads words and filters. A search for records also has the filters that most people mean
/// if they type none.
///
/// # Errors
/// If an option cannot be read.
pub fn parse(
    kind: SearchKind,
    query: &[String],
    typed: &Typed,
    clock: &LocalClock,
) -> Result<ParsedFilter, InputError> {
    let mut parsed = ParsedFilter::default();
    for filter in filters_of(kind) {
        (filter.set)(typed, clock, &mut parsed)?;
    }
    let query = place::query_text(query);
    parsed.filter.query = query.text;
    parsed.notes.extend(query.note);
    if kind == SearchKind::Events {
        list_next_day(typed, clock, &mut parsed)?;
    }
    if kind == SearchKind::Records {
        search_rooms_by_default(typed, &mut parsed.filter);
        search_support_groups_by_default(typed, &mut parsed.filter);
    }
    Ok(parsed)
}

/// `--room-for` alone means rooms. Events have a capacity too, but people look for an
/// event by when it takes place.
fn search_rooms_by_default(typed: &Typed, filter: &mut SearchFilter) {
    let says_what = !filter.collections.is_empty() || !filter.resource_kinds.is_empty();
    if typed.is_set("room-for") && filter.window.is_none() && !says_what {
        filter.collections = vec![collection::OFFER.to_owned()];
        filter.resource_kinds = vec![ResourceKind::Space.into()];
    }
}

/// Most people look for a group to join. A directory has many other organisations.
fn search_support_groups_by_default(typed: &Typed, filter: &mut SearchFilter) {
    if filter.roles.is_empty() && !typed.is_set("any-role") {
        filter.roles = vec![Role::SupportGroup.into()];
    }
}

/// The names of a filter's options by its field in the protocol, as a sentence has them:
/// `--near`. The name of any other field is returned as it is.
pub fn option_names(field: &str) -> String {
    if field == "query" {
        return "the words".to_owned();
    }
    let filter = FILTERS.iter().find(|filter| filter.field == field);
    filter.map_or_else(|| field.to_owned(), Filter::option_names)
}

#[cfg(test)]
mod tests;
