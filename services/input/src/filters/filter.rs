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
    /// The searches that offer it.
    pub kinds: &'static [SearchKind],
    /// The heading of its options in a command's help or on a form. `None` for the first
    /// options, which have no heading.
    pub heading: Option<&'static str>,
    pub options: &'static [FilterOption],
    /// Reads the options, if they are typed, into the field.
    pub(super) set: Set,
}

pub(super) type Set = fn(&Typed, &LocalClock, &mut ParsedFilter) -> Result<(), InputError>;

/// The kind of results that a search returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchKind {
    /// Records of every kind.
    Records,
    /// Occurrences of events.
    Events,
}

/// Filters as they may be sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParsedFilter {
    pub filter: SearchFilter,
    /// Sentences on what was cut off before sending, to be shown.
    pub notes: Vec<String>,
}

impl Filter {
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
