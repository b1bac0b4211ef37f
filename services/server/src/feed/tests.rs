//! FeedService over real TLS.

use std::net::SocketAddr;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::proof::verify_proof;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_testkit::{SeededRandom, commitment};
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};
use hedgerow_transport::failure::CallFailure;
use hedgerow_transport::limits::DEFAULT_MESSAGE_BYTES;
use tokio::io::copy_bidirectional;
use tokio::net::TcpSocket;
use tokio::sync::oneshot;
use tonic::Streaming;
use tonic::codec::CompressionEncoding;
use tonic::transport::Channel;

use super::memory::MemorySource;
use super::*;
use crate::identity::Identity;
use crate::limits::ServerLimits;
use crate::listen::bind;
use crate::server::{Server, standard_services};

/// Records of a large group.
const LARGE: usize = 300;

struct Feed {
    source: Arc<MemorySource>,
    address: Endpoint,
    _stop: oneshot::Sender<()>,
}

impl Feed {
    async fn start() -> Self {
        Self::with_message_bytes(DEFAULT_MESSAGE_BYTES).await
    }

    async fn with_message_bytes(message_bytes: usize) -> Self {
        Self::with_limits(FeedLimits::default(), message_bytes).await
    }

    async fn with_limits(limits: FeedLimits, message_bytes: usize) -> Self {
        Self::with_server(ServerLimits::default(), limits, message_bytes).await
    }

    async fn with_server(server: ServerLimits, limits: FeedLimits, message_bytes: usize) -> Self {
        let source = Arc::new(MemorySource::new());
        let identity = Identity::generate(&["localhost".to_owned()]).unwrap();
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = Endpoint {
            host: "127.0.0.1".to_owned(),
            port: listener.local_addr().unwrap().port(),
            pin: Some(identity.spki_hash()),
        };
        let handler = FeedHandler::new(Arc::clone(&source) as Arc<dyn FeedSource>, limits);
        let services = standard_services(&[SERVICE]).await.unwrap();
        let server = Server::new(server, &identity)
            .unwrap()
            .routes(services.add_service(handler.into_service(message_bytes)));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(server.serve(listener, async {
            drop(stopped.await);
        }));
        Self {
            source,
            address,
            _stop: stop,
        }
    }

    fn client(&self) -> FeedServiceClient<Channel> {
        client_of(&self.address)
    }

    /// Opens a client whose connections come from another address of this machine.
    async fn client_from(&self, source: [u8; 4]) -> FeedServiceClient<Channel> {
        let between = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = Endpoint {
            port: between.local_addr().unwrap().port(),
            ..self.address.clone()
        };
        let target = SocketAddr::from(([127, 0, 0, 1], self.address.port));
        tokio::spawn(async move {
            while let Ok((mut near, _)) = between.accept().await {
                let socket = TcpSocket::new_v4().unwrap();
                socket.bind(SocketAddr::from((source, 0))).unwrap();
                let mut far = socket.connect(target).await.unwrap();
                tokio::spawn(async move {
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        client_of(&address)
    }
}

fn client_of(address: &Endpoint) -> FeedServiceClient<Channel> {
    let connector = Connector::new(ConnectorConfig::default());
    let channel = connector.channel(address, Trust::Configured).unwrap();
    bounded!(FeedServiceClient::new(channel))
}

/// Adds a group whose transfer does not fit into the buffers, even compressed.
fn add_large_group(source: &MemorySource) -> GroupId {
    let group = source.add_group(4);
    let random = SeededRandom::new(1);
    let letter = || char::from(b'a' + u8::try_from(random.below(26)).unwrap_or_default());
    let text = || (0..30_000).map(|_| letter()).collect::<String>();
    let many = (0..LARGE).map(|n| (format!("k{n}"), Some(text())));
    source.publish_many(&group, many);
    group
}

/// Reads a transfer, and returns the number of its bodies and whether it is complete.
async fn read(items: &mut Streaming<feed_v1::SyncResponse>) -> (usize, bool) {
    let (mut bodies, mut is_complete) = (0, false);
    while let Ok(Some(response)) = items.message().await {
        let item = response.item.and_then(|item| item.item);
        bodies += usize::from(matches!(item, Some(Item::Body(_))));
        is_complete |= matches!(item, Some(Item::End(_)));
    }
    (bodies, is_complete)
}

#[tokio::test]
async fn a_message_over_the_configured_size_is_rejected_with_a_reason() {
    const LIMIT: usize = 5 * 1024 * 1024;
    let feed = Feed::with_message_bytes(LIMIT).await;
    let call = async |bytes: usize, compressed: bool| {
        let mut client = bounded!(feed.client(), 2 * LIMIT);
        if compressed {
            client = client.send_compressed(CompressionEncoding::Gzip);
        }
        let group_id = vec![0; bytes];
        let request = feed_v1::GetHeadRequest {
            group_id,
            view: String::new(),
        };
        CallFailure::from(client.get_head(request).await.unwrap_err()).reason
    };
    for compressed in [false, true] {
        assert_eq!(call(LIMIT - 1_000, compressed).await, "id_malformed");
        assert_eq!(call(LIMIT + 1_000, compressed).await, "message_too_large");
    }
    // The reason is the same if a response is over the client's own limit.
    let group = feed.source.add_group(1);
    let request = feed_v1::GetKeyLogRequest {
        group_id: group.to_vec(),
    };
    let rejected = bounded!(feed.client(), 100).get_key_log(request).await;
    let rejected = rejected.unwrap_err();
    assert_eq!(CallFailure::from(rejected).reason, "message_too_large");
}

#[tokio::test]
async fn a_group_can_be_found_and_its_records_proved() {
    let feed = Feed::start().await;
    let group = feed.source.add_group(4);
    feed.source
        .publish(&group, "here", Some("we meet on Mondays"));
    let mut client = feed.client();

    let commitment = commitment(4, 1).to_vec();
    let found = client
        .find_group(feed_v1::FindGroupRequest { commitment })
        .await;
    assert_eq!(found.unwrap().into_inner().group_id, group.to_vec());
    let unknown = feed_v1::FindGroupRequest {
        commitment: vec![9; 32],
    };
    let unknown = client.find_group(unknown).await.unwrap_err();
    let unknown = CallFailure::from(unknown);
    assert_eq!(
        (unknown.code, unknown.reason.as_str()),
        (tonic::Code::NotFound, "commitment_unknown")
    );

    for (key, expected) in [("here", true), ("gone", false)] {
        let name = RecordName::parse("listing", key).unwrap();
        let request = feed_v1::GetProofRequest {
            group_id: group.to_vec(),
            view: String::new(),
            name: Some(name.to_proto()),
        };
        let response = client.get_proof(request).await.unwrap().into_inner();
        let proof = response.proof.unwrap();
        let proved = verify_proof(&proof, &group, &View::public(), &name, None).unwrap();
        assert_eq!(proved.included, expected, "{key}");
    }
}

#[tokio::test]
async fn all_groups_with_a_commitment_are_returned() {
    let feed = Feed::start().await;
    let both = [
        feed.source.add_group(4),
        feed.source.add_group_committed_to(5, 4),
    ];
    let commitment = commitment(4, 1).to_vec();
    let request = feed_v1::FindGroupRequest { commitment };
    let found = feed.client().find_group(request).await.unwrap();
    let found = found.into_inner();
    assert_eq!(found.other_group_ids.len(), 1);
    for group in both {
        let id = group.to_vec();
        assert!(found.group_id == id || found.other_group_ids.contains(&id));
    }
}

#[tokio::test]
async fn a_group_without_a_head_and_an_unknown_group_have_different_reasons() {
    let feed = Feed::start().await;
    let group = feed.source.add_group(4);
    let mut client = feed.client();
    let mut reason = async |id: Vec<u8>, view: &str| {
        let request = feed_v1::GetHeadRequest {
            group_id: id,
            view: view.to_owned(),
        };
        let rejected = client.get_head(request).await.unwrap_err();
        CallFailure::from(rejected).reason
    };
    assert_eq!(reason(group.to_vec(), "").await, "no_head");
    assert_eq!(reason(group.to_vec(), "public").await, "no_head");
    assert_eq!(reason(vec![1; 32], "").await, "group_unknown");
    assert_eq!(reason(vec![1; 31], "").await, "id_malformed");

    let key_log = feed_v1::GetKeyLogRequest {
        group_id: group.to_vec(),
    };
    let key_log = client.get_key_log(key_log).await.unwrap().into_inner();
    assert_eq!(
        key_log.key_log.len(),
        1,
        "the key log is served before any head"
    );
    let unknown = GroupId::from_bytes([1; 32]).to_vec();
    let unknown = client
        .get_key_log(feed_v1::GetKeyLogRequest { group_id: unknown })
        .await
        .unwrap_err();
    assert_eq!(CallFailure::from(unknown).reason, "group_unknown");
}

#[tokio::test]
async fn a_peer_has_a_number_of_watch_streams_and_may_reopen_one() {
    let limits = FeedLimits {
        watchers_per_peer: 1,
        ..FeedLimits::default()
    };
    let feed = Feed::with_limits(limits, DEFAULT_MESSAGE_BYTES).await;
    let group = feed.source.add_group(4);
    feed.source.publish(&group, "a", Some("x"));
    let mut first = feed.client();
    let watch = feed_v1::WatchHeadsRequest::default();
    let mut rows = first.watch_heads(watch.clone()).await.unwrap().into_inner();
    assert!(rows.message().await.unwrap().unwrap().caught_up);

    let mut second = feed.client();
    let rejected = second.watch_heads(watch.clone()).await.unwrap_err();
    assert_eq!(CallFailure::from(rejected).reason, "watches_per_peer");
    second
        .get_head(feed_v1::GetHeadRequest {
            group_id: group.to_vec(),
            view: String::new(),
        })
        .await
        .expect("other calls continue");

    drop(rows);
    let again = tokio::time::timeout(Duration::from_secs(10), async {
        while second.watch_heads(watch.clone()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    again.await.expect("the permit is released");
}

#[tokio::test]
async fn watchers_over_the_limit_get_a_retry_time() {
    let limits = FeedLimits {
        watchers: 1,
        watchers_per_peer: 2,
        ..FeedLimits::default()
    };
    let feed = Feed::with_limits(limits, DEFAULT_MESSAGE_BYTES).await;
    let watch = feed_v1::WatchHeadsRequest::default();
    let mut client = feed.client();
    let _rows = client.watch_heads(watch.clone()).await.unwrap();
    let rejected = client.watch_heads(watch).await.unwrap_err();
    let rejected = CallFailure::from(rejected);
    assert_eq!(rejected.reason, "too_many_watchers");
    assert!(rejected.retry_after.is_some());
}

#[tokio::test]
async fn a_compression_bomb_is_rejected_and_other_calls_continue() {
    let feed = Feed::start().await;
    let group = feed.source.add_group(4);
    feed.source.publish(&group, "a", Some("x"));
    let mut client = feed.client();
    let request = |view: String| feed_v1::GetHeadRequest {
        group_id: group.to_vec(),
        view,
    };
    // A few KiB compressed, 16 MiB after decompression.
    let mut bomber = feed
        .client()
        .send_compressed(CompressionEncoding::Gzip)
        .max_encoding_message_size(usize::MAX);
    let bomb = bomber.get_head(request("a".repeat(16 * 1024 * 1024)));
    let rejected = bomb.await.unwrap_err();
    assert_eq!(rejected.code(), tonic::Code::OutOfRange, "{rejected}");
    client.get_head(request(String::new())).await.unwrap();
}

/// A server with these limits, and a request for the transfer of a group that no buffer holds.
async fn large_feed(limits: ServerLimits) -> (Feed, feed_v1::SyncRequest) {
    let feed = Feed::with_server(limits, FeedLimits::default(), DEFAULT_MESSAGE_BYTES).await;
    let request = feed_v1::SyncRequest {
        group_id: add_large_group(&feed.source).to_vec(),
        ..feed_v1::SyncRequest::default()
    };
    (feed, request)
}

#[tokio::test]
async fn an_unread_transfer_gives_up_its_place_and_is_reset() {
    let limits = ServerLimits {
        syncs_per_peer: 1,
        ..ServerLimits::default()
    };
    let (feed, request) = large_feed(limits).await;
    let mut unread = feed
        .client()
        .sync(request.clone())
        .await
        .unwrap()
        .into_inner();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let busy = feed.client().sync(request.clone()).await.unwrap_err();
    assert_eq!(CallFailure::from(busy).reason, "too_many_transfers");
    // Transfers have places of their own.
    let head = feed_v1::GetHeadRequest {
        group_id: request.group_id.clone(),
        view: String::new(),
    };
    feed.client().get_head(head).await.unwrap();
    // From two seconds after the buffers are full.
    let newcomer = async {
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            if let Ok(items) = feed.client().sync(request.clone()).await {
                break items.into_inner();
            }
        }
    };
    let newcomer = tokio::time::timeout(Duration::from_secs(20), newcomer).await;
    let mut items = newcomer.expect("the place of an unread transfer");
    let everything = read(&mut items).await;
    assert_eq!(everything, (LARGE, true), "the newcomer gets everything");
    // The reset stream ends without its end item, so that its receiver keeps nothing of it.
    let rest = tokio::time::timeout(Duration::from_secs(10), read(&mut unread)).await;
    let (_, is_complete) = rest.expect("the unread transfer ends");
    assert!(!is_complete);
}

#[tokio::test]
async fn two_networks_share_the_places_of_transfers() {
    let limits = ServerLimits {
        syncs: 4,
        ..ServerLimits::default()
    };
    let (feed, request) = large_feed(limits).await;
    let (mut first, mut second) = (
        feed.client_from([127, 0, 0, 2]).await,
        feed.client_from([127, 0, 0, 3]).await,
    );
    // Connects both, so that the rest takes less time than any call may wait.
    for client in [&mut first, &mut second] {
        let group_id = request.group_id.clone();
        let key_log = client.get_key_log(feed_v1::GetKeyLogRequest { group_id });
        key_log.await.unwrap();
    }
    let mut of_first = Vec::new();
    for _ in 0..4 {
        of_first.push(first.sync(request.clone()).await.unwrap().into_inner());
    }
    // Once their window is full, all wait for their caller, and the other network gets its half at
    // once. That they have not waited for long shows in the refusals after that.
    let half = async {
        let mut of_second = Vec::new();
        while of_second.len() < 2 {
            match second.sync(request.clone()).await {
                Ok(started) => of_second.push(started.into_inner()),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
        of_second
    };
    let half = tokio::time::timeout(Duration::from_secs(20), half).await;
    let mut of_second = half.expect("half of the places");
    for (client, network) in [(&mut first, "first"), (&mut second, "second")] {
        let refused = CallFailure::from(client.sync(request.clone()).await.unwrap_err());
        assert_eq!(refused.reason, "too_many_transfers", "{network}");
    }
    for items in &mut of_second {
        assert_eq!(read(items).await, (LARGE, true));
    }
    let mut complete = 0;
    for items in &mut of_first {
        complete += usize::from(read(items).await.1);
    }
    assert_eq!(complete, 2, "the first network keeps half of the places");
}
