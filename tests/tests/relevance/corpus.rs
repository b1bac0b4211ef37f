//! The corpus: the catalogue as twelve cataloguers publish it, and the invented groups of
//! `data/groups.jsonl` and `data/audiences.yaml`, pushed to an aggregator in this process.
//!
//! Every record has a key by which the judgments name it: `jigsaw-2013.sodit`,
//! `g000123`, `g000123.event.1`, `g000123.space.2`, `lantern`, `lantern.event`.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use hedgerow_aggregator::Aggregator;
use hedgerow_aggregator::Config;
use hedgerow_aggregator::Deps;
use hedgerow_cli::demo::Generated;
use hedgerow_cli::demo::cataloguers;
use hedgerow_cli::read_file;
use hedgerow_client::Directory;
use hedgerow_client::Options;
use hedgerow_core::address::Address;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::Collection;
use hedgerow_core::name::RecordName;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::record::NewRecord;
use hedgerow_core::rules;
use hedgerow_core::rules::Known;
use hedgerow_core::summary;
use hedgerow_core::time::Clock as _;
use hedgerow_core::time::RandomExt as _;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_proto::v1::ingest_service_client::IngestServiceClient;
use hedgerow_proto::v1::record_change::Change;
use hedgerow_rpc::clock::SystemRandom;
use hedgerow_rpc::connector::Connector;
use hedgerow_rpc::connector::ConnectorConfig;
use hedgerow_rpc::connector::Trust;
use hedgerow_rpc::server;
use hedgerow_tests::HeldClock;
use hedgerow_tests::craft::CraftedGroup;
use hedgerow_tests::eventually;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::Channel;

/// Monday, 2 March 2026, 10:00 in London: the judgments are about this moment.
pub const NOW: Timestamp = Timestamp::from_seconds(1_772_445_600);

/// The invented groups, as the generator wrote them.
const GROUPS: &str = include_str!("data/groups.jsonl");

/// Invented groups that tell precisely whom they are for, as a steward writes it: each
/// listing begins a group.
const AUDIENCES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/relevance/data/audiences.yaml"
);

/// A running aggregator that holds the corpus.
pub struct Corpus {
    /// Its directory, as a seeker's program asks it.
    pub directory: Directory,
    /// What is held, by the key that judgments use: collection and title.
    pub records: BTreeMap<String, (String, String)>,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
    _folder: TempDir,
}

/// A group of the corpus before it is pushed.
struct Publisher {
    group: CraftedGroup,
    records: Vec<(String, String, String)>,
}

impl Publisher {
    fn new(number: usize) -> Self {
        let number = u16::try_from(number).expect("a corpus of at most 65535 groups");
        Self {
            group: CraftedGroup::new(number),
            records: Vec::new(),
        }
    }

    /// Adds a record, made ready as a node would.
    fn put(&mut self, collection: &str, key: &str, body: &[u8], subject: Option<&v1::Subject>) {
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
        let prepared =
            rules::prepare(&draft, &[]).unwrap_or_else(|wrong| panic!("{key}: {wrong:#?}"));
        let key = prepared.key.map_or(key.to_owned(), |key| key.to_string());
        let name = RecordName::parse(collection, &key).expect("a key");
        let record = NewRecord {
            group_id,
            name: name.clone(),
            nonce: [7; 16],
            created_at: NOW,
            updated_at: NOW,
            language: prepared.language,
            body: prepared.body,
            subject: subject.cloned(),
        };
        self.group.put_bytes(name, record.encode());
        self.records
            .push((key, collection.to_owned(), title(&prepared.known)));
    }
}

fn title(known: &Known) -> String {
    summary::title_of(known).unwrap_or_default().to_owned()
}

/// The cataloguers with the catalogue, and the invented groups.
fn publishers() -> Vec<Publisher> {
    let mut publishers = Vec::new();
    for cataloguer in cataloguers() {
        let mut publisher = Publisher::new(publishers.len() + 1);
        for change in cataloguer.changes {
            let Some(Change::Put(record)) = change.change else {
                panic!("a cataloguer only adds");
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
        let publisher = publishers.last_mut().expect("a listing comes first");
        let key = document.key.expect("a key, for the judgments");
        publisher.put(&document.kind, &key, &document.body, None);
    }
    publishers
}

/// `https://g000123.example.org/events/1` is `g000123.event.1`.
fn key_of(line: &str) -> String {
    let line: serde_json::Value = serde_json::from_str(line).expect("a line of the generator");
    let url = line["url"].as_str().expect("its own address");
    url.trim_start_matches("https://")
        .replace(".example.org", "")
        .trim_end_matches('/')
        .replace("/events/", ".event.")
        .replace("/spaces/", ".space.")
}

impl Corpus {
    /// Starts an aggregator, pushes everything to it, and waits until all of it is found.
    pub async fn start() -> Self {
        let clock = clock();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config::new(folder.path().join("aggregator"));
        // All of the corpus comes from one address.
        config.ingest.daily_new_groups = 1_000;
        let listener = server::bind((Ipv4Addr::LOCALHOST, 0).into())
            .await
            .expect("a free port");
        config.listen = listener.local_addr().expect("a bound port").to_string();
        let phrase = Phrase::from_entropy(SystemRandom.bytes());
        Aggregator::initialise(&config, &phrase, &SystemRandom).expect("an aggregator is made");
        let deps = Deps {
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
        };
        let aggregator = Aggregator::open(config, deps)
            .await
            .expect("an aggregator opens");
        let address = aggregator.address().clone();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            aggregator
                .run(listener, shutdown)
                .await
                .expect("an aggregator runs");
        });
        let records = push_all(&address, &clock).await;
        let options = Options {
            clock,
            ..Options::default()
        };
        let directory = Directory::connect(&address.to_string(), options).expect("an address");
        let corpus = Self {
            directory,
            records,
            stop,
            running,
            _folder: folder,
        };
        corpus.searchable().await;
        corpus
    }

    /// Waits until the index has everything.
    async fn searchable(&self) {
        let held = u64::try_from(self.records.len()).expect("a count");
        eventually("all of the corpus is found", || async {
            let everything = v1::SearchRequest {
                any_role: true,
                page_size: 1,
                ..Default::default()
            };
            let found = self.directory.search_unchecked(everything).await.ok()?;
            (found.on_the_servers_word().total == held).then_some(())
        })
        .await;
    }

    /// Ends the aggregator.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.running.await.expect("an aggregator ends in order");
    }
}

/// A clock that was set to [`NOW`].
fn clock() -> Arc<HeldClock> {
    let clock = Arc::new(HeldClock::default());
    let really = clock.now();
    clock.turn_back(really.since(NOW));
    clock.advance(NOW.since(really));
    clock
}

async fn push_all(address: &Address, clock: &HeldClock) -> BTreeMap<String, (String, String)> {
    let channel = Connector::new(ConnectorConfig::default())
        .channel(address, Trust::Configured)
        .expect("a channel");
    let mut ingest = IngestServiceClient::new(channel);
    let mut records = BTreeMap::new();
    for mut publisher in publishers() {
        push(&mut ingest, &mut publisher.group, clock.now()).await;
        for (key, collection, title) in publisher.records {
            let twice = records.insert(key.clone(), (collection, title));
            assert!(twice.is_none(), "{key} stands twice in the corpus");
        }
    }
    records
}

async fn push(ingest: &mut IngestServiceClient<Channel>, group: &mut CraftedGroup, now: Timestamp) {
    let head = group.sign_at(now);
    let id: GroupId = group.id();
    let items = group.whole(head, |_| true);
    let requests: Vec<_> = items
        .into_iter()
        .map(|item| v1::PushRequest { item: Some(item) })
        .collect();
    let answer = ingest
        .push(futures::stream::iter(requests))
        .await
        .unwrap_or_else(|status| panic!("{id}: {status}"))
        .into_inner();
    assert_eq!(answer.refused, 0, "{id}: all of the corpus is taken");
}
