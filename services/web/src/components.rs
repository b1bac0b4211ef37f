//! Parts of pages, each with its template beside it. A page shows one by `{{ Component::new(…) }}`.

mod crisis;
mod facts;
mod result_row;
mod search_box;
mod source;
mod fields;
mod when;

pub use crisis::{CrisisBox, CrisisWays};
pub use facts::Facts;
pub use result_row::{KindLabel, PlaceLine, ResultRow};
pub use search_box::SearchBox;
pub use source::{FreshnessLine, StateBadge, VoiceBadge};
pub use when::WhenLine;
pub use fields::{
    Answer, Answers, Choices, ErrorSummary, Errors, FieldChoice, TextArea, TextField,
};
