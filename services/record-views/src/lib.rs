//! What a record says, as the view data of `hedgerow-web` and as files for calendars.
//!
//! It knows the messages of the protocol and their rules, but no store, no network and no address
//! of a page: each site adds those. Nothing finer than what is published is in any result.

pub mod calendar;
pub mod crisis;
pub mod place;
pub mod recurrence;
pub mod sections;
pub mod times;

mod content;
mod words;

pub use content::RecordContent;
pub use words::{
    capitalised, day, english_only, kind, language, match_aspect, rule_sentence, search_error,
    status, tag, term, unknown_place, use_condition,
};
