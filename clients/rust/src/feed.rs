//! The feed of a node or an aggregator: key logs, heads, proofs, and whole groups.

pub(crate) mod group_records;
pub(crate) mod watch;

use futures_util::future::join_all;
use hedgerow_core::head::{HeadOrder, VerifiedHead, compare};
use hedgerow_core::id::{Commitment, GroupId};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::proof::verify_proof;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_transport::bounded;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use crate::call::Server;
use crate::error::{ClientError, VerificationError};
use crate::options::Options;
use crate::verified::{Agreement, Comparison, Evidence, UnresponsiveSource, Verified};

/// A server's feed. Cheap to clone; clones share one connection.
#[derive(Clone, Debug)]
pub struct Feed {
    server: Server,
    client: FeedServiceClient<Channel>,
}

/// Maximum number of groups whose key logs are fetched for one commitment.
const MAX_GROUPS: usize = 16;

/// Whether a record is in the tree of a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// The proof includes the record's name.
    Published,
    /// The proof shows that no record has the name.
    Absent,
}

impl Feed {
    /// Prepares calls to the server at `address`. Connects at the first call.
    ///
    /// # Errors
    /// If the address cannot be parsed.
    pub fn new(address: &str, options: Options) -> Result<Self, ClientError> {
        Ok(Self::with_server(Server::parse(address, options)?))
    }

    pub(crate) fn with_server(server: Server) -> Self {
        Self {
            client: bounded!(FeedServiceClient::new(server.channel.clone())),
            server,
        }
    }

    /// Fetches and verifies a group's key log.
    ///
    /// # Errors
    /// If the call fails, or the key log fails verification.
    pub async fn get_key_log(&self, group: &GroupId) -> Result<KeyLog, ClientError> {
        let request = feed_v1::GetKeyLogRequest {
            group_id: group.to_vec(),
        };
        let response = self
            .call(request, async |mut client, request| {
                client.get_key_log(request).await
            })
            .await?;
        verify_key_log(&self.server, &response.key_log, group)
    }

    /// Fetches the server's newest head of the group's public view, and verifies it against
    /// the key log.
    ///
    /// # Errors
    /// If a call fails, or key log or head fail verification.
    pub async fn get_head(&self, group: &GroupId) -> Result<Evidence, ClientError> {
        let key_log = self.get_key_log(group).await?;
        let envelope = self.head_envelope(group).await?;
        let head = verify_head(&self.server, &envelope, &key_log)?;
        Ok(Evidence::new(key_log, head))
    }

    async fn head_envelope(&self, group: &GroupId) -> Result<Vec<u8>, ClientError> {
        let request = feed_v1::GetHeadRequest {
            group_id: group.to_vec(),
            view: View::public().as_str().to_owned(),
        };
        Ok(self
            .call(request, async |mut client, request| {
                client.get_head(request).await
            })
            .await?
            .head)
    }

    /// Returns whether the group publishes a record of this name. Both results are proved.
    ///
    /// # Errors
    /// If the call fails, or the proof fails verification.
    pub async fn get_presence(
        &self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Verified<Presence>, ClientError> {
        let request = feed_v1::GetProofRequest {
            group_id: group.to_vec(),
            view: View::public().as_str().to_owned(),
            name: Some(name.to_proto()),
        };
        let response = self
            .call(request, async |mut client, request| {
                client.get_proof(request).await
            })
            .await?;
        let no_proof = || {
            self.server
                .unverified(VerificationError::NoProof(name.clone()))
        };
        let proof = response.proof.as_ref().ok_or_else(no_proof)?;
        let proved = verify_proof(proof, group, &View::public(), name, None)
            .map_err(|error| self.server.unverified(error))?;
        let presence = if proved.included {
            Presence::Published
        } else {
            Presence::Absent
        };
        Ok(Verified::new(
            presence,
            Evidence::new(proved.key_log, proved.head),
        ))
    }

    /// Finds the groups whose key logs contain a commitment, and verifies each log. There may
    /// be several, because anyone can copy another group's commitment; only a person who knows
    /// the group can choose.
    ///
    /// # Errors
    /// If a call fails, or no key log of those groups has the commitment.
    pub async fn find_groups(&self, commitment: &Commitment) -> Result<Vec<GroupId>, ClientError> {
        let request = feed_v1::FindGroupRequest {
            commitment: commitment.to_vec(),
        };
        let response = self
            .call(request, async |mut client, request| {
                client.find_group(request).await
            })
            .await?;
        let malformed = |part| self.server.unverified(VerificationError::Malformed(part));
        let mut groups = Vec::new();
        let claimed = std::iter::once(&response.group_id).chain(&response.other_group_ids);
        for id in claimed.take(MAX_GROUPS) {
            let group = GroupId::try_from(id.as_slice()).map_err(|_| malformed("group id"))?;
            let key_log = self.get_key_log(&group).await?;
            if key_log.commitments().any(|known| known == *commitment) {
                groups.push(group);
            }
        }
        if groups.is_empty() {
            return Err(malformed("a group without the commitment"));
        }
        Ok(groups)
    }

    /// Compares a head with those of further sources, all at the same time. A source without
    /// a verified head counts as queried only.
    pub(crate) async fn compare_sources(
        sources: &[Self],
        head: &VerifiedHead,
        key_log: &KeyLog,
    ) -> Comparison {
        let orders = join_all(sources.iter().map(async |source| {
            source
                .compare_with(head, key_log)
                .await
                .map_err(|error| UnresponsiveSource {
                    address: source.server.name.clone(),
                    reason: error.to_string(),
                })
        }))
        .await;
        let (mut agreement, mut unresponsive) = (Agreement::ONE, Vec::new());
        for order in orders {
            agreement.queried += 1;
            match order {
                Ok(order) => {
                    agreement.responded += 1;
                    agreement.agreed += u32::from(matches!(order, HeadOrder::Same));
                    agreement.newer += u32::from(matches!(order, HeadOrder::Newer));
                }
                Err(source) => unresponsive.push(source),
            }
        }
        (agreement, unresponsive)
    }

    /// Compares this server's head with another server's.
    async fn compare_with(
        &self,
        head: &VerifiedHead,
        key_log: &KeyLog,
    ) -> Result<HeadOrder, ClientError> {
        let group = key_log.group_id();
        let envelope = self.head_envelope(&group).await?;
        // This server may have a newer key log, after a rotation; it is fetched only if the
        // head does not verify by the other one.
        let own = match VerifiedHead::verify(&envelope, key_log) {
            Ok(own) => own,
            Err(_) => {
                let key_log = self.get_key_log(&group).await?;
                VerifiedHead::verify(&envelope, &key_log)
                    .map_err(|error| self.server.unverified(error))?
            }
        };
        Ok(compare(head, &own))
    }

    async fn call<Q: Clone, A>(
        &self,
        message: Q,
        call: impl AsyncFn(FeedServiceClient<Channel>, Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, ClientError> {
        self.server
            .call(message, |request| call(self.client.clone(), request))
            .await
    }
}

pub(crate) fn verify_key_log(
    server: &Server,
    envelopes: &[Vec<u8>],
    group: &GroupId,
) -> Result<KeyLog, ClientError> {
    let key_log = KeyLog::verify(envelopes).map_err(|error| server.unverified(error))?;
    if key_log.group_id() == *group {
        Ok(key_log)
    } else {
        Err(server.unverified(VerificationError::OtherGroup {
            requested: *group,
            returned: key_log.group_id(),
        }))
    }
}

/// Verifies a head's signature, and that it was not signed in the future.
pub(crate) fn verify_head(
    server: &Server,
    envelope: &[u8],
    key_log: &KeyLog,
) -> Result<VerifiedHead, ClientError> {
    let head = VerifiedHead::verify(envelope, key_log).map_err(|error| server.unverified(error))?;
    head.check_issued(server.options.now())
        .map_err(|error| server.unverified(error))?;
    Ok(head)
}
