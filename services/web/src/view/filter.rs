use crate::text::Text;
use crate::view::keyed::keyed;

/// A value to choose, as a button or in a list of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub name: &'static str,
    pub value: String,
    pub label: Text,
    /// The number of records that it gives.
    pub count: Option<u64>,
    pub is_chosen: bool,
}

/// A filter with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterGroup {
    pub heading: FilterHeading,
    pub choices: Vec<Choice>,
}

keyed! {
    /// The subject of a filter.
    FilterHeading {
        Kind => "filter-kind",
        Resource => "filter-resource",
        WhoFor => "filter-who-for",
        When => "filter-when",
        Access => "filter-access",
        Cost => "filter-cost",
        Language => "filter-language",
        Apply => "filter-apply",
        Other => "filter-other",
    }
}
