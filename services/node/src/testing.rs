//! Shared test fixtures: a node on a real port, a steward with a token, and a minimal
//! aggregator.

pub(crate) mod aggregator;
pub(crate) mod browser;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_proto::steward_v1::steward_service_client::StewardServiceClient;
use hedgerow_proto::{steward_v1, v1};
use hedgerow_testkit::ManualClock;
use hedgerow_transport::clock::SystemRandom;
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};
use hedgerow_transport::failure::CallFailure;
use prost::Message;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use crate::token::StewardFile;
use crate::{Config, Deps, Node};

/// 1 May 2026, noon.
const START: Timestamp = Timestamp::from_millis(1_777_636_800_000);

/// A node's folder, and the node while it runs.
pub(crate) struct TestNode {
    _folder: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) config: Config,
    running: Option<Running>,
    listener: Option<TcpListener>,
}

struct Running {
    node: Arc<Node>,
    address: Endpoint,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

pub(crate) const LABEL: &str = "us";

impl TestNode {
    /// Creates a folder with one group, `us`. The node is not running.
    pub(crate) async fn new(aggregators: &[Endpoint]) -> Self {
        let test = Self::without_group(aggregators).await;
        let node = test.open().await;
        node.add_group(LABEL, &phrase(1)).await.unwrap();
        node.close().await;
        test
    }

    /// Creates a folder without groups. The node is not running.
    pub(crate) async fn without_group(aggregators: &[Endpoint]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path().join("node"));
        // Bound before anything is written, so that the steward's file has the port.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        config.listen = listener.local_addr().unwrap().to_string();
        config.aggregators = aggregators.to_vec();
        config.delivery.first_retry_milliseconds = 20;
        config.heartbeat.check_seconds = 1;
        Self {
            _folder: folder,
            clock: Arc::new(ManualClock::at(START)),
            config,
            running: None,
            listener: Some(listener),
        }
    }

    /// Copies the database of a stopped node, as a backup would.
    pub(crate) fn back_up(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("node.sqlite");
        fs::copy(self.config.database_file(), copy).unwrap();
        folder
    }

    /// Replaces the database of a stopped node by a copy.
    pub(crate) fn restore(&self, backup: &TempDir) {
        let file = self.config.database_file();
        for side in ["-wal", "-shm"] {
            let mut name = file.clone().into_os_string();
            name.push(side);
            drop(fs::remove_file(name));
        }
        fs::copy(backup.path().join("node.sqlite"), file).unwrap();
    }

    /// Creates the same, and starts the node.
    pub(crate) async fn running(aggregators: &[Endpoint]) -> Self {
        let mut test = Self::new(aggregators).await;
        test.start().await;
        test
    }

    pub(crate) async fn open(&self) -> Node {
        let deps = Deps {
            clock: self.clock.clone(),
            random: Arc::new(SystemRandom),
        };
        Node::open(self.config.clone(), deps).await.unwrap()
    }

    pub(crate) async fn start(&mut self) {
        let node = Arc::new(self.open().await);
        let listener = match self.listener.take() {
            Some(listener) => listener,
            None => TcpListener::bind(&self.config.listen).await.unwrap(),
        };
        let address = Endpoint {
            port: listener.local_addr().unwrap().port(),
            ..node.address()
        };
        let stop = CancellationToken::new();
        let (serving, stopped) = (Arc::clone(&node), stop.clone());
        let task = tokio::spawn(async move {
            serving
                .run(listener, stopped.cancelled_owned())
                .await
                .unwrap();
        });
        self.running = Some(Running {
            node,
            address,
            stop,
            task,
        });
    }

    pub(crate) async fn stop(&mut self) {
        let running = self.running.take().unwrap();
        running.stop.cancel();
        running.task.await.unwrap();
        Arc::into_inner(running.node).unwrap().close().await;
    }

    /// Makes the next start listen on another port than the configured one.
    pub(crate) async fn listen_elsewhere(&mut self) {
        self.listener = Some(TcpListener::bind("127.0.0.1:0").await.unwrap());
    }

    pub(crate) fn address(&self) -> Endpoint {
        self.running.as_ref().unwrap().address.clone()
    }

    pub(crate) fn node(&self) -> &Arc<Node> {
        &self.running.as_ref().unwrap().node
    }

    pub(crate) fn channel(&self) -> Channel {
        let address = &self.running.as_ref().unwrap().address;
        Connector::new(ConnectorConfig::default())
            .channel(address, Trust::Configured)
            .unwrap()
    }

    pub(crate) fn feed(&self) -> FeedServiceClient<Channel> {
        FeedServiceClient::new(self.channel())
    }

    pub(crate) fn steward(&self) -> Steward {
        self.steward_of(LABEL)
    }

    pub(crate) fn steward_of(&self, label: &str) -> Steward {
        let file = StewardFile::read(&self.config.steward_file(label)).unwrap();
        Steward {
            client: StewardServiceClient::new(self.channel()),
            token: file.token,
            group_id: file.group_id,
        }
    }
}

/// A steward with a group's token.
#[derive(Clone)]
pub(crate) struct Steward {
    pub(crate) client: StewardServiceClient<Channel>,
    pub(crate) token: String,
    pub(crate) group_id: GroupId,
}

impl Steward {
    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let bearer = format!("Bearer {}", self.token).parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
        request
    }

    /// Creates an event.
    pub(crate) async fn create(&self, title: &str) -> steward_v1::CreateRecordResponse {
        self.try_create(&request_id(), title).await.unwrap()
    }

    pub(crate) async fn try_create(
        &self,
        request_id: &str,
        title: &str,
    ) -> Result<steward_v1::CreateRecordResponse, Box<CallFailure>> {
        self.try_create_of("event", request_id, event(title)).await
    }

    /// Creates a record of any kind.
    pub(crate) async fn try_create_of(
        &self,
        collection: &str,
        request_id: &str,
        draft: steward_v1::RecordDraft,
    ) -> Result<steward_v1::CreateRecordResponse, Box<CallFailure>> {
        let request = steward_v1::CreateRecordRequest {
            request_id: request_id.to_owned(),
            collection: collection.to_owned(),
            draft: Some(draft),
        };
        unpack(
            self.client
                .clone()
                .create_record(self.request(request))
                .await,
        )
    }

    pub(crate) async fn update(
        &self,
        name: v1::RecordName,
        etag: &str,
        draft: steward_v1::RecordDraft,
    ) -> Result<steward_v1::UpdateRecordResponse, Box<CallFailure>> {
        let request = steward_v1::UpdateRecordRequest {
            request_id: request_id(),
            name: Some(name),
            draft: Some(draft),
            etag: etag.to_owned(),
        };
        unpack(
            self.client
                .clone()
                .update_record(self.request(request))
                .await,
        )
    }

    pub(crate) async fn withdraw(
        &self,
        name: v1::RecordName,
    ) -> steward_v1::WithdrawRecordResponse {
        let request = steward_v1::WithdrawRecordRequest {
            request_id: request_id(),
            name: Some(name),
            etag: String::new(),
            confirmed: Vec::new(),
        };
        unpack(
            self.client
                .clone()
                .withdraw_record(self.request(request))
                .await,
        )
        .unwrap()
    }

    pub(crate) async fn publish(
        &self,
        changes: Vec<steward_v1::RecordChange>,
    ) -> Result<steward_v1::PublishRecordsResponse, Box<CallFailure>> {
        let request = steward_v1::PublishRecordsRequest {
            request_id: request_id(),
            changes,
            confirmed: Vec::new(),
        };
        unpack(
            self.client
                .clone()
                .publish_records(self.request(request))
                .await,
        )
    }

    pub(crate) async fn list(&self) -> Vec<steward_v1::StewardRecord> {
        let request = steward_v1::ListRecordsRequest::default();
        unpack(
            self.client
                .clone()
                .list_records(self.request(request))
                .await,
        )
        .unwrap()
        .records
    }

    pub(crate) async fn group(&self) -> steward_v1::GetGroupResponse {
        let request = steward_v1::GetGroupRequest {};
        unpack(self.client.clone().get_group(self.request(request)).await).unwrap()
    }

    /// Returns the state of the public head.
    pub(crate) async fn head_state(&self) -> steward_v1::HeadState {
        self.group().await.heads.remove(0)
    }

    /// Returns the newest public head, verified.
    pub(crate) async fn head(&self) -> VerifiedHead {
        let group = self.group().await;
        let log = KeyLog::verify(&group.key_log).unwrap();
        VerifiedHead::verify(&group.heads[0].head, &log).unwrap()
    }

    pub(crate) async fn force_sign(
        &self,
    ) -> Result<steward_v1::ForceSignResponse, Box<CallFailure>> {
        let request = steward_v1::ForceSignRequest {
            request_id: request_id(),
        };
        unpack(self.client.clone().force_sign(self.request(request)).await)
    }
}

pub(crate) fn unpack<T>(result: Result<Response<T>, Status>) -> Result<T, Box<CallFailure>> {
    result
        .map(Response::into_inner)
        .map_err(|status| Box::new(CallFailure::from_status(&status)))
}

pub(crate) fn request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("request-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn phrase(number: u8) -> Phrase {
    Phrase::from_entropy([number; 16])
}

/// An online event that violates no rule.
pub(crate) fn event(title: &str) -> steward_v1::RecordDraft {
    let event = v1::Event {
        title: title.to_owned(),
        schedule: Some(v1::Schedule {
            start: "2026-06-02T19:00".to_owned(),
            duration_minutes: 90,
            time_zone: "Europe/London".to_owned(),
            ..v1::Schedule::default()
        }),
        online: Some(v1::Online {
            available: true,
            ..v1::Online::default()
        }),
        ..v1::Event::default()
    };
    steward_v1::RecordDraft {
        body: event.encode_to_vec(),
        ..steward_v1::RecordDraft::default()
    }
}

pub(crate) fn put(draft: steward_v1::RecordDraft) -> steward_v1::RecordChange {
    steward_v1::RecordChange {
        change: Some(steward_v1::record_change::Change::Put(
            steward_v1::NewRecord {
                collection: "event".to_owned(),
                draft: Some(draft),
            },
        )),
    }
}

/// Returns the title of an event record.
pub(crate) fn title(record: &[u8]) -> String {
    let record = v1::Record::decode(record).unwrap();
    v1::Event::decode(record.body.as_slice()).unwrap().title
}

/// Waits until a condition is true; fails after half a minute.
pub(crate) async fn eventually<F: Future<Output = bool>>(
    what: &str,
    mut condition: impl FnMut() -> F,
) {
    for _ in 0..1_500 {
        if condition().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("timed out waiting: {what}");
}
