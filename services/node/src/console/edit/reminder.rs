//! "Still right?": in one press, and asked again after the time that the group chose.

use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_proto::{steward_v1, v1};
use hedgerow_web::Text;
use prost::Message as _;

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, see_other};
use super::super::steward::InGroup;
use super::outcome::new_request_id;
use super::overview::has_confirm_time;
use super::stored::{Stored, draft};
use super::target::Target;
use crate::audience::Audience;
use crate::store::StoreError;

const MONTH: Duration = Duration::from_hours(24 * 30);
/// Records of a kind that one page asks about.
const MAX_DUE: usize = 5;
/// Records of a kind that are looked at for it.
const MAX_LOOKED_AT: u32 = 100;

/// `POST /edit/{kind}/{key}/still-right`: the record again, confirmed today.
pub(super) async fn confirm(visit: InGroup, target: Target, _: ConsoleForm) -> Shown {
    let name = target.name.clone().ok_or_else(Failed::not_found)?;
    if !has_confirm_time(target.kind) {
        return Err(Failed::not_found());
    }
    let stored = Stored::read(&visit, &name).await?;
    let stored = stored.ok_or_else(Failed::not_found)?;
    let now = visit.shared().now();
    let body = confirmed_at(&stored, now).ok_or_else(Failed::not_found)?;
    let mut draft = draft(body, &stored.envelope(), stored.subject.clone());
    // Nothing else changes: what the rules ask about was answered before, and is asked again when
    // the record is changed.
    draft.confirmed = confirmations(&visit, &target, &draft, &stored).await?;
    let request = replace(&visit, &stored, draft);
    visit.publish(request).await?;
    visit.steward.flash("edit-confirmed-now").await?;
    see_other(&target.path(&visit))
}

/// The questions of the rules about a record that does not change but for its confirmation.
async fn confirmations(
    visit: &InGroup,
    target: &Target,
    draft: &steward_v1::RecordDraft,
    stored: &Stored,
) -> Result<Vec<String>, Failed> {
    debug_assert_eq!(target.kind, stored.kind());
    match visit.preview(replace(visit, stored, draft.clone())).await {
        Ok(_) => Ok(Vec::new()),
        Err(failure) => {
            let violations = failure.violations();
            if violations.is_empty() || violations.iter().any(|it| !it.confirmable) {
                return Err(failure.into());
            }
            Ok(violations.iter().map(|it| it.reason.clone()).collect())
        }
    }
}

fn replace(
    visit: &InGroup,
    stored: &Stored,
    draft: steward_v1::RecordDraft,
) -> steward_v1::PublishRecordsRequest {
    use steward_v1::record_change::Change;
    steward_v1::PublishRecordsRequest {
        request_id: new_request_id(visit),
        changes: vec![steward_v1::RecordChange {
            change: Some(Change::Replace(steward_v1::ReplacedRecord {
                name: Some(stored.record.entry.name.to_proto()),
                draft: Some(draft),
                etag: stored.record.etag(),
            })),
        }],
        confirmed: Vec::new(),
    }
}

/// The body with another time of confirmation. Fields of later versions would be lost, so a record
/// that has some is refused.
fn confirmed_at(stored: &Stored, now: Timestamp) -> Option<Vec<u8>> {
    let time = Some(now.to_proto());
    stored.form()?;
    let body = stored.body.as_slice();
    let is_whole = |again: Vec<u8>| again == body;
    match stored.kind() {
        "listing" => {
            let mut listing = v1::Listing::decode(body).ok()?;
            is_whole(listing.encode_to_vec()).then(|| {
                listing.confirm_time = time;
                listing.encode_to_vec()
            })
        }
        "offer" => {
            let mut offer = v1::Offer::decode(body).ok()?;
            is_whole(offer.encode_to_vec()).then(|| {
                offer.confirm_time = time;
                offer.encode_to_vec()
            })
        }
        "need" => {
            let mut need = v1::Need::decode(body).ok()?;
            is_whole(need.encode_to_vec()).then(|| {
                need.confirm_time = time;
                need.encode_to_vec()
            })
        }
        _ => None,
    }
}

/// A record that is to be confirmed: its title and the address of its page.
pub(crate) struct Due {
    pub(crate) title: Text,
    pub(crate) href: String,
}

/// Public listings, offers and needs that were neither changed nor confirmed for as long as the
/// group chose, those of each kind up to [`MAX_DUE`].
pub(crate) async fn due(visit: &InGroup) -> Result<Vec<Due>, StoreError> {
    let shared = visit.shared();
    let mut reading = shared.store.read().await?;
    let months = reading.remind_after(&visit.group.id).await?;
    drop(reading);
    let mut due = Vec::new();
    if months == 0 {
        return Ok(due);
    }
    let before = shared.now().minus(MONTH * months);
    for kind in ["listing", "offer", "need"] {
        let (records, _) = Stored::list(visit, kind, "", MAX_LOOKED_AT).await?;
        // A confirmation is a change of the record too.
        let old = records.iter().filter(|stored| {
            let entry = &stored.record.entry;
            entry.audience == Audience::Public && entry.update_time < before
        });
        due.extend(old.take(MAX_DUE).filter_map(|stored| {
            let target = Target::of_record(&stored.record.entry.name)?;
            Some(Due {
                title: stored.title(),
                href: target.path(visit),
            })
        }));
    }
    Ok(due)
}
