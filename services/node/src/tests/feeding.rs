//! The feed of a node, as followers read it.

use std::time::Duration;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::sync::{ReceiverState, SyncLimits, SyncReader, SyncStep, Transfer};
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1;
use tokio_stream::StreamExt;
use tonic::Code;

use crate::testing::{Steward, TestNode, event, put, unpack};

/// Syncs with all checks of a follower. Returns the transfer and the number of bodies.
async fn sync(
    test: &TestNode,
    steward: &Steward,
    held: Option<ReceiverState>,
) -> (Transfer, usize) {
    let request = feed_v1::SyncRequest {
        group_id: steward.group_id.to_vec(),
        have_head_hash: held
            .as_ref()
            .and_then(|held| held.head.as_ref())
            .map(|head| head.hash().to_vec())
            .unwrap_or_default(),
        have_key_event_hash: held
            .as_ref()
            .map(|held| held.key_log.tip_hash().to_vec())
            .unwrap_or_default(),
        ..feed_v1::SyncRequest::default()
    };
    let mut items = test.feed().sync(request).await.unwrap().into_inner();
    let mut reader = SyncReader::new(SyncLimits::default(), held, Some(steward.group_id))
        .expecting_view(View::public());
    let mut bodies = 0;
    while let Some(item) = items.next().await {
        if let SyncStep::Body { .. } = reader.accept(item.unwrap().item.unwrap()).unwrap() {
            bodies += 1;
        }
    }
    (reader.finish().unwrap(), bodies)
}

fn held(transfer: Transfer) -> Option<ReceiverState> {
    Some(ReceiverState {
        key_log: transfer.key_log,
        head: transfer.head,
        manifest: transfer.manifest,
    })
}

#[tokio::test]
async fn a_follower_gets_the_whole_manifest_first_and_then_differences() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let many = (0..20).map(|n| put(event(&format!("Event {n}")))).collect();
    let response = steward.publish(many).await.unwrap();
    let (first, bodies) = sync(&test, &steward, None).await;
    assert!(first.whole);
    assert_eq!((first.manifest.len(), bodies), (20, 20));

    steward
        .withdraw(response.records[3].name.clone().unwrap())
        .await;
    steward.create("New").await;
    let (second, bodies) = sync(&test, &steward, held(first)).await;
    assert!(!second.whole);
    assert_eq!(bodies, 1);
    assert_eq!(second.difference.removals.len(), 1);
    assert_eq!(second.manifest.root(), steward.head().await.root());
}

#[tokio::test]
async fn a_record_created_and_withdrawn_between_two_syncs_leaves_no_trace() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    steward.create("Stays").await;
    let (first, _) = sync(&test, &steward, None).await;
    let fleeting = steward.create("Fleeting").await.record.unwrap();
    steward.withdraw(fleeting.name.unwrap()).await;
    let (second, bodies) = sync(&test, &steward, held(first)).await;
    assert_eq!((second.manifest.len(), bodies), (1, 0));
}

#[tokio::test]
async fn after_removals_expired_a_follower_gets_the_whole_manifest() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let gone = steward.create("Goes").await.record.unwrap();
    steward.create("Stays").await;
    let (first, _) = sync(&test, &steward, None).await;
    steward.withdraw(gone.name.unwrap()).await;
    let shared = test.node().shared();
    let mut writing = shared.store.write().await.unwrap();
    let later = shared.now().plus(Duration::from_secs(1));
    assert_eq!(writing.delete_removals_before(later).await.unwrap(), 1);
    writing.commit().await.unwrap();
    let (second, bodies) = sync(&test, &steward, held(first)).await;
    assert!(second.whole);
    assert_eq!((second.manifest.len(), bodies), (1, 1));
}

#[tokio::test]
async fn a_group_without_a_head_serves_only_its_key_log() {
    let test = TestNode::running(&[]).await;
    let id = test.steward().group_id;
    let key_log = feed_v1::GetKeyLogRequest {
        group_id: id.to_vec(),
    };
    let log = test
        .feed()
        .get_key_log(key_log)
        .await
        .unwrap()
        .into_inner()
        .key_log;
    assert_eq!(KeyLog::verify(&log).unwrap().group_id(), id);
    let head = feed_v1::GetHeadRequest {
        group_id: id.to_vec(),
        view: String::new(),
    };
    let error = unpack(test.feed().get_head(head).await).unwrap_err();
    assert_eq!(
        (error.code, error.reason.as_str()),
        (Code::NotFound, "no_head")
    );
    let sync = feed_v1::SyncRequest {
        group_id: id.to_vec(),
        ..feed_v1::SyncRequest::default()
    };
    let error = unpack(test.feed().sync(sync).await).unwrap_err();
    assert_eq!(error.reason, "no_head");
    let name = hedgerow_core::name::RecordName::parse("event", "not-there").unwrap();
    let proof = feed_v1::GetProofRequest {
        group_id: id.to_vec(),
        view: String::new(),
        name: Some(name.to_proto()),
    };
    let error = unpack(test.feed().get_proof(proof).await).unwrap_err();
    assert_eq!(error.reason, "no_head");
    let unknown = feed_v1::GetHeadRequest {
        group_id: vec![7; 32],
        view: String::new(),
    };
    let error = unpack(test.feed().get_head(unknown).await).unwrap_err();
    assert_eq!(error.reason, "group_unknown");
}

#[tokio::test]
async fn a_group_is_found_by_the_commitment_in_its_key_log() {
    let test = TestNode::running(&[]).await;
    let request = feed_v1::FindGroupRequest {
        commitment: crate::testing::phrase(1).commitment(1).to_vec(),
    };
    let found = test.feed().find_group(request).await.unwrap().into_inner();
    assert_eq!(found.group_id, test.steward().group_id.to_vec());
}

#[tokio::test]
async fn a_watcher_receives_each_new_head_and_resumes_from_its_cursor() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    steward.create("One").await;
    let mut rows = test
        .feed()
        .watch_heads(feed_v1::WatchHeadsRequest::default())
        .await
        .unwrap()
        .into_inner();
    let first = rows.next().await.unwrap().unwrap();
    assert!(first.caught_up);
    assert_eq!(first.group_id, steward.group_id.to_vec());
    steward.create("Two").await;
    let second = rows.next().await.unwrap().unwrap();
    let Some(feed_v1::watch_heads_response::Row::Head(head)) = second.row else {
        panic!("expected a head");
    };
    let log = KeyLog::verify(&steward.group().await.key_log).unwrap();
    assert_eq!(VerifiedHead::verify(&head, &log).unwrap().count(), 2);
    drop(rows);

    let foreign = feed_v1::WatchHeadsRequest {
        after: "elsewhere:1".to_owned(),
    };
    crate::testing::eventually("the first watcher's place is free", || async {
        let foreign = foreign.clone();
        match test.feed().watch_heads(foreign).await {
            Ok(rows) => {
                let first = rows.into_inner().next().await.unwrap();
                first.is_err_and(|status| status.code() == Code::OutOfRange)
            }
            Err(_) => false,
        }
    })
    .await;
}

#[tokio::test]
async fn a_proof_of_absence_verifies() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    steward.create("One").await;
    let name = hedgerow_core::name::RecordName::parse("event", "not-there").unwrap();
    let request = feed_v1::GetProofRequest {
        group_id: steward.group_id.to_vec(),
        view: String::new(),
        name: Some(name.to_proto()),
    };
    let proof = test
        .feed()
        .get_proof(request)
        .await
        .unwrap()
        .into_inner()
        .proof
        .unwrap();
    let view = View::public();
    let proved =
        hedgerow_core::proof::verify_proof(&proof, &steward.group_id, &view, &name, None).unwrap();
    assert!(!proved.included);
}

#[tokio::test]
async fn the_empty_manifest_is_served_too() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let one = steward.create("One").await.record.unwrap();
    steward.withdraw(one.name.unwrap()).await;
    let (transfer, bodies) = sync(&test, &steward, None).await;
    assert_eq!(transfer.manifest.root(), Manifest::empty().root());
    assert_eq!(bodies, 0);
}
