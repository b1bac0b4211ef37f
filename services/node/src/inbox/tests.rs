//! Fetching from an aggregator that checks what it gets, and can lose answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::{GroupId, RequestId};
use hedgerow_core::key_log::{KeyLog, commitment_to, incept};
use hedgerow_core::keys::SigningKey;
use hedgerow_core::random::RandomExt as _;
use hedgerow_core::seal::{ContactMessage, SealedFor, SealedKind};
use hedgerow_core::signed_request::UnverifiedRequest;
use hedgerow_core::time::{Clock as _, Timestamp};
use hedgerow_proto::inbox_v1;
use hedgerow_proto::inbox_v1::inbox_service_server::{InboxService, InboxServiceServer};
use hedgerow_server::identity::Identity;
use hedgerow_server::limits::ServerLimits;
use hedgerow_server::server::Server;
use hedgerow_testkit::ManualClock;
use hedgerow_transport::clock::SystemRandom;
use hedgerow_transport::failure::Failure;
use parking_lot::Mutex;
use prost::Message as _;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use super::fetch::fetch;
use super::worker::wanted;
use crate::delivery::Aggregator;
use crate::messages::{Message, ReceivedMessage, keep};
use crate::recovery::{Authority, RecoveryOptions};
use crate::shared::Shared;
use crate::store::KnownAggregator;
use crate::testing::{LABEL, TestNode, phrase};
use crate::{Node, messages};

const FETCH: &str = "hedgerow.inbox.v1.InboxService/FetchMessages";
const ACKNOWLEDGE: &str = "hedgerow.inbox.v1.InboxService/AcknowledgeMessages";

/// An aggregator's inbox of one group.
#[derive(Clone)]
struct TestInbox(Arc<Inner>);

struct Inner {
    own: GroupId,
    key_log: Vec<Vec<u8>>,
    clock: Arc<ManualClock>,
    /// The group's key log as the aggregator has it.
    group: Mutex<KeyLog>,
    waiting: Mutex<Vec<inbox_v1::SealedMessage>>,
    /// What the last fetch asked for.
    keep_open: Mutex<Option<bool>>,
    /// Whether acknowledgements are lost on the way.
    loses_acknowledgements: AtomicBool,
    fetches: Mutex<u32>,
}

impl TestInbox {
    /// Starts an aggregator that knows the group of a node.
    async fn start(test: &TestNode, group: KeyLog) -> (Self, Endpoint) {
        let key = SigningKey::from_seed([1; 32]);
        let next = commitment_to(&SigningKey::from_seed([2; 32]).public());
        let event = incept(&key, [9; 32], next, [3; 16]);
        let inbox = Self(Arc::new(Inner {
            own: KeyLog::start(&event).unwrap().group_id(),
            key_log: vec![event],
            clock: Arc::new(ManualClock::at(test.clock.now())),
            group: Mutex::new(group),
            waiting: Mutex::default(),
            keep_open: Mutex::default(),
            loses_acknowledgements: AtomicBool::new(false),
            fetches: Mutex::default(),
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let identity = Identity::generate(&["localhost".to_owned()]).unwrap();
        let endpoint = Endpoint {
            host: "127.0.0.1".to_owned(),
            port: listener.local_addr().unwrap().port(),
            pin: Some(identity.spki_hash()),
        };
        let routes = Routes::new(InboxServiceServer::new(inbox.clone()));
        let server = Server::new(ServerLimits::default(), &identity).unwrap();
        let server = server.routes(routes);
        tokio::spawn(server.serve(listener, std::future::pending()));
        (inbox, endpoint)
    }

    fn verify(&self, method: &str, envelope: &[u8], body: &[u8]) -> Result<(), Status> {
        let verified = UnverifiedRequest::parse(envelope, method, &self.0.own, body);
        let now = self.0.clock.now();
        let log = self.0.group.lock();
        let tip = log.events().last().unwrap();
        let verified = verified.and_then(|request| request.verify(tip, now));
        verified.map(drop).map_err(|error| {
            let is_about_time = error.is_about_time();
            let failure = Failure::from(error);
            let failure = if is_about_time {
                failure.with("time", now)
            } else {
                failure
            };
            Status::from(failure)
        })
    }

    /// A visitor leaves a message.
    fn leave(&self, text: &str) -> RequestId {
        let id = RequestId::from_bytes(SystemRandom.bytes());
        let log = self.0.group.lock();
        let tip = log.events().last().unwrap();
        let place = SealedFor {
            kind: SealedKind::ContactMessage,
            sender: None,
            receiver: log.group_id(),
            id,
        };
        let message = ContactMessage {
            text: text.to_owned().into(),
            reply: "the desk".to_owned().into(),
        };
        let key = tip.encryption_key.unwrap();
        let sealed = place.seal(&key, &message.encode(), &SystemRandom).unwrap();
        self.add(id, tip.index, sealed);
        id
    }

    fn add(&self, id: RequestId, key_index: u32, sealed: Vec<u8>) {
        self.0.waiting.lock().push(inbox_v1::SealedMessage {
            payload_type: SealedKind::ContactMessage.payload_type().to_owned(),
            sender_id: Vec::new(),
            request_id: id.as_bytes().to_vec(),
            receiver_key_index: key_index,
            sealed,
            receive_time: Some(self.0.clock.now().to_proto()),
        });
    }

    fn waiting(&self) -> usize {
        self.0.waiting.lock().len()
    }
}

#[tonic::async_trait]
impl InboxService for TestInbox {
    async fn fetch_messages(
        &self,
        request: Request<inbox_v1::FetchMessagesRequest>,
    ) -> Result<Response<inbox_v1::FetchMessagesResponse>, Status> {
        let request = request.into_inner();
        self.verify(FETCH, &request.request, &request.body)?;
        let body = inbox_v1::FetchMessages::decode(request.body.as_slice()).unwrap();
        *self.0.keep_open.lock() = Some(body.keep_open);
        *self.0.fetches.lock() += 1;
        let waiting = self.0.waiting.lock();
        Ok(Response::new(inbox_v1::FetchMessagesResponse {
            messages: waiting.iter().take(50).cloned().collect(),
            has_more: waiting.len() > 50,
        }))
    }

    async fn acknowledge_messages(
        &self,
        request: Request<inbox_v1::AcknowledgeMessagesRequest>,
    ) -> Result<Response<inbox_v1::AcknowledgeMessagesResponse>, Status> {
        let request = request.into_inner();
        self.verify(ACKNOWLEDGE, &request.request, &request.body)?;
        if self.0.loses_acknowledgements.load(Ordering::Relaxed) {
            return Err(Status::unavailable("lost"));
        }
        let body = inbox_v1::AcknowledgeMessages::decode(request.body.as_slice()).unwrap();
        let is_there =
            |message: &inbox_v1::SealedMessage| !body.request_ids.contains(&message.request_id);
        self.0.waiting.lock().retain(is_there);
        Ok(Response::new(inbox_v1::AcknowledgeMessagesResponse {}))
    }
}

/// A node with one group that has met an aggregator.
struct Met {
    test: TestNode,
    node: Node,
    inbox: TestInbox,
    aggregator: Aggregator,
    group: GroupId,
}

impl Met {
    async fn new() -> Self {
        let test = TestNode::new(&[]).await;
        let node = test.open().await;
        let group = node.group(LABEL).await.unwrap().group_id;
        let log = key_log(node.shared(), &group).await;
        let (inbox, endpoint) = TestInbox::start(&test, log).await;
        let aggregator = Aggregator::new(node.shared(), &endpoint).unwrap();
        let known = KnownAggregator {
            id: inbox.0.own,
            key_log: inbox.0.key_log.clone(),
        };
        let mut writing = node.shared().store.write().await.unwrap();
        writing
            .put_aggregator(&aggregator.name, &known, test.clock.now())
            .await
            .unwrap();
        writing.commit().await.unwrap();
        Self {
            test,
            node,
            inbox,
            aggregator,
            group,
        }
    }

    fn shared(&self) -> &Arc<Shared> {
        self.node.shared()
    }

    async fn fetch(&self) -> Result<(), super::error::InboxError> {
        fetch(self.shared(), &self.aggregator, self.group, true).await
    }

    async fn received(&self) -> Vec<ReceivedMessage> {
        messages::list(self.shared(), &self.group).await.unwrap()
    }

    async fn open_inboxes(&self) -> Vec<(GroupId, String)> {
        let mut reading = self.shared().store.read().await.unwrap();
        reading.open_inboxes().await.unwrap()
    }

    async fn rotate(&self) {
        let words = phrase(1);
        let options = RecoveryOptions::default();
        let change = self.node.prepare_rotation(LABEL, &words, &options).await;
        self.node
            .apply_key_change(change.unwrap(), Authority::Phrase(&words))
            .await
            .unwrap();
        *self.inbox.0.group.lock() = key_log(self.shared(), &self.group).await;
    }
}

async fn key_log(shared: &Shared, group: &GroupId) -> KeyLog {
    let mut reading = shared.store.read().await.unwrap();
    KeyLog::verify(reading.key_log(group).await.unwrap()).unwrap()
}

fn text(received: &ReceivedMessage) -> &str {
    &received.message.as_ref().unwrap().text
}

#[tokio::test]
async fn a_message_is_fetched_stored_and_acknowledged() {
    let met = Met::new().await;
    met.inbox.0.clock.turn_back(Duration::from_secs(60));
    met.inbox.leave("  Can I bring\u{7} a friend?\n");
    met.inbox.0.clock.advance(Duration::from_secs(60));
    met.fetch().await.unwrap();
    assert_eq!(met.inbox.waiting(), 0);
    let received = met.received().await;
    assert_eq!(received.len(), 1);
    assert_eq!(text(&received[0]), "Can I bring a friend?");
    assert_eq!(received[0].message.as_ref().unwrap().reply, "the desk");
    assert_eq!(received[0].source, met.aggregator.name);
    let written = met.test.clock.now().minus(Duration::from_secs(60));
    assert_eq!(received[0].received, written);
    assert_eq!(*met.inbox.0.keep_open.lock(), Some(true));
    assert_eq!(
        met.open_inboxes().await,
        [(met.group, met.aggregator.name.clone())]
    );
}

#[tokio::test]
async fn a_message_whose_acknowledgement_was_lost_arrives_once() {
    let met = Met::new().await;
    met.inbox.leave("Once");
    let loses = &met.inbox.0.loses_acknowledgements;
    loses.store(true, Ordering::Relaxed);
    assert!(met.fetch().await.is_err());
    assert!(met.fetch().await.is_err());
    let received = met.received().await;
    assert_eq!(received.len(), 1);
    // Not even one that the group has deleted meanwhile comes again.
    let deleted = messages::delete(met.shared(), &met.group, &received[0].id).await;
    assert!(deleted.unwrap());
    loses.store(false, Ordering::Relaxed);
    assert_eq!(met.inbox.waiting(), 1);
    met.fetch().await.unwrap();
    assert_eq!(met.inbox.waiting(), 0);
    assert!(met.received().await.is_empty());
}

#[tokio::test]
async fn a_message_that_was_sealed_before_a_rotation_is_opened() {
    let met = Met::new().await;
    met.inbox.leave("To the first key");
    met.rotate().await;
    met.inbox.leave("To the second key");
    met.rotate().await;
    met.fetch().await.unwrap();
    let received = met.received().await;
    let mut texts: Vec<&str> = received.iter().map(text).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["To the first key", "To the second key"]);
}

#[tokio::test]
async fn what_no_key_opens_is_shown_as_such_and_keeps_nothing_waiting() {
    let met = Met::new().await;
    let id = met.inbox.leave("For another id");
    met.inbox.0.waiting.lock()[0].request_id = vec![4; 16];
    met.inbox.add(id, 0, vec![1; 1_072]);
    met.inbox.0.waiting.lock().push(inbox_v1::SealedMessage {
        request_id: vec![1; 15],
        ..inbox_v1::SealedMessage::default()
    });
    met.fetch().await.unwrap();
    assert_eq!(
        met.inbox.waiting(),
        1,
        "one without an id that can be named"
    );
    let received = met.received().await;
    assert_eq!(received.len(), 2);
    assert!(received.iter().all(|one| one.message.is_none()));
}

#[tokio::test]
async fn more_than_are_kept_go_on_waiting() {
    let met = Met::new().await;
    for number in 0..50 {
        let message = Message {
            text: number.to_string(),
            reply: String::new(),
        };
        keep(met.shared(), &met.group, &message).await.unwrap();
    }
    met.inbox.leave("The fifty-first of a day");
    met.fetch().await.unwrap();
    assert_eq!(met.inbox.waiting(), 1);
    let day = Duration::from_secs(25 * 60 * 60);
    met.test.clock.advance(day);
    met.inbox.0.clock.advance(day);
    met.fetch().await.unwrap();
    assert_eq!(met.inbox.waiting(), 0);
    assert_eq!(met.received().await.len(), 51);
}

#[tokio::test]
async fn many_messages_come_page_by_page() {
    let met = Met::new().await;
    // Older than a day, so that their number in a day is no matter.
    met.inbox
        .0
        .clock
        .turn_back(Duration::from_secs(3 * 24 * 60 * 60));
    for number in 0..120 {
        met.inbox.leave(&number.to_string());
    }
    met.inbox
        .0
        .clock
        .advance(Duration::from_secs(3 * 24 * 60 * 60));
    met.fetch().await.unwrap();
    assert_eq!(met.received().await.len(), 120);
    assert_eq!(*met.inbox.0.fetches.lock(), 3);
}

#[tokio::test]
async fn a_request_is_signed_again_with_the_time_of_an_aggregator_whose_clock_differs() {
    let met = Met::new().await;
    met.inbox.leave("Despite the clocks");
    for hours in [-3_i64, 5] {
        let now = met.test.clock.now().as_millis();
        met.inbox
            .0
            .clock
            .set(Timestamp::from_millis(now + hours * 3_600_000));
        met.fetch().await.unwrap();
    }
    assert_eq!(met.received().await.len(), 1);
}

#[tokio::test]
async fn an_inbox_is_closed_when_the_group_no_longer_wants_it() {
    let mut met = Met::new().await;
    let address = Endpoint::parse(&met.aggregator.name).unwrap();
    assert!(wanted(met.shared()).await.unwrap().is_empty(), "by default");
    met.fetch().await.unwrap();
    let inbox = (met.group, met.aggregator.name.clone());
    let closing = wanted(met.shared()).await.unwrap();
    assert_eq!(
        closing.into_iter().collect::<Vec<_>>(),
        [(inbox.clone(), false)]
    );
    met.inbox.leave("The last one");
    fetch(met.shared(), &met.aggregator, met.group, false)
        .await
        .unwrap();
    assert_eq!(*met.inbox.0.keep_open.lock(), Some(false));
    assert_eq!(met.received().await.len(), 1);
    assert!(met.open_inboxes().await.is_empty());

    // Wanted at the aggregators that the group is sent to.
    let mut writing = met.shared().store.write().await.unwrap();
    writing
        .set_directory_messages(&met.group, true)
        .await
        .unwrap();
    writing.commit().await.unwrap();
    assert!(
        wanted(met.shared()).await.unwrap().is_empty(),
        "there are none"
    );
    met.node.close().await;
    met.test.config.aggregators = vec![address];
    let node = met.test.open().await;
    let open = wanted(node.shared()).await.unwrap();
    assert_eq!(open.into_iter().collect::<Vec<_>>(), [(inbox, true)]);
}

#[tokio::test]
async fn a_running_node_fetches_for_a_group_that_wants_it_and_for_no_other() {
    let Met {
        mut test,
        node,
        inbox,
        aggregator,
        group,
    } = Met::new().await;
    node.close().await;
    test.config.aggregators = vec![Endpoint::parse(&aggregator.name).unwrap()];
    test.config.inbox.fetch_seconds = 1;
    test.start().await;
    inbox.leave("To a running node");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(*inbox.0.fetches.lock(), 0, "no group wants it");
    let shared = Arc::clone(test.node().shared());
    let set = async |wanted| {
        let mut writing = shared.store.write().await.unwrap();
        writing
            .set_directory_messages(&group, wanted)
            .await
            .unwrap();
        writing.commit().await.unwrap();
        shared.inboxes_changed.notify_one();
    };
    set(true).await;
    let received = async || messages::list(&shared, &group).await.unwrap().len();
    let until = async |what: &str, condition: &dyn Fn() -> bool| {
        for _ in 0..200 {
            if condition() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never happened: {what}");
    };
    until("it is fetched at once", &|| inbox.waiting() == 0).await;
    assert_eq!(received().await, 1);
    inbox.leave("Later");
    until("it is fetched in time", &|| inbox.waiting() == 0).await;
    set(false).await;
    let is_closed = || *inbox.0.keep_open.lock() == Some(false);
    until("the inbox is closed", &is_closed).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let fetches = *inbox.0.fetches.lock();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(*inbox.0.fetches.lock(), fetches, "nothing is left to fetch");
    drop(shared);
    test.stop().await;
}
