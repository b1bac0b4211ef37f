//! The transaction: records, bodies, head and answer, durable together or not at all.

use hedgerow_core::name::View;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::failure::Kind;

use super::Answer;
use super::WriteRequest;
use super::Written;
use super::WrittenRecord;
use super::plan::Step;
use crate::audience::Audience;
use crate::group::Group;
use crate::node::Shared;
use crate::signing::Signed;
use crate::signing::When;
use crate::signing::sign;
use crate::store::KeptRecord;
use crate::store::RecordToKeep;
use crate::store::StoreError;
use crate::store::Transaction;

/// Carries out a plan. The caller holds the group's edits.
pub(super) async fn apply<R: Answer>(
    shared: &Shared,
    group: &Group,
    request: &WriteRequest,
    steps: Vec<Step>,
    respond: impl FnOnce(Written) -> R,
) -> Result<R, Failure> {
    let mut writing = shared.store.write().await?;
    let grows = steps.iter().any(|step| matches!(step, Step::Keep { .. }));
    let mut records = Vec::with_capacity(steps.len());
    for step in steps {
        records.extend(carry_out(group, &mut writing, step).await?);
    }
    // What is taken back never waits for what is too much.
    if grows {
        check_limits(shared, group, &mut writing).await?;
    }
    let signed = sign(shared, group, &mut writing, When::Needed).await?;
    for written in &mut records {
        let public = written.record.kept.audience == Audience::Public;
        written.record.published = public && !matches!(signed, Signed::Waits(_));
    }
    let head = match &signed {
        Signed::New { envelope, .. } => envelope.clone(),
        Signed::Unchanged | Signed::Waits(_) => newest_head(group, &mut writing).await?,
    };
    let answer = respond(Written { records, head });
    request
        .remember(shared, group, &mut writing, &answer)
        .await?;
    writing.commit().await?;
    if let Signed::New { revision, .. } = signed {
        group.gate.signed();
        shared.tell_of_head(group, revision);
    }
    Ok(answer)
}

/// The newest public head's envelope; empty where there is none.
pub(crate) async fn newest_head(
    group: &Group,
    reading: &mut Transaction,
) -> Result<Vec<u8>, StoreError> {
    let head = reading.head(&group.id, &View::public()).await?;
    Ok(head.map(|head| head.envelope).unwrap_or_default())
}

async fn carry_out(
    group: &Group,
    writing: &mut Transaction,
    step: Step,
) -> Result<Option<WrittenRecord>, StoreError> {
    match step {
        Step::AsItIs { record, bytes } => Ok(Some(WrittenRecord { record, bytes })),
        Step::TakeBack { record } => {
            writing.delete_record(&group.id, &record.kept.name).await?;
            // At once, though the head that has its leaf may live a little longer.
            writing.erase_body(&group.id, &record.kept.hash).await?;
            Ok(None)
        }
        Step::Keep {
            record,
            bytes,
            before,
        } => {
            writing.put_body(&group.id, &record.hash, &bytes).await?;
            writing.put_record(&group.id, &record).await?;
            if let Some(before) = before {
                drop_old_body(group, writing, &before, &record).await?;
            }
            Ok(Some(WrittenRecord {
                record: KeptRecord {
                    kept: record,
                    published: false,
                },
                bytes,
            }))
        }
    }
}

/// An earlier version is served until the head without it; unless it was taken out of
/// the public view.
async fn drop_old_body(
    group: &Group,
    writing: &mut Transaction,
    before: &KeptRecord,
    now: &RecordToKeep,
) -> Result<(), StoreError> {
    if now.audience == Audience::Public {
        writing
            .erase_body_if_unused(&group.id, &before.kept.hash)
            .await
    } else {
        writing.erase_body(&group.id, &before.kept.hash).await
    }
}

async fn check_limits(
    shared: &Shared,
    group: &Group,
    writing: &mut Transaction,
) -> Result<(), Failure> {
    let totals = writing.public_totals(&group.id).await?;
    let limits = &shared.config.publishing;
    if totals.records > u64::from(limits.max_records) {
        return Err(Failure::new(
            Kind::ResourceExhausted,
            "too_many_records",
            format!(
                "the group would have {} public records, at most {} are published: take some back \
                 first",
                totals.records, limits.max_records
            ),
        ));
    }
    if totals.bytes > limits.max_view_bytes {
        return Err(Failure::new(
            Kind::ResourceExhausted,
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
