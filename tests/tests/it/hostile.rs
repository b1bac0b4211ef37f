//! What no honest node would send.

use std::time::Duration;

use hedgerow_client::GroupId;
use hedgerow_client::v1;
use hedgerow_core::time::Clock as _;
use hedgerow_proto::v1::ingest_service_client::IngestServiceClient;
use hedgerow_rpc::connector::Connector;
use hedgerow_rpc::connector::ConnectorConfig;
use hedgerow_rpc::connector::Trust;
use hedgerow_rpc::failure::CallFailure;
use hedgerow_tests::TestNetwork;
use hedgerow_tests::craft::CraftedGroup;
use hedgerow_tests::eventually;
use hedgerow_tests::network::AggregatorSetup;
use hedgerow_tests::sample;
use prost::Message as _;
use tonic::transport::Channel;

/// An aggregator, and a connection with which to send it anything.
struct Target {
    network: TestNetwork,
    aggregator: usize,
    ingest: IngestServiceClient<Channel>,
}

impl Target {
    async fn start() -> Self {
        let mut network = TestNetwork::new();
        let aggregator = network.add_aggregator(AggregatorSetup::default()).await;
        let channel = Connector::new(ConnectorConfig::default())
            .channel(&network.aggregator_address(aggregator), Trust::Configured)
            .expect("a channel");
        Self {
            network,
            aggregator,
            ingest: IngestServiceClient::new(channel),
        }
    }

    async fn push(&mut self, items: Vec<v1::SyncItem>) -> Result<v1::PushResponse, CallFailure> {
        let requests = items
            .into_iter()
            .map(|item| v1::PushRequest { item: Some(item) });
        self.ingest
            .push(futures::stream::iter(requests.collect::<Vec<_>>()))
            .await
            .map(tonic::Response::into_inner)
            .map_err(|status| CallFailure::from_status(&status))
    }

    async fn admission(&mut self, group: &GroupId) -> v1::GetAdmissionResponse {
        self.ingest
            .get_admission(v1::GetAdmissionRequest {
                group_id: group.to_vec(),
                view: String::new(),
            })
            .await
            .expect("an answer")
            .into_inner()
    }
}

fn in_order() -> CraftedGroup {
    let mut group = CraftedGroup::new(11);
    let mut listing = sample::listing("Crafted");
    listing.places.clear();
    group.put_message("listing", "a", &listing);
    group
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_in_order_is_taken_and_acknowledged_with_a_receipt() {
    let mut target = Target::start().await;
    let mut group = in_order();
    let head = group.sign();
    let answer = target
        .push(group.whole(head, |_| true))
        .await
        .expect("it is taken");
    assert!(!answer.receipt.is_empty());
    assert_eq!((answer.kept, answer.refused), (1, 0));
    assert_eq!(
        answer.admission.expect("an admission").status(),
        v1::GroupStatus::Active
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_groups_announce_stores_nothing() {
    let mut target = Target::start().await;
    let mut group = in_order();
    let head = group.sign();
    let answer = target
        .ingest
        .announce(v1::AnnounceRequest { head })
        .await
        .expect("an answer")
        .into_inner();
    let admission = answer.admission.expect("an admission");
    assert_eq!(admission.status(), v1::GroupStatus::Pending);
    assert_eq!(admission.missing, "key_log_missing");
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
    let mut group = in_order();
    let old = group.sign();
    let replayed = group.whole(old.clone(), |_| true);
    target
        .push(replayed.clone())
        .await
        .expect("the first is taken");
    group.remove("listing", "a");
    let new = group.sign();
    target
        .push(group.whole(new.clone(), |_| true))
        .await
        .expect("the second is taken");

    let answer = target.push(replayed).await;
    match answer {
        Ok(answer) => assert!(
            answer.receipt.is_empty(),
            "no receipt for a superseded head"
        ),
        Err(failure) => assert_eq!(failure.reason, "head_superseded"),
    }
    let held = target.admission(&group.id()).await.highest_head;
    assert_eq!(held, new, "the newest head is still the one held");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_pushes_a_newer_head_without_bodies_changes_nothing() {
    let mut target = Target::start().await;
    let mut group = in_order();
    let head = group.sign();
    target
        .push(group.whole(head.clone(), |_| true))
        .await
        .expect("it is taken");
    let mut event = sample::event("New");
    event.place = None;
    group.put_message("event", "b", &event);
    let newer = group.sign();

    let answer = target
        .push(group.whole(newer.clone(), |_| false))
        .await
        .expect("an answer");
    assert!(answer.receipt.is_empty());
    assert!(!answer.wanted.is_empty(), "it says what is missing");
    assert_eq!(target.admission(&group.id()).await.highest_head, head);

    let answer = target
        .push(group.whole(newer.clone(), |_| true))
        .await
        .expect("an answer");
    assert!(!answer.receipt.is_empty(), "with the bodies it is taken");
    assert_eq!(target.admission(&group.id()).await.highest_head, newer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_from_the_future_is_postponed_with_that_reason() {
    let mut target = Target::start().await;
    let mut group = in_order();
    let ahead = target.network.clock.now().plus(Duration::from_secs(3600));
    let head = group.sign_at(ahead);
    let refused = target
        .push(group.whole(head.clone(), |_| true))
        .await
        .expect_err("too early");
    assert_eq!(refused.reason, "head_from_the_future");

    target.network.clock.advance(Duration::from_secs(3600));
    target
        .push(group.whole(head, |_| true))
        .await
        .expect("its time has come");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_signed_by_another_key_is_refused() {
    let mut target = Target::start().await;
    let group = in_order();
    let stranger = CraftedGroup::new(12);
    let head = group
        .draft(target.network.clock.now())
        .sign(stranger.signing_key());
    let refused = target
        .push(group.whole(head, |_| true))
        .await
        .expect_err("not its key");
    assert!(refused.reason.contains("signature"), "{}", refused.reason);
    let known = target
        .admission(&group.id())
        .await
        .admission
        .expect("an admission");
    assert!(known.never_seen || known.status() == v1::GroupStatus::Pending);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_event_presented_as_a_head_is_refused_by_its_type() {
    let mut target = Target::start().await;
    let group = in_order();
    let event = group.key_log.envelopes().remove(0);
    let refused = target
        .push(group.whole(event, |_| true))
        .await
        .expect_err("no head");
    assert!(refused.reason.contains("type"), "{}", refused.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_message_are_refused() {
    let mut target = Target::start().await;
    let group = in_order();
    let refused = target
        .push(group.whole(vec![0xff; 300], |_| true))
        .await
        .expect_err("no envelope");
    assert!(refused.reason.contains("malformed"), "{}", refused.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_record_of_another_group_is_refused_and_the_rest_go_on() {
    let mut target = Target::start().await;
    let mut group = in_order();
    let foreign = CraftedGroup::new(13).put_message("listing", "b", &sample::listing("Foreign"));
    let name = hedgerow_core::name::RecordName::parse("listing", "b").expect("a name");
    group.put_bytes(name, foreign);
    let head = group.sign();
    let answer = target
        .push(group.whole(head, |_| true))
        .await
        .expect("the rest go on");
    assert_eq!((answer.kept, answer.refused), (1, 1));
    let refusals = answer.admission.expect("an admission").refusals;
    assert_eq!(refusals[0].key, "b");
    assert!(!refusals[0].reason.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_oversized_record_is_refused_and_the_rest_go_on() {
    let mut target = Target::start().await;
    let mut group = in_order();
    let mut large = sample::listing("Large");
    large.places.clear();
    large.anything_else = "word ".repeat(20_000);
    group.put_message("listing", "large", &large);
    let head = group.sign();
    let answer = target
        .push(group.whole(head, |name| name.key.as_str() != "large"))
        .await
        .expect("the rest go on");
    assert_eq!((answer.kept, answer.refused), (1, 1));
    assert_eq!(
        answer.admission.expect("an admission").refusals[0].reason,
        "record_too_large"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_over_nested_record_is_refused_and_the_rest_go_on() {
    let mut target = Target::start().await;
    let mut group = in_order();
    // Groups within groups, far deeper than anything that is meant: field 3, wire type 3.
    let nested = [vec![0x1b; 5_000], vec![0x1c; 5_000]].concat();
    group.put("listing", "deep", nested);
    let head = group.sign();
    let answer = target
        .push(group.whole(head, |_| true))
        .await
        .expect("the rest go on");
    assert_eq!((answer.kept, answer.refused), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_point_off_the_grid_of_its_stated_precision_is_refused() {
    let mut target = Target::start().await;
    let mut group = in_order();
    let mut listing = sample::listing("Too precise");
    listing.places = vec![v1::Place {
        precision: v1::Precision::Neighbourhood.into(),
        point: Some(v1::Point {
            latitude_e7: 537_964_801,
            longitude_e7: -15_478_501,
        }),
        ..Default::default()
    }];
    group.put_message("listing", "b", &listing);
    let head = group.sign();
    let answer = target
        .push(group.whole(head, |_| true))
        .await
        .expect("the rest go on");
    assert_eq!((answer.kept, answer.refused), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kind_that_this_build_lacks_survives_three_hops_byte_for_byte_and_is_not_indexed() {
    let mut target = Target::start().await;
    let first = target.network.aggregator_address(target.aggregator);
    let second = target
        .network
        .add_aggregator(AggregatorSetup {
            sources: vec![first],
        })
        .await;
    let third = target
        .network
        .add_aggregator(AggregatorSetup {
            sources: vec![target.network.aggregator_address(second)],
        })
        .await;

    let mut group = in_order();
    let body = b"\xff\x00 a petition that nobody here can read: zanzibar".to_vec();
    let bytes = group.put("petition", "p", body);
    let head = group.sign();
    target
        .push(group.whole(head, |_| true))
        .await
        .expect("it is taken");

    let name = hedgerow_core::name::RecordName::parse("petition", "p").expect("a name");
    let directory = target.network.directory(third);
    let record = eventually("the petition is three hops away", || async {
        directory.get_record(&group.id(), &name).await.ok()
    })
    .await;
    assert_eq!(record.value().bytes(), bytes, "byte for byte");
    let request = v1::SearchRequest {
        query: "zanzibar".to_owned(),
        ..Default::default()
    };
    let page = directory.search(request).await.expect("a search");
    assert!(page.hits.is_empty(), "an unknown kind is not indexed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_this_build_lacks_is_passed_on_byte_for_byte() {
    let mut target = Target::start().await;
    let mut group = in_order();
    let mut listing = sample::listing("From the future");
    listing.places.clear();
    let mut body = listing.encode_to_vec();
    // Field 4000, length-delimited: "new".
    body.extend_from_slice(&[0x82, 0xfa, 0x01, 3, b'n', b'e', b'w']);
    let bytes = group.put("listing", "newer", body);
    let head = group.sign();
    target
        .push(group.whole(head, |_| true))
        .await
        .expect("it is taken");

    let name = hedgerow_core::name::RecordName::parse("listing", "newer").expect("a name");
    let directory = target.network.directory(target.aggregator);
    let record = directory
        .get_record(&group.id(), &name)
        .await
        .expect("it is here");
    assert_eq!(record.value().bytes(), bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_heads_at_one_seq_freeze_the_group_until_it_rotates() {
    let mut target = Target::start().await;
    let mut group = in_order();
    let mut twin = in_order();
    let head = group.sign();
    target
        .push(group.whole(head, |_| true))
        .await
        .expect("it is taken");

    let mut other = sample::listing("The other branch");
    other.places.clear();
    twin.put_message("listing", "other", &other);
    let rival = twin.sign();
    let _ = target.push(twin.whole(rival, |_| true)).await;
    let admission = target
        .admission(&group.id())
        .await
        .admission
        .expect("an admission");
    assert_eq!(admission.status(), v1::GroupStatus::Frozen);
    let directory = target.network.directory(target.aggregator);
    let name = hedgerow_core::name::RecordName::parse("listing", "other").expect("a name");
    assert!(
        directory.get_record(&group.id(), &name).await.is_err(),
        "nothing is added"
    );

    group.rotate(14);
    let fresh = group.sign();
    target
        .push(group.whole(fresh, |_| true))
        .await
        .expect("a rotation ends it");
    let admission = target
        .admission(&group.id())
        .await
        .admission
        .expect("an admission");
    assert_eq!(admission.status(), v1::GroupStatus::Active);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_ends_what_the_thief_of_the_signing_key_published() {
    let mut target = Target::start().await;
    let mut group = in_order();
    let mut thiefs = sample::listing("The thief was here");
    thiefs.places.clear();
    group.put_message("listing", "thief", &thiefs);
    let stolen = group.sign();
    target
        .push(group.whole(stolen, |_| true))
        .await
        .expect("the thief signs well");

    group.remove("listing", "thief");
    group.rotate(15);
    let fresh = group.sign();
    target
        .push(group.whole(fresh, |_| true))
        .await
        .expect("the phrase rotates");
    let name = hedgerow_core::name::RecordName::parse("listing", "thief").expect("a name");
    let directory = target.network.directory(target.aggregator);
    assert!(directory.get_record(&group.id(), &name).await.is_err());
}
