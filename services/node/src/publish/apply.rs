//! The write transaction: records, bodies, head and response become durable together.

use hedgerow_core::name::View;
use hedgerow_transport::failure::Failure;

use super::edit::{Written, WrittenRecord};
use super::plan::Step;
use super::write_request::{WriteRequest, WriteResponse};
use crate::audience::Audience;
use crate::config::PublishingSettings;
use crate::group::Group;
use crate::signing::{Signed, When, sign};
use crate::store::{Action, Before, RecordEntry, StoreError, StoredRecord, Transaction};

/// Applies planned steps. The caller holds the group's edit lock.
pub(super) async fn apply<R: WriteResponse>(
    request: &WriteRequest,
    steps: Vec<Step>,
    respond: impl FnOnce(Written) -> R,
) -> Result<R, Failure> {
    let (shared, group) = (&*request.shared, &*request.group);
    let mut writing = shared.store.write().await?;
    let puts_any = steps.iter().any(|step| matches!(step, Step::Put { .. }));
    let mut records = Vec::with_capacity(steps.len());
    for step in steps {
        record_history(request, &mut writing, &step).await?;
        records.extend(apply_step(group, &mut writing, step).await?);
    }
    // A withdrawal is always accepted, even if the group is over a limit that was lowered.
    if puts_any {
        check_limits(&shared.config.publishing, group, &mut writing).await?;
    }
    let signed = sign(shared, group, &mut writing, When::Needed).await?;
    for written in &mut records {
        let public = written.record.entry.audience == Audience::Public;
        written.record.published = public && !matches!(signed, Signed::Blocked(_));
    }
    let head = match &signed {
        Signed::New { envelope, .. } => envelope.clone(),
        Signed::Unchanged | Signed::Blocked(_) => newest_head(group, &mut writing).await?,
    };
    let response = respond(Written { records, head });
    request.store_response(&mut writing, &response).await?;
    writing.commit().await?;
    if let Signed::New { revision, .. } = signed {
        shared.head_committed(group, revision);
    }
    Ok(response)
}

/// Writes who changed what.
async fn record_history(
    request: &WriteRequest,
    writing: &mut Transaction,
    step: &Step,
) -> Result<(), StoreError> {
    let group = &request.group.id;
    let (action, name, before) = match step {
        Step::Unchanged { .. } => return Ok(()),
        Step::Put { record, before, .. } => match before {
            None => (Action::Add, &record.name, None),
            Some(before) => (Action::Change, &record.name, Some(&before.entry)),
        },
        Step::Withdraw { record } => {
            let entry = &record.entry;
            (Action::TakeBack, &entry.name, Some(entry))
        }
    };
    let mut version = None;
    if !request.author.keeps_versions {
        writing.forget_versions(group, name).await?;
    } else if let Some(before) = before {
        let bytes = writing.body(group, &before.hash).await?;
        version = bytes.map(|bytes| Before::new(bytes, &before.audience));
    }
    let change = (request.author.who.as_str(), action, name);
    let now = request.shared.now();
    writing
        .add_history(group, change, version.as_ref(), now)
        .await
}

/// Reads the envelope of the newest public head; empty if there is none.
pub(crate) async fn newest_head(
    group: &Group,
    reading: &mut Transaction,
) -> Result<Vec<u8>, StoreError> {
    let head = reading.head(&group.id, &View::public()).await?;
    Ok(head.map(|head| head.envelope).unwrap_or_default())
}

async fn apply_step(
    group: &Group,
    writing: &mut Transaction,
    step: Step,
) -> Result<Option<WrittenRecord>, StoreError> {
    match step {
        Step::Unchanged { record, bytes } => Ok(Some(WrittenRecord { record, bytes })),
        Step::Withdraw { record } => {
            writing.delete_record(&group.id, &record.entry.name).await?;
            // Erased at once, although the head with its leaf may stay the newest for a
            // while: followers then get the leaf without a body.
            writing.erase_body(&group.id, &record.entry.hash).await?;
            Ok(None)
        }
        Step::Put {
            record,
            bytes,
            before,
        } => {
            writing.put_body(&group.id, &record.hash, &bytes).await?;
            writing.put_record(&group.id, &record).await?;
            if let Some(before) = before {
                erase_old_body(group, writing, &before, &record).await?;
            }
            Ok(Some(WrittenRecord {
                record: StoredRecord {
                    entry: record,
                    published: false,
                },
                bytes,
            }))
        }
    }
}

/// Erases the body of an earlier version. It is served until a head without it is signed,
/// unless the record has become private: then it is erased at once, like a withdrawn one.
async fn erase_old_body(
    group: &Group,
    writing: &mut Transaction,
    before: &StoredRecord,
    now: &RecordEntry,
) -> Result<(), StoreError> {
    if now.audience == Audience::Public {
        writing
            .erase_body_if_unused(&group.id, &before.entry.hash)
            .await
    } else {
        writing.erase_body(&group.id, &before.entry.hash).await
    }
}

async fn check_limits(
    limits: &PublishingSettings,
    group: &Group,
    writing: &mut Transaction,
) -> Result<(), Failure> {
    let totals = writing.public_totals(&group.id).await?;
    if totals.records > u64::from(limits.max_records) {
        return Err(Failure::failed_precondition(
            "view_too_many_records",
            format!(
                "the group would have {} public records, at most {} are published: take some back \
                 first",
                totals.records, limits.max_records
            ),
        ));
    }
    if totals.bytes > limits.max_view_bytes {
        return Err(Failure::failed_precondition(
            "view_too_large",
            format!(
                "the group's public records would have {} bytes, at most {} are published: shorten \
                 or take back some first",
                totals.bytes, limits.max_view_bytes
            ),
        ));
    }
    Ok(())
}
