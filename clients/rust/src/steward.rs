//! Calls of a steward to its node.

mod batch;
pub(crate) mod token;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_proto::steward_v1;
use hedgerow_proto::steward_v1::steward_service_client::StewardServiceClient;
use hedgerow_transport::bounded;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use crate::call::Server;
use crate::error::{ClientError, VerificationError};
use crate::options::Options;
use token::StewardToken;

/// A group's steward at its node. Cheap to clone; clones share one connection.
///
/// Every write has a request id, so that a retry after a lost response changes nothing twice.
#[derive(Clone, Debug)]
pub struct Steward {
    server: Server,
    client: StewardServiceClient<Channel>,
    token: StewardToken,
}

impl Steward {
    /// Prepares calls to the node that the token names. Connects at the first call.
    ///
    /// # Errors
    /// If the token's address cannot be parsed.
    pub fn new(token: StewardToken, options: Options) -> Result<Self, ClientError> {
        let server = Server::parse(token.address(), options)?;
        Ok(Self {
            client: bounded!(StewardServiceClient::new(server.channel.clone())),
            server,
            token,
        })
    }

    /// Returns the only group that the token authorizes changes to.
    #[must_use]
    pub fn group_id(&self) -> GroupId {
        self.token.group_id()
    }

    /// Fetches the group's state: its heads, pending changes, and the state at each
    /// aggregator.
    ///
    /// # Errors
    /// If the call fails.
    pub async fn get_state(&self) -> Result<steward_v1::GetGroupResponse, ClientError> {
        let request = steward_v1::GetGroupRequest {};
        self.call(request, async |mut client, request| {
            client.get_group(request).await
        })
        .await
    }

    /// Lists all records of the group for every audience, or those of one collection. Fetches
    /// page by page.
    ///
    /// # Errors
    /// If a call fails.
    pub async fn list_records(
        &self,
        collection: Option<&str>,
    ) -> Result<Vec<steward_v1::StewardRecord>, ClientError> {
        let mut records = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = steward_v1::ListRecordsRequest {
                collection: collection.unwrap_or_default().to_owned(),
                page_size: 100,
                page_token,
            };
            let page = self
                .call(request, async |mut client, request| {
                    client.list_records(request).await
                })
                .await?;
            records.extend(page.records);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(records);
            }
        }
    }

    /// Fetches one record with its etag.
    ///
    /// # Errors
    /// If the call fails, or the record does not exist.
    pub async fn get_record(
        &self,
        name: &RecordName,
    ) -> Result<steward_v1::StewardRecord, ClientError> {
        let request = steward_v1::GetRecordRequest {
            name: Some(name.to_proto()),
        };
        let response = self
            .call(request, async |mut client, request| {
                client.get_record(request).await
            })
            .await?;
        self.record(response.record)
    }

    /// Creates a record under a new key.
    ///
    /// # Errors
    /// If the call fails. The failure's violations list everything that is invalid in the
    /// draft.
    pub async fn create_record(
        &self,
        collection: &str,
        draft: steward_v1::RecordDraft,
    ) -> Result<steward_v1::StewardRecord, ClientError> {
        let request = steward_v1::CreateRecordRequest {
            request_id: self.server.options.request_id(),
            collection: collection.to_owned(),
            draft: Some(draft),
        };
        let response = self
            .call(request, async |mut client, request| {
                client.create_record(request).await
            })
            .await?;
        self.record(response.record)
    }

    /// Replaces a record that still has this etag.
    ///
    /// # Errors
    /// As [`Steward::create_record`]; with the reason `etag_mismatch` if the record has
    /// changed since it was fetched.
    pub async fn update_record(
        &self,
        name: &RecordName,
        draft: steward_v1::RecordDraft,
        etag: &str,
    ) -> Result<steward_v1::StewardRecord, ClientError> {
        let request = steward_v1::UpdateRecordRequest {
            request_id: self.server.options.request_id(),
            name: Some(name.to_proto()),
            draft: Some(draft),
            etag: etag.to_owned(),
        };
        let response = self
            .call(request, async |mut client, request| {
                client.update_record(request).await
            })
            .await?;
        self.record(response.record)
    }

    /// Withdraws a record: the next head does not contain it.
    ///
    /// # Errors
    /// If the call fails, or the record does not exist. The failure's violations name other
    /// records that still show the place of a withdrawn listing or offer.
    pub async fn withdraw_record(&self, name: &RecordName) -> Result<(), ClientError> {
        self.withdraw_record_confirmed(name, &[]).await
    }

    /// Withdraws a record although the violations with these reasons apply.
    ///
    /// # Errors
    /// As [`Steward::withdraw_record`].
    pub async fn withdraw_record_confirmed(
        &self,
        name: &RecordName,
        confirmed: &[String],
    ) -> Result<(), ClientError> {
        let request = steward_v1::WithdrawRecordRequest {
            request_id: self.server.options.request_id(),
            name: Some(name.to_proto()),
            etag: String::new(),
            confirmed: confirmed.to_vec(),
        };
        self.call(request, async |mut client, request| {
            client.withdraw_record(request).await
        })
        .await
        .map(drop)
    }

    /// Signs a head although no aggregator has reported the newest one that it has.
    ///
    /// # Errors
    /// If the call fails.
    pub async fn force_sign(&self) -> Result<(), ClientError> {
        let request = steward_v1::ForceSignRequest {
            request_id: self.server.options.request_id(),
        };
        self.call(request, async |mut client, request| {
            client.force_sign(request).await
        })
        .await
        .map(drop)
    }

    /// Fetches the node's new keys for the group and the branches of its key log, from which
    /// this device makes the next key event.
    ///
    /// # Errors
    /// If the call fails, or no aggregator has answered the node.
    pub async fn draft_key_event(&self) -> Result<steward_v1::DraftKeyEventResponse, ClientError> {
        let request = steward_v1::DraftKeyEventRequest {};
        self.call(request, async |mut client, request| {
            client.draft_key_event(request).await
        })
        .await
    }

    /// Puts a signed key event in force at the node.
    ///
    /// # Errors
    /// If the call fails, or the event does not follow the node's last one.
    pub async fn commit_key_event(&self, key_event: Vec<u8>) -> Result<(), ClientError> {
        let request = steward_v1::CommitKeyEventRequest {
            request_id: self.server.options.request_id(),
            key_event,
        };
        self.call(request, async |mut client, request| {
            client.commit_key_event(request).await
        })
        .await
        .map(drop)
    }

    async fn call<Q: Clone, A>(
        &self,
        message: Q,
        call: impl AsyncFn(StewardServiceClient<Channel>, Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, ClientError> {
        self.server
            .call(message, |mut request| {
                let metadata = request.metadata_mut();
                metadata.insert("authorization", self.token.bearer());
                // The node rejects a token of another group, so that a mix-up of two steward
                // files cannot change the wrong one.
                metadata.insert("hedgerow-group", self.token.group_metadata());
                call(self.client.clone(), request)
            })
            .await
    }

    fn record(
        &self,
        record: Option<steward_v1::StewardRecord>,
    ) -> Result<steward_v1::StewardRecord, ClientError> {
        record.ok_or_else(|| {
            self.server
                .unverified(VerificationError::Malformed("no record"))
        })
    }
}
