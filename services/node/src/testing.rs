//! What the tests of this crate share: a clock to turn, a node on a real port, a steward
//! with a token, and an aggregator small enough to be read.

pub(crate) mod aggregator;

use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hedgerow_core::address::Address;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::time::Clock;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_proto::v1::feed_service_client::FeedServiceClient;
use hedgerow_proto::v1::steward_service_client::StewardServiceClient;
use hedgerow_rpc::clock::SystemRandom;
use hedgerow_rpc::connector::Connector;
use hedgerow_rpc::connector::ConnectorConfig;
use hedgerow_rpc::connector::Trust;
use hedgerow_rpc::failure::CallFailure;
use prost::Message;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::transport::Channel;

use crate::Config;
use crate::Deps;
use crate::Node;
use crate::token::StewardFile;

/// 1 May 2026, noon.
const BEGIN: i64 = 1_777_636_800_000;

/// A clock that stands still unless it is turned.
#[derive(Debug)]
pub(crate) struct HandClock(AtomicI64);

impl Default for HandClock {
    fn default() -> Self {
        Self(AtomicI64::new(BEGIN))
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

impl HandClock {
    pub(crate) fn forward(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap();
        self.0.fetch_add(by, Ordering::SeqCst);
    }

    pub(crate) fn set(&self, to: Timestamp) {
        self.0.store(to.as_millis(), Ordering::SeqCst);
    }
}

/// A node's folder, with a node that runs in it or not.
pub(crate) struct TestNode {
    _folder: TempDir,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) config: Config,
    running: Option<Running>,
    listener: Option<TcpListener>,
}

struct Running {
    node: Arc<Node>,
    address: Address,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

pub(crate) const LABEL: &str = "us";

impl TestNode {
    /// A folder with one group, `us`, not running.
    pub(crate) async fn new(aggregators: &[Address]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::new(folder.path().join("node"));
        // Bound before anything is written, so that the steward's file names the port.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        config.listen = listener.local_addr().unwrap().to_string();
        config.aggregators = aggregators.to_vec();
        config.delivery.first_retry_milliseconds = 20;
        config.heartbeat.check_seconds = 1;
        let test = Self {
            _folder: folder,
            clock: Arc::default(),
            config,
            running: None,
            listener: Some(listener),
        };
        let node = test.open().await;
        node.add_group(LABEL, &phrase(1)).await.unwrap();
        node.close().await;
        test
    }

    /// The same, running.
    pub(crate) async fn running(aggregators: &[Address]) -> Self {
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
        let address = Address {
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

    /// Will listen on another port than the one configured.
    pub(crate) async fn listen_elsewhere(&mut self) {
        self.listener = Some(TcpListener::bind("127.0.0.1:0").await.unwrap());
    }

    pub(crate) fn address(&self) -> Address {
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

    /// Creates an event; the answer.
    pub(crate) async fn create(&self, title: &str) -> v1::CreateRecordResponse {
        self.try_create(&request_id(), title).await.unwrap()
    }

    pub(crate) async fn try_create(
        &self,
        request_id: &str,
        title: &str,
    ) -> Result<v1::CreateRecordResponse, Box<CallFailure>> {
        self.try_create_of("event", request_id, event(title)).await
    }

    /// Creates a record of any kind.
    pub(crate) async fn try_create_of(
        &self,
        collection: &str,
        request_id: &str,
        draft: v1::RecordDraft,
    ) -> Result<v1::CreateRecordResponse, Box<CallFailure>> {
        let request = v1::CreateRecordRequest {
            request_id: request_id.to_owned(),
            collection: collection.to_owned(),
            draft: Some(draft),
        };
        answered(
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
        draft: v1::RecordDraft,
    ) -> Result<v1::UpdateRecordResponse, Box<CallFailure>> {
        let request = v1::UpdateRecordRequest {
            request_id: request_id(),
            name: Some(name),
            draft: Some(draft),
            etag: etag.to_owned(),
        };
        answered(
            self.client
                .clone()
                .update_record(self.request(request))
                .await,
        )
    }

    pub(crate) async fn take_back(&self, name: v1::RecordName) -> v1::TakeBackRecordResponse {
        let request = v1::TakeBackRecordRequest {
            request_id: request_id(),
            name: Some(name),
            etag: String::new(),
        };
        answered(
            self.client
                .clone()
                .take_back_record(self.request(request))
                .await,
        )
        .unwrap()
    }

    pub(crate) async fn publish(
        &self,
        changes: Vec<v1::RecordChange>,
    ) -> Result<v1::PublishRecordsResponse, Box<CallFailure>> {
        let request = v1::PublishRecordsRequest {
            request_id: request_id(),
            changes,
        };
        answered(
            self.client
                .clone()
                .publish_records(self.request(request))
                .await,
        )
    }

    pub(crate) async fn list(&self) -> Vec<v1::StewardRecord> {
        let request = v1::ListRecordsRequest::default();
        answered(
            self.client
                .clone()
                .list_records(self.request(request))
                .await,
        )
        .unwrap()
        .records
    }

    pub(crate) async fn group(&self) -> v1::StewardServiceGetGroupResponse {
        let request = v1::StewardServiceGetGroupRequest {};
        answered(self.client.clone().get_group(self.request(request)).await).unwrap()
    }

    /// The public head's state.
    pub(crate) async fn head_state(&self) -> v1::HeadState {
        self.group().await.heads.remove(0)
    }

    /// The newest public head, verified.
    pub(crate) async fn head(&self) -> VerifiedHead {
        let group = self.group().await;
        let log = KeyLog::verify(&group.key_log).unwrap();
        VerifiedHead::verify(&group.heads[0].head, &log).unwrap()
    }

    pub(crate) async fn sign_without_answer(
        &self,
    ) -> Result<v1::SignWithoutAnswerResponse, Box<CallFailure>> {
        let request = v1::SignWithoutAnswerRequest {
            request_id: request_id(),
        };
        answered(
            self.client
                .clone()
                .sign_without_answer(self.request(request))
                .await,
        )
    }
}

pub(crate) fn answered<T>(result: Result<Response<T>, Status>) -> Result<T, Box<CallFailure>> {
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

/// An online event, which no rule minds.
pub(crate) fn event(title: &str) -> v1::RecordDraft {
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
    v1::RecordDraft {
        body: event.encode_to_vec(),
        ..v1::RecordDraft::default()
    }
}

pub(crate) fn put(draft: v1::RecordDraft) -> v1::RecordChange {
    v1::RecordChange {
        change: Some(v1::record_change::Change::Put(v1::NewRecord {
            collection: "event".to_owned(),
            draft: Some(draft),
        })),
    }
}

/// The title of a kept event.
pub(crate) fn title(record: &[u8]) -> String {
    let record = v1::Record::decode(record).unwrap();
    v1::Event::decode(record.body.as_slice()).unwrap().title
}

/// Waits until something holds; fails after half a minute.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    for _ in 0..1_500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never came about that {what}");
}
