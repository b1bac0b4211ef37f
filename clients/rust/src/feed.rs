//! What a server holds, and following it: nodes and aggregators alike.

mod published;
mod watch;

use futures::future::join_all;
use hedgerow_core::head::HeadOrder;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::head::compare;
use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::proof::verify_proof;
use hedgerow_proto::v1;
use hedgerow_proto::v1::feed_service_client::FeedServiceClient;
use hedgerow_rpc::bounded;
use tonic::transport::Channel;

use crate::Agreement;
use crate::Checked;
use crate::ClientError;
use crate::Evidence;
use crate::Options;
use crate::SilentSource;
use crate::call::Server;
use crate::error::CheckError;
pub use published::Published;
pub use watch::Change;
pub use watch::ChangeState;
pub use watch::Watch;

/// A server's feed.
#[derive(Clone, Debug)]
pub struct Feed {
    server: Server,
    client: FeedServiceClient<Channel>,
}

/// The most groups that are looked at for one commitment.
const MOST_FOUND: usize = 16;

/// Whether a record is under a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is published.
    Published,
    /// It is not.
    Absent,
}

impl Feed {
    /// Prepares to ask the server at `address`. Connects at the first call.
    ///
    /// # Errors
    /// Where the text is not an address.
    pub fn connect(address: &str, options: Options) -> Result<Self, ClientError> {
        Ok(Self::new(Server::parse(address, options)?))
    }

    pub(crate) fn new(server: Server) -> Self {
        Self {
            client: bounded!(FeedServiceClient::new(server.channel.clone())),
            server,
        }
    }

    /// The group's key log, verified.
    ///
    /// # Errors
    /// Where the call fails or the key log does not hold.
    pub async fn key_log(&self, group: &GroupId) -> Result<KeyLog, ClientError> {
        let request = v1::GetKeyLogRequest {
            group_id: group.to_vec(),
        };
        let call = |request| {
            let mut client = self.client.clone();
            async move { client.get_key_log(request).await }
        };
        let answer = self.server.call(request, call).await?;
        key_log_of(&self.server, &answer.key_log, group)
    }

    /// The newest head held of the group's public view, checked against its key log.
    ///
    /// # Errors
    /// Where a call fails, or key log or head do not hold.
    pub async fn head(&self, group: &GroupId) -> Result<Evidence, ClientError> {
        let key_log = self.key_log(group).await?;
        let envelope = self.head_envelope(group).await?;
        let head = check_head(&self.server, &envelope, &key_log)?;
        Ok(Evidence::new(key_log, head))
    }

    async fn head_envelope(&self, group: &GroupId) -> Result<Vec<u8>, ClientError> {
        let request = v1::GetHeadRequest {
            group_id: group.to_vec(),
            view: View::public().as_str().to_owned(),
        };
        let call = |request| {
            let mut client = self.client.clone();
            async move { client.get_head(request).await }
        };
        Ok(self.server.call(request, call).await?.head)
    }

    /// Whether the group publishes a record of this name, proved either way.
    ///
    /// # Errors
    /// Where the call fails or the proof does not hold.
    pub async fn presence(
        &self,
        group: &GroupId,
        name: &RecordName,
    ) -> Result<Checked<Presence>, ClientError> {
        let request = v1::GetProofRequest {
            group_id: group.to_vec(),
            view: View::public().as_str().to_owned(),
            name: Some(name.to_proto()),
        };
        let call = |request| {
            let mut client = self.client.clone();
            async move { client.get_proof(request).await }
        };
        let answer = self.server.call(request, call).await?;
        let no_proof = || self.server.check(CheckError::NoProof(name.clone()));
        let proof = answer.proof.as_ref().ok_or_else(no_proof)?;
        let proved = verify_proof(proof, group, &View::public(), name, None)
            .map_err(|error| self.server.check(error))?;
        let presence = if proved.included {
            Presence::Published
        } else {
            Presence::Absent
        };
        Ok(Checked::new(
            presence,
            Evidence::new(proved.key_log, proved.head),
        ))
    }

    /// The groups in whose key logs a commitment stands, each checked. There may be several:
    /// anyone can copy another's commitment, and only whoever knows the group can tell which one
    /// is meant.
    ///
    /// # Errors
    /// Where a call fails, or no key log of the groups named has that commitment.
    pub async fn find_groups(&self, commitment: &Commitment) -> Result<Vec<GroupId>, ClientError> {
        let request = v1::FindGroupRequest {
            commitment: commitment.to_vec(),
        };
        let call = |request| {
            let mut client = self.client.clone();
            async move { client.find_group(request).await }
        };
        let answer = self.server.call(request, call).await?;
        let mut found = Vec::new();
        let named = std::iter::once(&answer.group_id).chain(&answer.other_group_ids);
        for id in named.take(MOST_FOUND) {
            let group = GroupId::try_from(id.as_slice())
                .map_err(|_| self.server.check(CheckError::Malformed("the group id")))?;
            let key_log = self.key_log(&group).await?;
            if key_log.commitments().any(|known| known == *commitment) {
                found.push(group);
            }
        }
        if found.is_empty() {
            let error = CheckError::Malformed("a group without the commitment");
            return Err(self.server.check(error));
        }
        Ok(found)
    }

    /// Asks further sources which head they hold. One that does not answer, or whose
    /// head does not hold, is counted as asked only, and named.
    pub(crate) async fn agreement(
        others: &[Self],
        head: &VerifiedHead,
        key_log: &KeyLog,
    ) -> (Agreement, Vec<SilentSource>) {
        let answers = join_all(others.iter().map(async |other| {
            other
                .order_after(head, key_log)
                .await
                .map_err(|error| SilentSource {
                    address: other.server.name.clone(),
                    why: error.to_string(),
                })
        }))
        .await;
        let (mut sum, mut silent) = (Agreement::ONE, Vec::new());
        for answer in answers {
            sum.asked += 1;
            match answer {
                Ok(order) => {
                    sum.answered += 1;
                    sum.agreed += u32::from(matches!(order, HeadOrder::Same));
                    sum.newer += u32::from(matches!(order, HeadOrder::Newer));
                }
                Err(source) => silent.push(source),
            }
        }
        (sum, silent)
    }

    /// Where this server's head stands beside another's.
    async fn order_after(
        &self,
        head: &VerifiedHead,
        key_log: &KeyLog,
    ) -> Result<HeadOrder, ClientError> {
        let group = key_log.group_id();
        let envelope = self.head_envelope(&group).await?;
        // A rotation that only this server has heard of makes its head newer too.
        let theirs = match VerifiedHead::verify(&envelope, key_log) {
            Ok(theirs) => theirs,
            Err(_) => {
                let key_log = self.key_log(&group).await?;
                VerifiedHead::verify(&envelope, &key_log)
                    .map_err(|error| self.server.check(error))?
            }
        };
        Ok(compare(head, &theirs))
    }
}

pub(crate) fn key_log_of(
    server: &Server,
    envelopes: &[Vec<u8>],
    group: &GroupId,
) -> Result<KeyLog, ClientError> {
    let key_log = KeyLog::verify(envelopes).map_err(|error| server.check(error))?;
    if key_log.group_id() == *group {
        Ok(key_log)
    } else {
        Err(server.check(CheckError::OtherGroup {
            asked: *group,
            found: key_log.group_id(),
        }))
    }
}

pub(crate) fn check_head(
    server: &Server,
    envelope: &[u8],
    key_log: &KeyLog,
) -> Result<VerifiedHead, ClientError> {
    let head = VerifiedHead::verify(envelope, key_log).map_err(|error| server.check(error))?;
    head.check_issued(server.options.now())
        .map_err(|error| server.check(error))?;
    Ok(head)
}
