//! The first five minutes: five short pages, what will be public, the recovery words, published.

mod check;
mod published;
mod step;
mod words;

pub use check::{FirstCheck, FirstCheckView, PublicRecord, Question};
pub use published::{FirstPublished, FirstPublishedView};
pub use step::{FirstPage, FirstReading, FirstStep, FirstStepView};
pub use words::{FirstWords, FirstWordsView, WordsStage};
