//! Exit codes and messages, as scripts and people see them.

use clap::Parser as _;
use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::directory_service_server::{
    DirectoryService, DirectoryServiceServer,
};
use hedgerow_server::identity::Identity;
use hedgerow_server::limits::ServerLimits;
use hedgerow_server::listen::bind;
use hedgerow_server::server::Server;
use hedgerow_transport::failure::Failure;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use super::*;
use crate::arguments::Arguments;
use crate::context::tests as context;

#[test]
fn every_code_is_in_the_help() {
    let all = [
        Exit::Done,
        Exit::Failed,
        Exit::Usage,
        Exit::NothingFound,
        Exit::CheckFailed,
        Exit::Unreachable,
        Exit::Refused,
    ];
    for (number, exit) in (0..).zip(all) {
        assert_eq!(exit.code(), number);
        assert!(CODES.contains(&format!("\n  {number}  ")), "{number}");
    }
}

#[test]
fn a_closed_pipe_is_not_a_failure() {
    let broken = anyhow::Error::from(io::Error::from(io::ErrorKind::BrokenPipe));
    assert_eq!(Exit::from_error(&broken.context("writing")), Exit::Done);
    assert_eq!(Exit::from_error(&anyhow::anyhow!("other")), Exit::Failed);
    assert_eq!(
        Exit::from_error(&Usage("wrong".to_owned()).into()),
        Exit::Usage
    );
}

/// An aggregator that returns data without valid proofs, or rejects the call.
struct Faulty;

#[tonic::async_trait]
impl DirectoryService for Faulty {
    async fn search_records(
        &self,
        request: Request<directory_v1::SearchRecordsRequest>,
    ) -> Result<Response<directory_v1::SearchRecordsResponse>, Status> {
        let filter = request.into_inner().filter.unwrap_or_default();
        if filter.near.is_some() {
            let message = "no place of that name is known here";
            let field = "filter.near.place";
            return Err(Failure::invalid_field(field, "place_unknown", message).into());
        }
        let hits = match filter.query.as_str() {
            "nothing" => Vec::new(),
            _ => vec![directory_v1::SearchHit {
                group_id: vec![7; 32],
                collection: "event".to_owned(),
                key: "0a".to_owned(),
                ..Default::default()
            }],
        };
        Ok(Response::new(directory_v1::SearchRecordsResponse {
            total_size: i32::try_from(hits.len()).unwrap(),
            hits,
            ..Default::default()
        }))
    }

    async fn get_group(
        &self,
        _request: Request<directory_v1::GetGroupRequest>,
    ) -> Result<Response<directory_v1::GetGroupResponse>, Status> {
        Ok(Response::new(directory_v1::GetGroupResponse {
            head: vec![1],
            key_log: vec![vec![2]],
            ..Default::default()
        }))
    }

    async fn get_record(
        &self,
        request: Request<directory_v1::GetRecordRequest>,
    ) -> Result<Response<directory_v1::GetRecordResponse>, Status> {
        if request.get_ref().collection == "listing" {
            return Err(Failure::not_found("record_unknown", "there is no such record").into());
        }
        Ok(Response::new(directory_v1::GetRecordResponse::default()))
    }

    async fn list_events(
        &self,
        _request: Request<directory_v1::ListEventsRequest>,
    ) -> Result<Response<directory_v1::ListEventsResponse>, Status> {
        Err(Status::unimplemented("not called here"))
    }

    async fn list_matches(
        &self,
        _request: Request<directory_v1::ListMatchesRequest>,
    ) -> Result<Response<directory_v1::ListMatchesResponse>, Status> {
        Ok(Response::new(directory_v1::ListMatchesResponse {
            more_not_compared: true,
            ..Default::default()
        }))
    }

    async fn get_coverage(
        &self,
        _request: Request<directory_v1::GetCoverageRequest>,
    ) -> Result<Response<directory_v1::GetCoverageResponse>, Status> {
        Err(Status::unimplemented("not called here"))
    }
}

/// Runs a command against that aggregator, and returns its exit code and its output.
fn run(arguments: &[&str]) -> (Exit, String) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let identity = Identity::generate(&["localhost".to_owned()]).expect("a certificate");
    let address = runtime.block_on(async {
        let listener = bind(([127, 0, 0, 1], 0).into()).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = Server::new(ServerLimits::default(), &identity)
            .expect("TLS")
            .routes(Routes::new(DirectoryServiceServer::new(Faulty)));
        tokio::spawn(server.serve(listener, std::future::pending()));
        address
    });
    let shared = context::Shared::default();
    let mut context = context::context(&shared);
    context.aggregator = Some(format!("https://{address}#sha256={}", identity.spki_hash()));
    let arguments = ["hedgerow"].iter().chain(arguments);
    let exit = crate::run(Arguments::parse_from(arguments), &mut context);
    (exit, shared.text())
}

#[test]
fn nothing_found_is_code_three() {
    assert_eq!(run(&["search", "nothing"]).0.code(), 3);
    let record = format!("{}/listing/0a", "07".repeat(32));
    assert_eq!(run(&["show", &record]).0.code(), 3);
}

#[test]
fn an_incomplete_comparison_is_mentioned_with_the_way_out() {
    for (of, others) in [("need", "--in offer"), ("offer", "--in need")] {
        let record = format!("{}/{of}/0a", "07".repeat(32));
        let (exit, text) = run(&["matches", &record]);
        assert_eq!(exit.code(), 3, "{text}");
        assert!(text.contains("Only the nearest were compared"), "{text}");
        assert!(text.contains(others), "{text}");
    }
}

#[test]
fn a_failed_check_is_code_four() {
    for arguments in [
        ["search", "anything"],
        ["show", &"07".repeat(32)],
        ["show", &format!("{}/event/0a", "07".repeat(32))],
    ] {
        let (exit, text) = run(&arguments);
        assert_eq!(exit.code(), 4, "{arguments:?}: {text}");
        assert!(text.to_lowercase().contains("do not rely on it"), "{text}");
    }
}

#[test]
fn an_unreachable_server_is_code_five() {
    let shared = context::Shared::default();
    let mut context = context::context(&shared);
    context.aggregator = Some("https://127.0.0.1:1".to_owned());
    let arguments = Arguments::parse_from(["hedgerow", "search", "x"]);
    assert_eq!(crate::run(arguments, &mut context).code(), 5);
}

#[test]
fn a_refusal_is_code_six_and_names_the_option() {
    let (exit, text) = run(&["search", "x", "--near", "Nowhereville"]);
    assert_eq!(exit.code(), 6, "{text}");
    assert!(
        text.contains("--near Nowhereville: no place of that name is known here"),
        "{text}"
    );
    assert!(text.contains("cannot answer this search"), "{text}");
}

#[test]
fn a_server_of_another_kind_is_recognised() {
    let (exit, text) = run(&["watch", "--once"]);
    assert_eq!(exit.code(), 6, "{text}");
    assert!(text.contains("of another kind"), "{text}");
}

#[test]
fn a_mistake_in_a_file_is_code_two_without_any_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let shared = context::Shared::default();
    let mut context = context::context(&shared);
    let mut check = |arguments: &[&str]| {
        let arguments = ["hedgerow", "publish", "--dry-run"].iter().chain(arguments);
        crate::run(Arguments::parse_from(arguments), &mut context).code()
    };
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path.display().to_string()
    };
    let breaks_rules = file("a.yaml", b"kind: listing\nname: A\nvoice: itself\n");
    assert_eq!(check(&[&breaks_rules]), 2);
    assert_eq!(check(&[&file("b.yaml", b"")]), 2);
    assert_eq!(check(&[&file("c.yaml", b"\xff\xfe")]), 2);
    assert_eq!(check(&[&folder.path().display().to_string()]), 2);
    let text = shared.text();
    for words in ["roles", "is empty", "it is not text", "it is a folder"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}
