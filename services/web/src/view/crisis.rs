use crate::text::Text;

/// A service for a person in a crisis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrisisService {
    /// ISO 3166-1 code of its country.
    pub country: String,
    pub name: Text,
    /// The number to call; empty if there is none.
    pub phone: String,
    /// What to text and where; empty if it takes no texts.
    pub text: Text,
    /// What it is for, and when it is open.
    pub words: Text,
}
