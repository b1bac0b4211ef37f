//! The kinds of documents that can be published by questions.

use clap::ValueEnum;

/// What can be published by questions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// What your group is and where it meets.
    Listing,
    /// Something that happens at a time, once or again and again.
    Event,
    /// A room that other groups may use.
    Room,
    /// Something that your group looks for.
    Need,
}
