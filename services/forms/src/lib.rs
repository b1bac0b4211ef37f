//! Records as forms, and forms as records.
//!
//! Tables list the fields of every kind of record in the order of a page. From a record they make
//! controls to fill in; a posted form changes the record. A field whose control was not posted, or
//! was posted as it was shown, keeps its value to the bit: what a form cannot show is never lost.

mod apply;
mod calendar;
mod changes;
mod dates;
mod envelope;
mod field;
mod form;
mod leaf;
mod locate;
mod meeting;
mod path;
mod posted;
mod prefill;
mod record;
mod repeat;
mod schedule;
mod show;
mod tables;
mod tags;
mod times;

pub use calendar::{FileEvent, read_calendar, updated};
pub use changes::{Change, Chosen, Conflict, Merged, changes, choose, merge};
pub use dates::{change_one_time, move_to_day, same_weekday_in, single_start};
pub use envelope::{Envelope, NODE_ONLY, PUBLIC};
pub use field::{Choice, Field, Fold, Group, Kind, Page};
pub use form::Form;
pub use locate::locate;
pub use meeting::{Answers, Meeting, Question, all_questions, read_meeting};
pub use posted::Posted;
pub use prefill::prefill;
pub use record::{Body, DETAILS, detail_of, to_json};
pub use schedule::next_days;

#[cfg(test)]
mod tests;
