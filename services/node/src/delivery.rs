//! Delivers heads and records to aggregators: one worker for each group and aggregator,
//! over outbound connections only.

mod admission;
mod aggregator;
mod attempt;
mod context;
mod dispatch;
mod error;
mod head_check;
mod key_log;
mod key_log_push;
mod once;
mod outcome;
mod push;
mod receipt;
mod rivals;
mod worker;

pub(crate) use admission::get_admission;
pub(crate) use aggregator::Aggregator;
pub(crate) use dispatch::deliver;
pub(crate) use head_check::{Verdict, check_head};
pub use once::Delivered;
pub(crate) use once::deliver_once;
pub(crate) use rivals::get_rivals;
