//! Publishing as a group's steward.

mod batch;
mod token;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use hedgerow_proto::v1::steward_service_client::StewardServiceClient;
use hedgerow_rpc::bounded;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::transport::Channel;

use crate::CheckError;
use crate::ClientError;
use crate::Options;
use crate::call::Server;
pub use token::StewardToken;
pub use token::TokenError;

/// A group's steward at its node.
///
/// Every write carries a request id, so that trying it again after a lost answer does
/// nothing twice.
#[derive(Clone, Debug)]
pub struct Steward {
    server: Server,
    client: StewardServiceClient<Channel>,
    token: StewardToken,
}

impl Steward {
    /// Prepares to call the node that the token names. Connects at the first call.
    ///
    /// # Errors
    /// Where the token's address is none.
    pub fn connect(token: StewardToken, options: Options) -> Result<Self, ClientError> {
        let server = Server::parse(token.address(), options)?;
        Ok(Self {
            client: bounded!(StewardServiceClient::new(server.channel.clone())),
            server,
            token,
        })
    }

    /// The group that the token opens.
    pub fn group_id(&self) -> GroupId {
        self.token.group_id()
    }

    /// How the group stands: heads, what waits, what each aggregator holds.
    ///
    /// # Errors
    /// Where the call fails.
    pub async fn state(&self) -> Result<v1::StewardServiceGetGroupResponse, ClientError> {
        let request = v1::StewardServiceGetGroupRequest {};
        self.call(request, async |mut client, request| {
            client.get_group(request).await
        })
        .await
    }

    /// All records of the group, of every audience, or those of one collection.
    ///
    /// # Errors
    /// Where a call fails.
    pub async fn list_records(
        &self,
        collection: Option<&str>,
    ) -> Result<Vec<v1::StewardRecord>, ClientError> {
        let mut records = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = v1::ListRecordsRequest {
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

    /// One record, as the node keeps it.
    ///
    /// # Errors
    /// Where the call fails, or there is no such record.
    pub async fn read(&self, name: &RecordName) -> Result<v1::StewardRecord, ClientError> {
        let request = v1::ReadRecordRequest {
            name: Some(name.to_proto()),
        };
        let answer = self
            .call(request, async |mut client, request| {
                client.read_record(request).await
            })
            .await?;
        self.whole(answer.record)
    }

    /// Adds a record under a new key.
    ///
    /// # Errors
    /// Where the call fails; the failure's violations say what is wrong with the draft.
    pub async fn create(
        &self,
        collection: &str,
        draft: v1::RecordDraft,
    ) -> Result<v1::StewardRecord, ClientError> {
        let request = v1::CreateRecordRequest {
            request_id: self.server.options.request_id(),
            collection: collection.to_owned(),
            draft: Some(draft),
        };
        let answer = self
            .call(request, async |mut client, request| {
                client.create_record(request).await
            })
            .await?;
        self.whole(answer.record)
    }

    /// Replaces a record that was read with this etag.
    ///
    /// # Errors
    /// As [`Steward::create`]; `etag_mismatch` where it has changed meanwhile.
    pub async fn update(
        &self,
        name: &RecordName,
        draft: v1::RecordDraft,
        etag: &str,
    ) -> Result<v1::StewardRecord, ClientError> {
        let request = v1::UpdateRecordRequest {
            request_id: self.server.options.request_id(),
            name: Some(name.to_proto()),
            draft: Some(draft),
            etag: etag.to_owned(),
        };
        let answer = self
            .call(request, async |mut client, request| {
                client.update_record(request).await
            })
            .await?;
        self.whole(answer.record)
    }

    /// Takes a record back: the next head does not have it.
    ///
    /// # Errors
    /// Where the call fails, or there is no such record.
    pub async fn take_back(&self, name: &RecordName) -> Result<(), ClientError> {
        let request = v1::TakeBackRecordRequest {
            request_id: self.server.options.request_id(),
            name: Some(name.to_proto()),
            etag: String::new(),
        };
        self.call(request, async |mut client, request| {
            client.take_back_record(request).await
        })
        .await
        .map(drop)
    }

    /// Signs although no aggregator has told what it holds.
    ///
    /// # Errors
    /// Where the call fails.
    pub async fn sign_without_answer(&self) -> Result<(), ClientError> {
        let request = v1::SignWithoutAnswerRequest {
            request_id: self.server.options.request_id(),
        };
        self.call(request, async |mut client, request| {
            client.sign_without_answer(request).await
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
                // Names the group that is meant: a token that was mixed up with another
                // group's is refused, rather than changing that one.
                metadata.insert("hedgerow-group", self.token.group_metadata());
                call(self.client.clone(), request)
            })
            .await
    }

    fn whole(&self, record: Option<v1::StewardRecord>) -> Result<v1::StewardRecord, ClientError> {
        record.ok_or_else(|| {
            self.server
                .check(CheckError::Malformed("no record in the answer"))
        })
    }
}
