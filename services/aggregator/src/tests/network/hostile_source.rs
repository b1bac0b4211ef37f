//! A source in the configuration that has turned hostile. Its work stays bounded, nothing false
//! is stored, and other sources are served as before.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use futures::{Stream, StreamExt as _, stream};
use hedgerow_core::name::View;
use hedgerow_proto::feed_v1::feed_service_server::{FeedService, FeedServiceServer};
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_proto::feed_v1::watch_heads_response::Row;
use hedgerow_server::identity::{Identity, local_endpoint};
use hedgerow_server::limits::ServerLimits;
use hedgerow_server::server::Server;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use super::*;

type Rows = Pin<Box<dyn Stream<Item = Result<feed_v1::WatchHeadsResponse, Status>> + Send>>;
type Items = Pin<Box<dyn Stream<Item = Result<feed_v1::SyncResponse, Status>> + Send>>;

/// What a hostile source sends.
#[derive(Clone)]
struct Script {
    rows: Arc<dyn Fn(u64) -> feed_v1::WatchHeadsResponse + Send + Sync>,
    items: Arc<dyn Fn() -> Items + Send + Sync>,
    /// The number of rows that were taken from it, of syncs, and of items.
    counts: Arc<[AtomicU64; 3]>,
}

impl Script {
    fn new(
        rows: impl Fn(u64) -> feed_v1::WatchHeadsResponse + Send + Sync + 'static,
        items: impl Fn() -> Items + Send + Sync + 'static,
    ) -> Self {
        Self {
            rows: Arc::new(rows),
            items: Arc::new(items),
            counts: Arc::default(),
        }
    }

    fn counts(&self) -> [u64; 3] {
        [0, 1, 2].map(|at| self.counts[at].load(Ordering::Relaxed))
    }

    fn count(&self, at: usize) -> u64 {
        self.counts[at].fetch_add(1, Ordering::Relaxed)
    }

    /// Serves it over TLS until the test ends.
    async fn serve(&self) -> Endpoint {
        let identity = Identity::generate(&["127.0.0.1".to_owned()]).unwrap();
        let listener = listen::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let address = local_endpoint(listener.local_addr().unwrap(), identity.spki_hash());
        let routes = Routes::new(FeedServiceServer::new(self.clone()));
        let server = Server::new(ServerLimits::default(), &identity).unwrap();
        tokio::spawn(
            server
                .routes(routes)
                .serve(listener, std::future::pending()),
        );
        address
    }
}

#[tonic::async_trait]
impl FeedService for Script {
    type WatchHeadsStream = Rows;
    type SyncStream = Items;

    async fn watch_heads(
        &self,
        _: Request<feed_v1::WatchHeadsRequest>,
    ) -> Result<Response<Rows>, Status> {
        let script = self.clone();
        let rows = stream::repeat(()).map(move |()| {
            let number = script.count(0);
            Ok((script.rows)(number))
        });
        Ok(Response::new(rows.boxed()))
    }

    async fn sync(&self, _: Request<feed_v1::SyncRequest>) -> Result<Response<Items>, Status> {
        self.count(1);
        let script = self.clone();
        let items = (self.items)().inspect(move |_| {
            script.count(2);
        });
        Ok(Response::new(items.boxed()))
    }

    async fn get_head(
        &self,
        _: Request<feed_v1::GetHeadRequest>,
    ) -> Result<Response<feed_v1::GetHeadResponse>, Status> {
        Err(Status::unimplemented("hostile"))
    }

    async fn get_key_log(
        &self,
        _: Request<feed_v1::GetKeyLogRequest>,
    ) -> Result<Response<feed_v1::GetKeyLogResponse>, Status> {
        Err(Status::unimplemented("hostile"))
    }

    async fn find_group(
        &self,
        _: Request<feed_v1::FindGroupRequest>,
    ) -> Result<Response<feed_v1::FindGroupResponse>, Status> {
        Err(Status::unimplemented("hostile"))
    }

    async fn get_rivals(
        &self,
        _: Request<feed_v1::GetRivalsRequest>,
    ) -> Result<Response<feed_v1::GetRivalsResponse>, Status> {
        Err(Status::unimplemented("hostile"))
    }

    async fn get_proof(
        &self,
        _: Request<feed_v1::GetProofRequest>,
    ) -> Result<Response<feed_v1::GetProofResponse>, Status> {
        Err(Status::unimplemented("hostile"))
    }
}

/// A row about a group that does not exist, another one each time.
fn invented(number: u64) -> feed_v1::WatchHeadsResponse {
    let mut group = [0xaa; 32];
    group[..8].copy_from_slice(&number.to_be_bytes());
    row(&group, number.to_string(), vec![1; 200])
}

fn row(group: &[u8], cursor: String, head: Vec<u8>) -> feed_v1::WatchHeadsResponse {
    feed_v1::WatchHeadsResponse {
        cursor,
        group_id: group.to_vec(),
        key_log_tip_hash: vec![7; 32],
        row: Some(Row::Head(head)),
        caught_up: false,
    }
}

fn nothing() -> Items {
    stream::once(async { Err(Status::not_found("no such group")) }).boxed()
}

fn sent(items: impl Stream<Item = feed_v1::SyncItem> + Send + 'static) -> Items {
    let responses = items.map(|item| Ok(feed_v1::SyncResponse { item: Some(item) }));
    responses.boxed()
}

fn endless(item: Item) -> Items {
    sent(stream::repeat(feed_v1::SyncItem { item: Some(item) }))
}

/// Follows a hostile source and an honest one, until a group of the honest one, which is
/// published meanwhile, has arrived, and some seconds more. Returns the numbers of syncs and of
/// their items.
async fn attack(script: Script) -> [u64; 2] {
    let began = Instant::now();
    let honest = Served::start(Vec::new()).await;
    let sources = vec![script.serve().await, honest.address.clone()];
    let follower = Served::start(sources).await;
    eventually("the hostile source is followed", || async {
        script.counts()[0] > 0
    })
    .await;
    let mut group = publisher(1);
    let head = group.sign();
    let start = Instant::now();
    honest.push(group.whole(&head)).await;
    let id = group.id();
    eventually("the honest group arrives", || async {
        let stored = follower.store.manifest(&id, &View::public()).await.unwrap();
        stored.is_some()
    })
    .await;
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    tokio::time::sleep(Duration::from_secs(3)).await;
    let known = follower.store.list_groups(None, 100).await.unwrap();
    assert!(known.len() <= 2, "only real groups are stored: {known:?}");
    honest.stop().await;
    follower.stop().await;
    assert_paced(&script, began);
    let [_, syncs, items] = script.counts();
    [syncs, items]
}

/// Fetches without effect are few: as many as a burst allows, and then a hundred a second.
fn assert_paced(script: &Script, began: Instant) {
    let [_, syncs, _] = script.counts();
    let limit = 600 + 100 * began.elapsed().as_secs();
    assert!(syncs <= limit, "{syncs} syncs, at most {limit}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_list_of_invented_groups_is_read_slowly() {
    let [syncs, _] = attack(Script::new(invented, nothing)).await;
    assert!(syncs > 100, "the list is read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_rows_about_one_known_group_are_read_slowly() {
    let mut group = publisher(1);
    let head = group.sign();
    let id = group.id().to_vec();
    let tip = group.log.tip_hash().to_vec();
    let rows = move |number: u64| feed_v1::WatchHeadsResponse {
        key_log_tip_hash: tip.clone(),
        ..row(&id, number.to_string(), head.clone())
    };
    attack(Script::new(rows, nothing)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_transfers_end_and_store_nothing() {
    for item in [
        Item::KeyEvent(vec![1; 100]),
        Item::MissingRecordHash(vec![1; 32]),
        Item::Leaves(feed_v1::LeafBatch::default()),
        Item::Removals(feed_v1::NameBatch::default()),
    ] {
        let [syncs, items] = attack(Script::new(invented, move || endless(item.clone()))).await;
        assert!(syncs > 1, "the first transfer ends");
        assert!(items / syncs < 200_000, "{items} items in {syncs} syncs");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transfers_that_stall_hold_up_no_other_source() {
    let items = || stream::pending().boxed();
    let [syncs, _] = attack(Script::new(invented, items)).await;
    assert_eq!(syncs, 4, "as many as one source may have at a time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn false_bodies_and_old_heads_of_a_real_group_change_nothing() {
    let mut group = publisher(1);
    let old = group.sign();
    let stale = group.whole(&old);
    group.add("three", b"third");
    let head = group.sign();
    // Every body has another byte.
    let tampered: Vec<_> = group
        .whole(&head)
        .into_iter()
        .map(|mut item| {
            if let Some(Item::Body(body)) = &mut item.item {
                body.record.push(0);
            }
            item
        })
        .collect();
    let id = group.id();
    let current = head.clone();
    // The cursors go backwards, with gaps.
    let rows = move |number: u64| {
        row(
            &id.to_vec(),
            format!("{}", u64::MAX - 7 * number),
            current.clone(),
        )
    };
    for items in [tampered, stale] {
        let began = Instant::now();
        let honest = Served::start(Vec::new()).await;
        honest.push(group.whole(&head)).await;
        let script = Script::new(rows.clone(), move || sent(stream::iter(items.clone())));
        let follower = Served::start(vec![script.serve().await, honest.address.clone()]).await;
        eventually("the honest state arrives", || async {
            let shown = follower
                .store
                .list_records(&id, &View::public(), None, 10)
                .await
                .unwrap();
            shown.len() == 3
        })
        .await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let stored = follower
            .store
            .head(&id, &View::public())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(stored.facts.envelope, head);
        assert_paced(&script, began);
        follower.stop().await;
        honest.stop().await;
    }
}
