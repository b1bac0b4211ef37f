//! The pages: one file each, with its template beside it. docs/ARCHITECTURE.md says how to add one.

mod about;
pub mod console;
mod coverage;
mod group;
mod home;
mod problem;
mod record;
mod search;
mod staying_safe;
mod whats_on;

pub use about::{About, AboutView};
pub use coverage::{Before, Coverage, CoverageView, Division, Region};
pub use group::{Group, GroupView};
pub use home::{Home, HomeView};
pub use problem::Problem;
pub use record::{Check, Record, RecordView};
pub use search::{Found, Notice, Relaxation, Search, SearchView};
pub use staying_safe::StayingSafe;
pub use whats_on::{Day, Range, WhatsOn, WhatsOnView};
