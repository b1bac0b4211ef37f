//! Fields of a record: to fill in, and as text to compare versions.
//!
//! A control shows a value, and the name of its field in the posted form. Controls nest: a place has
//! a name and a street, and a record has several places.

mod answer;
mod control;
mod editor;

pub use answer::AnswerView;
pub use control::{Caption, ChoiceOption, Control, FieldGroup, Input};
pub use editor::ControlView;
