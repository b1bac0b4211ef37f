//! What pages show, as plain data. A site makes it from its own messages; nothing here is of the
//! protocol.

mod contact;
mod crisis;
mod details;
mod filter;
mod flag;
mod hit;
mod item;
mod keyed;
mod kind;
mod label;
mod line;
mod place;
mod progress;
mod resource;
mod section;
mod sentence;
mod status;
mod this_week;
mod times;

pub use contact::{Contact, ContactWay};
pub use crisis::CrisisService;
pub use details::{Details, Fit};
pub use filter::{Choice, FilterGroup, FilterHeading};
pub use flag::Flag;
pub use hit::{Also, Hit};
pub use item::{Fold, Item};
pub use kind::Kind;
pub use label::Label;
pub use line::Line;
pub use place::{Area, Place, Precision};
pub use progress::{Figure, Progress};
pub use resource::{PriceKind, Requirement, Resource};
pub use section::{Heading, Section};
pub use sentence::Sentence;
pub use status::{Confirmed, Freshness, State, Voice};
pub use this_week::ThisWeek;
pub use times::{Times, When};
