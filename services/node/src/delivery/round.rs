//! One round to an aggregator: announce the newest head, push what it lacks, take its
//! receipt.

use std::time::Duration;

use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::telemetry::propagate;
use tonic::Request;

use super::courier::Courier;
use super::error::DeliveryError;
use super::judge::Verdict;
use super::judge::consider;
use super::push::Load;
use crate::store::Acknowledgement;
use crate::store::KeptHead;

/// How a round ended, short of an error.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What the aggregator said of the group.
    pub(super) admission: Option<v1::Admission>,
    /// The head that it acknowledged.
    pub(super) acknowledged: Option<Acknowledgement>,
    /// When it wants to be asked again.
    pub(super) come_back: Option<Duration>,
}

/// Pushes in one round: each brings up to a thousand bodies that the one before lacked.
const MOST_PUSHES: usize = 64;

impl Courier {
    /// Brings the newest head, if there is one.
    pub(super) async fn bring_newest(&self) -> Result<Outcome, DeliveryError> {
        let mut reading = self.shared.store.read().await?;
        let head = reading.head(&self.group.id, &View::public()).await?;
        drop(reading);
        let Some(head) = head else {
            return Ok(Outcome::default());
        };
        let announced = self.announce(&head).await?;
        let come_back = come_back(announced.limits.as_ref());
        let (admission, receipt) = if announced.receipt.is_empty() {
            let pushed = self.push_until_taken(&head, &announced).await?;
            (pushed.admission, pushed.receipt)
        } else {
            self.bring_wanted(&head, &announced).await?;
            (announced.admission, announced.receipt)
        };
        let admission = admission.unwrap_or_default();
        if receipt.is_empty() {
            return self.not_taken(admission, come_back);
        }
        Ok(Outcome {
            acknowledged: Some(self.acknowledged(&head, &receipt).await?),
            admission: Some(admission),
            come_back,
        })
    }

    async fn announce(&self, head: &KeptHead) -> Result<v1::AnnounceResponse, DeliveryError> {
        let mut request = Request::new(v1::AnnounceRequest {
            head: head.envelope.clone(),
        });
        request.set_timeout(self.aggregator.answer_within);
        propagate(&mut request);
        let answer = self
            .aggregator
            .ingest()
            .announce(request)
            .await?
            .into_inner();
        self.consider_highest(&answer.highest_head).await?;
        Ok(answer)
    }

    /// Pushes, and brings what is still wanted, until the head is taken or it is plain
    /// that it will not be.
    async fn push_until_taken(
        &self,
        head: &KeptHead,
        announced: &v1::AnnounceResponse,
    ) -> Result<v1::PushResponse, DeliveryError> {
        let mut load = Load {
            head,
            basis: hash(&announced.basis),
            key_log_tip: hash(&announced.key_log_tip),
            wanted: hashes(&announced.wanted),
            only_wanted: false,
            permitted: self.permits(head).await?,
        };
        for _ in 0..MOST_PUSHES {
            let answer = self.push(&load).await?;
            self.consider_highest(&answer.highest_head).await?;
            if !answer.receipt.is_empty() || answer.wanted.is_empty() {
                return Ok(answer);
            }
            let wanted = hashes(&answer.wanted);
            if load.only_wanted && wanted == load.wanted {
                break;
            }
            load.wanted = wanted;
            load.only_wanted = true;
        }
        Err(DeliveryError::NotTaken(
            "it asks for records again that were brought".to_owned(),
        ))
    }

    /// Brings bodies that an aggregator lacks under a head that it has.
    async fn bring_wanted(
        &self,
        head: &KeptHead,
        announced: &v1::AnnounceResponse,
    ) -> Result<(), DeliveryError> {
        let wanted = hashes(&announced.wanted);
        if wanted.is_empty() || !self.permits(head).await? {
            return Ok(());
        }
        let load = Load {
            head,
            basis: Some(head.hash),
            key_log_tip: hash(&announced.key_log_tip),
            wanted,
            only_wanted: true,
            permitted: true,
        };
        self.push(&load).await.map(drop)
    }

    async fn consider_highest(&self, envelope: &[u8]) -> Result<(), DeliveryError> {
        if envelope.is_empty() {
            return Ok(());
        }
        let name = &self.aggregator.name;
        match consider(&self.shared, &self.group, name, envelope).await? {
            Verdict::Known => Ok(()),
            Verdict::Behind => Err(DeliveryError::NotTaken(
                "it holds a newer one that this node does not remember signing".to_owned(),
            )),
            Verdict::Equivocation => Err(DeliveryError::NotTaken(
                "it holds another head of the same number".to_owned(),
            )),
        }
    }

    /// What an aggregator that gave no receipt said instead.
    fn not_taken(
        &self,
        admission: v1::Admission,
        come_back: Option<Duration>,
    ) -> Result<Outcome, DeliveryError> {
        use v1::GroupStatus;
        match admission.status() {
            GroupStatus::Throttled => Err(DeliveryError::Throttled {
                wait: until(&admission, self.shared.now()),
                limit: admission.limit,
            }),
            // Nothing that this node could do at once would change these.
            GroupStatus::NotInvited
            | GroupStatus::Excluded
            | GroupStatus::Ended
            | GroupStatus::Frozen => Ok(Outcome {
                admission: Some(admission),
                acknowledged: None,
                come_back,
            }),
            GroupStatus::Pending => Err(DeliveryError::NotTaken(format!(
                "something is missing first (`{}`)",
                admission.missing
            ))),
            GroupStatus::Unspecified
            | GroupStatus::Active
            | GroupStatus::Stale
            | GroupStatus::Lapsed => Err(DeliveryError::NotTaken("it gave no receipt".to_owned())),
        }
    }
}

fn until(admission: &v1::Admission, now: Timestamp) -> Duration {
    admission
        .until
        .and_then(|until| Timestamp::try_from(until).ok())
        .map(|until| until.since(now))
        .unwrap_or_default()
}

fn come_back(limits: Option<&v1::Limits>) -> Option<Duration> {
    let wanted = limits?.come_back_after?;
    Duration::try_from(wanted)
        .ok()
        .filter(|wanted| !wanted.is_zero())
}

/// A malformed hash is as good as none: a whole push follows.
fn hash(bytes: &[u8]) -> Option<PayloadHash> {
    PayloadHash::try_from(bytes).ok()
}

fn hashes(wanted: &[Vec<u8>]) -> Vec<RecordHash> {
    wanted
        .iter()
        .filter_map(|hash| RecordHash::try_from(hash.as_slice()).ok())
        .collect()
}
