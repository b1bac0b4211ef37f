//! What everyone may see of a group.

use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::collection;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::Summary;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1::Voice;
use hedgerow_record_views::{RecordContent, day, kind};
use hedgerow_web::Text;
use hedgerow_web::view::{Freshness, Kind};

use super::visit::{Unshown, Visit};
use crate::group::Group;
use crate::store::{PublicRecord, StoreError, Transaction};

/// Listings of which one is the group's own. A cataloguer has thousands of others.
const MAX_LISTINGS: u32 = 20;

/// After this, a "still right" is old.
const YEAR_SECONDS: u64 = 365 * 86_400;

/// A group that is shown, and a snapshot to read from.
pub(super) struct OpenGroup {
    pub(super) group: Arc<Group>,
    pub(super) reading: Transaction,
}

/// A public record, decoded.
pub(super) struct Shown {
    pub(super) collection: String,
    pub(super) key: String,
    pub(super) content: RecordContent,
    pub(super) summary: Summary,
}

impl Visit {
    /// Opens a group by its id, or by the host's name for it.
    pub(super) async fn open(&self, name: &str) -> Result<OpenGroup, Unshown> {
        let shared = &self.state.shared;
        let group = match name.parse::<GroupId>() {
            Ok(id) => shared.groups.get(&id),
            Err(_) => shared
                .groups
                .all()
                .into_iter()
                .find(|group| group.label == name),
        };
        let group = group.ok_or(Unshown::NotFound)?;
        let mut reading = shared.store.read().await?;
        if !is_shown(&group, &mut reading).await? {
            return Err(Unshown::NotFound);
        }
        Ok(OpenGroup { group, reading })
    }
}

/// Whether a group may show pages here. It has not ended, and this machine has its latest state, as
/// far as is known: one that was restored from a backup shows what it has until an aggregator
/// reports a later head, seconds after the start.
pub(super) async fn is_shown(group: &Group, reading: &mut Transaction) -> Result<bool, StoreError> {
    let stop = group.guard.stopped();
    if stop.is_some_and(|stop| stop.reason.hides_pages()) {
        return Ok(false);
    }
    let tip = reading.key_log_tip(&group.id).await?;
    Ok(tip.is_some_and(|(_, has_ended)| !has_ended))
}

impl OpenGroup {
    /// The first listings, one of which may be the group's own.
    pub(super) async fn listings(&mut self) -> Result<Vec<PublicRecord>, StoreError> {
        let collection = collection::LISTING;
        self.reading
            .public_records(&self.group.id, collection, "", MAX_LISTINGS)
            .await
    }
}

/// Decodes records, and leaves out those that cannot be: the node stored them, so that there are
/// none unless an older program did.
pub(super) fn decode(group: &GroupId, records: Vec<PublicRecord>) -> Vec<Shown> {
    let shown = records.into_iter().filter_map(|record| {
        let content = RecordContent::parse(group, &record.bytes)?;
        Some(Shown {
            collection: record.name.collection.as_str().to_owned(),
            key: record.name.key.as_str().to_owned(),
            summary: Summary::from_body(&content.body).unwrap_or_default(),
            content,
        })
    });
    shown.collect()
}

/// The listing in which a group speaks for itself, or else one on its behalf.
pub(super) fn own_listing(listings: &[Shown]) -> Option<&Shown> {
    let with = |wanted: fn(Voice) -> bool| {
        listings.iter().find(|listing| match &listing.content.body {
            RecordBody::Listing(body) => wanted(body.voice()),
            _ => false,
        })
    };
    with(|voice| matches!(voice, Voice::Itself | Voice::Unspecified))
        .or_else(|| with(|voice| voice == Voice::OnBehalf))
}

/// The name of a group; empty if it has no listing of its own.
pub(super) fn name_of(group: &GroupId, listings: Vec<PublicRecord>) -> Text {
    let listings = decode(group, listings);
    own_listing(&listings).map_or_else(Text::default, Shown::title)
}

impl Shown {
    pub(super) fn kind(&self) -> Kind {
        kind(&self.collection)
    }

    pub(super) fn title(&self) -> Text {
        Text::new(&self.summary.title, &self.content.language)
    }

    pub(super) fn href(&self, group: &GroupId) -> String {
        format!("{}/{}/{}", group_href(group), self.collection, self.key)
    }

    pub(super) fn freshness(&self, now: Timestamp) -> Freshness {
        match self.summary.confirm_time {
            Some(at) if now.since(at).as_secs() > YEAR_SECONDS => {
                Freshness::Old { confirmed: day(at) }
            }
            Some(at) => Freshness::Confirmed { on: day(at) },
            None if self.content.is_catalogued() => Freshness::Unknown,
            None => Freshness::Signed {
                on: day(self.content.changed),
            },
        }
    }
}

/// The address of a group's page.
pub(super) fn group_href(group: &GroupId) -> String {
    format!("/g/{group}")
}
