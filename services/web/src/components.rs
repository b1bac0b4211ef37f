//! Parts of pages, each with its template beside it. A page shows one by `{{ Component::new(…) }}`.

mod coming_event;
mod controls;
mod crisis;
mod details;
mod draft_status;
mod facts;
mod fields;
mod language_links;
mod locator;
mod message_form;
mod place_choices;
mod progress;
mod qr;
mod result_row;
mod search_box;
mod source;
mod this_week;
mod trust;
mod when;

pub use coming_event::{Coming, ComingEvent};
pub use controls::{AnswerView, Caption, ChoiceOption, Control, ControlView, FieldGroup, Input};
pub use crisis::{CrisisBox, CrisisWays};
pub use details::Details;
pub use draft_status::DraftStatus;
pub use facts::{Facts, LineView};
pub use fields::{
    Answer, Answers, Choices, ErrorSummary, Errors, FieldChoice, TextArea, TextField,
};
pub use language_links::LanguageLinks;
pub use locator::LocatorBox;
pub use message_form::{MAX_MESSAGE, MAX_REPLY, MessageDraft, MessageForm, MessageProblem, SealTo};
pub use place_choices::PlaceChoices;
pub use progress::ProgressBar;
pub use qr::Qr;
pub use result_row::{KindLabel, PlaceLine, ResultRow};
pub use search_box::{DISTANCES, SearchBox};
pub use source::{FreshnessLine, StateBadge, VoiceBadge};
pub use this_week::ThisWeek;
pub use trust::{Check, Trust, TrustBoxes};
pub use when::WhenLine;
