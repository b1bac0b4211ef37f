//! A record as a steward submits it.

use chrono::{DateTime, Datelike};
use hedgerow_proto::v1;

use crate::id::GroupId;
use crate::name::Collection;
use crate::time::Timestamp;

/// A record that a steward wants to publish, before any rule is applied.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The group that publishes the record.
    pub group_id: &'a GroupId,
    /// The kind of record.
    pub collection: &'a Collection,
    /// The encoded message of that kind.
    pub body: &'a [u8],
    /// The language of its text, BCP 47; empty means `en`.
    pub language: &'a str,
    /// The group that a catalogued listing is about; absent for any other record.
    pub subject: Option<&'a v1::Subject>,
    /// Reasons of violations that a person has read and confirmed.
    pub confirmed: &'a [String],
    /// The node's clock.
    pub now: Timestamp,
}

impl Draft<'_> {
    /// Returns the current year in UTC.
    pub(super) fn year(&self) -> u32 {
        let now = DateTime::from_timestamp_millis(self.now.as_millis()).unwrap_or_default();
        u32::try_from(now.year()).unwrap_or_default()
    }
}
