//! Commands of a steward whose node waits or is stopped: the output never claims more
//! than has happened.

use std::future::pending;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Parser as _;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1::Admission;
use hedgerow_proto::steward_v1::record_audience::Audience;
use hedgerow_proto::steward_v1::steward_service_server::{StewardService, StewardServiceServer};
use hedgerow_proto::steward_v1::{DeliveryState, StopReason};
use hedgerow_proto::{steward_v1, v1};
use hedgerow_server::identity::Identity;
use hedgerow_server::limits::ServerLimits;
use hedgerow_server::listen::bind;
use hedgerow_server::server::Server;
use hedgerow_transport::failure::Failure;
use tokio::runtime::Runtime;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use super::{SigningStatus, delivery_line};
use crate::arguments::Arguments;
use crate::context::tests as context;
use crate::exit::Exit;

/// A node that stores changes and does not sign them.
#[derive(Default)]
struct Waiting {
    stop_reason: StopReason,
    /// Whether every change is signed. The aggregator is down since then.
    is_signed: bool,
    /// Whether no aggregator has the newest head yet.
    is_undelivered: bool,
    /// Whether the steward forced a signature.
    is_forced: Arc<AtomicBool>,
}

fn record() -> steward_v1::StewardRecord {
    steward_v1::StewardRecord {
        name: Some(v1::RecordName {
            collection: "event".to_owned(),
            key: "0a".to_owned(),
        }),
        audience: Some(steward_v1::RecordAudience {
            audience: Some(Audience::Public(true)),
        }),
        ..Default::default()
    }
}

#[tonic::async_trait]
impl StewardService for Waiting {
    async fn get_group(
        &self,
        _request: Request<steward_v1::GetGroupRequest>,
    ) -> Result<Response<steward_v1::GetGroupResponse>, Status> {
        let waits = !self.is_signed && !self.is_forced.load(Ordering::SeqCst);
        let is_stopped = self.stop_reason != StopReason::Unspecified;
        Ok(Response::new(steward_v1::GetGroupResponse {
            label: "kettle-room".to_owned(),
            heads: vec![steward_v1::HeadState {
                view: "public".to_owned(),
                waiting_for_aggregator: waits && !is_stopped,
                waiting_records: u32::from(waits),
                stop_detail: if is_stopped {
                    "behind".to_owned()
                } else {
                    String::new()
                },
                stop_reason: self.stop_reason.into(),
                ..Default::default()
            }],
            deliveries: vec![DeliveryState {
                aggregator: "https://127.0.0.1:7702#sha256=ab".to_owned(),
                up_to_date: !self.is_undelivered,
                last_error: "127.0.0.1:7702 cannot be reached: Connection refused".to_owned(),
                ..Default::default()
            }],
            ..Default::default()
        }))
    }

    async fn list_records(
        &self,
        _request: Request<steward_v1::ListRecordsRequest>,
    ) -> Result<Response<steward_v1::ListRecordsResponse>, Status> {
        Ok(Response::new(steward_v1::ListRecordsResponse::default()))
    }

    async fn get_record(
        &self,
        _request: Request<steward_v1::GetRecordRequest>,
    ) -> Result<Response<steward_v1::GetRecordResponse>, Status> {
        Err(Failure::not_found("record_unknown", "there is no such record").into())
    }

    async fn create_record(
        &self,
        _request: Request<steward_v1::CreateRecordRequest>,
    ) -> Result<Response<steward_v1::CreateRecordResponse>, Status> {
        Err(Status::unimplemented("not called here"))
    }

    async fn update_record(
        &self,
        _request: Request<steward_v1::UpdateRecordRequest>,
    ) -> Result<Response<steward_v1::UpdateRecordResponse>, Status> {
        Err(Status::unimplemented("not called here"))
    }

    async fn withdraw_record(
        &self,
        _request: Request<steward_v1::WithdrawRecordRequest>,
    ) -> Result<Response<steward_v1::WithdrawRecordResponse>, Status> {
        Ok(Response::new(steward_v1::WithdrawRecordResponse::default()))
    }

    async fn publish_records(
        &self,
        request: Request<steward_v1::PublishRecordsRequest>,
    ) -> Result<Response<steward_v1::PublishRecordsResponse>, Status> {
        let records = request.get_ref().changes.iter().map(|_| record()).collect();
        Ok(Response::new(steward_v1::PublishRecordsResponse {
            records,
            ..Default::default()
        }))
    }

    async fn draft_key_event(
        &self,
        _: Request<steward_v1::DraftKeyEventRequest>,
    ) -> Result<Response<steward_v1::DraftKeyEventResponse>, Status> {
        Err(Status::unimplemented("not called here"))
    }

    async fn commit_key_event(
        &self,
        _: Request<steward_v1::CommitKeyEventRequest>,
    ) -> Result<Response<steward_v1::CommitKeyEventResponse>, Status> {
        Err(Status::unimplemented("not called here"))
    }

    async fn force_sign(
        &self,
        _request: Request<steward_v1::ForceSignRequest>,
    ) -> Result<Response<steward_v1::ForceSignResponse>, Status> {
        self.is_forced.store(true, Ordering::SeqCst);
        Ok(Response::new(steward_v1::ForceSignResponse::default()))
    }
}

/// A node in a runtime of its own, with a steward file.
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
            let server = Server::new(ServerLimits::default(), &identity)
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

    /// Runs a command, and returns its exit code and its output.
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
        let event = "kind: event\ntitle: Tuesday table\nschedule: {start: 2026-12-01T18:30, \
                     duration_minutes: 90, time_zone: Europe/London, rrules: \
                     [FREQ=WEEKLY;BYDAY=TU]}\nonline: {available: true}\n";
        std::fs::write(&file, event).unwrap();
        file
    }
}

#[test]
fn a_change_is_not_called_published_while_the_node_waits() {
    let node = Node::start(Waiting::default());
    let file = node.event();
    let file = file.to_str().unwrap();
    let (exit, text) = node.run(&["publish", "--wait", "0", file]);
    assert_eq!(exit, Exit::Done, "{text}");
    assert!(text.contains("Waiting to be signed: event 0a"), "{text}");
    assert!(text.contains("Saved, not published yet"), "{text}");
    assert!(!text.contains("Published"), "{text}");
    assert!(!text.contains("Kept on the node"), "{text}");
    assert!(!text.contains("has the newest head"), "{text}");
    let (_, text) = node.run(&["publish", "--json", file]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["records"][0]["waiting"], true);
    assert_eq!(json["records"][0]["published"], false);
}

#[test]
fn a_record_is_not_called_taken_back_while_people_still_see_it() {
    let node = Node::start(Waiting::default());
    let (_, text) = node.run(&["take-back", "event", "0a", "--wait", "0"]);
    assert!(text.contains("Saved, not published yet"), "{text}");
    assert!(text.contains("You need not do anything"), "{text}");
    assert!(!text.contains('\u{2713}'), "{text}");
}

#[test]
fn a_stopped_node_fails_the_command_with_the_reason() {
    let node = Node::start(Waiting {
        stop_reason: StopReason::Behind,
        ..Waiting::default()
    });
    let (exit, text) = node.run(&["take-back", "event", "0a"]);
    assert_eq!(exit, Exit::Failed, "{text}");
    assert!(text.contains("Saved, but not published"), "{text}");
    let (exit, text) = node.run(&["sign", "--force", "--yes"]);
    assert_eq!(exit, Exit::Failed, "{text}");
    assert!(text.contains("--force does not override this"), "{text}");
}

#[test]
fn a_signed_change_is_published_once_an_aggregator_has_it() {
    for (is_undelivered, expected) in [
        (true, "Saved; waiting for 1 aggregator."),
        (false, "Published."),
    ] {
        let node = Node::start(Waiting {
            is_signed: true,
            is_undelivered,
            ..Waiting::default()
        });
        let file = node.event();
        let (exit, text) = node.run(&["publish", "--wait", "0", file.to_str().unwrap()]);
        assert_eq!(exit, Exit::Done, "{text}");
        assert!(text.contains(expected), "{text}");
        assert_eq!(text.contains("Published"), !is_undelivered, "{text}");
    }
}

#[test]
fn an_unreachable_aggregator_has_no_tick() {
    let node = Node::start(Waiting {
        is_signed: true,
        ..Waiting::default()
    });
    let (_, text) = node.run(&["status"]);
    assert!(
        text.contains(
            "https://127.0.0.1:7702 had the newest head at its last response. Now: cannot be \
             reached: Connection refused."
        ),
        "{text}"
    );
    assert!(text.contains("you need not do anything"), "{text}");
    assert!(!text.contains('\u{2713}'), "{text}");
}

#[test]
fn the_steward_may_force_a_signature_after_a_warning() {
    let is_forced = Arc::new(AtomicBool::new(false));
    let node = Node::start(Waiting {
        is_forced: Arc::clone(&is_forced),
        ..Waiting::default()
    });
    let (_, text) = node.run(&["status"]);
    assert!(text.contains("hedgerow sign --force"), "{text}");
    let (exit, text) = node.run(&["sign", "--yes"]);
    assert_eq!(exit, Exit::Usage, "{text}");
    let (exit, text) = node.run(&["sign", "--force", "--yes"]);
    assert_eq!(exit, Exit::Done, "{text}");
    assert!(text.contains("two rival versions"), "{text}");
    assert!(is_forced.load(Ordering::SeqCst));
}

#[test]
fn the_line_of_an_exclusion_has_the_reason_of_the_server() {
    let line = |reason: &str| {
        let delivery = DeliveryState {
            aggregator: "https://127.0.0.1:7702#sha256=ab".to_owned(),
            admission: Some(Admission {
                status: GroupStatus::Excluded.into(),
                reason: reason.to_owned(),
                ..Admission::default()
            }),
            ..DeliveryState::default()
        };
        delivery_line(&delivery, SigningStatus::Signed, Timestamp::from_seconds(0))
    };
    let text = line("copied from\nanother group");
    assert!(text.contains("does not show your group"), "{text}");
    assert!(
        text.contains("Their reason: copied from another group"),
        "{text}"
    );
    assert!(!text.contains("is being updated"), "{text}");
    assert!(line("").contains("They gave no reason."));
}
