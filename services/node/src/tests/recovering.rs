//! Recoveries and rotations that must ask, refuse or remember: several groups of one phrase,
//! records that are not served, newer heads of others, and keys that were replaced.

use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::SpkiHash;
use hedgerow_core::key_log::{KeyLog, incept};
use hedgerow_core::keys::{EncryptionSecret, SigningKey, VerifyingKey};
use hedgerow_core::recovery::Continuation;
use hedgerow_proto::steward_v1;

use crate::recovery::{Authority, RecoveryError, RecoveryOptions};
use crate::testing::aggregator::{HeldGroup, TestAggregator};
use crate::testing::{LABEL, Steward, TestNode, eventually, phrase, request_id, unpack};

async fn published(test: &TestNode, titles: &[&str]) -> Steward {
    let steward = test.steward();
    for title in titles {
        steward.create(title).await;
    }
    eventually("the newest head is acknowledged", || async {
        let group = steward.group().await;
        group.heads[0].waiting_records == 0
            && group.deliveries.iter().all(|delivery| delivery.up_to_date)
    })
    .await;
    steward
}

/// A node without the group, as on a new machine.
async fn new_machine(aggregator: &TestAggregator) -> TestNode {
    TestNode::without_group(&[aggregator.address()]).await
}

#[tokio::test]
async fn a_copied_commitment_makes_the_host_choose() {
    let aggregator = TestAggregator::start(1).await;
    let mut own = TestNode::running(&[aggregator.address()]).await;
    let id = published(&own, &["Ours"]).await.group_id;
    own.stop().await;
    // Anyone can read a commitment in a key log, and use it in a log of their own.
    let mut held = aggregator.held(&id).unwrap();
    let copy = copied_log();
    held.key_log = copy.envelopes();
    held.head = None;
    aggregator.hold(&copy.group_id(), held);

    let new = new_machine(&aggregator).await;
    let node = new.open().await;
    let authority = phrase(1);
    let authority = Authority::Phrase(&authority);
    let options = RecoveryOptions::default();
    let error = node.prepare_recovery("back", authority, &options).await;
    let Err(RecoveryError::Ambiguous(text)) = error else {
        panic!("the choice is the host's: {error:?}");
    };
    assert!(
        text.contains(&id.to_string()) && text.contains("“Ours”"),
        "{text}"
    );
    assert!(text.contains(&copy.group_id().to_string()), "{text}");
    let options = RecoveryOptions {
        group: Some(id),
        ..RecoveryOptions::default()
    };
    let change = node.prepare_recovery("back", authority, &options).await;
    assert_eq!(change.unwrap().group_id(), id);
}

/// A log of another signing key with the commitment of the phrase.
fn copied_log() -> KeyLog {
    let signing = SigningKey::from_seed([77; 32]);
    let encryption = EncryptionSecret::from_seed([78; 32]).public();
    let next = phrase(1).commitment(1);
    KeyLog::verify([incept(&signing, encryption, next, [79; 16])]).unwrap()
}

#[tokio::test]
async fn records_that_are_not_served_are_not_lost_without_a_word() {
    let aggregator = TestAggregator::start(1).await;
    let mut old = TestNode::running(&[aggregator.address()]).await;
    published(&old, &["One"]).await;
    old.stop().await;
    aggregator.set_withholding(true);
    let new = new_machine(&aggregator).await;
    let node = new.open().await;
    let words = phrase(1);
    let authority = Authority::Phrase(&words);
    let mut options = RecoveryOptions::default();
    let error = node.prepare_recovery("back", authority, &options).await;
    assert!(
        matches!(error, Err(RecoveryError::RecordsNotServed(_))),
        "{error:?}"
    );
    options.without_records = true;
    let change = node
        .prepare_recovery("back", authority, &options)
        .await
        .unwrap();
    assert!(change.source().is_none());
}

#[tokio::test]
async fn a_rotation_does_not_take_back_what_a_newer_head_has() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    published(&test, &["One"]).await;
    test.stop().await;
    let backup = test.back_up();
    test.start().await;
    published(&test, &["Two"]).await;
    test.stop().await;
    test.restore(&backup);

    let node = test.open().await;
    let words = phrase(1);
    let mut options = RecoveryOptions::default();
    let error = node.prepare_rotation(LABEL, &words, &options).await;
    assert!(matches!(error, Err(RecoveryError::Behind(_))), "{error:?}");
    options.own_records = true;
    let change = node
        .prepare_rotation(LABEL, &words, &options)
        .await
        .unwrap();
    let changed = node
        .apply_key_change(change, Authority::Phrase(&words))
        .await
        .unwrap();
    assert_eq!(
        (changed.key_index, changed.seq, changed.records),
        (1, Some(1), 1)
    );
    assert!(changed.delivered.iter().all(|it| it.problem.is_none()));
}

#[tokio::test]
async fn no_key_event_is_drafted_while_no_aggregator_answers() {
    // Nothing listens at this port any more.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let address = Endpoint {
        host: "127.0.0.1".to_owned(),
        port,
        pin: Some(SpkiHash::from_bytes([1; 32])),
    };
    let test = TestNode::running(&[address]).await;
    let steward = test.steward();
    let request = steward.request(steward_v1::DraftKeyEventRequest {});
    let drafted = unpack(steward.client.clone().draft_key_event(request).await);
    let failure = drafted.unwrap_err();
    assert_eq!(failure.reason, "no_aggregator_answered");
    let place = format!("127.0.0.1:{port}");
    assert!(failure.message.contains(&place), "{}", failure.message);
}

#[tokio::test]
async fn a_steward_signs_only_the_keys_that_the_node_has_drafted() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    steward.create("One").await;
    let words = phrase(1);
    let draft = async || {
        let request = steward.request(steward_v1::DraftKeyEventRequest {});
        unpack(steward.client.clone().draft_key_event(request).await).unwrap()
    };
    let commit = async |request_id: String, key_event: Vec<u8>| {
        let request = steward.request(steward_v1::CommitKeyEventRequest {
            request_id,
            key_event,
        });
        unpack(steward.client.clone().commit_key_event(request).await)
    };
    let drafted = draft().await;
    assert_eq!(
        draft().await.signing_key,
        drafted.signing_key,
        "until it is committed"
    );
    let logs = drafted
        .branches
        .iter()
        .map(|branch| KeyLog::verify(&branch.key_log).unwrap());
    let continuation = Continuation::choose(logs, &words).unwrap();
    let signing = VerifyingKey::parse(&drafted.signing_key).unwrap();
    let encryption = <[u8; 32]>::try_from(drafted.encryption_key.as_slice()).unwrap();

    let other = SigningKey::from_seed([9; 32]).public();
    let wrong = continuation.rotate(&words, &other, encryption).unwrap();
    let refused = commit(request_id(), wrong.tip().envelope.clone()).await;
    assert_eq!(refused.unwrap_err().reason, "keys_not_drafted");
    let forged = commit(request_id(), b"nothing".to_vec()).await;
    assert_eq!(forged.unwrap_err().reason, "envelope_malformed");

    let right = continuation.rotate(&words, &signing, encryption).unwrap();
    let (id, event) = (request_id(), right.tip().envelope.clone());
    let committed = commit(id.clone(), event.clone()).await.unwrap();
    let head = steward.head().await;
    assert_eq!(head.envelope(), committed.head);
    assert_eq!(head.position().to_string(), "1.1");
    let repeated = commit(id, event.clone()).await.unwrap();
    assert_eq!(repeated.head, committed.head);
    assert_eq!(
        commit(request_id(), event).await.unwrap_err().reason,
        "key_event_not_new"
    );
    // The node signs with the new key from here on.
    steward.create("Two").await;
    assert_eq!(steward.head().await.position().to_string(), "1.2");
    assert_ne!(draft().await.signing_key, drafted.signing_key);
}

#[tokio::test]
async fn a_node_whose_clock_is_behind_its_head_takes_no_key_event() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    steward.create("One").await;
    let request = steward.request(steward_v1::DraftKeyEventRequest {});
    let drafted = unpack(steward.client.clone().draft_key_event(request).await).unwrap();
    let log = KeyLog::verify(&drafted.branches[0].key_log).unwrap();
    let signing = VerifyingKey::parse(&drafted.signing_key).unwrap();
    let encryption = <[u8; 32]>::try_from(drafted.encryption_key.as_slice()).unwrap();
    let words = phrase(1);
    let continuation = Continuation::choose([log], &words).unwrap();
    let rotated = continuation.rotate(&words, &signing, encryption).unwrap();
    let commit = async || {
        let request = steward.request(steward_v1::CommitKeyEventRequest {
            request_id: request_id(),
            key_event: rotated.tip().envelope.clone(),
        });
        unpack(steward.client.clone().commit_key_event(request).await)
    };
    let behind = Duration::from_secs(48 * 60 * 60);
    test.clock.turn_back(behind);
    let refused = commit().await.unwrap_err();
    assert_eq!(refused.reason, "signing_blocked");
    assert!(refused.message.contains("clock"), "{}", refused.message);
    assert_eq!(steward.head().await.position().to_string(), "0.1");
    test.clock.advance(behind);
    commit().await.expect("nothing of it was kept");
    assert_eq!(steward.head().await.position().to_string(), "1.1");
}

#[tokio::test]
async fn a_node_learns_of_a_rival_branch_and_its_rotation_sets_that_aside() {
    let aggregator = TestAggregator::start(1).await;
    let mut test = TestNode::running(&[aggregator.address()]).await;
    let steward = published(&test, &["One"]).await;
    let (id, words) = (steward.group_id, phrase(1));
    // Another machine has rotated the same log, and this one too.
    let mut held = aggregator.held(&id).unwrap();
    let own = KeyLog::verify(&held.key_log).unwrap();
    let other = SigningKey::from_seed([66; 32]).public();
    let rival = Continuation::choose([own], &words)
        .and_then(|log| log.rotate(&words, &other, [66; 32]))
        .unwrap();
    test.stop().await;
    let node = test.open().await;
    let options = RecoveryOptions::default();
    let change = node
        .prepare_rotation(LABEL, &words, &options)
        .await
        .unwrap();
    node.apply_key_change(change, Authority::Phrase(&words))
        .await
        .unwrap();
    node.close().await;
    held = HeldGroup {
        rivals: vec![rival.tip().envelope.clone()],
        ..aggregator.held(&id).unwrap()
    };
    aggregator.hold(&id, held.clone());

    test.start().await;
    let steward = test.steward();
    eventually("the node has stopped", || async {
        steward.head_state().await.stop_reason() == steward_v1::StopReason::Forked
    })
    .await;
    test.stop().await;
    let node = test.open().await;
    let change = node
        .prepare_rotation(LABEL, &words, &options)
        .await
        .unwrap();
    assert_eq!((change.rivals(), change.next_index()), (1, 2));
    held.rivals.clear();
    aggregator.hold(&id, held);
    node.apply_key_change(change, Authority::Phrase(&words))
        .await
        .unwrap();
    node.close().await;
    let healed = KeyLog::verify(&aggregator.held(&id).unwrap().key_log).unwrap();
    assert!(healed.sets_aside(&rival));
    test.start().await;
    let steward = published(&test, &["Two"]).await;
    assert_eq!(aggregator.titles(&steward.group_id), ["One", "Two"]);
}
