use crate::view::item::Item;
use crate::view::keyed::keyed;

/// A part of a record's page. Sections are in the order in which a frightened newcomer needs them.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub heading: Heading,
    pub items: Vec<Item>,
}

keyed! {
    /// The question that a section answers.
    Heading {
        About => "heading-about",
        ForMe => "heading-for-me",
        WhenAndWhere => "heading-when-and-where",
        Join => "heading-join",
        FirstTime => "heading-first-time",
        Access => "heading-access",
        Cost => "heading-cost",
        Offered => "heading-offered",
        Conditions => "heading-conditions",
        Safety => "heading-safety",
        WhoRunsIt => "heading-who-runs-it",
        More => "heading-more",
    }
}
