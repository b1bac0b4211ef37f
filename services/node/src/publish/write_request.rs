//! Idempotency of writes: a repeated request gets the same response and changes nothing.

use std::sync::Arc;

use hedgerow_core::name::RecordName;
use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::Failure;
use prost::Message;
use sha2::{Digest, Sha256};

use crate::group::Group;
use crate::shared::Shared;
use crate::store::{StoreError, Transaction};

/// A response to a write. It is stored without record bytes, which must not outlive the
/// record's withdrawal.
pub(crate) trait WriteResponse: Message + Default + Clone + Send + 'static {
    /// The record whose bytes the response contains, if it contains any.
    fn record(&mut self) -> Option<&mut steward_v1::StewardRecord> {
        None
    }
}

impl WriteResponse for steward_v1::CreateRecordResponse {
    fn record(&mut self) -> Option<&mut steward_v1::StewardRecord> {
        self.record.as_mut()
    }
}

impl WriteResponse for steward_v1::UpdateRecordResponse {
    fn record(&mut self) -> Option<&mut steward_v1::StewardRecord> {
        self.record.as_mut()
    }
}

impl WriteResponse for steward_v1::WithdrawRecordResponse {}

impl WriteResponse for steward_v1::PublishRecordsResponse {}

impl WriteResponse for steward_v1::ForceSignResponse {}

impl WriteResponse for steward_v1::CommitKeyEventResponse {}

/// A write for one group, identified by its request id and a hash of its content.
#[derive(Clone)]
pub(crate) struct WriteRequest {
    pub(crate) shared: Arc<Shared>,
    pub(crate) group: Arc<Group>,
    id: String,
    content_hash: [u8; 32],
    pub(super) author: Author,
}

/// Who requests a write.
#[derive(Clone, Debug, Default)]
pub(crate) struct Author {
    /// Name of a person of the console; empty for a program with the steward's file, and for the
    /// host.
    pub(crate) who: String,
    /// Whether the earlier version of a record is kept for a while, so that the change can be
    /// undone. Without it, every earlier version of the record is erased.
    pub(crate) keeps_versions: bool,
}

const MAX_ID_LENGTH: usize = 64;

impl WriteRequest {
    /// Checks the request id and hashes the request. The method is part of the hash: two
    /// methods may have requests with equal encodings.
    pub(crate) fn new(
        shared: &Arc<Shared>,
        group: &Arc<Group>,
        method: &str,
        id: &str,
        request: &impl Message,
    ) -> Result<Self, Failure> {
        if !(1..=MAX_ID_LENGTH).contains(&id.chars().count()) {
            return Err(Failure::invalid_field(
                "request_id",
                "request_id_malformed",
                "must be 1 to 64 characters, and different for each request: a repeated request \
                 is applied only once",
            ));
        }
        let mut hash = Sha256::new();
        hash.update(method.as_bytes());
        hash.update([0]);
        hash.update(request.encode_to_vec());
        Ok(Self {
            shared: Arc::clone(shared),
            group: Arc::clone(group),
            id: id.to_owned(),
            content_hash: hash.finalize().into(),
            author: Author::default(),
        })
    }

    /// Sets who requests the write.
    pub(crate) fn by(mut self, author: Author) -> Self {
        self.author = author;
        self
    }

    /// Stores the response in the transaction that makes the changes, so that neither can
    /// exist without the other.
    pub(crate) async fn store_response(
        &self,
        writing: &mut Transaction,
        response: &impl WriteResponse,
    ) -> Result<(), StoreError> {
        let mut response = response.clone();
        if let Some(record) = response.record() {
            record.record.clear();
        }
        let response = response.encode_to_vec();
        let now = self.shared.now();
        writing
            .put_response(&self.group.id, &self.id, &self.content_hash, &response, now)
            .await
    }

    /// Returns the response that the same request got before. The caller holds the group's
    /// edit lock; otherwise two copies of a request could both be applied.
    pub(crate) async fn previous_response<R: WriteResponse>(&self) -> Result<Option<R>, Failure> {
        let mut reading = self.shared.store.read().await?;
        let Some(stored) = reading.response(&self.group.id, &self.id).await? else {
            return Ok(None);
        };
        if stored.content_hash != self.content_hash {
            return Err(Failure::already_exists(
                "request_id_reused",
                "this request_id was used for another request: choose a new one",
            ));
        }
        let mut response = R::decode(stored.response.as_slice()).map_err(Failure::internal)?;
        if let Some(record) = response.record() {
            record.record = self.unchanged_bytes(&mut reading, record).await?;
        }
        Ok(Some(response))
    }

    /// Reads the record's bytes, if it has not been edited since the response. Otherwise
    /// returns none: they may have been withdrawn.
    async fn unchanged_bytes(
        &self,
        reading: &mut Transaction,
        then: &steward_v1::StewardRecord,
    ) -> Result<Vec<u8>, Failure> {
        let name = then
            .name
            .as_ref()
            .and_then(|name| RecordName::try_from(name).ok());
        let Some(name) = name else {
            return Ok(Vec::new());
        };
        match reading.record(&self.group.id, &name).await? {
            Some(now) if now.etag() == then.etag => Ok(reading
                .body(&self.group.id, &now.entry.hash)
                .await?
                .unwrap_or_default()),
            _ => Ok(Vec::new()),
        }
    }
}
