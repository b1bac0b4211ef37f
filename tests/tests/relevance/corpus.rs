//! The corpus: the catalogue as twelve cataloguers publish it, and the invented groups of
//! `data/groups.jsonl` and `data/audiences.yaml`, pushed to an aggregator in this process.
//!
//! Judgments name records by their keys: `jigsaw-2013.sodit`,
//! `g000123`, `g000123.event.1`, `g000123.space.2`, `lantern`, `lantern.event`.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use hedgerow_aggregator::{Aggregator, Config, Deps};
use hedgerow_cli::read_file;
use hedgerow_client::{Directory, Options};
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::{Collection, RecordName};
use hedgerow_core::phrase::Phrase;
use hedgerow_core::random::RandomExt as _;
use hedgerow_core::record::NewRecord;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::time::{Clock as _, Timestamp};
use hedgerow_core::{rules, summary};
use hedgerow_demo::{Generated, cataloguers};
use hedgerow_places::Places;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_proto::steward_v1::record_change::Change;
use hedgerow_proto::{directory_v1, ingest_v1, v1};
use hedgerow_server::listen::bind;
use hedgerow_testkit::{FakeGroup, ManualClock};
use hedgerow_tests::eventually;
use hedgerow_transport::clock::{SystemClock, SystemRandom};
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Channel;

/// The time of the judgments: Monday, 2 March 2026, 10:00 in London.
pub const NOW: Timestamp = Timestamp::from_seconds(1_772_445_600);

/// The output of the generator of invented groups.
const GROUPS: &str = include_str!("data/groups.jsonl");

/// Invented groups with precise audiences, as stewards write them. Each listing begins a
/// group.
const AUDIENCES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/relevance/data/audiences.yaml"
);

/// A running aggregator that holds the corpus.
pub struct Corpus {
    pub directory: Directory,
    /// Collection and title of each record, by its key.
    pub records: BTreeMap<String, (String, String)>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
    _folder: TempDir,
}

/// A group of the corpus before it is pushed.
pub struct Publisher {
    group: FakeGroup,
    records: Vec<(String, String, String)>,
}

impl Publisher {
    pub fn new(number: usize) -> Self {
        Self {
            group: FakeGroup::new(number as u64, NOW),
            records: Vec::new(),
        }
    }

    /// Adds a record after the same preparation as on a node.
    pub fn put(&mut self, collection: &str, key: &str, body: &[u8], subject: Option<&v1::Subject>) {
        let group_id = self.group.id();
        let draft = rules::Draft {
            group_id: &group_id,
            collection: &Collection::parse(collection).expect("a collection"),
            body,
            language: "en",
            subject,
            confirmed: &[],
            now: NOW,
        };
        let named_place = |name: &str| Places::embedded().named_place(name);
        let prepared = rules::prepare(&draft, &[], &named_place)
            .unwrap_or_else(|wrong| panic!("{key}: {wrong:#?}"));
        let key = prepared.key.map_or(key.to_owned(), |key| key.to_string());
        let name = RecordName::parse(collection, &key).expect("a key");
        let record = NewRecord {
            group_id,
            name: name.clone(),
            nonce: [7; 16],
            create_time: NOW,
            update_time: NOW,
            language: prepared.language,
            body: prepared.body,
            subject: subject.cloned(),
        };
        self.group.put_bytes(name, record.encode());
        self.records
            .push((key, collection.to_owned(), title(&prepared.decoded)));
    }
}

fn title(known: &RecordBody) -> String {
    summary::title_of(known).unwrap_or_default().to_owned()
}

/// The cataloguers with the catalogue, and the invented groups.
pub fn publishers() -> Vec<Publisher> {
    let mut publishers = Vec::new();
    for cataloguer in cataloguers() {
        let mut publisher = Publisher::new(publishers.len() + 1);
        for change in cataloguer.changes {
            let Some(Change::Put(record)) = change.change else {
                panic!("a cataloguer only adds records");
            };
            let draft = record.draft.expect("a draft");
            let own_key = format!("catalogue.{}", cataloguer.label);
            let subject = draft.subject.as_ref();
            publisher.put(&record.collection, &own_key, &draft.body, subject);
        }
        publishers.push(publisher);
    }
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for line in GROUPS.lines() {
        let read = Generated::read(line).expect("a line of the generator");
        let number = *numbers.entry(read.group.clone()).or_insert_with(|| {
            publishers.push(Publisher::new(publishers.len() + 1));
            publishers.len() - 1
        });
        publishers[number].put(
            read.body.collection(),
            &key_of(line),
            &read.body.encode(),
            None,
        );
    }
    for document in read_file(Path::new(AUDIENCES)).expect("documents") {
        if document.kind == "listing" {
            publishers.push(Publisher::new(publishers.len() + 1));
        }
        let publisher = publishers
            .last_mut()
            .expect("the file begins with a listing");
        let key = document.key.expect("every document has a key");
        publisher.put(&document.kind, &key, &document.body, None);
    }
    publishers
}

/// The key of a line: `g000123.event.1` for `https://g000123.example.org/events/1`.
fn key_of(line: &str) -> String {
    let line: serde_json::Value = serde_json::from_str(line).expect("a line of the generator");
    let url = line["url"].as_str().expect("the address of the group");
    url.trim_start_matches("https://")
        .replace(".example.org", "")
        .trim_end_matches('/')
        .replace("/events/", ".event.")
        .replace("/spaces/", ".space.")
}

impl Corpus {
    /// Starts an aggregator, pushes the groups to it, and waits until search finds all records.
    pub async fn start(publishers: Vec<Publisher>) -> Self {
        let clock = clock();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config::new(folder.path().join("aggregator"));
        // All groups of the corpus come from one address.
        config.ingest.daily_new_groups = 1_000;
        let listener = bind((Ipv4Addr::LOCALHOST, 0).into())
            .await
            .expect("a free port");
        config.listen = listener.local_addr().expect("a bound port").to_string();
        let phrase = Phrase::from_entropy(SystemRandom.bytes());
        Aggregator::initialise(&config, &phrase, &SystemRandom)
            .expect("the aggregator is initialised");
        let deps = Deps {
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
        };
        let aggregator = Aggregator::open(config, deps)
            .await
            .expect("the aggregator opens");
        let address = aggregator.address().clone();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            aggregator
                .run(listener, shutdown)
                .await
                .expect("the aggregator runs until it is stopped");
        });
        let records = push_all(&address, &clock, publishers).await;
        let mut options = Options::default();
        options.clock = clock;
        let directory = Directory::new(&address.to_string(), options).expect("a valid address");
        let corpus = Self {
            directory,
            records,
            stop,
            running,
            _folder: folder,
        };
        corpus.wait_until_searchable().await;
        corpus
    }

    async fn wait_until_searchable(&self) {
        let held = u64::try_from(self.records.len()).expect("a count");
        eventually("search finds the whole corpus", || async {
            let everything = directory_v1::SearchRecordsRequest {
                page_size: 1,
                ..Default::default()
            };
            let found = self.directory.search_unverified(everything).await.ok()?;
            (u64::try_from(found.as_claimed().total_size) == Ok(held)).then_some(())
        })
        .await;
    }

    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.running.await.expect("the aggregator does not panic");
    }
}

/// A clock that was set to [`NOW`] and runs, so that the aggregator's timers go on.
fn clock() -> Arc<ManualClock> {
    let clock = ManualClock::running(SystemClock);
    let system = clock.now();
    // Of these differences one is zero: a duration cannot be negative.
    clock.turn_back(system.since(NOW));
    clock.advance(NOW.since(system));
    Arc::new(clock)
}

async fn push_all(
    address: &Endpoint,
    clock: &ManualClock,
    publishers: Vec<Publisher>,
) -> BTreeMap<String, (String, String)> {
    let channel = Connector::new(ConnectorConfig::default())
        .channel(address, Trust::Configured)
        .expect("a channel");
    let mut ingest = IngestServiceClient::new(channel);
    let mut records = BTreeMap::new();
    for mut publisher in publishers {
        push(&mut ingest, &mut publisher.group, clock.now()).await;
        for (key, collection, title) in publisher.records {
            let twice = records.insert(key.clone(), (collection, title));
            assert!(
                twice.is_none(),
                "two records of the corpus have the key {key}"
            );
        }
    }
    records
}

async fn push(ingest: &mut IngestServiceClient<Channel>, group: &mut FakeGroup, now: Timestamp) {
    group.now = now;
    let head = group.sign();
    let id: GroupId = group.id();
    let items = group.whole(&head);
    let requests: Vec<_> = items
        .into_iter()
        .map(|item| ingest_v1::PushRequest { item: Some(item) })
        .collect();
    let response = ingest
        .push(futures::stream::iter(requests))
        .await
        .unwrap_or_else(|status| panic!("{id}: {status}"))
        .into_inner();
    assert_eq!(response.refused, 0, "{id}: a record was rejected");
}
