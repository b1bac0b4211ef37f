//! The pages: one file each, with its template beside it. docs/ARCHITECTURE.md says how to add one.

mod about;
pub mod console;
mod calendar;
mod coverage;
mod fits;
mod group;
mod home;
mod list;
mod more;
mod printed;
mod problem;
mod record;
mod search;
mod share;
mod sheet;
mod staying_safe;
mod whats_on;
mod yours;

pub use about::{About, AboutView};
pub use calendar::{Calendar, CalendarView};
pub use coverage::{Before, Coverage, CoverageView, Division, Region};
pub use fits::{FitRow, Fits, FitsView};
pub use group::{Group, GroupView};
pub use home::{Home, HomeView};
pub use list::{List, ListPage, ListView};
pub use more::More;
pub use printed::{Booklet, Chapter, Entry, Printed, PrintedView};
pub use problem::Problem;
pub use record::{Check, Record, RecordView};
pub use search::{Found, Notice, Relaxation, Search, SearchView};
pub use share::{Share, ShareView, SharedLink};
pub use sheet::{Sheet, SheetEntry, SheetView};
pub use staying_safe::StayingSafe;
pub use whats_on::{Day, Range, WhatsOn, WhatsOnView};
pub use yours::{Yours, YoursError, YoursView};
