//! Queries to an aggregator, and verification of its responses.

use futures_util::{StreamExt, stream};
use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::proof::verify_proof;
use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
use hedgerow_proto::{directory_v1, ingest_v1, v1};
use hedgerow_transport::bounded;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use crate::call::Server;
use crate::error::{ClientError, VerificationError};
use crate::feed::group_records::GroupRecords;
use crate::feed::{Feed, Presence, verify_head, verify_key_log};
use crate::options::Options;
use crate::record::Record;
use crate::verified::{Evidence, Unverified, Verified};

mod coverage;
pub(crate) mod events;
pub(crate) mod matches;

/// Records of one page of hits that are fetched at the same time. More would meet the
/// server's limit of calls from one peer.
const MAX_CONCURRENT_FETCHES: usize = 8;

/// An aggregator's directory. Cheap to clone; clones share one connection.
#[derive(Clone, Debug)]
pub struct Directory {
    server: Server,
    client: DirectoryServiceClient<Channel>,
    sources: Vec<Feed>,
}

/// One page of search results.
#[derive(Debug)]
pub struct SearchPage {
    /// The hits with their records, in the order of the request.
    pub hits: Vec<SearchResult>,
    /// The response without its hits: total size, next page, the resolved place.
    pub response: Unverified<directory_v1::SearchRecordsResponse>,
}

/// A hit, and the record that it refers to.
#[derive(Debug)]
pub struct SearchResult {
    /// The server's summary of the record.
    pub hit: Unverified<directory_v1::SearchHit>,
    /// The record, or why it could not be fetched and verified.
    pub record: Result<Verified<Record>, ClientError>,
}

/// A record, and what the server claims about its publisher.
#[derive(Debug)]
pub struct RecordDetails {
    /// The record itself.
    pub record: Verified<Record>,
    /// How well the publisher's identity is established.
    pub identity: Unverified<directory_v1::Identity>,
    /// The publisher's status at this server.
    pub admission: Unverified<ingest_v1::Admission>,
}

/// An aggregator's copy of a group.
#[derive(Debug)]
pub struct Group {
    /// The id in the request.
    pub group_id: GroupId,
    /// The verified key log and newest head. `None` if the server shows no head.
    pub evidence: Option<Evidence>,
    /// Name, identity, status and list of records.
    pub response: Unverified<directory_v1::GetGroupResponse>,
}

impl Directory {
    /// Prepares calls to the aggregator at `address`. Connects at the first call.
    ///
    /// # Errors
    /// If the address cannot be parsed.
    pub fn new(address: &str, options: Options) -> Result<Self, ClientError> {
        let server = Server::parse(address, options)?;
        // The sources are queried for every hit. If one is down, each hit would otherwise
        // wait for all of its retries.
        let source_options = Options {
            attempts: server.options.attempts.min(2),
            ..server.options.clone()
        };
        let sources = server
            .options
            .sources
            .iter()
            .map(|address| Server::new(address, source_options.clone()).map(Feed::with_server))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            client: bounded!(DirectoryServiceClient::new(server.channel.clone())),
            server,
            sources,
        })
    }

    /// Returns the feed of the same server, over the same connection.
    #[must_use]
    pub fn feed(&self) -> Feed {
        Feed::with_server(self.server.clone())
    }

    /// Returns the server's address without its key hash, for messages to people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.server.name
    }

    /// Searches records, and fetches and verifies the record of every hit.
    ///
    /// # Errors
    /// If the search fails. If the record of one hit fails, only that result has the error.
    pub async fn search(
        &self,
        request: directory_v1::SearchRecordsRequest,
    ) -> Result<SearchPage, ClientError> {
        let mut response = self.search_unverified(request).await?.into_claimed();
        let hits = self.verify_hits(std::mem::take(&mut response.hits)).await;
        Ok(SearchPage {
            hits,
            response: Unverified::new(response),
        })
    }

    async fn verify_hits(&self, hits: Vec<directory_v1::SearchHit>) -> Vec<SearchResult> {
        stream::iter(hits)
            .map(|hit| async move {
                let record = self.record_of(&hit).await;
                SearchResult {
                    hit: Unverified::new(hit),
                    record,
                }
            })
            .buffered(MAX_CONCURRENT_FETCHES)
            .collect()
            .await
    }

    async fn record_of(
        &self,
        hit: &directory_v1::SearchHit,
    ) -> Result<Verified<Record>, ClientError> {
        let group = GroupId::try_from(hit.group_id.as_slice())
            .map_err(|_| self.malformed("group id of a hit"))?;
        let name = RecordName::try_from(&v1::RecordName {
            collection: hit.collection.clone(),
            key: hit.key.clone(),
        })
        .map_err(|_| self.malformed("record name of a hit"))?;
        self.get_record(&group, &name).await
    }

    fn malformed(&self, part: &'static str) -> ClientError {
        self.server.unverified(VerificationError::Malformed(part))
    }

    /// Searches records without fetching them: one call.
    ///
    /// # Errors
    /// If the call fails.
    pub async fn search_unverified(
        &self,
        request: directory_v1::SearchRecordsRequest,
    ) -> Result<Unverified<directory_v1::SearchRecordsResponse>, ClientError> {
        self.call(request, async |mut client, request| {
            client.search_records(request).await
        })
        .await
        .map(Unverified::new)
    }

    /// Fetches what the server has of a group, and verifies its key log and head.
    ///
    /// # Errors
    /// If the call fails, or key log or head fail verification.
    pub async fn get_group(&self, group: &GroupId) -> Result<Group, ClientError> {
        let request = directory_v1::GetGroupRequest {
            group_id: group.to_vec(),
        };
        let response = self
            .call(request, async |mut client, request| {
                client.get_group(request).await
            })
            .await?;
        let evidence = if response.head.is_empty() {
            None
        } else {
            let key_log = verify_key_log(&self.server, &response.key_log, group)?;
            let head = verify_head(&self.server, &response.head, &key_log)?;
            let sources = Feed::compare_sources(&self.sources, &head, &key_log).await;
            Some(Evidence::new(key_log, head).compared(sources))
        };
        Ok(Group {
            group_id: *group,
            evidence,
            response: Unverified::new(response),
        })
    }

    /// Fetches a record, and verifies its key log, head, proof and bytes.
    ///
    /// # Errors
    /// If the call or one of those checks fails.
    pub async fn get_record(
        &self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Verified<Record>, ClientError> {
        Ok(self.get_record_details(group, name).await?.record)
    }

    /// Fetches and verifies a record like [`Directory::get_record`], and returns it with the
    /// server's claims about its publisher.
    ///
    /// # Errors
    /// As [`Directory::get_record`].
    pub async fn get_record_details(
        &self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<RecordDetails, ClientError> {
        let response = self.fetch_record(group, name, true).await?;
        let unverified = |error: VerificationError| self.server.unverified(error);
        let proof = response
            .proof
            .as_ref()
            .ok_or_else(|| unverified(VerificationError::NoProof(name.clone())))?;
        let proved = verify_proof(proof, group, &View::public(), name, Some(&response.record))
            .map_err(|error| unverified(error.into()))?;
        if !proved.included {
            return Err(unverified(VerificationError::NotPublished(name.clone())));
        }
        proved
            .head
            .check_issued(self.server.options.now())
            .map_err(|error| unverified(error.into()))?;
        let record =
            Record::parse(&response.record, group).map_err(|error| unverified(error.into()))?;
        let sources = Feed::compare_sources(&self.sources, &proved.head, &proved.key_log).await;
        let evidence = Evidence::new(proved.key_log, proved.head).compared(sources);
        Ok(RecordDetails {
            record: Verified::new(record, evidence),
            identity: Unverified::new(response.identity()),
            admission: Unverified::new(response.admission.unwrap_or_default()),
        })
    }

    /// Fetches and verifies all records of a group like [`Feed::get_all_records`], and
    /// compares the further sources.
    ///
    /// # Errors
    /// As [`Feed::get_all_records`].
    pub async fn get_all_records(
        &self,
        group: &GroupId,
    ) -> Result<Verified<GroupRecords>, ClientError> {
        let records = self.feed().get_all_records(group).await?;
        Ok(self.compared(records).await)
    }

    /// Proves whether a group publishes a record like [`Feed::get_presence`], and compares
    /// the further sources.
    ///
    /// # Errors
    /// As [`Feed::get_presence`].
    pub async fn get_presence(
        &self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Verified<Presence>, ClientError> {
        let presence = self.feed().get_presence(group, name).await?;
        Ok(self.compared(presence).await)
    }

    async fn compared<T>(&self, value: Verified<T>) -> Verified<T> {
        let evidence = value.evidence();
        let sources =
            Feed::compare_sources(&self.sources, evidence.head(), evidence.key_log()).await;
        value.compared(sources)
    }

    /// Fetches a record without its proof.
    ///
    /// # Errors
    /// If the call fails, or the bytes are not a record of that group.
    pub async fn get_record_unverified(
        &self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Unverified<Record>, ClientError> {
        let response = self.fetch_record(group, name, false).await?;
        Record::parse(&response.record, group)
            .map(Unverified::new)
            .map_err(|error| self.server.unverified(error))
    }

    async fn fetch_record(
        &self,
        group: &GroupId,
        name: &RecordName,
        with_proof: bool,
    ) -> Result<directory_v1::GetRecordResponse, ClientError> {
        let request = directory_v1::GetRecordRequest {
            group_id: group.to_vec(),
            collection: name.collection.as_str().to_owned(),
            key: name.key.as_str().to_owned(),
            with_proof,
        };
        self.call(request, async |mut client, request| {
            client.get_record(request).await
        })
        .await
    }

    async fn call<Q: Clone, A>(
        &self,
        message: Q,
        call: impl AsyncFn(DirectoryServiceClient<Channel>, Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, ClientError> {
        self.server
            .call(message, |request| call(self.client.clone(), request))
            .await
    }
}
