//! What the programs tell their operators: traces of what groups publish, counts, log
//! lines; and in none of them a word that anybody wrote.

use std::fs;
use std::io;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::process::Output;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;
use std::time::Instant;

use hedgerow_core::address::Address;
use hedgerow_rpc::limits::ServerLimits;
use hedgerow_rpc::server::bind;
use hedgerow_rpc::tls::Identity;
use hedgerow_tests::program;
use hedgerow_tests::program::Server;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::TraceService;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::TraceServiceServer;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;

/// Only a seeker types it.
const QUERY: &str = "zanzibarwhisper";
/// Only a steward types it.
const PUBLISHED: &str = "Marrakeshmurmur";

/// What a collector was sent.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<ExportTraceServiceRequest>>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let mut held = self.0.lock().expect("nobody panics with it");
        held.push(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

impl Collector {
    async fn start() -> (Self, String) {
        let collector = Self::default();
        let incoming =
            TcpIncoming::bind("127.0.0.1:0".parse().expect("an address")).expect("a free port");
        let address = incoming.local_addr().expect("a bound listener");
        let server = tonic::transport::Server::builder()
            .add_service(TraceServiceServer::new(collector.clone()))
            .serve_with_incoming(incoming);
        tokio::spawn(server);
        (collector, format!("http://{address}"))
    }

    /// The same behind TLS, as any server of ours is reached; its address names its key.
    async fn start_secret() -> (Self, String) {
        let collector = Self::default();
        let identity = Identity::generate(&["localhost".to_owned()]).expect("a certificate");
        let listener = bind("127.0.0.1:0".parse().expect("an address"))
            .await
            .expect("a free port");
        let address = Address {
            host: "127.0.0.1".to_owned(),
            port: listener.local_addr().expect("a bound listener").port(),
            pin: Some(identity.spki_hash()),
        };
        let server = hedgerow_rpc::server::Server::builder(ServerLimits::default())
            .tls(&identity)
            .expect("a certificate of its key")
            .routes(Routes::new(TraceServiceServer::new(collector.clone())));
        tokio::spawn(server.serve(listener, std::future::pending()));
        (collector, address.to_string())
    }

    /// Every span, with the name of the program that sent it.
    fn spans(&self) -> Vec<(String, Span)> {
        let held = self.0.lock().expect("nobody panics with it");
        let resources = held.iter().flat_map(|request| &request.resource_spans);
        resources
            .flat_map(|sent| {
                let service = sent
                    .resource
                    .iter()
                    .flat_map(|resource| &resource.attributes);
                let name = service
                    .filter(|attribute| attribute.key == "service.name")
                    .find_map(|attribute| match &attribute.value.as_ref()?.value {
                        Some(Value::StringValue(name)) => Some(name.clone()),
                        _ => None,
                    })
                    .expect("a service name");
                let spans = sent.scope_spans.iter().flat_map(|scope| &scope.spans);
                spans.map(move |span| (name.clone(), span.clone()))
            })
            .collect()
    }

    fn everything(&self) -> String {
        format!("{:?}", self.0.lock().expect("nobody panics with it"))
    }
}

struct Place {
    folder: tempfile::TempDir,
    aggregator: Server,
    node: Server,
    metrics: [u16; 2],
    collector: String,
}

impl Place {
    fn new(collector: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let listen = || format!("127.0.0.1:{}", program::free_port());
        let metrics = [program::free_port(), program::free_port()];
        program::run_well(
            "hedgerow-aggregator",
            &[
                "--dir",
                &at("aggregator"),
                "init",
                "--listen",
                &listen(),
                "--phrase-file",
                &at("aggregator-phrase.txt"),
            ],
        );
        switch_on(
            &folder.path().join("aggregator/hedgerow-aggregator.toml"),
            metrics[0],
            collector,
        );
        let start = |name, dir| Server::start_with_log(name, &folder.path().join(dir), "trace");
        let aggregator = start("hedgerow-aggregator", "aggregator");
        program::run_well(
            "hedgerow-node",
            &[
                "--dir",
                &at("node"),
                "init",
                "--listen",
                &listen(),
                "--aggregator",
                &aggregator.address,
            ],
        );
        switch_on(
            &folder.path().join("node/hedgerow-node.toml"),
            metrics[1],
            collector,
        );
        program::run_well(
            "hedgerow-node",
            &[
                "--dir",
                &at("node"),
                "group",
                "add",
                "kettle",
                "--phrase-file",
                &at("phrase.txt"),
            ],
        );
        let node = start("hedgerow-node", "node");
        Self {
            aggregator,
            node,
            metrics,
            collector: collector.to_owned(),
            folder,
        }
    }

    /// Starts one more aggregator, to which no node pushes: it follows this one's node.
    fn follower(&self) -> Server {
        let folder = self.folder.path().join("follower");
        let at = |name: &str| self.folder.path().join(name).display().to_string();
        let listen = format!("127.0.0.1:{}", program::free_port());
        program::run_well(
            "hedgerow-aggregator",
            &[
                "--dir",
                &at("follower"),
                "init",
                "--listen",
                &listen,
                "--phrase-file",
                &at("follower-phrase.txt"),
            ],
        );
        let file = folder.join("hedgerow-aggregator.toml");
        switch_on(&file, program::free_port(), &self.collector);
        let text = fs::read_to_string(&file).expect("the configuration");
        let sources = format!("sources = [\"{}\"]", self.node.address);
        fs::write(&file, text.replace("sources = []", &sources)).expect("the configuration");
        Server::start("hedgerow-aggregator", &folder)
    }

    /// Runs a command whose calls are traced.
    fn hedgerow(&self, arguments: &[&str]) -> Output {
        Command::new(program::path("hedgerow"))
            .args(arguments)
            .args(["--aggregator", &self.aggregator.address, "--steward"])
            .arg(self.folder.path().join("node/stewards/kettle.json"))
            .env("HEDGEROW_OTLP", &self.collector)
            .env("HEDGEROW_LOG", "trace")
            .output()
            .expect("the program starts")
    }

    fn publish(&self) {
        let file = self.folder.path().join("listing.yaml");
        let text = format!(
            "kind: listing\nname: {PUBLISHED}\nvoice: itself\nroles: [support-group]\n\
             summary: Tea and company.\n"
        );
        fs::write(&file, text).expect("a file");
        let published = self.hedgerow(&["publish", &file.display().to_string()]);
        let said = String::from_utf8_lossy(&published.stderr).into_owned();
        assert!(published.status.success(), "{said}");
        assert!(!said.contains(PUBLISHED), "{said}");
    }
}

/// Writes where metrics and traces go into a configuration.
fn switch_on(file: &Path, metrics: u16, collector: &str) {
    let text = fs::read_to_string(file).expect("the configuration");
    let text = text
        .replace(
            "# listen = \"127.0.0.1:9464\"",
            &format!("listen = \"127.0.0.1:{metrics}\""),
        )
        .replace(
            "# otlp_endpoint = \"http://127.0.0.1:4317\"",
            &format!("otlp_endpoint = \"{collector}\""),
        );
    assert!(text.contains(collector), "{text}");
    fs::write(file, text).expect("the configuration");
}

fn scrape(port: u16) -> io::Result<String> {
    let mut tcp = TcpStream::connect(("127.0.0.1", port))?;
    tcp.write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    tcp.read_to_string(&mut answer)?;
    Ok(answer)
}

/// Tries until it works.
async fn until<T>(what: &str, mut look: impl FnMut() -> Result<T, String>) -> T {
    let began = Instant::now();
    loop {
        match look() {
            Ok(found) => return found,
            Err(instead) => assert!(
                began.elapsed() < Duration::from_secs(45),
                "{what}; instead: {instead}"
            ),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The steps of a change, each by program and name.
const STEPS: [(&str, &str); 8] = [
    ("hedgerow", "Request"),
    ("hedgerow-node", "hedgerow.v1.StewardService/"),
    ("hedgerow-node", "publish"),
    ("hedgerow-node", "deliver"),
    ("hedgerow-aggregator", "hedgerow.v1.IngestService/Announce"),
    ("hedgerow-aggregator", "hedgerow.v1.IngestService/Push"),
    ("hedgerow-aggregator", "apply"),
    ("hedgerow-aggregator", "index commit"),
];

/// The steps of a fetch, each by program and name.
const FETCH: [(&str, &str); 4] = [
    ("hedgerow-aggregator", "fetch"),
    ("hedgerow-node", "hedgerow.v1.FeedService/Sync"),
    ("hedgerow-aggregator", "apply"),
    ("hedgerow-aggregator", "index commit"),
];

/// The id of a trace that holds all steps.
fn whole_trace(spans: &[(String, Span)], steps: &[(&str, &str)]) -> Result<Vec<u8>, String> {
    let pushed = spans.iter().filter(|(_, span)| span.name == "apply");
    let mut seen = Vec::new();
    for (_, apply) in pushed {
        let of_trace: Vec<_> = spans
            .iter()
            .filter(|(_, span)| span.trace_id == apply.trace_id)
            .collect();
        let has = |step: &(&str, &str)| {
            of_trace
                .iter()
                .any(|(service, span)| service == step.0 && span.name.contains(step.1))
        };
        let missing: Vec<_> = steps.iter().filter(|step| !has(step)).collect();
        if missing.is_empty() {
            return Ok(apply.trace_id.clone());
        }
        seen.push(format!("{missing:?} missing"));
    }
    let all: Vec<_> = spans
        .iter()
        .map(|(service, span)| format!("{service} {} {:02x?}", span.name, &span.trace_id[..2]))
        .collect();
    Err(format!("{seen:?} of {all:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_happens_and_nobody_s_words() {
    let (collector, endpoint) = Collector::start().await;
    let place = Place::new(&endpoint);
    // What is published before an aggregator has answered is signed by that answer, and so
    // belongs to another trace.
    until("the node has its first answer", || {
        let told = scrape(place.metrics[1]).map_err(|error| error.to_string())?;
        told.contains("hedgerow_groups{state=\"signing\"} 1")
            .then_some(())
            .ok_or(told)
    })
    .await;
    place.publish();
    until("it is found", || {
        let found = place.hedgerow(&["search", "company", "--json"]);
        let text = String::from_utf8_lossy(&found.stdout).into_owned();
        text.contains(PUBLISHED).then_some(()).ok_or(text)
    })
    .await;
    let nothing = place.hedgerow(&["search", QUERY]);
    assert!(
        !String::from_utf8_lossy(&nothing.stderr).contains("call"),
        "quiet"
    );

    until("one trace of the whole", || {
        whole_trace(&collector.spans(), &STEPS)
    })
    .await;
    let spans = collector.spans();
    for (service, span) in &spans {
        let reads = span.name.contains("Directory") || span.name.contains("Feed");
        let names_group = span
            .attributes
            .iter()
            .any(|attribute| attribute.key == "hedgerow.group");
        assert!(
            !(reads && names_group),
            "{service}: a read tells what was looked at: {span:?}"
        );
    }
    let search = "hedgerow.v1.DirectoryService/Search";
    until("the searches are traced", || {
        let spans = collector.spans();
        let searched = spans.iter().filter(|(_, span)| span.name == search).count();
        (searched >= 2).then_some(()).ok_or(format!("{searched}"))
    })
    .await;

    let metrics = place
        .metrics
        .map(|port| scrape(port).expect("metrics are told"));
    for (told, families) in metrics.iter().zip([
        &[
            "hedgerow_groups{status=\"active\"} 1",
            "hedgerow_records 1",
            "hedgerow_transfers_total{outcome=\"held\"} 1",
            "hedgerow_records_taken_total{verdict=\"kept\"} 1",
            "hedgerow_index_commits_total",
            "hedgerow_index_revisions_behind 0",
            "hedgerow_staged_bytes",
            "hedgerow_call_seconds_bucket{le=\"0.001\",method=\"hedgerow.v1.DirectoryService/Search\"",
            "hedgerow_calls_total{method=\"hedgerow.v1.DirectoryService/Search\",code=\"ok\"}",
            "hedgerow_connections ",
            "hedgerow_received_bytes_total",
        ] as &[&str],
        &[
            "hedgerow_heads_signed_total 1",
            "hedgerow_delivery_rounds_total{outcome=\"acknowledged\"}",
            "hedgerow_groups{state=\"signing\"} 1",
            "hedgerow_deliveries{state=\"up_to_date\"} 1",
            "hedgerow_acknowledgement_age_seconds{which=\"oldest\"}",
            "hedgerow_calls_in_flight",
        ],
    ]) {
        for family in families {
            assert!(told.contains(family), "{family} is not in\n{told}");
        }
    }

    let logs = [place.aggregator.log(), place.node.log()];
    assert!(logs.iter().all(|log| !log.is_empty()));
    let traces = collector.everything();
    for said in metrics.iter().chain(&logs).chain([&traces]) {
        for marker in [QUERY, PUBLISHED] {
            let at = said.to_lowercase().find(&marker.to_lowercase());
            let around = at.map(|at| &said[at.saturating_sub(200)..(at + 60).min(said.len())]);
            assert_eq!(around, None, "a word that somebody wrote was told");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_and_what_it_asks_of_a_node_are_one_trace_that_travels_by_tls() {
    let (collector, endpoint) = Collector::start_secret().await;
    let place = Place::new(&endpoint);
    place.publish();
    let _follower = place.follower();
    until("one trace of the fetch", || {
        whole_trace(&collector.spans(), &FETCH)
    })
    .await;
}
