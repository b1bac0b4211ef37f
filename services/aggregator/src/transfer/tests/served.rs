//! What the feed serves of a group in each status, as docs/PROTOCOL.md lists it.

use futures::StreamExt as _;
use hedgerow_core::head::Indexing;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::proof::verify_proof;
use hedgerow_core::time::Clock as _;
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::feed_v1::feed_service_server::FeedService as _;
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_server::feed::{FeedHandler, FeedSource as _, Row, WatchRow};
use hedgerow_server::limits::FeedLimits;
use hedgerow_store::Exclude;
use hedgerow_testkit::transfer;
use hedgerow_transport::failure::CallFailure;
use tonic::{Request, Status};

use super::*;
use crate::feed::StoredFeed;

/// The feed of a bench's store.
struct Served {
    handler: FeedHandler,
    group_id: GroupId,
}

/// What a stream carries.
#[derive(Debug, PartialEq, Eq)]
enum Streamed {
    Refused(&'static str),
    KeyLog,
    Head,
}

impl Served {
    fn of(bench: &Bench, publisher: &FakeGroup) -> Self {
        let feed = StoredFeed::new(Arc::clone(bench.store()), bench.clock.clone());
        Self {
            handler: FeedHandler::new(Arc::new(feed), FeedLimits::default()),
            group_id: publisher.id(),
        }
    }

    /// Returns the reason and the status for which there is no head.
    async fn head(&self) -> Result<(), (String, Option<String>)> {
        let request = feed_v1::GetHeadRequest {
            group_id: self.group_id.to_vec(),
            view: String::new(),
        };
        let response = self.handler.get_head(Request::new(request)).await;
        response.map(drop).map_err(refusal)
    }

    /// Returns whether a record is proved to be included.
    async fn proof(&self, key: &str) -> Result<bool, (String, Option<String>)> {
        let name = RecordName::parse("future-kind", key).unwrap();
        let request = feed_v1::GetProofRequest {
            group_id: self.group_id.to_vec(),
            view: String::new(),
            name: Some(name.to_proto()),
        };
        let response = self.handler.get_proof(Request::new(request)).await;
        let proof = response.map_err(refusal)?.into_inner().proof.unwrap();
        let proved = verify_proof(&proof, &self.group_id, &View::public(), &name, None).unwrap();
        Ok(proved.included)
    }

    async fn sync(&self) -> Streamed {
        let request = feed_v1::SyncRequest {
            group_id: self.group_id.to_vec(),
            ..feed_v1::SyncRequest::default()
        };
        let mut items = match self.handler.sync(Request::new(request)).await {
            Ok(response) => response.into_inner(),
            Err(status) => {
                return Streamed::Refused(match refusal(status).0.as_str() {
                    "no_head" => "no_head",
                    "withheld" => "withheld",
                    other => panic!("{other}"),
                });
            }
        };
        let (mut streamed, mut has_end) = (Streamed::KeyLog, false);
        while let Some(response) = items.next().await {
            match response.unwrap().item.unwrap().item.unwrap() {
                Item::Head(_) => streamed = Streamed::Head,
                Item::End(_) => has_end = true,
                _ => {}
            }
        }
        assert!(has_end);
        streamed
    }

    /// Asserts that head and proof are withheld for one status.
    async fn assert_withheld(&self, status: GroupStatus, streamed: Streamed) {
        let refused = ("withheld".to_owned(), Some(status.as_str_name().to_owned()));
        assert_eq!(self.head().await, Err(refused.clone()));
        assert_eq!(self.proof("one").await, Err(refused), "{status:?}");
        assert_eq!(self.sync().await, streamed, "{status:?}");
    }
}

fn refusal(status: Status) -> (String, Option<String>) {
    let failure = CallFailure::from(status);
    let status = failure.metadata.get("status").cloned();
    (failure.reason, status)
}

async fn push_key_log(bench: &Bench, publisher: &FakeGroup) {
    let keys = transfer(&publisher.log, None, None, &Manifest::empty(), &[]);
    bench.push(keys).await.unwrap();
}

#[tokio::test]
async fn a_group_with_only_an_inception_has_no_head_and_one_that_rotated_sends_its_key_log() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    push_key_log(&bench, &publisher).await;
    let served = Served::of(&bench, &publisher);
    let no_head = ("no_head".to_owned(), None);
    assert_eq!(served.head().await, Err(no_head.clone()));
    assert_eq!(served.proof("one").await, Err(no_head));
    assert_eq!(served.sync().await, Streamed::Refused("no_head"));

    publisher.rotate();
    push_key_log(&bench, &publisher).await;
    let pending = GroupStatus::Pending;
    served.assert_withheld(pending, Streamed::KeyLog).await;
    publisher.deactivate();
    push_key_log(&bench, &publisher).await;
    let ended = GroupStatus::Ended;
    served.assert_withheld(ended, Streamed::KeyLog).await;
}

#[tokio::test]
async fn proofs_follow_withdrawals_and_exclusions_at_once() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    let served = Served::of(&bench, &publisher);
    assert_eq!(served.head().await, Ok(()));
    assert_eq!(served.sync().await, Streamed::Head);
    for _ in 0..2 {
        assert_eq!(served.proof("one").await, Ok(true));
        assert_eq!(served.proof("three").await, Ok(false));
    }
    let first = publisher.first_record();
    publisher.withdraw_record(&first);
    bench.publish(&mut publisher).await;
    assert_eq!(served.proof("one").await, Ok(false));
    assert_eq!(served.proof("two").await, Ok(true));
    let exclude = Exclude {
        group_id: publisher.id(),
        reason: "not a group".into(),
        now: now(),
    };
    bench.store().exclude(exclude).await.unwrap();
    let excluded = GroupStatus::Excluded;
    let refused = Streamed::Refused("withheld");
    served.assert_withheld(excluded, refused).await;
}

#[tokio::test]
async fn a_rotated_group_sends_its_key_log_and_a_lapsed_or_leaving_one_nothing() {
    let bench = Bench::new().await;
    let mut rotated = pushed(&bench, 1).await;
    let mut leaving = pushed(&bench, 2).await;
    let silent = pushed(&bench, 3).await;
    rotated.rotate();
    push_key_log(&bench, &rotated).await;
    let served = Served::of(&bench, &rotated);
    let pending = GroupStatus::Pending;
    served.assert_withheld(pending, Streamed::KeyLog).await;

    leaving.indexing = Indexing::Named(vec![GroupId::from_bytes([3; 32])]);
    bench.publish(&mut leaving).await;
    let served = Served::of(&bench, &leaving);
    let not_invited = GroupStatus::NotInvited;
    served
        .assert_withheld(not_invited, Streamed::Refused("withheld"))
        .await;

    let served = Served::of(&bench, &silent);
    assert_eq!(served.proof("one").await, Ok(true));
    bench.clock.advance(210 * DAY);
    let lapsed = GroupStatus::Lapsed;
    served
        .assert_withheld(lapsed, Streamed::Refused("withheld"))
        .await;
}

#[tokio::test]
async fn a_frozen_group_is_withheld_although_its_manifest_is_in_memory() {
    let bench = Bench::new().await;
    let mut ours = pushed(&bench, 1).await;
    let mut theirs = ours.clone();
    ours.add("ours", b"ours");
    bench.publish(&mut ours).await;
    let served = Served::of(&bench, &ours);
    assert_eq!(served.proof("ours").await, Ok(true));
    theirs.add("theirs", b"theirs");
    let rival = theirs.sign();
    bench.push(theirs.whole(&rival)).await.unwrap();
    let frozen = GroupStatus::Frozen;
    served
        .assert_withheld(frozen, Streamed::Refused("withheld"))
        .await;
}

#[tokio::test]
async fn a_receiver_of_the_current_head_gets_a_wanted_body_and_no_leaves() {
    let bench = Bench::new().await;
    let publisher = pushed(&bench, 1).await;
    let served = Served::of(&bench, &publisher);
    let head = bench.row(&publisher).await.head.unwrap().facts.hash;
    let wanted = publisher.manifest().leaves()[0].record_hash;
    let request = feed_v1::SyncRequest {
        group_id: publisher.id().to_vec(),
        have_head_hash: head.to_vec(),
        wanted_hashes: vec![wanted.to_vec()],
        only_wanted: true,
        ..feed_v1::SyncRequest::default()
    };
    let response = served.handler.sync(Request::new(request)).await;
    let items: Vec<_> = response.unwrap().into_inner().collect().await;
    let (mut bodies, mut basis) = (Vec::new(), None);
    for item in items {
        match item.unwrap().item.unwrap().item.unwrap() {
            Item::Body(body) => bodies.push(hedgerow_core::record::record_hash(&body.record)),
            Item::Basis(it) => basis = Some(it.head_hash),
            Item::Leaves(_) | Item::Removals(_) => panic!("nothing has changed"),
            _ => {}
        }
    }
    assert_eq!((bodies, basis), (vec![wanted], Some(head.to_vec())));
}

#[tokio::test]
async fn a_watcher_gets_a_row_of_a_group_without_a_head_as_long_as_none_comes() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    push_key_log(&bench, &publisher).await;
    bench.clock.advance(1_000 * DAY);
    let feed = StoredFeed::new(Arc::clone(bench.store()), bench.clock.clone());
    let rows = feed.rows_after(None, 10).await.unwrap();
    let [row] = rows.as_slice() else {
        panic!("{} rows", rows.len());
    };
    assert_eq!(row.group_id, publisher.id());
    assert!(matches!(row.row, Row::Status(GroupStatus::Pending)));

    publisher.now = bench.clock.now();
    bench.publish(&mut publisher).await;
    let rows = feed.rows_after(None, 10).await.unwrap();
    assert!(matches!(
        rows.as_slice(),
        [WatchRow {
            row: Row::Head(_),
            ..
        }]
    ));
}

#[tokio::test]
async fn records_for_named_aggregators_are_public_at_those() {
    let bench = Bench::new().await;
    let mut publisher = FakeGroup::new(1, now());
    publisher.add("one", b"first");
    publisher.indexing = Indexing::Named(vec![OWN]);
    bench.publish(&mut publisher).await;
    let served = Served::of(&bench, &publisher);
    let request = feed_v1::SyncRequest {
        group_id: publisher.id().to_vec(),
        ..feed_v1::SyncRequest::default()
    };
    // The caller has no name: indexing restricts aggregators, not readers.
    let response = served.handler.sync(Request::new(request)).await;
    let items: Vec<_> = response.unwrap().into_inner().collect().await;
    let bodies: Vec<_> = items
        .into_iter()
        .filter_map(|item| match item.unwrap().item.unwrap().item.unwrap() {
            Item::Body(body) => Some(body.record.to_vec()),
            _ => None,
        })
        .collect();
    assert_eq!(bodies, [publisher.first_record()]);
}

#[tokio::test]
async fn a_head_that_leaves_the_aggregator_out_is_no_basis_for_the_next() {
    let bench = Bench::new().await;
    let mut publisher = pushed(&bench, 1).await;
    publisher.indexing = Indexing::Named(vec![GroupId::from_bytes([3; 32])]);
    let left = publisher.sign();
    bench.push(publisher.whole(&left)).await.unwrap();
    let manifest = publisher.manifest();
    let basis = (&manifest, publisher.verified(&left).hash());
    publisher.indexing = Indexing::Anyone;
    let back = publisher.sign();
    let difference = transfer(&publisher.log, Some(&back), Some(basis), &manifest, &[]);
    assert_eq!(bench.push_error(difference).await, "sync_basis_unknown");
    bench.push(publisher.whole(&back)).await.unwrap();
    assert_eq!(bench.shown(&publisher).await, ["one", "two"]);
}
