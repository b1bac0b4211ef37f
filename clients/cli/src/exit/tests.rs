//! How commands end, as scripts see it.

use clap::Parser as _;
use hedgerow_proto::v1;
use hedgerow_proto::v1::directory_service_server::DirectoryService;
use hedgerow_proto::v1::directory_service_server::DirectoryServiceServer;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::limits::ServerLimits;
use hedgerow_rpc::server::Server;
use hedgerow_rpc::server::bind;
use hedgerow_rpc::tls::Identity;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::service::Routes;

use super::*;
use crate::Arguments;
use crate::context::tests as context;

#[test]
fn every_code_is_told_in_the_help() {
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
fn a_reader_who_left_is_no_failure() {
    let broken = anyhow::Error::from(io::Error::from(io::ErrorKind::BrokenPipe));
    assert_eq!(Exit::of(&broken.context("writing")), Exit::Done);
    assert_eq!(Exit::of(&anyhow::anyhow!("other")), Exit::Failed);
    assert_eq!(Exit::of(&Usage("wrong".to_owned()).into()), Exit::Usage);
}

/// An aggregator of which some answers prove nothing, and others are refusals.
struct Faulty;

#[tonic::async_trait]
impl DirectoryService for Faulty {
    async fn search(
        &self,
        request: Request<v1::SearchRequest>,
    ) -> Result<Response<v1::SearchResponse>, Status> {
        let request = request.into_inner();
        if request.near.is_some() {
            let words = "no place of that name is known here";
            return Err(Failure::invalid_field("near.place", "place_unknown", words).into());
        }
        let hits = match request.query.as_str() {
            "nothing" => Vec::new(),
            _ => vec![v1::SearchHit {
                group_id: vec![7; 32],
                collection: "event".to_owned(),
                key: "0a".to_owned(),
                ..Default::default()
            }],
        };
        Ok(Response::new(v1::SearchResponse {
            total: hits.len() as u64,
            hits,
            ..Default::default()
        }))
    }

    async fn get_group(
        &self,
        _request: Request<v1::GetGroupRequest>,
    ) -> Result<Response<v1::GetGroupResponse>, Status> {
        Ok(Response::new(v1::GetGroupResponse {
            head: vec![1],
            key_log: vec![vec![2]],
            ..Default::default()
        }))
    }

    async fn get_record(
        &self,
        request: Request<v1::GetRecordRequest>,
    ) -> Result<Response<v1::GetRecordResponse>, Status> {
        if request.get_ref().collection == "listing" {
            return Err(Failure::not_found("record_unknown", "there is none").into());
        }
        Ok(Response::new(v1::GetRecordResponse::default()))
    }

    async fn list_events(
        &self,
        _request: Request<v1::ListEventsRequest>,
    ) -> Result<Response<v1::ListEventsResponse>, Status> {
        Err(Status::unimplemented("not called here"))
    }

    async fn matches(
        &self,
        _request: Request<v1::MatchesRequest>,
    ) -> Result<Response<v1::MatchesResponse>, Status> {
        Ok(Response::new(v1::MatchesResponse {
            more_not_compared: true,
            ..Default::default()
        }))
    }

    async fn coverage(
        &self,
        _request: Request<v1::CoverageRequest>,
    ) -> Result<Response<v1::CoverageResponse>, Status> {
        Err(Status::unimplemented("not called here"))
    }
}

/// Runs a command against that aggregator; how it ended, and all that it wrote.
fn ended(arguments: &[&str]) -> (Exit, String) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let identity = Identity::generate(&["localhost".to_owned()]).expect("a certificate");
    let address = runtime.block_on(async {
        let listener = bind(([127, 0, 0, 1], 0).into()).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = Server::builder(ServerLimits::default())
            .tls(&identity)
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
fn nothing_found_is_three() {
    assert_eq!(ended(&["search", "nothing"]).0.code(), 3);
    let record = format!("{}/listing/0a", "07".repeat(32));
    assert_eq!(ended(&["show", &record]).0.code(), 3);
}

#[test]
fn that_not_all_was_compared_is_said_with_the_way_out() {
    for (of, others) in [("need", "--in offer"), ("offer", "--in need")] {
        let record = format!("{}/{of}/0a", "07".repeat(32));
        let (exit, text) = ended(&["matches", &record]);
        assert_eq!(exit.code(), 3, "{text}");
        assert!(text.contains("Only the nearest were compared"), "{text}");
        assert!(text.contains(others), "{text}");
    }
}

#[test]
fn what_does_not_pass_its_check_is_four() {
    for arguments in [
        ["search", "anything"],
        ["show", &"07".repeat(32)],
        ["show", &format!("{}/event/0a", "07".repeat(32))],
    ] {
        let (exit, text) = ended(&arguments);
        assert_eq!(exit.code(), 4, "{arguments:?}: {text}");
        assert!(text.to_lowercase().contains("do not rely on it"), "{text}");
    }
}

#[test]
fn nobody_there_is_five() {
    let shared = context::Shared::default();
    let mut context = context::context(&shared);
    context.aggregator = Some("https://127.0.0.1:1".to_owned());
    let arguments = Arguments::parse_from(["hedgerow", "search", "x"]);
    assert_eq!(crate::run(arguments, &mut context).code(), 5);
}

#[test]
fn a_refusal_is_six_and_names_what_was_typed() {
    let (exit, text) = ended(&["search", "x", "--near", "Nowhereville"]);
    assert_eq!(exit.code(), 6, "{text}");
    assert!(
        text.contains("--near Nowhereville: no place of that name is known here"),
        "{text}"
    );
    assert!(text.contains("could not take this"), "{text}");
}

#[test]
fn a_server_of_another_kind_is_said_to_be_one() {
    let (exit, text) = ended(&["watch", "--once"]);
    assert_eq!(exit.code(), 6, "{text}");
    assert!(text.contains("of another kind"), "{text}");
}

#[test]
fn a_files_own_mistakes_are_two_with_no_server_anywhere() {
    let folder = tempfile::tempdir().expect("a folder");
    let shared = context::Shared::default();
    let mut context = context::context(&shared);
    let mut run = |arguments: &[&str]| {
        let arguments = ["hedgerow", "publish", "--dry-run"].iter().chain(arguments);
        crate::run(Arguments::parse_from(arguments), &mut context).code()
    };
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path.display().to_string()
    };
    let breaks_rules = file("a.yaml", b"kind: listing\nname: A\nvoice: itself\n");
    assert_eq!(run(&[&breaks_rules]), 2);
    assert_eq!(run(&[&file("b.yaml", b"")]), 2);
    assert_eq!(run(&[&file("c.yaml", b"\xff\xfe")]), 2);
    assert_eq!(run(&[&folder.path().display().to_string()]), 2);
    let text = shared.text();
    for words in ["roles", "is empty", "it is no text", "it is a folder"] {
        assert!(text.contains(words), "{words}: {text}");
    }
}
