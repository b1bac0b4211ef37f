//! All records of a group, fetched and verified together.

use std::collections::BTreeMap;

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::sync::{SyncLimits, SyncReader};
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1;
use hedgerow_transport::backoff::Retry;
use hedgerow_transport::failure::{CallFailure, Failure};
use hedgerow_transport::transfer::{BodySink, ReceiveError, Received, sync};
use tonic::Status;

use super::Feed;

use crate::call::is_retryable;
use crate::error::{ClientError, VerificationError};
use crate::record::Record;
use crate::verified::{Evidence, Verified};

/// All records that a group publishes under one head.
#[derive(Debug, Clone)]
pub struct GroupRecords {
    /// Names and hashes of all records. Its tree has the root that the head signs.
    pub manifest: Manifest,
    /// The records that the server returned.
    pub records: Vec<Record>,
    /// Hashes of the records that the server did not return.
    pub missing: Vec<RecordHash>,
    /// Records with the right hash that cannot be parsed, with the reason.
    pub unreadable: Vec<(RecordHash, String)>,
}

/// Collects bodies, whose hashes the transfer has verified.
#[derive(Default)]
struct Bodies(BTreeMap<RecordHash, Vec<u8>>);

#[async_trait::async_trait]
impl BodySink for Bodies {
    async fn key_log(&mut self, _log: &KeyLog) -> Result<(), Failure> {
        Ok(())
    }

    async fn put(&mut self, hash: RecordHash, record: Vec<u8>) -> Result<(), Failure> {
        self.0.insert(hash, record);
        Ok(())
    }
}

impl Feed {
    /// Fetches all records of a group, and verifies its key log, its head, the tree over the
    /// whole manifest, and the hash of every record.
    ///
    /// # Errors
    /// If the call fails, or key log, head or tree fail verification.
    pub async fn get_all_records(
        &self,
        group: &GroupId,
    ) -> Result<Verified<GroupRecords>, ClientError> {
        let (received, bodies) = self.transfer(group).await?;
        let transfer = received.transfer;
        let head = transfer.head.ok_or_else(|| {
            self.server
                .unverified(VerificationError::Malformed("a transfer without a head"))
        })?;
        head.check_issued(self.server.options.now())
            .map_err(|error| self.server.unverified(error))?;
        let records = GroupRecords::new(transfer.manifest, &bodies, group);
        let evidence = Evidence::new(transfer.key_log, head);
        Ok(Verified::new(records, evidence))
    }

    async fn transfer(&self, group: &GroupId) -> Result<(Received, Bodies), ClientError> {
        let options = &self.server.options;
        let mut retry = Retry::new(options.backoff);
        loop {
            let request = feed_v1::SyncRequest {
                group_id: group.to_vec(),
                view: View::public().as_str().to_owned(),
                ..Default::default()
            };
            let reader = SyncReader::new(SyncLimits::default(), None, Some(*group));
            let mut bodies = Bodies::default();
            let channel = self.server.channel.clone();
            let config = options.connector.config();
            let failure = match sync(channel, config, request, reader, &mut bodies).await {
                Ok(received) => return Ok((received, bodies)),
                Err(ReceiveError::Rules(error)) => return Err(self.server.unverified(error)),
                Err(ReceiveError::Peer(failure)) => *failure,
                // The sink rejects nothing, so these are time-outs.
                Err(
                    error @ (ReceiveError::Refused(_)
                    | ReceiveError::Silent
                    | ReceiveError::Endless(_)),
                ) => CallFailure::from_status(&Status::deadline_exceeded(error.to_string())),
            };
            if !is_retryable(&failure) || retry.failures() + 1 >= options.attempts {
                return Err(self.server.failed(failure));
            }
            let wait = retry.failed(failure.retry_after, &*options.random);
            if wait > options.max_retry_delay {
                return Err(self.server.failed(failure));
            }
            tokio::time::sleep(wait).await;
        }
    }
}

impl GroupRecords {
    fn new(manifest: Manifest, bodies: &Bodies, group: &GroupId) -> Self {
        let mut group_records = Self {
            records: Vec::with_capacity(bodies.0.len()),
            missing: Vec::new(),
            unreadable: Vec::new(),
            manifest,
        };
        for leaf in group_records.manifest.leaves() {
            let Some(bytes) = bodies.0.get(&leaf.record_hash) else {
                group_records.missing.push(leaf.record_hash);
                continue;
            };
            match Record::parse(bytes, group) {
                Ok(record) => group_records.records.push(record),
                Err(error) => {
                    let unreadable = (leaf.record_hash, error.to_string());
                    group_records.unreadable.push(unreadable);
                }
            }
        }
        group_records
    }
}
