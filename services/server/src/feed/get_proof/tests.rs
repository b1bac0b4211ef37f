use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use hedgerow_core::id::{Commitment, RecordHash};
use hedgerow_core::proof::verify_proof;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1::GetHeadRequest;
use parking_lot::Mutex;
use tokio::sync::watch;

use super::*;
use crate::feed::budget::FeedBudget;
use crate::feed::get_head::get_head;
use crate::feed::memory::MemorySource;
use crate::feed::source::{HeadRow, Snapshot, WatchRow};
use crate::limits::FeedLimits;
use crate::peer::PeerKey;

/// A source that counts reads of manifests, and withholds its groups if it has a status for them.
struct Counting {
    inner: MemorySource,
    reads: AtomicUsize,
    status: Mutex<Option<GroupStatus>>,
}

impl Counting {
    fn new() -> Self {
        Self {
            inner: MemorySource::new(),
            reads: AtomicUsize::new(0),
            status: Mutex::new(None),
        }
    }

    /// A group with records `k0`, `k1` and so on.
    fn add(&self, records: usize) -> GroupId {
        let group = self.inner.add_group(1);
        let many = (0..records).map(|n| (format!("k{n}"), Some(format!("text {n}"))));
        self.inner.publish_many(&group, many);
        group
    }
}

#[async_trait::async_trait]
impl FeedSource for Counting {
    async fn key_log(&self, group: &GroupId) -> Result<Option<Vec<Vec<u8>>>, Failure> {
        self.inner.key_log(group).await
    }

    async fn head(&self, group: &GroupId, view: &View) -> Result<HeadRow, Failure> {
        let status = *self.status.lock();
        match status {
            Some(status) => Ok(HeadRow::Withheld(status)),
            None => self.inner.head(group, view).await,
        }
    }

    async fn find_groups(&self, of: &Commitment, limit: usize) -> Result<Vec<GroupId>, Failure> {
        self.inner.find_groups(of, limit).await
    }

    async fn rows_after(&self, at: Option<&str>, limit: usize) -> Result<Vec<WatchRow>, Failure> {
        self.inner.rows_after(at, limit).await
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.inner.changed()
    }

    async fn snapshot(
        &self,
        group: &GroupId,
        view: &View,
        from: Option<PayloadHash>,
    ) -> Result<Snapshot, Failure> {
        self.inner.snapshot(group, view, from).await
    }

    async fn manifest(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<Option<(Vec<u8>, Manifest)>, Failure> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.inner.manifest(group, view).await
    }

    async fn bodies(
        &self,
        group: &GroupId,
        view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<Option<Vec<u8>>>, Failure> {
        self.inner.bodies(group, view, hashes).await
    }
}

fn budget(limits: &FeedLimits, last: u8) -> PeerBudget {
    let peer = PeerKey::from(IpAddr::from([1, 1, 1, last]));
    FeedBudget::new(limits).for_peer(peer)
}

fn request_for(group: &GroupId, key: &str) -> GetProofRequest {
    GetProofRequest {
        group_id: group.to_vec(),
        view: String::new(),
        name: Some(RecordName::parse("listing", key).unwrap().to_proto()),
    }
}

async fn prove(
    source: &Counting,
    manifests: &Manifests,
    budget: &PeerBudget,
    group: &GroupId,
    key: &str,
) -> Result<bool, Failure> {
    let request = request_for(group, key);
    let response = get_proof(source, manifests, budget, &request).await?;
    let name = RecordName::parse("listing", key).unwrap();
    let proof = response.proof.unwrap();
    let proved = verify_proof(&proof, group, &View::public(), &name, None).unwrap();
    Ok(proved.included)
}

#[tokio::test]
async fn many_proofs_of_one_head_read_its_manifest_once() {
    let (source, manifests) = (Counting::new(), Manifests::new());
    let group = source.add(300);
    let budget = budget(&FeedLimits::default(), 1);
    for n in 0..50 {
        let included = prove(&source, &manifests, &budget, &group, &format!("k{n}")).await;
        assert!(included.unwrap());
        let included = prove(&source, &manifests, &budget, &group, &format!("k{n}x")).await;
        assert!(!included.unwrap());
    }
    assert_eq!(source.reads.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_withdrawn_record_is_proved_absent_at_once_and_an_excluded_group_not_at_all() {
    let (source, manifests) = (Counting::new(), Manifests::new());
    let group = source.add(10);
    let budget = budget(&FeedLimits::default(), 1);
    assert!(
        prove(&source, &manifests, &budget, &group, "k3")
            .await
            .unwrap()
    );
    source.inner.publish(&group, "k3", None);
    assert!(
        !prove(&source, &manifests, &budget, &group, "k3")
            .await
            .unwrap()
    );
    assert_eq!(source.reads.load(Ordering::Relaxed), 2);
    *source.status.lock() = Some(GroupStatus::Excluded);
    let rejected = prove(&source, &manifests, &budget, &group, "k4").await;
    assert_eq!(rejected.unwrap_err().reason(), "withheld");
    assert_eq!(source.reads.load(Ordering::Relaxed), 2, "nothing is read");
}

#[tokio::test]
async fn a_withheld_head_has_the_same_reason_and_status_for_proofs_and_heads() {
    let (source, manifests) = (Counting::new(), Manifests::new());
    let group = source.add(2);
    let budget = budget(&FeedLimits::default(), 1);
    for status in [
        GroupStatus::Frozen,
        GroupStatus::Lapsed,
        GroupStatus::NotInvited,
        GroupStatus::Ended,
        GroupStatus::Excluded,
        GroupStatus::Pending,
    ] {
        *source.status.lock() = Some(status);
        let of_head = GetHeadRequest {
            group_id: group.to_vec(),
            view: String::new(),
        };
        let head = get_head(&source, &of_head).await.unwrap_err();
        let proof = get_proof(&source, &manifests, &budget, &request_for(&group, "k0")).await;
        let proof = proof.unwrap_err();
        assert_eq!(proof.reason(), "withheld", "{status:?}");
        assert_eq!(format!("{proof:?}"), format!("{head:?}"));
        assert!(
            format!("{proof:?}").contains(status.as_str_name()),
            "{proof:?}"
        );
    }
}

#[tokio::test]
async fn proofs_without_a_head_of_unknown_groups_and_views_have_their_reasons() {
    let (source, manifests) = (Counting::new(), Manifests::new());
    let group = source.inner.add_group(1);
    let budget = budget(&FeedLimits::default(), 1);
    let known = request_for(&group, "k0");
    let unknown = request_for(&GroupId::from_bytes([9; 32]), "k0");
    let view = |view: &str| GetProofRequest {
        view: view.to_owned(),
        ..known.clone()
    };
    let nameless = GetProofRequest {
        name: None,
        ..known.clone()
    };
    for (request, reason) in [
        (known.clone(), "no_head"),
        (unknown, "group_unknown"),
        (view("circle"), "no_head"),
        (view("no such view!"), "view_malformed"),
        (nameless, "missing"),
    ] {
        let rejected = get_proof(&source, &manifests, &budget, &request).await;
        assert_eq!(rejected.unwrap_err().reason(), reason, "{request:?}");
    }
    assert_eq!(source.reads.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn proofs_from_memory_cost_a_path_and_the_first_one_the_manifest() {
    let (source, manifests) = (Counting::new(), Manifests::new());
    let group = source.add(400);
    let limits = FeedLimits {
        leaves_per_peer_and_minute: 1_000,
        ..FeedLimits::default()
    };
    let first = budget(&limits, 1);
    prove(&source, &manifests, &first, &group, "k0")
        .await
        .unwrap();
    // 400 leaves are charged already. A path is 32, and the key log one.
    for _ in 0..18 {
        prove(&source, &manifests, &first, &group, "k1")
            .await
            .unwrap();
    }
    let mut rejected = None;
    for _ in 0..3 {
        rejected = prove(&source, &manifests, &first, &group, "k1").await.err();
    }
    let rejected = rejected.expect("its budget is used up");
    assert_eq!(rejected.reason(), "leaves_per_peer_and_minute");
    let other = budget(&limits, 2);
    prove(&source, &manifests, &other, &group, "k1")
        .await
        .unwrap();
}
