//! An aggregator for tests: it keeps everything in memory, checks what it is brought with
//! the core's own reader, and can be told to misbehave.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use hedgerow_core::address::Address;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::head::peek;
use hedgerow_core::id::Commitment;
use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::id::RecordHash;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::key_log::incept;
use hedgerow_core::keys::EncryptionSecret;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::name::View;
use hedgerow_core::receipt::ReceiptDraft;
use hedgerow_core::sync::Held;
use hedgerow_core::sync::SyncLimits;
use hedgerow_core::sync::SyncReader;
use hedgerow_core::time::Clock;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::v1;
use hedgerow_proto::v1::ingest_service_server::IngestService;
use hedgerow_proto::v1::ingest_service_server::IngestServiceServer;
use hedgerow_rpc::bounded;
use hedgerow_rpc::clock::SystemClock;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::feed::FeedHandler;
use hedgerow_rpc::feed::FeedSource;
use hedgerow_rpc::feed::HeadRow;
use hedgerow_rpc::feed::Snapshot;
use hedgerow_rpc::feed::SnapshotHead;
use hedgerow_rpc::feed::WatchRow;
use hedgerow_rpc::feed::no_head;
use hedgerow_rpc::limits::FeedLimits;
use hedgerow_rpc::limits::ServerLimits;
use hedgerow_rpc::limits::USUAL_MESSAGE_BYTES;
use hedgerow_rpc::server::Server;
use hedgerow_rpc::tls::Identity;
use hedgerow_rpc::transfer::BodySink;
use hedgerow_rpc::transfer::push_items;
use hedgerow_rpc::transfer::receive;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::Streaming;
use tonic::service::Routes;

use super::phrase;

#[derive(Clone, Default)]
pub(crate) struct HeldGroup {
    pub(crate) key_log: Vec<Vec<u8>>,
    pub(crate) head: Option<Vec<u8>>,
    pub(crate) manifest: Manifest,
    pub(crate) bodies: HashMap<RecordHash, Vec<u8>>,
}

/// The aggregator; clones share it.
#[derive(Clone)]
pub(crate) struct TestAggregator(Arc<Inner>);

struct Inner {
    address: Address,
    keys: Mutex<(SigningKey, KeyLog)>,
    groups: Mutex<BTreeMap<GroupId, HeldGroup>>,
    /// Answers nothing but errors.
    silent: AtomicBool,
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
            address: Address {
                host: "127.0.0.1".to_owned(),
                port: listener.local_addr().unwrap().port(),
                pin: Some(identity.spki_hash()),
            },
            keys: Mutex::new(keys(number)),
            groups: Mutex::default(),
            silent: AtomicBool::new(false),
            pushes: AtomicUsize::new(0),
            whole_pushes: AtomicUsize::new(0),
            bodies: AtomicUsize::new(0),
            revision: watch::Sender::new(0),
        }));
        let feed = FeedHandler::new(Arc::new(aggregator.clone()), FeedLimits::default());
        let routes = Routes::new(bounded!(IngestServiceServer::new(aggregator.clone())))
            .add_service(feed.into_service(USUAL_MESSAGE_BYTES));
        let server = Server::builder(ServerLimits::default())
            .tls(&identity)
            .unwrap()
            .routes(routes);
        tokio::spawn(server.serve(listener, std::future::pending()));
        aggregator
    }

    pub(crate) fn address(&self) -> Address {
        self.0.address.clone()
    }

    pub(crate) fn id(&self) -> GroupId {
        self.log().group_id()
    }

    /// Is set up again, as another aggregator at the same address.
    pub(crate) fn begin_anew(&self, number: u8) {
        *self.0.keys.lock().unwrap() = keys(number);
    }

    fn log(&self) -> KeyLog {
        self.0.keys.lock().unwrap().1.clone()
    }

    pub(crate) fn fall_silent(&self, silent: bool) {
        self.0.silent.store(silent, Ordering::SeqCst);
    }

    pub(crate) fn pushes(&self) -> usize {
        self.0.pushes.load(Ordering::SeqCst)
    }

    pub(crate) fn whole_pushes(&self) -> usize {
        self.0.whole_pushes.load(Ordering::SeqCst)
    }

    /// How many bodies it was ever brought.
    pub(crate) fn bodies(&self) -> usize {
        self.0.bodies.load(Ordering::SeqCst)
    }

    /// What it holds of a group.
    pub(crate) fn held(&self, group: &GroupId) -> Option<HeldGroup> {
        self.0.groups.lock().unwrap().get(group).cloned()
    }

    /// Makes it hold something else.
    pub(crate) fn hold(&self, group: &GroupId, held: HeldGroup) {
        self.0.groups.lock().unwrap().insert(*group, held);
    }

    /// The head that it holds, by its hash.
    pub(crate) fn head(&self, group: &GroupId) -> Option<PayloadHash> {
        let head = self.held(group)?.head?;
        Some(peek(&head).unwrap().hash)
    }

    /// Titles of the events whose bodies it holds, sorted.
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

    fn check_awake(&self) -> Result<(), Status> {
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
            in_effect_by: now,
            issued_at: now,
        }
        .sign(&self.0.keys.lock().unwrap().0)
    }

    /// Commits a transfer; or tells which bodies are missing.
    fn commit(
        &self,
        group: GroupId,
        received: hedgerow_rpc::transfer::Received,
        staged: HashMap<RecordHash, Vec<u8>>,
    ) -> v1::PushResponse {
        self.0.pushes.fetch_add(1, Ordering::SeqCst);
        if received.transfer.whole {
            self.0.whole_pushes.fetch_add(1, Ordering::SeqCst);
        }
        self.0.bodies.fetch_add(staged.len(), Ordering::SeqCst);
        let transfer = received.transfer;
        let head = transfer.head.unwrap();
        let mut groups = self.0.groups.lock().unwrap();
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
            return v1::PushResponse {
                wanted,
                ..v1::PushResponse::default()
            };
        }
        let kept = |hash: &RecordHash| {
            let mut leaves = transfer.manifest.leaves().iter();
            invited && leaves.any(|leaf| leaf.record_hash == *hash)
        };
        held.bodies.retain(|hash, _| kept(hash));
        held.head = Some(head.envelope().to_vec());
        held.manifest = transfer.manifest.clone();
        v1::PushResponse {
            admission: Some(admission(invited)),
            receipt: self.receipt(group, head.hash()),
            highest_head: head.envelope().to_vec(),
            ..v1::PushResponse::default()
        }
    }
}

fn keys(number: u8) -> (SigningKey, KeyLog) {
    let key = SigningKey::from_seed([number; 32]);
    let encryption = EncryptionSecret::from_seed([number; 32]).public();
    let commitment = phrase(number).commitment(1);
    let log = KeyLog::verify([incept(&key, encryption, commitment, [number; 16])]).unwrap();
    (key, log)
}

fn admission(invited: bool) -> v1::Admission {
    let status = if invited {
        v1::GroupStatus::Active
    } else {
        v1::GroupStatus::NotInvited
    };
    v1::Admission {
        status: status.into(),
        ..v1::Admission::default()
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
        request: Request<v1::AnnounceRequest>,
    ) -> Result<Response<v1::AnnounceResponse>, Status> {
        self.check_awake()?;
        let announced = peek(&request.into_inner().head).unwrap();
        let held = self.held(&announced.group_id).unwrap_or_default();
        let mut answer = v1::AnnounceResponse {
            admission: Some(admission(true)),
            ..v1::AnnounceResponse::default()
        };
        if let Some(head) = held.head {
            let hash = peek(&head).unwrap().hash;
            if hash == announced.hash {
                answer.receipt = self.receipt(announced.group_id, hash);
            }
            answer.basis = hash.to_vec();
            answer.highest_head = head;
            answer.wanted = held
                .manifest
                .leaves()
                .iter()
                .filter(|leaf| !held.bodies.contains_key(&leaf.record_hash))
                .map(|leaf| leaf.record_hash.to_vec())
                .collect();
        }
        if let Ok(log) = KeyLog::verify(&held.key_log) {
            answer.key_log_tip = log.tip_hash().to_vec();
        }
        Ok(Response::new(answer))
    }

    async fn push(
        &self,
        request: Request<Streaming<v1::PushRequest>>,
    ) -> Result<Response<v1::PushResponse>, Status> {
        self.check_awake()?;
        // One node with one group pushes to it in these tests.
        let before = self.0.groups.lock().unwrap().values().next().cloned();
        let held = before.filter(|held| !held.key_log.is_empty()).map(|held| {
            let key_log = KeyLog::verify(&held.key_log).unwrap();
            Held {
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
        request: Request<v1::GetAdmissionRequest>,
    ) -> Result<Response<v1::GetAdmissionResponse>, Status> {
        self.check_awake()?;
        let group = GroupId::try_from(request.into_inner().group_id.as_slice()).unwrap();
        let held = self.held(&group).unwrap_or_default();
        Ok(Response::new(v1::GetAdmissionResponse {
            admission: Some(v1::Admission {
                never_seen: held.head.is_none(),
                ..admission(true)
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

    async fn find_group(&self, _commitment: &Commitment) -> Result<Option<GroupId>, Failure> {
        Ok(None)
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

    async fn body(
        &self,
        group: &GroupId,
        _view: &View,
        hash: &RecordHash,
    ) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self
            .held(group)
            .and_then(|held| held.bodies.get(hash).cloned()))
    }
}
