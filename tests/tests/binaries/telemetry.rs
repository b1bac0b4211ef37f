//! Traces, metrics and logs show operators what happens, and contain no words of groups or
//! seekers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{fs, io};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_server::identity::Identity;
use hedgerow_server::limits::ServerLimits;
use hedgerow_server::listen::bind;
use hedgerow_testkit::http::request;
use hedgerow_tests::program;
use hedgerow_tests::program::Server;
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// A word that only a seeker types.
const QUERY: &str = "zanzibarwhisper";
/// A word that only a steward types.
const PUBLISHED: &str = "Marrakeshmurmur";

/// A collector of traces that keeps every request.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<ExportTraceServiceRequest>>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let mut requests = self.0.lock().expect("no test panics with the lock");
        requests.push(request.into_inner());
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

    /// Like [`start`](Self::start), but over TLS; the address includes the pin of its key.
    async fn start_with_tls() -> (Self, String) {
        let collector = Self::default();
        let identity = Identity::generate(&["localhost".to_owned()]).expect("a certificate");
        let listener = bind("127.0.0.1:0".parse().expect("an address"))
            .await
            .expect("a free port");
        let address = Endpoint {
            host: "127.0.0.1".to_owned(),
            port: listener.local_addr().expect("a bound listener").port(),
            pin: Some(identity.spki_hash()),
        };
        let server = hedgerow_server::server::Server::new(ServerLimits::default(), &identity)
            .expect("a valid certificate")
            .routes(Routes::new(TraceServiceServer::new(collector.clone())));
        tokio::spawn(server.serve(listener, std::future::pending()));
        (collector, address.to_string())
    }

    /// Every span with the name of its program.
    fn spans(&self) -> Vec<(String, Span)> {
        let requests = self.0.lock().expect("no test panics with the lock");
        let resources = requests.iter().flat_map(|request| &request.resource_spans);
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

    fn requests(&self) -> String {
        format!("{:?}", self.0.lock().expect("no test panics with the lock"))
    }
}

/// One aggregator and one node with one group, all with metrics and traces.
struct Deployment {
    folder: tempfile::TempDir,
    aggregator: Server,
    node: Server,
    /// Ports of the aggregator's and the node's metrics.
    metrics: [u16; 2],
    collector: String,
}

impl Deployment {
    fn new(collector: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [aggregator, node] = ["aggregator", "node"].map(|name| folder.path().join(name));
        let metrics = [program::free_port(), program::free_port()];
        program::init_aggregator(&aggregator);
        enable_telemetry(
            &aggregator.join("hedgerow-aggregator.toml"),
            metrics[0],
            collector,
        );
        let aggregator = Server::start_with_log("hedgerow-aggregator", &aggregator, "trace");
        program::init_node(&node, &[&aggregator.address]);
        enable_telemetry(&node.join("hedgerow-node.toml"), metrics[1], collector);
        program::add_group(&node, "kettle");
        let node = Server::start_with_log("hedgerow-node", &node, "trace");
        Self {
            aggregator,
            node,
            metrics,
            collector: collector.to_owned(),
            folder,
        }
    }

    /// Starts another aggregator, to which no node pushes: it follows the node.
    fn start_follower(&self) -> Server {
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
        enable_telemetry(&file, program::free_port(), &self.collector);
        let text = fs::read_to_string(&file).expect("the configuration");
        let sources = format!("sources = [\"{}\"]", self.node.address);
        fs::write(&file, text.replace("sources = []", &sources)).expect("the configuration");
        Server::start("hedgerow-aggregator", &folder)
    }

    /// Runs a CLI command with traces.
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
        let stderr = String::from_utf8_lossy(&published.stderr).into_owned();
        assert!(published.status.success(), "{stderr}");
        assert!(!stderr.contains(PUBLISHED), "{stderr}");
    }
}

/// Turns metrics and traces on in a configuration file.
fn enable_telemetry(file: &Path, metrics: u16, collector: &str) {
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
    let mut response = String::new();
    tcp.read_to_string(&mut response)?;
    Ok(response)
}

/// Fills in each form of the directory as a browser on this machine does, and returns the pages.
fn type_on_pages(aggregator: &str) -> Vec<String> {
    let address: Endpoint = aggregator.parse().expect("a printed address");
    let forms = [
        ("/search", "q"),
        ("/search", "near"),
        ("/whats-on", "near"),
        ("/rooms", "q"),
        ("/rooms", "free-at"),
        ("/stories", "q"),
        ("/printed", "near"),
        ("/share", "q"),
    ];
    forms
        .map(|(page, field)| request(address.port, "POST", page, &format!("{field}={QUERY}")))
        .to_vec()
}

/// Polls until `poll` returns `Ok`. Panics after 45 seconds with the last `Err`.
async fn until<T>(condition: &str, mut poll: impl FnMut() -> Result<T, String>) -> T {
    let began = Instant::now();
    loop {
        match poll() {
            Ok(value) => return value,
            Err(state) => assert!(
                began.elapsed() < Duration::from_secs(45),
                "timed out, waiting until {condition}: {state}"
            ),
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The spans of a publication, each with its program and a part of its name.
const STEPS: [(&str, &str); 8] = [
    ("hedgerow", "Request"),
    ("hedgerow-node", "hedgerow.steward.v1.StewardService/"),
    ("hedgerow-node", "publish"),
    ("hedgerow-node", "deliver"),
    (
        "hedgerow-aggregator",
        "hedgerow.ingest.v1.IngestService/Announce",
    ),
    (
        "hedgerow-aggregator",
        "hedgerow.ingest.v1.IngestService/Push",
    ),
    ("hedgerow-aggregator", "apply"),
    ("hedgerow-aggregator", "index commit"),
];

/// The spans of a fetch, each with its program and a part of its name.
const FETCH: [(&str, &str); 4] = [
    ("hedgerow-aggregator", "fetch"),
    ("hedgerow-node", "hedgerow.feed.v1.FeedService/Sync"),
    ("hedgerow-aggregator", "apply"),
    ("hedgerow-aggregator", "index commit"),
];

/// The id of a trace that has all these spans, or an error that lists the missing ones.
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
async fn telemetry_shows_what_happens_without_words_of_groups_or_seekers() {
    let (collector, endpoint) = Collector::start().await;
    let deployment = Deployment::new(&endpoint);
    // A change that is published before an aggregator has responded is signed later, in
    // another trace.
    until("an aggregator has responded to the node", || {
        let metrics = scrape(deployment.metrics[1]).map_err(|error| error.to_string())?;
        metrics
            .contains("hedgerow_groups{state=\"signing\"} 1")
            .then_some(())
            .ok_or(metrics)
    })
    .await;
    deployment.publish();
    until("the listing is found", || {
        let found = deployment.hedgerow(&["search", "company", "--json"]);
        let text = String::from_utf8_lossy(&found.stdout).into_owned();
        text.contains(PUBLISHED).then_some(()).ok_or(text)
    })
    .await;
    let nothing = deployment.hedgerow(&["search", QUERY]);
    assert!(
        !String::from_utf8_lossy(&nothing.stderr).contains("call"),
        "the CLI prints no log lines"
    );

    for page in type_on_pages(&deployment.aggregator.address) {
        assert!(
            page.contains(QUERY),
            "the page repeats what was typed: {page}"
        );
    }

    until("one trace has all spans of the publication", || {
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
            "{service}: the span of a read names a group: {span:?}"
        );
    }
    let search = "hedgerow.directory.v1.DirectoryService/SearchRecords";
    until("the searches are traced", || {
        let spans = collector.spans();
        let searched = spans.iter().filter(|(_, span)| span.name == search).count();
        (searched >= 2).then_some(()).ok_or(format!("{searched}"))
    })
    .await;

    let metrics = deployment
        .metrics
        .map(|port| scrape(port).expect("the metrics are served"));
    for (page, families) in metrics.iter().zip([
        &[
            "hedgerow_groups{status=\"active\"} 1",
            "hedgerow_records 1",
            "hedgerow_transfers_total{outcome=\"stored\"} 1",
            "hedgerow_records_taken_total{verdict=\"kept\"} 1",
            "hedgerow_index_commits_total",
            "hedgerow_index_revisions_behind 0",
            "hedgerow_staged_bytes",
            "hedgerow_call_seconds_bucket{le=\"0.001\",method=\"hedgerow.directory.v1.DirectoryService/SearchRecords\"",
            "hedgerow_calls_total{method=\"hedgerow.directory.v1.DirectoryService/SearchRecords\",code=\"ok\"}",
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
            assert!(page.contains(family), "{family} is not in\n{page}");
        }
    }

    let logs = [deployment.aggregator.log(), deployment.node.log()];
    assert!(logs.iter().all(|log| !log.is_empty()));
    let traces = collector.requests();
    for text in metrics.iter().chain(&logs).chain([&traces]) {
        for marker in [QUERY, PUBLISHED] {
            let at = text.to_lowercase().find(&marker.to_lowercase());
            let around = at.map(|at| &text[at.saturating_sub(200)..(at + 60).min(text.len())]);
            assert_eq!(
                around, None,
                "telemetry contains a word that a person wrote"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fetch_is_one_trace_across_aggregator_and_node_exported_over_tls() {
    let (collector, endpoint) = Collector::start_with_tls().await;
    let deployment = Deployment::new(&endpoint);
    deployment.publish();
    let _follower = deployment.start_follower();
    until("one trace has all spans of the fetch", || {
        whole_trace(&collector.spans(), &FETCH)
    })
    .await;
}
