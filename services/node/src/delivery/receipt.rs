//! Verifies receipts: an aggregator's signed statement that it has durably stored a head.

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::receipt::VerifiedReceipt;

use super::context::Context;
use super::error::DeliveryError;
use crate::store::{Acknowledgement, KnownAggregator, StoredHead};

/// Verifies a receipt: signed by the pinned aggregator, for exactly this head.
pub(super) async fn verify_receipt(
    context: &Context,
    head: &StoredHead,
    receipt: &[u8],
) -> Result<Acknowledgement, DeliveryError> {
    let known = known_aggregator(context).await?;
    let aggregator_log = KeyLog::verify(&known.key_log)?;
    let receipt = VerifiedReceipt::verify(receipt, &aggregator_log)
        .map_err(|error| DeliveryError::InvalidReceipt(error.reason()))?;
    if receipt.group_id() != context.group.id
        || !receipt.view().is_public()
        || receipt.head_hash() != head.hash
    {
        return Err(DeliveryError::InvalidReceipt("receipt_of_another_head"));
    }
    Ok(Acknowledgement {
        hash: head.hash,
        seq: head.position.seq.get(),
        time: context.shared.now(),
        receipt: receipt.envelope().to_vec(),
        permitted: permits(context, head).await?,
    })
}

/// Returns whether a head permits the aggregator to index.
pub(super) async fn permits(context: &Context, head: &StoredHead) -> Result<bool, DeliveryError> {
    let known = known_aggregator(context).await?;
    let mut reading = context.shared.store.read().await?;
    let key_log = KeyLog::verify(reading.key_log(&context.group.id).await?)?;
    let head = VerifiedHead::verify_past(&head.envelope, &key_log)
        .map_err(|error| DeliveryError::InvalidHead(error.reason()))?;
    Ok(head.indexing().permits(&known.id))
}

async fn known_aggregator(context: &Context) -> Result<KnownAggregator, DeliveryError> {
    let mut reading = context.shared.store.read().await?;
    let known = reading.aggregator(&context.aggregator.name).await?;
    known.ok_or(DeliveryError::NoHeldHead)
}
