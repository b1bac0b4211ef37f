//! The summary of one record.

use hedgerow_proto::v1;
use hedgerow_proto::v1::{ResourceKind, Voice};

use super::cost::Cost;
use super::place::SummaryPlace;
use super::use_limits::UseLimits;
use crate::time::Timestamp;

/// A record in short. Fields that its kind does not have are empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    /// The title; of a vouch, the name of the group that it is for.
    pub title: String,
    /// One or two sentences, as the group wrote them.
    pub summary: String,
    /// Other names by which people search for it.
    pub other_names: Vec<String>,
    /// Text to search in addition to title, summary and other names.
    pub text: Vec<String>,
    /// Its numbers in registers, such as that of a charity.
    pub identifiers: Vec<v1::Identifier>,
    /// Words that the group uses for itself, shown before any label.
    pub own_words: Vec<String>,
    /// Words that the group rejects: searched, but never shown as its label.
    pub rejected_terms: Vec<String>,
    /// All tags, without duplicates.
    pub tags: Vec<String>,
    /// The people it is for; each entry is sufficient.
    pub who_for: Vec<v1::WhoFor>,
    /// BCP 47 tags of the languages spoken or signed.
    pub languages: Vec<String>,
    /// Places where it is or happens, without hidden ones.
    pub places: Vec<SummaryPlace>,
    /// Areas that it serves, without hidden ones.
    pub areas_served: Vec<SummaryPlace>,
    /// The voice of a listing: the group itself, on its behalf, or catalogued.
    pub voice: Option<Voice>,
    /// The source of a catalogued listing.
    pub source: Option<v1::Source>,
    /// Roles of a listing: support group, host, funder and so on.
    pub roles: Vec<v1::Role>,
    /// The last time a person confirmed that the record is still right.
    pub confirm_time: Option<Timestamp>,
    /// The group's own website; absent if empty.
    pub website: Option<String>,
    /// Whether the group of a listing is active; active if unspecified.
    pub activity_state: Option<v1::ActivityState>,
    /// Whether new people can come; absent if unspecified.
    pub open_to_new: Option<bool>,
    /// Tags of the ways to join.
    pub how_to_join: Vec<String>,
    /// Tags of accessibility; also among [`tags`](Self::tags).
    pub accessibility: Vec<String>,
    /// The kind of resource of an offer or need.
    pub resource_kind: Option<ResourceKind>,
    /// What a fund says about applying, as terms of [`funding_condition`](super::funding_condition).
    /// They are filtered by like tags, but are no words to find it by.
    pub funding_conditions: Vec<&'static str>,
    /// The number of people that a space or event has room for; absent if unspecified.
    pub capacity: Option<u32>,
    /// What its price means for people without money.
    pub cost: Cost,
    /// Whether people can take part online.
    pub online: bool,
    /// Whether online is the only way to take part.
    pub online_only: bool,
    /// The times at which it happens.
    pub schedules: Vec<v1::Schedule>,
    /// The last day on which it is in effect, `YYYY-MM-DD`; absent if unspecified.
    pub last_day: Option<String>,
    /// The hours of an offer or need.
    pub availability: Option<v1::Availability>,
    /// The limits within which an offer can be used.
    pub use_limits: UseLimits,
    /// Whether an event goes ahead; planned if unspecified.
    pub event_status: Option<v1::EventStatus>,
    /// Who may come to an event.
    pub event_openness: Option<v1::EventOpenness>,
}

impl Summary {
    /// Returns the place to show: the first that has a point, else the first, else the
    /// first area served.
    #[must_use]
    pub fn place(&self) -> Option<&SummaryPlace> {
        let first_point = self.places.iter().find(|place| place.point.is_some());
        first_point
            .or(self.places.first())
            .or(self.areas_served.first())
    }
}
