//! Receipts: an aggregator's signed word that it holds a head durably.

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::receipt::VerifiedReceipt;

use super::courier::Courier;
use super::error::DeliveryError;
use crate::store::Acknowledgement;
use crate::store::KeptHead;
use crate::store::KnownAggregator;

impl Courier {
    /// Checks a receipt for a head: signed by the aggregator that was met at this
    /// address, for this very head.
    pub(super) async fn acknowledged(
        &self,
        head: &KeptHead,
        receipt: &[u8],
    ) -> Result<Acknowledgement, DeliveryError> {
        let known = self.known().await?;
        let its_log = KeyLog::verify(&known.key_log)?;
        let receipt = VerifiedReceipt::verify(receipt, &its_log)
            .map_err(|error| DeliveryError::Receipt(error.reason()))?;
        if receipt.group_id() != self.group.id
            || !receipt.view().is_public()
            || receipt.head_hash() != head.hash
        {
            return Err(DeliveryError::Receipt("receipt_of_another_head"));
        }
        Ok(Acknowledgement {
            hash: head.hash,
            seq: head.position.seq.get(),
            at: self.shared.now(),
            receipt: receipt.envelope().to_vec(),
            permitted: self.permits(head).await?,
        })
    }

    /// Whether a head permits the aggregator to index.
    pub(super) async fn permits(&self, head: &KeptHead) -> Result<bool, DeliveryError> {
        let known = self.known().await?;
        let mut reading = self.shared.store.read().await?;
        let key_log = KeyLog::verify(reading.key_log(&self.group.id).await?)?;
        let head = VerifiedHead::verify_past(&head.envelope, &key_log)
            .map_err(|error| DeliveryError::BadHead(error.reason()))?;
        Ok(head.indexing().permits(&known.id))
    }

    async fn known(&self) -> Result<KnownAggregator, DeliveryError> {
        let mut reading = self.shared.store.read().await?;
        let known = reading.aggregator(&self.aggregator.name).await?;
        known.ok_or(DeliveryError::NoAnswer)
    }
}
