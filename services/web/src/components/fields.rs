//! Fields of forms: each with its label, what to write there, and what is wrong with it.

mod answers;
mod choices;
mod error_summary;
mod text_area;
mod text_field;

pub use answers::{Answer, Answers};
pub use choices::{Choices, FieldChoice};
pub use error_summary::{ErrorSummary, Errors};
pub use text_area::TextArea;
pub use text_field::TextField;
