//! A node's calls.

use hedgerow_core::name::View;
use hedgerow_core::receipt::VerifiedReceipt;
use hedgerow_core::record::record_hash;
use hedgerow_rpc::failure::CallFailure;

use super::*;
use crate::tests::items;

async fn announce(served: &Served, head: &[u8]) -> v1::AnnounceResponse {
    let request = v1::AnnounceRequest {
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
    let told = served.admission(&publisher).await;
    let admission = told.admission.unwrap();
    assert!(admission.never_seen);
    assert_eq!(admission.missing, "key_log_missing");
    assert_eq!(told.aggregator_id, served.id.to_vec());
    assert_eq!(told.limits.unwrap().max_record_bytes, 65_536);

    let head = publisher.sign();
    let told = announce(&served, &head).await;
    assert_eq!(told.admission.unwrap().missing, "key_log_missing");
    assert!(told.receipt.is_empty() && told.highest_head.is_empty());
    assert_eq!(
        served.store.group(&publisher.id()).await.unwrap(),
        None,
        "nothing is stored"
    );

    let one = publisher.records[0].clone();
    let manifest = publisher.manifest();
    let lacking = items(&publisher.log, Some(&head), None, &manifest, &[one]);
    let answer = served.push(lacking).await;
    assert!(answer.receipt.is_empty());
    assert_eq!(answer.wanted, [record_hash(&publisher.records[1]).to_vec()]);
    assert_eq!(answer.admission.unwrap().missing, "bodies_missing");

    let rest = publisher.records[1].clone();
    let answer = served
        .push(items(&publisher.log, Some(&head), None, &manifest, &[rest]))
        .await;
    assert_eq!(answer.admission.unwrap().status(), v1::GroupStatus::Active);
    assert_eq!((answer.kept, answer.refused), (2, 0));
    assert_eq!(answer.highest_head, head);
    let own_log = served.key_log(&publisher).await;
    let receipt = VerifiedReceipt::verify(&answer.receipt, &own_log).unwrap();
    assert_eq!(receipt.group_id(), publisher.id());
    assert_eq!(Some(receipt.head_hash()), publisher.previous);
    assert_eq!(receipt.view(), &View::public());
    assert!(receipt.in_effect_by() >= receipt.issued_at());

    let told = announce(&served, &head).await;
    VerifiedReceipt::verify(&told.receipt, &own_log).unwrap();
    assert_eq!(told.basis, publisher.previous.unwrap().to_vec());
    assert_eq!(told.key_log_tip, publisher.log.tip_hash().to_vec());
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announcement_tells_a_node_that_is_behind() {
    let served = Served::start(Vec::new()).await;
    let mut publisher = publisher(1);
    let old = publisher.sign();
    served.push(publisher.whole(&old)).await;
    let newer = publisher.sign();
    served.push(publisher.whole(&newer)).await;
    let told = announce(&served, &old).await;
    assert_eq!(told.highest_head, newer);
    assert!(told.receipt.is_empty());
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announcement_alone_can_take_a_group_away() {
    let served = Served::start(Vec::new()).await;
    let mut publisher = publisher(1);
    let head = publisher.sign();
    served.push(publisher.whole(&head)).await;
    publisher.indexing = hedgerow_core::head::Indexing::Nobody;
    let leaving = publisher.sign();
    let told = announce(&served, &leaving).await;
    assert_eq!(
        told.admission.unwrap().status(),
        v1::GroupStatus::NotInvited
    );
    let own_log = served.key_log(&publisher).await;
    let receipt = VerifiedReceipt::verify(&told.receipt, &own_log).unwrap();
    assert_eq!(Some(receipt.head_hash()), publisher.previous);
    let held = served
        .store
        .records_of(&publisher.id(), &View::public(), None, 10)
        .await
        .unwrap();
    assert!(held.is_empty());
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_refused_has_its_reason_on_the_wire() {
    let served = Served::start(Vec::new()).await;
    let mut ahead = publisher(1);
    ahead.now = now().plus(Duration::from_secs(3_600));
    let head = ahead.sign();
    let requests: Vec<_> = ahead
        .whole(&head)
        .into_iter()
        .map(|item| v1::PushRequest { item: Some(item) })
        .collect();
    let status = served
        .ingest()
        .push(futures::stream::iter(requests))
        .await
        .unwrap_err();
    let failure = CallFailure::from_status(&status);
    assert_eq!(failure.reason, "head_from_the_future");
    assert!(failure.retry_after.unwrap() > Duration::from_secs(3_000));

    let garbage = v1::AnnounceRequest {
        head: b"garbage".to_vec(),
    };
    let status = served.ingest().announce(garbage).await.unwrap_err();
    assert_eq!(
        CallFailure::from_status(&status).code,
        tonic::Code::InvalidArgument
    );
    let short = v1::GetAdmissionRequest {
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
async fn an_unknown_kind_is_served_by_name_and_found_by_no_search() {
    use hedgerow_proto::v1::directory_service_client::DirectoryServiceClient;
    let served = Served::start(Vec::new()).await;
    let mut publisher = Publisher::new(1, now());
    let bytes = publisher.add("one", b"unmistakable");
    let head = publisher.sign();
    served.push(publisher.whole(&head)).await;
    let latest = served.store.latest_revision().await.unwrap();
    let searchable = served.searchable.clone();
    eventually("the index has seen it", || async {
        *searchable.borrow() >= latest
    })
    .await;
    let mut directory = bounded!(DirectoryServiceClient::new(served.channel.clone()));
    for query in ["", "unmistakable"] {
        let query = query.to_owned();
        let request = v1::SearchRequest {
            query,
            any_role: true,
            ..Default::default()
        };
        let found = directory.search(request).await.unwrap().into_inner();
        assert_eq!(found.total, 0);
    }
    let by_name = v1::GetRecordRequest {
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
async fn refusals_of_a_group_that_is_not_shown_are_not_told() {
    let served = Served::start(Vec::new()).await;
    let mut publisher = publisher(1);
    publisher.add("large", &vec![0; 70_000]);
    let head = publisher.sign();
    let answer = served.push(publisher.whole(&head)).await;
    assert_eq!(answer.admission.unwrap().refusals.len(), 1);
    publisher.rotate();
    let none = hedgerow_core::tree::Manifest::empty();
    let answer = served
        .push(items(&publisher.log, None, None, &none, &[]))
        .await;
    assert!(answer.admission.unwrap().refusals.is_empty());
    let told = served.admission(&publisher).await;
    assert!(told.admission.unwrap().refusals.is_empty());
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_announced_rival_of_an_excluded_group_or_from_the_future_is_not_kept() {
    let served = Served::start(Vec::new()).await;
    let mut publisher = publisher(1);
    let mut twin = publisher.clone();
    let head = publisher.sign();
    served.push(publisher.whole(&head)).await;
    let id = publisher.id();
    let proof = || async { served.store.equivocation(&id, &View::public(), 0).await };
    twin.now = now().plus(Duration::from_secs(3_600));
    let ahead = v1::AnnounceRequest { head: twin.sign() };
    served.ingest().announce(ahead).await.unwrap_err();
    assert_eq!(proof().await.unwrap(), None);

    let exclude = crate::store::Exclude {
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
async fn a_group_that_is_held_back_is_told_which_limit_until_when() {
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
    assert_eq!(admission.status(), v1::GroupStatus::Active);
    assert_eq!((admission.limit.as_str(), admission.until), ("", None));

    let gone = publisher.records[0].clone();
    publisher.take_back(&gone);
    for number in 0..60 {
        publisher.add(&format!("new-{number}"), b"new");
    }
    let before = now();
    let head = publisher.sign();
    let answer = served.push(publisher.whole(&head)).await;
    let asked = served.admission(&publisher).await.admission.unwrap();
    for admission in [answer.admission.unwrap(), asked] {
        assert_eq!(admission.status(), v1::GroupStatus::Throttled);
        assert_eq!(admission.limit, "ingest.creates");
        let until = Timestamp::try_from(admission.until.unwrap()).unwrap();
        let wait = until.since(before);
        assert!(wait > Duration::from_secs(30), "{wait:?}");
        assert!(wait < Duration::from_secs(120), "{wait:?}");
    }
    let held = served
        .store
        .records_of(&publisher.id(), &View::public(), None, 100)
        .await
        .unwrap();
    assert_eq!(held.len(), 59, "what was taken back did not wait");
    served.stop().await;
}
