//! Asking an aggregator, and checking what it says.

use futures::StreamExt;
use futures::stream;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::proof::verify_proof;
use hedgerow_proto::v1;
use hedgerow_proto::v1::directory_service_client::DirectoryServiceClient;
use hedgerow_rpc::bounded;
use tonic::transport::Channel;

use crate::Checked;
use crate::ClientError;
use crate::Evidence;
use crate::Feed;
use crate::Options;
use crate::Presence;
use crate::Published;
use crate::Record;
use crate::Unchecked;
use crate::call::Server;
use crate::error::CheckError;
use crate::feed::check_head;
use crate::feed::key_log_of;

mod events;
mod matches;

pub use events::EventsPage;
pub use events::FoundOccurrence;
pub use matches::FoundMatch;
pub use matches::MatchesPage;

/// How many records of one page of hits are fetched at once.
const AT_ONCE: usize = 8;

/// An aggregator's directory.
#[derive(Clone, Debug)]
pub struct Directory {
    server: Server,
    client: DirectoryServiceClient<Channel>,
    others: Vec<Feed>,
}

/// A page of what was found.
#[derive(Debug)]
pub struct SearchPage {
    /// The hits, in the order asked for.
    pub hits: Vec<Found>,
    /// The answer without its hits: total, next page, the place that was resolved.
    pub answer: Unchecked<v1::SearchResponse>,
}

/// One hit, and the record behind it.
#[derive(Debug)]
pub struct Found {
    /// What the server says of it.
    pub hit: Unchecked<v1::SearchHit>,
    /// The record itself with its proof, or why there is none.
    pub record: Result<Checked<Record>, ClientError>,
}

/// A record, and what the server says of its publisher.
#[derive(Debug)]
pub struct Shown {
    /// The record.
    pub record: Checked<Record>,
    /// How far the publisher is known to be whom it names.
    pub identity: Unchecked<v1::Identity>,
    /// Where the group stands at this server.
    pub admission: Unchecked<v1::Admission>,
}

/// What an aggregator holds of a group.
#[derive(Debug)]
pub struct Group {
    /// The group.
    pub group_id: GroupId,
    /// Its key log and newest head, checked. Absent where no head is shown.
    pub evidence: Option<Evidence>,
    /// Name, identity, status and the list of records: the server's word.
    pub answer: Unchecked<v1::GetGroupResponse>,
}

impl Directory {
    /// Prepares to ask the aggregator at `address`. Connects at the first call.
    ///
    /// # Errors
    /// Where the text is not an address.
    pub fn connect(address: &str, options: Options) -> Result<Self, ClientError> {
        let server = Server::parse(address, options)?;
        // They are asked about every hit: one that is down must not hold each of them up.
        let asked_once_more = Options {
            attempts: server.options.attempts.min(2),
            ..server.options.clone()
        };
        let others = server
            .options
            .sources
            .iter()
            .map(|address| Server::new(address, asked_once_more.clone()).map(Feed::new))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            client: bounded!(DirectoryServiceClient::new(server.channel.clone())),
            server,
            others,
        })
    }

    /// The same server's feed.
    pub fn feed(&self) -> Feed {
        Feed::new(self.server.clone())
    }

    /// The server's address, for messages to people.
    pub fn name(&self) -> &str {
        &self.server.name
    }

    /// Finds records, and fetches and checks every one that was found.
    ///
    /// # Errors
    /// Where the search fails. A record that does not pass its check is an error in its
    /// own hit only.
    pub async fn search(&self, request: v1::SearchRequest) -> Result<SearchPage, ClientError> {
        let mut answer = self
            .search_unchecked(request)
            .await?
            .take_the_servers_word();
        let hits = self.check_hits(std::mem::take(&mut answer.hits)).await;
        Ok(SearchPage {
            hits,
            answer: Unchecked::new(answer),
        })
    }

    /// Fetches and checks the record behind every hit.
    async fn check_hits(&self, hits: Vec<v1::SearchHit>) -> Vec<Found> {
        stream::iter(hits)
            .map(|hit| async move {
                let record = self.record_of(&hit).await;
                Found {
                    hit: Unchecked::new(hit),
                    record,
                }
            })
            .buffered(AT_ONCE)
            .collect()
            .await
    }

    async fn record_of(&self, hit: &v1::SearchHit) -> Result<Checked<Record>, ClientError> {
        let group = GroupId::try_from(hit.group_id.as_slice())
            .map_err(|_| self.malformed("a hit's group id"))?;
        let name = RecordName::try_from(&v1::RecordName {
            collection: hit.collection.clone(),
            key: hit.key.clone(),
        })
        .map_err(|_| self.malformed("a hit's record name"))?;
        self.get_record(&group, &name).await
    }

    fn malformed(&self, what: &'static str) -> ClientError {
        self.server.check(CheckError::Malformed(what))
    }

    /// Finds records, on the server's word alone.
    ///
    /// # Errors
    /// Where the call fails.
    pub async fn search_unchecked(
        &self,
        request: v1::SearchRequest,
    ) -> Result<Unchecked<v1::SearchResponse>, ClientError> {
        let call = |request| {
            let mut client = self.client.clone();
            async move { client.search(request).await }
        };
        self.server.call(request, call).await.map(Unchecked::new)
    }

    /// What is held of a group. Its key log and head are checked, the rest is the
    /// server's word.
    ///
    /// # Errors
    /// Where the call fails, or key log or head do not hold.
    pub async fn get_group(&self, group: &GroupId) -> Result<Group, ClientError> {
        let request = v1::GetGroupRequest {
            group_id: group.to_vec(),
        };
        let call = |request| {
            let mut client = self.client.clone();
            async move { client.get_group(request).await }
        };
        let answer = self.server.call(request, call).await?;
        let evidence = if answer.head.is_empty() {
            None
        } else {
            let key_log = key_log_of(&self.server, &answer.key_log, group)?;
            let head = check_head(&self.server, &answer.head, &key_log)?;
            let answers = Feed::agreement(&self.others, &head, &key_log).await;
            Some(Evidence::new(key_log, head).asked(answers))
        };
        Ok(Group {
            group_id: *group,
            evidence,
            answer: Unchecked::new(answer),
        })
    }

    /// One record, checked: key log, head, proof, record.
    ///
    /// # Errors
    /// Where the call fails, or anything of that does not hold.
    pub async fn get_record(
        &self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Checked<Record>, ClientError> {
        Ok(self.show_record(group, name).await?.record)
    }

    /// One record, checked as by [`Directory::get_record`], and what the server says of
    /// its publisher.
    ///
    /// # Errors
    /// As [`Directory::get_record`].
    pub async fn show_record(
        &self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Shown, ClientError> {
        let answer = self.fetch_record(group, name, true).await?;
        let no_proof = || self.server.check(CheckError::NoProof(name.clone()));
        let proof = answer.proof.as_ref().ok_or_else(no_proof)?;
        let proved = verify_proof(proof, group, &View::public(), name, Some(&answer.record))
            .map_err(|error| self.server.check(error))?;
        if !proved.included {
            return Err(self.server.check(CheckError::NotPublished(name.clone())));
        }
        proved
            .head
            .check_issued(self.server.options.now())
            .map_err(|error| self.server.check(error))?;
        let record =
            Record::parse(&answer.record, group).map_err(|error| self.server.check(error))?;
        let answers = Feed::agreement(&self.others, &proved.head, &proved.key_log).await;
        let evidence = Evidence::new(proved.key_log, proved.head).asked(answers);
        Ok(Shown {
            record: Checked::new(record, evidence),
            identity: Unchecked::new(answer.identity()),
            admission: Unchecked::new(answer.admission.unwrap_or_default()),
        })
    }

    /// Everything that a group publishes, checked as by [`Feed::published`], and how many
    /// of the further sources agree.
    ///
    /// # Errors
    /// As [`Feed::published`].
    pub async fn published(&self, group: &GroupId) -> Result<Checked<Published>, ClientError> {
        let published = self.feed().published(group).await?;
        let evidence = published.evidence();
        let answers = Feed::agreement(&self.others, evidence.head(), evidence.key_log()).await;
        Ok(published.asked(answers))
    }

    /// Whether the group publishes a record of this name, proved as by
    /// [`Feed::presence`], and how many of the further sources agree.
    ///
    /// # Errors
    /// As [`Feed::presence`].
    pub async fn presence(
        &self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Checked<Presence>, ClientError> {
        let presence = self.feed().presence(group, name).await?;
        let evidence = presence.evidence();
        let answers = Feed::agreement(&self.others, evidence.head(), evidence.key_log()).await;
        Ok(presence.asked(answers))
    }

    /// One record, on the server's word alone.
    ///
    /// # Errors
    /// Where the call fails, or the bytes are not a record of that group.
    pub async fn get_record_unchecked(
        &self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Unchecked<Record>, ClientError> {
        let answer = self.fetch_record(group, name, false).await?;
        Record::parse(&answer.record, group)
            .map(Unchecked::new)
            .map_err(|error| self.server.check(error))
    }

    async fn fetch_record(
        &self,
        group: &GroupId,
        name: &RecordName,
        with_proof: bool,
    ) -> Result<v1::GetRecordResponse, ClientError> {
        let request = v1::GetRecordRequest {
            group_id: group.to_vec(),
            collection: name.collection.as_str().to_owned(),
            key: name.key.as_str().to_owned(),
            with_proof,
        };
        let call = |request| {
            let mut client = self.client.clone();
            async move { client.get_record(request).await }
        };
        self.server.call(request, call).await
    }
}
