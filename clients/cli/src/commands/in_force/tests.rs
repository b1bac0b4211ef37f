//! Commands of a steward whose node waits, or is stopped: nothing is called done that
//! is not.

use std::future::pending;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use clap::Parser as _;
use hedgerow_proto::v1;
use hedgerow_proto::v1::record_audience::Audience;
use hedgerow_proto::v1::steward_service_server::StewardService;
use hedgerow_proto::v1::steward_service_server::StewardServiceServer;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::limits::ServerLimits;
use hedgerow_rpc::server::Server;
use hedgerow_rpc::server::bind;
use hedgerow_rpc::tls::Identity;
use tokio::runtime::Runtime;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::service::Routes;

use crate::Arguments;
use crate::Exit;
use crate::context::tests as context;

/// A node that keeps what it is given and signs none of it.
#[derive(Default)]
struct Waiting {
    stopped: String,
    /// All is signed, and the aggregator is down since.
    signed: bool,
    overridden: Arc<AtomicBool>,
}

fn record() -> v1::StewardRecord {
    v1::StewardRecord {
        name: Some(v1::RecordName {
            collection: "event".to_owned(),
            key: "0a".to_owned(),
        }),
        audience: Some(v1::RecordAudience {
            audience: Some(Audience::Public(true)),
        }),
        ..Default::default()
    }
}

#[tonic::async_trait]
impl StewardService for Waiting {
    async fn get_group(
        &self,
        _request: Request<v1::StewardServiceGetGroupRequest>,
    ) -> Result<Response<v1::StewardServiceGetGroupResponse>, Status> {
        let waits = !self.signed && !self.overridden.load(Ordering::SeqCst);
        Ok(Response::new(v1::StewardServiceGetGroupResponse {
            label: "kettle-room".to_owned(),
            heads: vec![v1::HeadState {
                view: "public".to_owned(),
                waiting_for_answer: waits && self.stopped.is_empty(),
                waiting_records: u32::from(waits),
                stopped: self.stopped.clone(),
                stopped_reason: self.stopped.clone(),
                ..Default::default()
            }],
            deliveries: vec![v1::DeliveryState {
                aggregator: "https://127.0.0.1:7702#sha256=ab".to_owned(),
                up_to_date: true,
                last_error: "127.0.0.1:7702 cannot be reached: Connection refused".to_owned(),
                ..Default::default()
            }],
            ..Default::default()
        }))
    }

    async fn list_records(
        &self,
        _request: Request<v1::ListRecordsRequest>,
    ) -> Result<Response<v1::ListRecordsResponse>, Status> {
        Ok(Response::new(v1::ListRecordsResponse::default()))
    }

    async fn read_record(
        &self,
        _request: Request<v1::ReadRecordRequest>,
    ) -> Result<Response<v1::ReadRecordResponse>, Status> {
        Err(Failure::not_found("record_unknown", "there is none").into())
    }

    async fn create_record(
        &self,
        _request: Request<v1::CreateRecordRequest>,
    ) -> Result<Response<v1::CreateRecordResponse>, Status> {
        Err(Status::unimplemented("not called here"))
    }

    async fn update_record(
        &self,
        _request: Request<v1::UpdateRecordRequest>,
    ) -> Result<Response<v1::UpdateRecordResponse>, Status> {
        Err(Status::unimplemented("not called here"))
    }

    async fn take_back_record(
        &self,
        _request: Request<v1::TakeBackRecordRequest>,
    ) -> Result<Response<v1::TakeBackRecordResponse>, Status> {
        Ok(Response::new(v1::TakeBackRecordResponse::default()))
    }

    async fn publish_records(
        &self,
        request: Request<v1::PublishRecordsRequest>,
    ) -> Result<Response<v1::PublishRecordsResponse>, Status> {
        let records = request.get_ref().changes.iter().map(|_| record()).collect();
        Ok(Response::new(v1::PublishRecordsResponse {
            records,
            ..Default::default()
        }))
    }

    async fn sign_without_answer(
        &self,
        _request: Request<v1::SignWithoutAnswerRequest>,
    ) -> Result<Response<v1::SignWithoutAnswerResponse>, Status> {
        self.overridden.store(true, Ordering::SeqCst);
        Ok(Response::new(v1::SignWithoutAnswerResponse::default()))
    }
}

/// A node in a runtime of its own, with a steward file for it.
struct Node {
    folder: tempfile::TempDir,
    _runtime: Runtime,
}

impl Node {
    fn start(node: Waiting) -> Self {
        let runtime = Runtime::new().unwrap();
        let identity = Identity::generate(&["localhost".to_owned()]).unwrap();
        let address = runtime.block_on(async {
            let listener = bind(([127, 0, 0, 1], 0).into()).await.unwrap();
            let address = listener.local_addr().unwrap();
            let server = Server::builder(ServerLimits::default())
                .tls(&identity)
                .unwrap()
                .routes(Routes::new(StewardServiceServer::new(node)));
            tokio::spawn(server.serve(listener, pending()));
            address
        });
        let folder = tempfile::tempdir().unwrap();
        let file = serde_json::json!({
            "address": format!("https://{address}#sha256={}", identity.spki_hash()),
            "group_id": "ab".repeat(32),
            "token": "00",
        });
        std::fs::write(folder.path().join("steward.json"), file.to_string()).unwrap();
        Self {
            folder,
            _runtime: runtime,
        }
    }

    /// Runs a command; how it ended, and all that it wrote.
    fn run(&self, arguments: &[&str]) -> (Exit, String) {
        let shared = context::Shared::default();
        let mut context = context::context(&shared);
        context.steward = Some(self.folder.path().join("steward.json"));
        let words = ["hedgerow"].iter().chain(arguments);
        let exit = crate::run(Arguments::parse_from(words), &mut context);
        (exit, shared.text())
    }

    fn event(&self) -> PathBuf {
        let file = self.folder.path().join("event.yaml");
        let now = hedgerow_core::time::Timestamp::from_seconds(1_800_000_000);
        std::fs::write(&file, crate::template::template("event", now).unwrap()).unwrap();
        file
    }
}

#[test]
fn nothing_is_called_published_while_the_node_waits_for_an_answer() {
    let node = Node::start(Waiting::default());
    let file = node.event();
    let file = file.to_str().unwrap();
    let (exit, text) = node.run(&["publish", "--wait", "0", file]);
    assert_eq!(exit, Exit::Done, "{text}");
    assert!(text.contains("Waiting to be signed: event 0a"), "{text}");
    assert!(text.contains("Not yet in force"), "{text}");
    assert!(!text.contains("Published"), "{text}");
    assert!(!text.contains("Kept on the node"), "{text}");
    assert!(!text.contains("holds the newest head"), "{text}");
    let (_, text) = node.run(&["publish", "--json", file]);
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told[0]["waiting"], true);
    assert_eq!(told[0]["published"], false);
}

#[test]
fn nothing_is_called_taken_back_while_everybody_is_shown_it() {
    let node = Node::start(Waiting::default());
    let (_, text) = node.run(&["take-back", "event", "0a", "--wait", "0"]);
    assert!(text.contains("Not yet in force"), "{text}");
    assert!(text.contains("goes on by itself"), "{text}");
    assert!(!text.contains('\u{2713}'), "{text}");
}

#[test]
fn a_stopped_node_fails_the_command_and_says_why() {
    let node = Node::start(Waiting {
        stopped: "behind".to_owned(),
        ..Waiting::default()
    });
    let (exit, text) = node.run(&["take-back", "event", "0a"]);
    assert_eq!(exit, Exit::Failed, "{text}");
    assert!(text.contains("Not in force"), "{text}");
    let (exit, text) = node.run(&["sign-without-answer", "--yes"]);
    assert_eq!(exit, Exit::Failed, "{text}");
    assert!(text.contains("does not get past this"), "{text}");
}

#[test]
fn what_was_held_when_last_heard_from_has_no_tick_beside_an_error() {
    let node = Node::start(Waiting {
        signed: true,
        ..Waiting::default()
    });
    let (_, text) = node.run(&["status"]);
    assert!(
        text.contains(
            "https://127.0.0.1:7702 held the newest head when last heard from. Now: cannot be \
             reached: Connection refused."
        ),
        "{text}"
    );
    assert!(text.contains("you need do nothing"), "{text}");
    assert!(!text.contains('\u{2713}'), "{text}");
}

#[test]
fn the_steward_may_sign_without_an_answer_after_a_warning() {
    let overridden = Arc::new(AtomicBool::new(false));
    let node = Node::start(Waiting {
        overridden: Arc::clone(&overridden),
        ..Waiting::default()
    });
    let (_, text) = node.run(&["status"]);
    assert!(text.contains("hedgerow sign-without-answer"), "{text}");
    let (exit, text) = node.run(&["sign-without-answer", "--yes"]);
    assert_eq!(exit, Exit::Done, "{text}");
    assert!(text.contains("two rival versions"), "{text}");
    assert!(overridden.load(Ordering::SeqCst));
}
