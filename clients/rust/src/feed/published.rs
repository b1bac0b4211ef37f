//! Everything that a group publishes, checked as a whole.

use std::collections::BTreeMap;

use hedgerow_core::id::GroupId;
use hedgerow_core::id::RecordHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::sync::SyncLimits;
use hedgerow_core::sync::SyncReader;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::v1;
use hedgerow_rpc::backoff::Retry;
use hedgerow_rpc::failure::CallFailure;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::transfer::BodySink;
use hedgerow_rpc::transfer::ReceiveError;
use hedgerow_rpc::transfer::Received;
use hedgerow_rpc::transfer::sync;
use tonic::Status;

use super::Feed;
use crate::CheckError;
use crate::Checked;
use crate::ClientError;
use crate::Evidence;
use crate::Record;
use crate::call::worth_trying_again;

/// Everything that a group publishes under one head.
#[derive(Debug, Clone)]
pub struct Published {
    /// The names and hashes of all its records: the tree of it is the head's.
    pub manifest: Manifest,
    /// The records whose bytes came.
    pub records: Vec<Record>,
    /// Hashes of records that the server does not have, or does not give.
    pub missing: Vec<RecordHash>,
    /// Records whose bytes are the published ones and which are yet no proper record.
    pub unreadable: Vec<(RecordHash, String)>,
}

/// Bodies as they come, their hashes verified.
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
    /// Fetches all that a group publishes, and checks all of it: key log, head, the tree
    /// over the whole manifest, the hash of every record.
    ///
    /// # Errors
    /// Where the call fails, or key log, head or tree do not hold.
    pub async fn published(&self, group: &GroupId) -> Result<Checked<Published>, ClientError> {
        let (received, bodies) = self.transfer(group).await?;
        let transfer = received.transfer;
        let head = transfer.head.ok_or_else(|| {
            self.server
                .check(CheckError::Malformed("a transfer without head"))
        })?;
        head.check_issued(self.server.options.now())
            .map_err(|error| self.server.check(error))?;
        let published = Published::new(transfer.manifest, &bodies, group);
        let evidence = Evidence::new(transfer.key_log, head);
        Ok(Checked::new(published, evidence))
    }

    async fn transfer(&self, group: &GroupId) -> Result<(Received, Bodies), ClientError> {
        let options = &self.server.options;
        let mut retry = Retry::new(options.backoff);
        loop {
            let request = v1::SyncRequest {
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
                Err(ReceiveError::Rules(error)) => return Err(self.server.check(error)),
                Err(ReceiveError::Peer(failure)) => *failure,
                // The sink refuses nothing: what is left is a server that says nothing.
                Err(
                    error @ (ReceiveError::Refused(_)
                    | ReceiveError::Silent
                    | ReceiveError::Endless(_)),
                ) => CallFailure::from_status(&Status::deadline_exceeded(error.to_string())),
            };
            if !worth_trying_again(&failure) || retry.failures() + 1 >= options.attempts {
                return Err(self.server.failed(failure));
            }
            let wait = retry.failed(failure.retry_after, &*options.random);
            if wait > options.patience {
                return Err(self.server.failed(failure));
            }
            tokio::time::sleep(wait).await;
        }
    }
}

impl Published {
    fn new(manifest: Manifest, bodies: &Bodies, group: &GroupId) -> Self {
        let mut published = Self {
            records: Vec::with_capacity(bodies.0.len()),
            missing: Vec::new(),
            unreadable: Vec::new(),
            manifest,
        };
        for leaf in published.manifest.leaves() {
            let Some(bytes) = bodies.0.get(&leaf.record_hash) else {
                published.missing.push(leaf.record_hash);
                continue;
            };
            match Record::parse(bytes, group) {
                Ok(record) => published.records.push(record),
                Err(error) => {
                    let unreadable = (leaf.record_hash, error.to_string());
                    published.unreadable.push(unreadable);
                }
            }
        }
        published
    }
}
