use crate::text::{Marked, Text};
use crate::view::kind::Kind;
use crate::view::place::Place;
use crate::view::status::{Freshness, State, Voice};
use crate::view::times::When;

/// A row of a list of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The record's page on this site.
    pub href: String,
    pub kind: Kind,
    pub title: Text,
    /// The group whose event, offer or need it is.
    pub by: Option<Text>,
    pub snippet: Marked,
    pub place: Option<Place>,
    pub online: bool,
    pub when: Option<When>,
    /// How to join, in short.
    pub join: Option<Text>,
    pub state: Option<State>,
    /// What to ask about before a room can be used at the time that was searched for; empty if
    /// nothing. Absent if no time was.
    pub room_then: Option<Vec<Text>>,
    pub voice: Voice,
    pub freshness: Freshness,
    /// Other listings of the same organisation.
    pub also: Vec<Also>,
}

/// Another listing of the organisation of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Also {
    pub href: String,
    pub title: Text,
    pub voice: Voice,
}
