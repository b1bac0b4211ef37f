//! An aggregator for tests: it keeps everything in memory, checks transfers with the core's
//! own reader, and can be made to misbehave.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::head::{VerifiedHead, peek};
use hedgerow_core::id::{Commitment, GroupId, PayloadHash, RecordHash};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::name::View;
use hedgerow_core::receipt::ReceiptDraft;
use hedgerow_core::sync::{ReceiverState, SyncLimits, SyncReader};
use hedgerow_core::time::Clock;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::ingest_v1::ingest_service_server::{IngestService, IngestServiceServer};
use hedgerow_proto::{feed_v1, ingest_v1};
use hedgerow_server::feed::{
    FeedHandler, FeedSource, HeadRow, Rivals, Snapshot, SnapshotHead, WatchRow, no_head, withheld,
};
use hedgerow_server::identity::Identity;
use hedgerow_server::limits::{FeedLimits, ServerLimits};
use hedgerow_server::server::Server;
use hedgerow_testkit::FakeGroup;
use hedgerow_transport::bounded;
use hedgerow_transport::clock::SystemClock;
use hedgerow_transport::failure::Failure;
use hedgerow_transport::limits::DEFAULT_MESSAGE_BYTES;
use hedgerow_transport::transfer::{BodySink, push_items, receive};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::service::Routes;
use tonic::{Request, Response, Status, Streaming};

#[derive(Clone, Default)]
pub(crate) struct HeldGroup {
    pub(crate) key_log: Vec<Vec<u8>>,
    pub(crate) head: Option<Vec<u8>>,
    pub(crate) manifest: Manifest,
    pub(crate) bodies: HashMap<RecordHash, Vec<u8>>,
    /// Key events on rival branches; the group is frozen if there are any.
    pub(crate) rivals: Vec<Vec<u8>>,
}

/// The aggregator; clones share it.
#[derive(Clone)]
pub(crate) struct TestAggregator(Arc<Inner>);

struct Inner {
    address: Endpoint,
    keys: Mutex<(SigningKey, KeyLog)>,
    groups: Mutex<BTreeMap<GroupId, HeldGroup>>,
    /// Whether every call fails.
    silent: AtomicBool,
    /// Whether `Sync` sends no heads.
    withholding: AtomicBool,
    pushes: AtomicUsize,
    whole_pushes: AtomicUsize,
    bodies: AtomicUsize,
    revision: watch::Sender<u64>,
}

impl TestAggregator {
    pub(crate) async fn start(number: u8) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let identity = Identity::generate(&["localhost".to_owned()]).unwrap();
        let aggregator = Self(Arc::new(Inner {
            address: Endpoint {
                host: "127.0.0.1".to_owned(),
                port: listener.local_addr().unwrap().port(),
                pin: Some(identity.spki_hash()),
            },
            keys: Mutex::new(keys(number)),
            groups: Mutex::default(),
            silent: AtomicBool::new(false),
            withholding: AtomicBool::new(false),
            pushes: AtomicUsize::new(0),
            whole_pushes: AtomicUsize::new(0),
            bodies: AtomicUsize::new(0),
            revision: watch::Sender::new(0),
        }));
        let feed = FeedHandler::new(Arc::new(aggregator.clone()), FeedLimits::default());
        let routes = Routes::new(bounded!(IngestServiceServer::new(aggregator.clone())))
            .add_service(feed.into_service(DEFAULT_MESSAGE_BYTES));
        let server = Server::new(ServerLimits::default(), &identity)
            .unwrap()
            .routes(routes);
        tokio::spawn(server.serve(listener, std::future::pending()));
        aggregator
    }

    pub(crate) fn address(&self) -> Endpoint {
        self.0.address.clone()
    }

    pub(crate) fn id(&self) -> GroupId {
        self.log().group_id()
    }

    /// Replaces its identity, as if another aggregator were set up at the same address.
    pub(crate) fn reset_identity(&self, number: u8) {
        *self.0.keys.lock() = keys(number);
    }

    fn log(&self) -> KeyLog {
        self.0.keys.lock().1.clone()
    }

    pub(crate) fn set_withholding(&self, withholding: bool) {
        self.0.withholding.store(withholding, Ordering::SeqCst);
    }

    pub(crate) fn set_silent(&self, silent: bool) {
        self.0.silent.store(silent, Ordering::SeqCst);
    }

    pub(crate) fn pushes(&self) -> usize {
        self.0.pushes.load(Ordering::SeqCst)
    }

    pub(crate) fn whole_pushes(&self) -> usize {
        self.0.whole_pushes.load(Ordering::SeqCst)
    }

    /// Counts all bodies that it has ever received.
    pub(crate) fn bodies(&self) -> usize {
        self.0.bodies.load(Ordering::SeqCst)
    }

    /// Returns what it holds of a group.
    pub(crate) fn held(&self, group: &GroupId) -> Option<HeldGroup> {
        self.0.groups.lock().get(group).cloned()
    }

    /// Replaces what it holds of a group.
    pub(crate) fn hold(&self, group: &GroupId, held: HeldGroup) {
        self.0.groups.lock().insert(*group, held);
    }

    /// Returns the hash of the head that it holds.
    pub(crate) fn head(&self, group: &GroupId) -> Option<PayloadHash> {
        let head = self.held(group)?.head?;
        Some(peek(&head).unwrap().hash)
    }

    /// Returns the titles of the events whose bodies it holds, sorted.
    pub(crate) fn titles(&self, group: &GroupId) -> Vec<String> {
        let held = self.held(group).unwrap_or_default();
        let mut titles: Vec<String> = held
            .bodies
            .values()
            .map(|body| super::title(body))
            .collect();
        titles.sort();
        titles
    }

    fn check_not_silent(&self) -> Result<(), Status> {
        if self.0.silent.load(Ordering::SeqCst) {
            return Err(Status::unavailable("silent"));
        }
        Ok(())
    }

    fn receipt(&self, group: GroupId, head_hash: PayloadHash) -> Vec<u8> {
        let now = SystemClock.now();
        ReceiptDraft {
            aggregator_id: self.id(),
            aggregator_key_index: 0,
            group_id: group,
            view: View::public(),
            head_hash,
            in_effect_by_time: now,
            issue_time: now,
        }
        .sign(&self.0.keys.lock().0)
    }

    /// Commits a transfer, or requests the missing bodies.
    fn commit(
        &self,
        group: GroupId,
        received: hedgerow_transport::transfer::Received,
        staged: HashMap<RecordHash, Vec<u8>>,
    ) -> ingest_v1::PushResponse {
        self.0.pushes.fetch_add(1, Ordering::SeqCst);
        if received.transfer.whole {
            self.0.whole_pushes.fetch_add(1, Ordering::SeqCst);
        }
        self.0.bodies.fetch_add(staged.len(), Ordering::SeqCst);
        let transfer = received.transfer;
        let head = transfer.head.unwrap();
        let mut groups = self.0.groups.lock();
        let held = groups.entry(group).or_default();
        held.key_log = transfer.key_log.envelopes();
        held.bodies.extend(staged);
        let invited = head.indexing().permits(&self.id());
        let wanted: Vec<Vec<u8>> = transfer
            .manifest
            .leaves()
            .iter()
            .filter(|leaf| invited && !held.bodies.contains_key(&leaf.record_hash))
            .map(|leaf| leaf.record_hash.to_vec())
            .collect();
        if !wanted.is_empty() {
            return ingest_v1::PushResponse {
                wanted_hashes: wanted,
                ..ingest_v1::PushResponse::default()
            };
        }
        let is_listed = |hash: &RecordHash| {
            let mut leaves = transfer.manifest.leaves().iter();
            invited && leaves.any(|leaf| leaf.record_hash == *hash)
        };
        held.bodies.retain(|hash, _| is_listed(hash));
        held.head = Some(head.envelope().to_vec());
        held.manifest = transfer.manifest.clone();
        ingest_v1::PushResponse {
            admission: Some(admission(invited)),
            receipt: self.receipt(group, head.hash()),
            highest_head: head.envelope().to_vec(),
            ..ingest_v1::PushResponse::default()
        }
    }
}

fn keys(number: u8) -> (SigningKey, KeyLog) {
    let group = FakeGroup::new(number.into(), SystemClock.now());
    (group.signing, group.log)
}

fn admission(invited: bool) -> ingest_v1::Admission {
    let status = if invited {
        feed_v1::GroupStatus::Active
    } else {
        feed_v1::GroupStatus::NotInvited
    };
    ingest_v1::Admission {
        status: status.into(),
        ..ingest_v1::Admission::default()
    }
}

fn frozen() -> ingest_v1::Admission {
    ingest_v1::Admission {
        status: feed_v1::GroupStatus::Frozen.into(),
        ..ingest_v1::Admission::default()
    }
}

#[derive(Default)]
struct Staging(HashMap<RecordHash, Vec<u8>>);

#[async_trait]
impl BodySink for Staging {
    async fn key_log(&mut self, _log: &KeyLog) -> Result<(), Failure> {
        Ok(())
    }

    async fn put(&mut self, hash: RecordHash, record: Vec<u8>) -> Result<(), Failure> {
        self.0.insert(hash, record);
        Ok(())
    }
}

#[tonic::async_trait]
impl IngestService for TestAggregator {
    async fn announce(
        &self,
        request: Request<ingest_v1::AnnounceRequest>,
    ) -> Result<Response<ingest_v1::AnnounceResponse>, Status> {
        self.check_not_silent()?;
        let announced = peek(&request.into_inner().head).unwrap();
        let held = self.held(&announced.group_id).unwrap_or_default();
        let mut response = ingest_v1::AnnounceResponse {
            admission: Some(if held.rivals.is_empty() {
                admission(true)
            } else {
                frozen()
            }),
            ..ingest_v1::AnnounceResponse::default()
        };
        if let Some(head) = held.head {
            let hash = peek(&head).unwrap().hash;
            if hash == announced.hash {
                response.receipt = self.receipt(announced.group_id, hash);
            }
            response.basis_hash = hash.to_vec();
            response.highest_head = head;
            response.wanted_hashes = held
                .manifest
                .leaves()
                .iter()
                .filter(|leaf| !held.bodies.contains_key(&leaf.record_hash))
                .map(|leaf| leaf.record_hash.to_vec())
                .collect();
        }
        if let Ok(log) = KeyLog::verify(&held.key_log) {
            response.key_log_tip_hash = log.tip_hash().to_vec();
        }
        Ok(Response::new(response))
    }

    async fn push(
        &self,
        request: Request<Streaming<ingest_v1::PushRequest>>,
    ) -> Result<Response<ingest_v1::PushResponse>, Status> {
        self.check_not_silent()?;
        // In these tests only one node with one group pushes to it.
        let current = self.0.groups.lock().values().next().cloned();
        let held = current.filter(|held| !held.key_log.is_empty()).map(|held| {
            let key_log = KeyLog::verify(&held.key_log).unwrap();
            ReceiverState {
                head: held
                    .head
                    .map(|head| VerifiedHead::verify_past(&head, &key_log).unwrap()),
                manifest: held.manifest,
                key_log,
            }
        });
        let reader = SyncReader::new(SyncLimits::default(), held, None);
        let mut staging = Staging::default();
        let items = push_items(request.into_inner());
        let received = receive(items, reader, &mut staging)
            .await
            .map_err(Failure::from)?;
        let group = received.transfer.key_log.group_id();
        Ok(Response::new(self.commit(group, received, staging.0)))
    }

    async fn get_admission(
        &self,
        request: Request<ingest_v1::GetAdmissionRequest>,
    ) -> Result<Response<ingest_v1::GetAdmissionResponse>, Status> {
        self.check_not_silent()?;
        let group = GroupId::try_from(request.into_inner().group_id.as_slice()).unwrap();
        let held = self.held(&group).unwrap_or_default();
        Ok(Response::new(ingest_v1::GetAdmissionResponse {
            admission: Some(ingest_v1::Admission {
                never_seen: held.head.is_none(),
                ..if held.rivals.is_empty() {
                    admission(true)
                } else {
                    frozen()
                }
            }),
            highest_head: held.head.unwrap_or_default(),
            key_log: held.key_log,
            aggregator_id: self.id().to_vec(),
            aggregator_key_log: self.log().envelopes(),
            limits: None,
        }))
    }
}

#[async_trait]
impl FeedSource for TestAggregator {
    async fn key_log(&self, group: &GroupId) -> Result<Option<Vec<Vec<u8>>>, Failure> {
        Ok(self.held(group).map(|held| held.key_log))
    }

    async fn head(&self, group: &GroupId, _view: &View) -> Result<HeadRow, Failure> {
        let head = self.held(group).and_then(|held| held.head);
        Ok(head.map_or(HeadRow::NoHead, HeadRow::Shown))
    }

    async fn find_groups(
        &self,
        commitment: &Commitment,
        limit: usize,
    ) -> Result<Vec<GroupId>, Failure> {
        let groups = self.0.groups.lock();
        let has_commitment = |held: &&HeldGroup| {
            KeyLog::verify(&held.key_log)
                .is_ok_and(|log| log.commitments().any(|one| one == *commitment))
        };
        let groups = groups.iter().filter(|(_, held)| has_commitment(held));
        Ok(groups.map(|(id, _)| *id).take(limit).collect())
    }

    async fn rivals(&self, group: &GroupId, _view: &View) -> Result<Rivals, Failure> {
        Ok(Rivals {
            key_events: self.held(group).unwrap_or_default().rivals,
            heads: None,
        })
    }

    async fn rows_after(
        &self,
        _cursor: Option<&str>,
        _limit: usize,
    ) -> Result<Vec<WatchRow>, Failure> {
        Ok(Vec::new())
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.0.revision.subscribe()
    }

    async fn snapshot(
        &self,
        group: &GroupId,
        _view: &View,
        _from: Option<PayloadHash>,
    ) -> Result<Snapshot, Failure> {
        if self.0.withholding.load(Ordering::SeqCst) {
            return Err(withheld(group, feed_v1::GroupStatus::Excluded));
        }
        let held = self.held(group).ok_or_else(|| no_head(group))?;
        let envelope = held.head.ok_or_else(|| no_head(group))?;
        Ok(Snapshot {
            key_log: held.key_log,
            head: Some(SnapshotHead {
                envelope,
                basis: None,
                removals: Vec::new(),
                leaves: held.manifest.into_leaves(),
            }),
        })
    }

    async fn manifest(
        &self,
        _group: &GroupId,
        _view: &View,
    ) -> Result<Option<(Vec<u8>, Manifest)>, Failure> {
        Ok(None)
    }

    async fn bodies(
        &self,
        group: &GroupId,
        _view: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<Option<Vec<u8>>>, Failure> {
        let held = self.held(group);
        let body = |hash| held.as_ref()?.bodies.get(hash).cloned();
        Ok(hashes.iter().map(body).collect())
    }
}
