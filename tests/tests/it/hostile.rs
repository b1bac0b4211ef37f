//! Pushes that an honest node would not send.

use std::time::Duration;

use hedgerow_client::{GroupId, directory_v1, feed_v1, ingest_v1, v1};
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Clock as _;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_testkit::FakeGroup;
use hedgerow_tests::{TestNetwork, eventually, sample};
use hedgerow_transport::clock::SystemClock;
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};
use hedgerow_transport::failure::CallFailure;
use prost::Message as _;
use tonic::transport::Channel;

/// An aggregator with a client that sends it any messages.
struct Target {
    network: TestNetwork,
    aggregator: usize,
    ingest: IngestServiceClient<Channel>,
}

impl Target {
    async fn start() -> Self {
        let mut network = TestNetwork::new();
        let aggregator = network.add_aggregator(&[]).await;
        let channel = Connector::new(ConnectorConfig::default())
            .channel(&network.aggregator_address(aggregator), Trust::Configured)
            .expect("a channel");
        Self {
            network,
            aggregator,
            ingest: IngestServiceClient::new(channel),
        }
    }

    async fn push(
        &mut self,
        items: Vec<feed_v1::SyncItem>,
    ) -> Result<ingest_v1::PushResponse, CallFailure> {
        let requests = items
            .into_iter()
            .map(|item| ingest_v1::PushRequest { item: Some(item) });
        self.ingest
            .push(futures::stream::iter(requests.collect::<Vec<_>>()))
            .await
            .map(tonic::Response::into_inner)
            .map_err(|status| CallFailure::from_status(&status))
    }

    async fn admission(&mut self, group: &GroupId) -> ingest_v1::GetAdmissionResponse {
        self.ingest
            .get_admission(ingest_v1::GetAdmissionRequest {
                group_id: group.to_vec(),
                view: String::new(),
            })
            .await
            .expect("a response")
            .into_inner()
    }
}

/// A group with one valid listing.
fn valid_group() -> FakeGroup {
    let mut group = FakeGroup::new(11, SystemClock.now());
    group.put("listing", "a", &placeless("Valid"));
    group
}

/// A listing as it is published: without the places of a draft, which lack their points.
fn placeless(name: &str) -> v1::Listing {
    v1::Listing {
        places: Vec::new(),
        ..sample::listing(name)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_valid_group_is_accepted_with_a_receipt() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    let head = group.sign();
    let response = target
        .push(group.whole(&head))
        .await
        .expect("the head is accepted");
    assert!(!response.receipt.is_empty());
    assert_eq!((response.kept, response.refused), (1, 0));
    assert_eq!(
        response.admission.expect("an admission").status(),
        feed_v1::GroupStatus::Active
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn announcing_an_unknown_group_stores_nothing() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    let head = group.sign();
    let response = target
        .ingest
        .announce(ingest_v1::AnnounceRequest { head })
        .await
        .expect("a response")
        .into_inner();
    let admission = response.admission.expect("an admission");
    assert_eq!(admission.status(), feed_v1::GroupStatus::Pending);
    assert_eq!(
        admission.pending_reason(),
        ingest_v1::PendingReason::KeyLogMissing
    );
    let known = target
        .admission(&group.id())
        .await
        .admission
        .expect("an admission");
    assert!(known.never_seen, "nothing was stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_head_changes_nothing() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    let old = group.sign();
    let replayed = group.whole(&old);
    target
        .push(replayed.clone())
        .await
        .expect("the first head is accepted");
    group.withdraw("listing", "a");
    let new = group.sign();
    target
        .push(group.whole(&new))
        .await
        .expect("the second head is accepted");

    let response = target.push(replayed).await;
    match response {
        Ok(response) => assert!(
            response.receipt.is_empty(),
            "a superseded head gets no receipt"
        ),
        Err(failure) => assert_eq!(failure.reason, "head_superseded"),
    }
    let held = target.admission(&group.id()).await.highest_head;
    assert_eq!(held, new, "the aggregator still has the newest head");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_head_without_bodies_changes_nothing() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    let head = group.sign();
    target
        .push(group.whole(&head))
        .await
        .expect("the head is accepted");
    let mut event = sample::event("New");
    event.place = None;
    group.put("event", "b", &event);
    let newer = group.sign();

    let response = target
        .push(group.transfer(&newer, |_| false))
        .await
        .expect("a response");
    assert!(response.receipt.is_empty());
    assert!(
        !response.wanted_hashes.is_empty(),
        "the response lists the missing bodies"
    );
    assert_eq!(target.admission(&group.id()).await.highest_head, head);

    let response = target.push(group.whole(&newer)).await.expect("a response");
    assert!(
        !response.receipt.is_empty(),
        "the head is accepted with its bodies"
    );
    assert_eq!(target.admission(&group.id()).await.highest_head, newer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_from_the_future_is_rejected_until_its_time() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    let ahead = target.network.clock.now().plus(Duration::from_secs(3600));
    group.now = ahead;
    let head = group.sign();
    let failure = target
        .push(group.whole(&head))
        .await
        .expect_err("the head is too early");
    assert_eq!(failure.reason, "head_from_the_future");

    target.network.clock.advance(Duration::from_secs(3600));
    target
        .push(group.whole(&head))
        .await
        .expect("the head is no longer early");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_signed_by_another_key_is_rejected() {
    let mut target = Target::start().await;
    let group = valid_group();
    let stranger = FakeGroup::new(12, group.now);
    let head = group.draft().sign(&stranger.signing);
    let failure = target
        .push(group.whole(&head))
        .await
        .expect_err("the key is not the group's");
    assert!(failure.reason.contains("signature"), "{}", failure.reason);
    let known = target
        .admission(&group.id())
        .await
        .admission
        .expect("an admission");
    assert!(known.never_seen || known.status() == feed_v1::GroupStatus::Pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_event_in_place_of_a_head_is_rejected_by_its_type() {
    let mut target = Target::start().await;
    let group = valid_group();
    let event = group.log.envelopes().remove(0);
    let failure = target
        .push(group.whole(&event))
        .await
        .expect_err("a key event is not a head");
    assert!(failure.reason.contains("type"), "{}", failure.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_not_a_message_are_rejected() {
    let mut target = Target::start().await;
    let group = valid_group();
    let failure = target
        .push(group.whole(&[0xff; 300]))
        .await
        .expect_err("the bytes are not an envelope");
    assert!(failure.reason.contains("malformed"), "{}", failure.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_another_group_is_rejected_alone() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    let foreign = FakeGroup::new(13, group.now).put("listing", "b", &sample::listing("Foreign"));
    let name = RecordName::parse("listing", "b").expect("a name");
    group.put_bytes(name, foreign);
    let head = group.sign();
    let response = target
        .push(group.whole(&head))
        .await
        .expect("the other records are accepted");
    assert_eq!((response.kept, response.refused), (1, 1));
    let refusals = response.admission.expect("an admission").refusals;
    assert_eq!(refusals[0].key, "b");
    assert!(!refusals[0].reason.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_oversized_record_is_rejected_alone() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    let mut large = placeless("Large");
    large.anything_else = "word ".repeat(20_000);
    group.put("listing", "large", &large);
    let head = group.sign();
    let response = target
        .push(group.transfer(&head, |name| name.key.as_str() != "large"))
        .await
        .expect("the other records are accepted");
    assert_eq!((response.kept, response.refused), (1, 1));
    assert_eq!(
        response.admission.expect("an admission").refusals[0].reason,
        "record_too_large"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_too_deeply_nested_record_is_rejected_alone() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    // Groups within groups (field 3, wire type 3), far deeper than the limit.
    let nested = [vec![0x1b; 5_000], vec![0x1c; 5_000]].concat();
    group.put_body("listing", "deep", &nested);
    let head = group.sign();
    let response = target
        .push(group.whole(&head))
        .await
        .expect("the other records are accepted");
    assert_eq!((response.kept, response.refused), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_off_the_grid_of_its_precision_is_rejected_alone() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    let mut listing = sample::listing("Too precise");
    listing.places = vec![v1::Place {
        precision: v1::Precision::Neighbourhood.into(),
        point: Some(v1::Point {
            latitude_e7: 537_964_801,
            longitude_e7: -15_478_501,
        }),
        ..Default::default()
    }];
    group.put("listing", "b", &listing);
    let head = group.sign();
    let response = target
        .push(group.whole(&head))
        .await
        .expect("the other records are accepted");
    assert_eq!((response.kept, response.refused), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_kind_passes_three_aggregators_unaltered_and_is_not_indexed() {
    let mut target = Target::start().await;
    let first = target.network.aggregator_address(target.aggregator);
    let second = target.network.add_aggregator(&[first]).await;
    let third = target
        .network
        .add_aggregator(&[target.network.aggregator_address(second)])
        .await;

    let mut group = valid_group();
    let body = b"\xff\x00 a petition that no build can read: zanzibar";
    let bytes = group.put_body("petition", "p", body);
    let head = group.sign();
    target
        .push(group.whole(&head))
        .await
        .expect("the head is accepted");

    let name = RecordName::parse("petition", "p").expect("a name");
    let directory = target.network.directory(third);
    let record = eventually("the third aggregator has the petition", || async {
        directory.get_record(&group.id(), &name).await.ok()
    })
    .await;
    assert_eq!(record.value().bytes(), bytes, "the bytes are unaltered");
    let request = directory_v1::SearchFilter {
        query: "zanzibar".to_owned(),
        ..directory_v1::SearchFilter::default()
    };
    let page = directory.search(request.into()).await.expect("a search");
    assert!(page.hits.is_empty(), "an unknown kind is not indexed");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_field_is_passed_on_unaltered() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    let mut body = placeless("From the future").encode_to_vec();
    // Field 4000, length-delimited: "new".
    body.extend_from_slice(&[0x82, 0xfa, 0x01, 3, b'n', b'e', b'w']);
    let bytes = group.put_body("listing", "newer", &body);
    let head = group.sign();
    target
        .push(group.whole(&head))
        .await
        .expect("the head is accepted");

    let name = RecordName::parse("listing", "newer").expect("a name");
    let directory = target.network.directory(target.aggregator);
    let record = directory
        .get_record(&group.id(), &name)
        .await
        .expect("the aggregator has the record");
    assert_eq!(record.value().bytes(), bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_heads_with_one_seq_freeze_the_group_until_it_rotates() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    let mut twin = valid_group();
    let head = group.sign();
    target
        .push(group.whole(&head))
        .await
        .expect("the head is accepted");

    twin.put("listing", "other", &placeless("The other branch"));
    let rival = twin.sign();
    let _ = target.push(twin.whole(&rival)).await;
    let admission = target
        .admission(&group.id())
        .await
        .admission
        .expect("an admission");
    assert_eq!(admission.status(), feed_v1::GroupStatus::Frozen);
    let directory = target.network.directory(target.aggregator);
    let name = RecordName::parse("listing", "other").expect("a name");
    assert!(
        directory.get_record(&group.id(), &name).await.is_err(),
        "the rival's records are not stored"
    );

    group.rotate();
    let fresh = group.sign();
    target
        .push(group.whole(&fresh))
        .await
        .expect("a rotation unfreezes the group");
    let admission = target
        .admission(&group.id())
        .await
        .admission
        .expect("an admission");
    assert_eq!(admission.status(), feed_v1::GroupStatus::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_ends_records_that_a_thief_of_the_signing_key_published() {
    let mut target = Target::start().await;
    let mut group = valid_group();
    group.put("listing", "thief", &placeless("The thief was here"));
    let stolen = group.sign();
    target
        .push(group.whole(&stolen))
        .await
        .expect("the thief's signature is valid");

    group.withdraw("listing", "thief");
    group.rotate();
    let fresh = group.sign();
    target
        .push(group.whole(&fresh))
        .await
        .expect("the recovery key rotates");
    let name = RecordName::parse("listing", "thief").expect("a name");
    let directory = target.network.directory(target.aggregator);
    assert!(directory.get_record(&group.id(), &name).await.is_err());
}
