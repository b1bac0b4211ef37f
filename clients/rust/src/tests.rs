//! The client against a server that can lie, over real TLS.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hedgerow_core::name::RecordName;
use hedgerow_core::proof::prove;
use hedgerow_core::time::{Clock as _, Timestamp};
use hedgerow_proto::directory_v1::directory_service_server::{
    DirectoryService, DirectoryServiceServer,
};
use hedgerow_proto::{directory_v1, v1};
use hedgerow_server::identity::Identity;
use hedgerow_server::limits::ServerLimits;
use hedgerow_server::listen::bind;
use hedgerow_server::server::Server;
use hedgerow_testkit::{FakeGroup, ManualClock};
use hedgerow_transport::failure::Failure;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::{ClientError, Directory, GroupId, Options};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// A clock one minute after the heads were issued.
fn clock() -> ManualClock {
    ManualClock::at(NOW.plus(Duration::from_secs(60)))
}

/// The false part of the responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lie {
    None,
    /// One letter of the record's title is changed.
    AlteredRecord,
    /// Head, proof and record are valid, but of another group.
    OtherGroup,
    NoProof,
    FutureHead,
    /// Not a lie: the first calls fail as overloaded.
    Busy(u32),
    /// Not a lie: the record does not exist.
    NotFound,
}

struct Published {
    group: GroupId,
    name: RecordName,
    record: Vec<u8>,
    proof: v1::Proof,
    head: Vec<u8>,
    key_log: Vec<Vec<u8>>,
}

fn published(number: u64, issue_time: Timestamp) -> Published {
    let mut group = FakeGroup::new(number, issue_time);
    let key = "00112233445566778899aabbccddeeff";
    let listing = v1::Listing {
        name: "Kettle Room".to_owned(),
        voice: v1::Voice::Itself.into(),
        ..Default::default()
    };
    let record = group.put("listing", key, &listing);
    let head = group.publish();
    let name = RecordName::parse("listing", key).unwrap();
    Published {
        group: group.id(),
        proof: prove(&group.log, &head, &group.manifest(), &name),
        name,
        record,
        head: head.envelope().to_vec(),
        key_log: group.log.envelopes(),
    }
}

/// The server's hit for the record.
fn hit() -> directory_v1::SearchHit {
    let truth = published(1, NOW);
    directory_v1::SearchHit {
        group_id: truth.group.to_vec(),
        collection: "listing".to_owned(),
        key: truth.name.key.as_str().to_owned(),
        title: "Another title".to_owned(),
        ..Default::default()
    }
}

struct Liar {
    lie: Lie,
    calls: Arc<AtomicU32>,
}

impl Liar {
    fn published(&self) -> Published {
        match self.lie {
            Lie::OtherGroup => published(2, NOW),
            Lie::FutureHead => published(1, NOW.plus(Duration::from_secs(3_600))),
            _ => published(1, NOW),
        }
    }
}

#[tonic::async_trait]
impl DirectoryService for Liar {
    async fn search_records(
        &self,
        _request: Request<directory_v1::SearchRecordsRequest>,
    ) -> Result<Response<directory_v1::SearchRecordsResponse>, Status> {
        Ok(Response::new(directory_v1::SearchRecordsResponse {
            hits: vec![hit()],
            total_size: 1,
            ..Default::default()
        }))
    }

    async fn get_group(
        &self,
        _request: Request<directory_v1::GetGroupRequest>,
    ) -> Result<Response<directory_v1::GetGroupResponse>, Status> {
        let published = self.published();
        Ok(Response::new(directory_v1::GetGroupResponse {
            group_id: published.group.to_vec(),
            head: published.head,
            key_log: published.key_log,
            ..Default::default()
        }))
    }

    async fn get_record(
        &self,
        _request: Request<directory_v1::GetRecordRequest>,
    ) -> Result<Response<directory_v1::GetRecordResponse>, Status> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        match self.lie {
            Lie::Busy(times) if call < times => {
                let wait = Duration::from_millis(1);
                return Err(Failure::unavailable("overloaded", "busy", wait).into());
            }
            Lie::NotFound => return Err(Failure::not_found("record_unknown", "no").into()),
            _ => {}
        }
        let mut published = self.published();
        if self.lie == Lie::AlteredRecord {
            let at = published
                .record
                .windows(6)
                .position(|six| six == b"Kettle")
                .unwrap();
            published.record[at] = b'N';
        }
        Ok(Response::new(directory_v1::GetRecordResponse {
            record: published.record,
            proof: (self.lie != Lie::NoProof).then_some(published.proof),
            ..Default::default()
        }))
    }

    async fn list_events(
        &self,
        _request: Request<directory_v1::ListEventsRequest>,
    ) -> Result<Response<directory_v1::ListEventsResponse>, Status> {
        let row = directory_v1::EventOccurrence {
            hit: Some(hit()),
            start_time: Some(NOW.to_proto()),
            end_time: Some(NOW.to_proto()),
            ..Default::default()
        };
        Ok(Response::new(directory_v1::ListEventsResponse {
            occurrences: vec![row],
            ..Default::default()
        }))
    }

    async fn list_matches(
        &self,
        _request: Request<directory_v1::ListMatchesRequest>,
    ) -> Result<Response<directory_v1::ListMatchesResponse>, Status> {
        Ok(Response::new(directory_v1::ListMatchesResponse {
            matches: vec![directory_v1::Match {
                hit: Some(hit()),
                fits: vec![directory_v1::MatchAspect::Kind.into()],
                ..Default::default()
            }],
            next_page_token: "more".to_owned(),
            more_not_compared: true,
        }))
    }

    async fn get_coverage(
        &self,
        _request: Request<directory_v1::GetCoverageRequest>,
    ) -> Result<Response<directory_v1::GetCoverageResponse>, Status> {
        Ok(Response::new(directory_v1::GetCoverageResponse::default()))
    }
}

/// Starts a server, and returns its address and the number of calls for records.
async fn server(lie: Lie) -> (String, Arc<AtomicU32>) {
    let identity = Identity::generate(&["localhost".to_owned()]).unwrap();
    let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let calls = Arc::new(AtomicU32::new(0));
    let liar = Liar {
        lie,
        calls: Arc::clone(&calls),
    };
    let server = Server::new(ServerLimits::default(), &identity)
        .unwrap()
        .routes(Routes::new(DirectoryServiceServer::new(liar)));
    tokio::spawn(server.serve(listener, std::future::pending()));
    let address = format!("https://{address}#sha256={}", identity.spki_hash());
    (address, calls)
}

fn options() -> Options {
    Options {
        clock: Arc::new(clock()),
        backoff: hedgerow_transport::backoff::Backoff {
            first: Duration::from_millis(1),
            cap: Duration::from_millis(5),
        },
        ..Options::default()
    }
}

/// Starts a server, and returns a client and the number of calls for records.
async fn directory(lie: Lie) -> (Directory, Arc<AtomicU32>) {
    let (address, calls) = server(lie).await;
    (Directory::new(&address, options()).unwrap(), calls)
}

async fn get(lie: Lie) -> Result<String, ClientError> {
    let (directory, _) = directory(lie).await;
    let truth = published(1, NOW);
    let record = directory.get_record(&truth.group, &truth.name).await?;
    assert_eq!(
        record.evidence().head_age(clock().now()),
        Duration::from_secs(60)
    );
    assert_eq!(record.evidence().group_id(), truth.group);
    Ok(record.value().title().unwrap())
}

#[tokio::test]
async fn a_true_response_is_verified() {
    assert_eq!(get(Lie::None).await.unwrap(), "Kettle Room");
}

#[tokio::test]
async fn every_lie_is_detected_with_a_reason() {
    for lie in [
        Lie::AlteredRecord,
        Lie::OtherGroup,
        Lie::NoProof,
        Lie::FutureHead,
    ] {
        let error = get(lie).await.unwrap_err();
        assert!(error.is_verification(), "{lie:?}: {error}");
        assert!(!error.reason().is_empty(), "{lie:?}");
    }
}

#[tokio::test]
async fn one_bad_record_fails_only_its_own_result() {
    let (directory, _) = directory(Lie::AlteredRecord).await;
    let page = directory
        .search(directory_v1::SearchRecordsRequest::default())
        .await
        .unwrap();
    assert_eq!(page.hits.len(), 1);
    assert!(page.hits[0].record.as_ref().unwrap_err().is_verification());
}

#[tokio::test]
async fn a_server_cannot_invent_an_occurrence() {
    let (honest, _) = directory(Lie::None).await;
    let page = honest
        .list_events(directory_v1::ListEventsRequest::default())
        .await;
    let row = page.unwrap().occurrences.remove(0);
    assert!(row.result.record.is_ok());
    assert_eq!(row.is_in_schedule, Some(false));
    let (liar, _) = directory(Lie::AlteredRecord).await;
    let page = liar
        .list_events(directory_v1::ListEventsRequest::default())
        .await;
    let row = page.unwrap().occurrences.remove(0);
    assert!(row.result.record.unwrap_err().is_verification());
    assert_eq!(row.is_in_schedule, None);
}

#[tokio::test]
async fn records_of_matches_are_verified_and_their_aspects_are_claims() {
    let truth = published(1, NOW);
    for (lie, is_bad) in [(Lie::None, false), (Lie::AlteredRecord, true)] {
        let (directory, _) = directory(lie).await;
        let request = directory_v1::ListMatchesRequest {
            group_id: truth.group.to_vec(),
            collection: truth.name.collection.as_str().to_owned(),
            key: truth.name.key.as_str().to_owned(),
            ..Default::default()
        };
        let mut page = directory.list_matches(request).await.unwrap();
        let one = page.matches.remove(0);
        assert_eq!(one.result.record.is_err(), is_bad);
        assert_eq!(
            one.fit.into_claimed().fits,
            [i32::from(directory_v1::MatchAspect::Kind)]
        );
        assert_eq!(page.next_page_token, "more");
        assert!(page.more_not_compared);
    }
}

#[tokio::test]
async fn a_hit_does_not_replace_the_record() {
    let (directory, _) = directory(Lie::None).await;
    let page = directory
        .search(directory_v1::SearchRecordsRequest::default())
        .await
        .unwrap();
    let record = page.hits[0].record.as_ref().unwrap();
    assert_eq!(record.value().title().as_deref(), Some("Kettle Room"));
}

#[tokio::test]
async fn key_log_and_head_of_a_group_are_verified() {
    let truth = published(1, NOW);
    let (honest, _) = directory(Lie::None).await;
    let group = honest.get_group(&truth.group).await.unwrap();
    assert_eq!(group.evidence.unwrap().head().count(), 1);
    let (liar, _) = directory(Lie::OtherGroup).await;
    let error = liar.get_group(&truth.group).await.unwrap_err();
    assert_eq!(error.reason(), "other_group");
}

#[tokio::test]
async fn an_unreachable_source_is_listed_and_never_counts_as_agreeing() {
    let truth = published(1, NOW);
    let (address, _) = server(Lie::None).await;
    let unreachable = format!("https://127.0.0.1:1#sha256={}", "ab".repeat(32));
    let options = Options {
        sources: vec![unreachable.parse().unwrap()],
        ..options()
    };
    let with_another = Directory::new(&address, options).unwrap();
    let record = with_another
        .get_record(&truth.group, &truth.name)
        .await
        .unwrap();
    let agreement = record.evidence().agreement();
    assert_eq!(
        (agreement.queried, agreement.responded, agreement.agreed),
        (2, 1, 1)
    );
    let unresponsive = record.evidence().unresponsive();
    assert_eq!(unresponsive.len(), 1);
    assert_eq!(unresponsive[0].address, "https://127.0.0.1:1");
    assert!(!unresponsive[0].reason.is_empty());
}

#[tokio::test]
async fn calls_to_a_busy_server_are_retried_up_to_the_limit() {
    let truth = published(1, NOW);
    let (directory_a, calls) = directory(Lie::Busy(2)).await;
    directory_a
        .get_record(&truth.group, &truth.name)
        .await
        .unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 3);
    let (directory_b, calls) = directory(Lie::Busy(u32::MAX)).await;
    let error = directory_b
        .get_record(&truth.group, &truth.name)
        .await
        .unwrap_err();
    assert!(
        matches!(error, ClientError::Unreachable { .. }),
        "{error:?}"
    );
    assert_eq!(error.reason(), "overloaded");
    assert_eq!(calls.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_missing_record_is_requested_only_once() {
    let truth = published(1, NOW);
    let (directory, calls) = directory(Lie::NotFound).await;
    let error = directory
        .get_record(&truth.group, &truth.name)
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.reason(), "record_unknown");
    assert_eq!(calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_server_with_another_key_receives_no_call() {
    let truth = published(1, NOW);
    let (directory, calls) = directory(Lie::None).await;
    let address = format!("{}#sha256={}", directory.name(), "ab".repeat(32));
    let other = Directory::new(&address, Options::default()).unwrap();
    let error = other
        .get_record(&truth.group, &truth.name)
        .await
        .unwrap_err();
    assert_eq!(error.reason(), "pin_mismatch");
    assert_eq!(calls.load(Ordering::SeqCst), 0);
}

#[test]
fn the_error_for_an_invalid_address_shows_the_format() {
    let error = Directory::new("localhost", Options::default()).unwrap_err();
    assert!(error.to_string().contains("https://HOST:PORT"), "{error}");
}

#[test]
fn the_readme_shows_the_example_that_is_compiled() {
    let example = include_str!("../examples/search.rs");
    let (_lint, shown) = example.split_once("\n\n").unwrap();
    assert!(include_str!("../README.md").contains(shown));
}
