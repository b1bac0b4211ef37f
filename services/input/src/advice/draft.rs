//! A record before it is checked.

/// A record that a person has written.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The collection: `listing`.
    pub kind: &'a str,
    /// The encoded message of that kind.
    pub body: &'a [u8],
    /// The record that it replaces.
    pub key: Option<&'a str>,
    /// Whether it is about another organisation: its subject determines its key.
    pub has_subject: bool,
    pub is_node_only: bool,
}
