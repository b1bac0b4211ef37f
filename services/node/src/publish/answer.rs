//! Request ids: the same request gets the same answer, and changes nothing twice.

use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use prost::Message;
use sha2::Digest;
use sha2::Sha256;

use crate::group::Group;
use crate::node::Shared;
use crate::store::StoreError;
use crate::store::Transaction;

/// An answer to a write. It is remembered without a record's bytes: those must not
/// outlive the record's being taken back.
pub(crate) trait Answer: Message + Default + Clone + Send + 'static {
    /// The record whose bytes it carries.
    fn record(&mut self) -> Option<&mut v1::StewardRecord>;
}

impl Answer for v1::CreateRecordResponse {
    fn record(&mut self) -> Option<&mut v1::StewardRecord> {
        self.record.as_mut()
    }
}

impl Answer for v1::UpdateRecordResponse {
    fn record(&mut self) -> Option<&mut v1::StewardRecord> {
        self.record.as_mut()
    }
}

impl Answer for v1::TakeBackRecordResponse {
    fn record(&mut self) -> Option<&mut v1::StewardRecord> {
        None
    }
}

impl Answer for v1::PublishRecordsResponse {
    fn record(&mut self) -> Option<&mut v1::StewardRecord> {
        None
    }
}

impl Answer for v1::SignWithoutAnswerResponse {
    fn record(&mut self) -> Option<&mut v1::StewardRecord> {
        None
    }
}

/// A write's id, and a hash of everything that it asks.
#[derive(Clone, Debug)]
pub(crate) struct WriteRequest {
    id: String,
    content_hash: [u8; 32],
}

const LONGEST_ID: usize = 64;

impl WriteRequest {
    /// Checks the id of a request.
    pub(crate) fn new(method: &str, id: &str, request: &impl Message) -> Result<Self, Failure> {
        if !(1..=LONGEST_ID).contains(&id.chars().count()) {
            return Err(Failure::invalid_field(
                "request_id",
                "request_id_malformed",
                "must be 1 to 64 characters of the caller's choice, another for each request: so \
                 that a repeated request changes nothing twice",
            ));
        }
        let mut hash = Sha256::new();
        hash.update(method.as_bytes());
        hash.update([0]);
        hash.update(request.encode_to_vec());
        Ok(Self {
            id: id.to_owned(),
            content_hash: hash.finalize().into(),
        })
    }

    /// Remembers the answer, within the transaction that makes the changes.
    pub(crate) async fn remember(
        &self,
        shared: &Shared,
        group: &Group,
        writing: &mut Transaction,
        answer: &impl Answer,
    ) -> Result<(), StoreError> {
        let mut answer = answer.clone();
        if let Some(record) = answer.record() {
            record.record.clear();
        }
        let response = answer.encode_to_vec();
        let now = shared.now();
        writing
            .remember_answer(&group.id, &self.id, &self.content_hash, &response, now)
            .await
    }
}

/// The answer that the same request got before.
pub(crate) async fn given_before<R: Answer>(
    shared: &Shared,
    group: &Group,
    request: &WriteRequest,
) -> Result<Option<R>, Failure> {
    let mut reading = shared.store.read().await?;
    let Some(answered) = reading.answered(&group.id, &request.id).await? else {
        return Ok(None);
    };
    if answered.content_hash != request.content_hash {
        return Err(Failure::already_exists(
            "request_id_reused",
            "this request_id was used before, for something else: choose another one",
        ));
    }
    let mut answer = R::decode(answered.response.as_slice()).map_err(Failure::internal)?;
    if let Some(record) = answer.record() {
        record.record = bytes_as_then(&mut reading, group, record).await?;
    }
    Ok(Some(answer))
}

/// The record's bytes, if it is still as it was when the answer was given.
async fn bytes_as_then(
    reading: &mut Transaction,
    group: &Group,
    then: &v1::StewardRecord,
) -> Result<Vec<u8>, Failure> {
    let name = then
        .name
        .as_ref()
        .and_then(|name| RecordName::try_from(name).ok());
    let Some(name) = name else {
        return Ok(Vec::new());
    };
    match reading.record(&group.id, &name).await? {
        Some(now) if now.etag() == then.etag => Ok(reading
            .body(&group.id, &now.kept.hash)
            .await?
            .unwrap_or_default()),
        _ => Ok(Vec::new()),
    }
}
