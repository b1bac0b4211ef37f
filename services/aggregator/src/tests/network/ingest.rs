//! Calls of a node.

use hedgerow_core::name::View;
use hedgerow_core::receipt::VerifiedReceipt;
use hedgerow_core::record::record_hash;
use hedgerow_proto::directory_v1;
use hedgerow_proto::ingest_v1::PendingReason;
use hedgerow_transport::failure::CallFailure;

use super::*;
use hedgerow_testkit::transfer;

async fn announce(served: &Served, head: &[u8]) -> ingest_v1::AnnounceResponse {
    let request = ingest_v1::AnnounceRequest {
        head: head.to_vec(),
    };
    served
        .ingest()
        .announce(request)
        .await
        .unwrap()
        .into_inner()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_announces_pushes_and_gets_a_receipt() {
    let served = Served::start(Vec::new()).await;
    let mut publisher = publisher(1);
    let response = served.admission(&publisher).await;
    let admission = response.admission.unwrap();
    assert!(admission.never_seen);
    assert_eq!(admission.pending_reason(), PendingReason::KeyLogMissing);
    assert_eq!(response.aggregator_id, served.id.to_vec());
    assert_eq!(response.limits.unwrap().max_record_bytes, 65_536);

    let head = publisher.sign();
    let response = announce(&served, &head).await;
    let admission = response.admission.unwrap();
    assert_eq!(admission.pending_reason(), PendingReason::KeyLogMissing);
    assert!(response.receipt.is_empty() && response.highest_head.is_empty());
    assert_eq!(
        served.store.group(&publisher.id()).await.unwrap(),
        None,
        "nothing is stored"
    );

    let one = publisher.first_record();
    let manifest = publisher.manifest();
    let lacking = transfer(&publisher.log, Some(&head), None, &manifest, &[one]);
    let response = served.push(lacking).await;
    assert!(response.receipt.is_empty());
    let two = publisher.records.values().nth(1).unwrap().clone();
    assert_eq!(response.wanted_hashes, [record_hash(&two).to_vec()]);
    let admission = response.admission.unwrap();
    assert_eq!(admission.pending_reason(), PendingReason::BodiesMissing);

    let response = served
        .push(transfer(
            &publisher.log,
            Some(&head),
            None,
            &manifest,
            &[two],
        ))
        .await;
    assert_eq!(
        response.admission.unwrap().status(),
        feed_v1::GroupStatus::Active
    );
    assert_eq!((response.kept, response.refused), (2, 0));
    assert_eq!(response.highest_head, head);
    let own_log = served.key_log(&publisher).await;
    let receipt = VerifiedReceipt::verify(&response.receipt, &own_log).unwrap();
    assert_eq!(receipt.group_id(), publisher.id());
    assert_eq!(Some(receipt.head_hash()), publisher.previous);
    assert_eq!(receipt.view(), &View::public());
    assert!(receipt.in_effect_by_time() >= receipt.issue_time());

    let response = announce(&served, &head).await;
    VerifiedReceipt::verify(&response.receipt, &own_log).unwrap();
    assert_eq!(response.basis_hash, publisher.previous.unwrap().to_vec());
    assert_eq!(response.key_log_tip_hash, publisher.log.tip_hash().to_vec());
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_behind_gets_the_newer_head() {
    let served = Served::start(Vec::new()).await;
    let mut publisher = publisher(1);
    let old = publisher.sign();
    served.push(publisher.whole(&old)).await;
    let newer = publisher.sign();
    served.push(publisher.whole(&newer)).await;
    let response = announce(&served, &old).await;
    assert_eq!(response.highest_head, newer);
    assert!(response.receipt.is_empty());
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_can_leave_by_an_announcement_alone() {
    let served = Served::start(Vec::new()).await;
    let mut publisher = publisher(1);
    let head = publisher.sign();
    served.push(publisher.whole(&head)).await;
    publisher.indexing = hedgerow_core::head::Indexing::Nobody;
    let leaving = publisher.sign();
    let response = announce(&served, &leaving).await;
    assert_eq!(
        response.admission.unwrap().status(),
        feed_v1::GroupStatus::NotInvited
    );
    let own_log = served.key_log(&publisher).await;
    let receipt = VerifiedReceipt::verify(&response.receipt, &own_log).unwrap();
    assert_eq!(Some(receipt.head_hash()), publisher.previous);
    let records = served
        .store
        .list_records(&publisher.id(), &View::public(), None, 10)
        .await
        .unwrap();
    assert!(records.is_empty());
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_call_carries_its_reason() {
    let served = Served::start(Vec::new()).await;
    let mut ahead = publisher(1);
    ahead.now = now().plus(Duration::from_secs(3_600));
    let head = ahead.sign();
    let requests: Vec<_> = ahead
        .whole(&head)
        .into_iter()
        .map(|item| ingest_v1::PushRequest { item: Some(item) })
        .collect();
    let status = served
        .ingest()
        .push(futures::stream::iter(requests))
        .await
        .unwrap_err();
    let failure = CallFailure::from_status(&status);
    assert_eq!(failure.reason, "head_from_the_future");
    assert!(failure.retry_after.unwrap() > Duration::from_secs(3_000));

    let garbage = ingest_v1::AnnounceRequest {
        head: b"garbage".to_vec(),
    };
    let status = served.ingest().announce(garbage).await.unwrap_err();
    assert_eq!(
        CallFailure::from_status(&status).code,
        tonic::Code::InvalidArgument
    );
    let short = ingest_v1::GetAdmissionRequest {
        group_id: vec![1],
        view: String::new(),
    };
    let status = served.ingest().get_admission(short).await.unwrap_err();
    assert_eq!(
        CallFailure::from_status(&status).code,
        tonic::Code::InvalidArgument
    );
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_of_unknown_kind_is_served_by_name_but_not_searchable() {
    use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
    let served = Served::start(Vec::new()).await;
    let mut publisher = FakeGroup::new(1, now());
    let bytes = publisher.add("one", b"unmistakable");
    let head = publisher.sign();
    served.push(publisher.whole(&head)).await;
    let latest = served.store.latest_revision().await.unwrap();
    let searchable = served.searchable.clone();
    eventually("the index is up to date", || async {
        *searchable.borrow() >= latest
    })
    .await;
    let mut directory = bounded!(DirectoryServiceClient::new(served.channel.clone()));
    for query in ["", "unmistakable"] {
        // Without a filter on roles, which is the widest search.
        let filter = directory_v1::SearchFilter {
            query: query.to_owned(),
            ..Default::default()
        };
        let request = directory_v1::SearchRecordsRequest {
            filter: Some(filter),
            ..Default::default()
        };
        let found = directory.search_records(request).await;
        assert_eq!(found.unwrap().into_inner().total_size, 0);
    }
    let by_name = directory_v1::GetRecordRequest {
        group_id: publisher.id().to_vec(),
        collection: "future-kind".to_owned(),
        key: "one".to_owned(),
        with_proof: true,
    };
    let found = directory.get_record(by_name).await.unwrap().into_inner();
    assert_eq!(found.record, bytes);
    drop(directory);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_of_a_hidden_group_are_not_listed() {
    let served = Served::start(Vec::new()).await;
    let mut publisher = publisher(1);
    publisher.add("large", &vec![0; 70_000]);
    let head = publisher.sign();
    let response = served.push(publisher.whole(&head)).await;
    assert_eq!(response.admission.unwrap().refusals.len(), 1);
    publisher.rotate();
    let none = hedgerow_core::tree::Manifest::empty();
    let response = served
        .push(transfer(&publisher.log, None, None, &none, &[]))
        .await;
    assert!(response.admission.unwrap().refusals.is_empty());
    let response = served.admission(&publisher).await;
    assert!(response.admission.unwrap().refusals.is_empty());
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announced_rival_from_the_future_or_of_an_excluded_group_is_not_stored() {
    let served = Served::start(Vec::new()).await;
    let mut publisher = publisher(1);
    let mut twin = publisher.clone();
    let head = publisher.sign();
    served.push(publisher.whole(&head)).await;
    let id = publisher.id();
    let proof = || async { served.store.equivocation(&id, &View::public(), 0).await };
    twin.now = now().plus(Duration::from_secs(3_600));
    let ahead = ingest_v1::AnnounceRequest { head: twin.sign() };
    served.ingest().announce(ahead).await.unwrap_err();
    assert_eq!(proof().await.unwrap(), None);

    let exclude = hedgerow_store::Exclude {
        group_id: id,
        reason: "not a group".into(),
        now: now(),
    };
    served.store.exclude(exclude).await.unwrap();
    let mut twin = super::publisher(1);
    twin.add("theirs", b"theirs");
    let rival = twin.sign();
    announce(&served, &rival).await;
    assert_eq!(proof().await.unwrap(), None);
    assert!(served.store.include(&id).await.unwrap());
    announce(&served, &rival).await;
    assert!(proof().await.unwrap().is_some());
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_admission_of_a_throttled_group_names_the_limit_and_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.ingest.creates = 60;
    config.ingest.creates_per_second = 1;
    let served = Served::make(config, folder).await;
    let mut publisher = publisher(1);
    for number in 2..60 {
        publisher.add(&format!("old-{number}"), b"old");
    }
    let head = publisher.sign();
    served.push(publisher.whole(&head)).await;
    let admission = served.admission(&publisher).await.admission.unwrap();
    assert_eq!(admission.status(), feed_v1::GroupStatus::Active);
    assert_eq!(
        (admission.limit.as_str(), admission.throttle_end_time),
        ("", None)
    );

    let gone = publisher.first_record();
    publisher.withdraw_record(&gone);
    for number in 0..60 {
        publisher.add(&format!("new-{number}"), b"new");
    }
    let before = now();
    let head = publisher.sign();
    let response = served.push(publisher.whole(&head)).await;
    let later = served.admission(&publisher).await.admission.unwrap();
    for admission in [response.admission.unwrap(), later] {
        assert_eq!(admission.status(), feed_v1::GroupStatus::Throttled);
        assert_eq!(admission.limit, "ingest.creates");
        let until = Timestamp::try_from(admission.throttle_end_time.unwrap()).unwrap();
        let wait = until.since(before);
        assert!(wait > Duration::from_secs(30), "{wait:?}");
        assert!(wait < Duration::from_secs(120), "{wait:?}");
    }
    let records = served
        .store
        .list_records(&publisher.id(), &View::public(), None, 100)
        .await
        .unwrap();
    assert_eq!(records.len(), 59, "removals do not wait");
    served.stop().await;
}
