//! A filter: a field of `SearchFilter`, with the options that set it.

use hedgerow_proto::directory_v1::SearchFilter;

use super::option::FilterOption;
use super::typed::Typed;
use crate::InputError;
use crate::time::LocalClock;

/// A filter of the protocol with its options.
pub struct Filter {
    /// The field of `SearchFilter` that it sets. Aggregators name a filter by it.
    pub field: &'static str,
    pub section: Section,
    pub options: &'static [FilterOption],
    pub(super) set: Set,
}

pub(super) type Set = fn(&Typed, &LocalClock, &mut ParsedFilter) -> Result<(), InputError>;

/// A part of the table, with a heading of its own in a command's help or on a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Place,
    Kind,
    Time,
    Audience,
    Offer,
    Event,
}

/// Filters as they may be sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParsedFilter {
    pub filter: SearchFilter,
    /// Sentences on what was cut off before sending, to be shown.
    pub notes: Vec<String>,
}

impl Filter {
    /// Reads the options, if they are typed, into the field.
    pub(super) fn apply(
        &self,
        typed: &Typed,
        clock: &LocalClock,
        parsed: &mut ParsedFilter,
    ) -> Result<(), InputError> {
        (self.set)(typed, clock, parsed)
    }

    /// Its options as a sentence has them: `--from and --to`, `--online or --in-person`.
    pub fn option_names(&self) -> String {
        let mut names = String::new();
        for option in self.options.iter().filter(|option| !option.is_refinement) {
            if !names.is_empty() {
                let is_either = !option.conflicts.is_empty();
                names += if is_either { " or " } else { " and " };
            }
            names += "--";
            names += option.name;
        }
        names
    }
}

impl Section {
    pub fn is_for_search(self) -> bool {
        self != Self::Event
    }

    /// Whether its filters apply to a list of events.
    pub fn is_for_events(self) -> bool {
        matches!(
            self,
            Self::Place | Self::Time | Self::Audience | Self::Event
        )
    }

    /// The heading. `None` for the options without one.
    pub fn heading(self) -> Option<&'static str> {
        match self {
            Self::Place | Self::Kind | Self::Time | Self::Event => None,
            Self::Audience => Some("Who it is for, and how to get there"),
            Self::Offer => Some("What it is"),
        }
    }
}
