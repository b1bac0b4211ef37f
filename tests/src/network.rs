//! Nodes and aggregators in this process, with real files and real TLS on loopback. Ports are
//! bound before a server starts, so that its address is known.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hedgerow_aggregator::{Aggregator, Config as AggregatorConfig};
use hedgerow_client::directory_v1::SearchFilter;
use hedgerow_client::steward_v1::StewardRecord;
use hedgerow_client::{
    Directory, Feed, GroupId, Options, RecordName, SearchResult, Steward, StewardToken,
};
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::random::RandomExt as _;
use hedgerow_node::{Config as NodeConfig, Node};
use hedgerow_server::listen::bind;
use hedgerow_testkit::ManualClock;
use hedgerow_transport::clock::{SystemClock, SystemRandom};
use prost::Message;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::{eventually, sample};

/// A network under test. Dropping it stops every server and removes the files.
pub struct TestNetwork {
    /// The clock that clients read, and all servers without one of their own. It runs, and a
    /// test can move it.
    pub clock: Arc<ManualClock>,
    folder: TempDir,
    aggregators: Vec<Running<AggregatorConfig>>,
    nodes: Vec<Running<NodeConfig>>,
}

struct Running<C> {
    config: C,
    clock: Arc<ManualClock>,
    address: Endpoint,
    stop: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

/// A group on a node.
pub struct TestGroup {
    pub id: GroupId,
    pub steward: Steward,
    pub token_file: PathBuf,
}

impl TestGroup {
    /// Publishes a record, and returns it as the node stores it.
    pub async fn publish(&self, collection: &str, body: &impl Message) -> StewardRecord {
        self.steward
            .create_record(collection, sample::public(body))
            .await
            .expect("the sample is valid")
    }
}

/// The name of a stored record.
pub fn name_of(record: &StewardRecord) -> RecordName {
    let name = record.name.as_ref().expect("a name");
    name.try_into().expect("a valid name")
}

impl TestNetwork {
    /// A network without servers.
    pub fn new() -> Self {
        Self {
            clock: Arc::new(ManualClock::running(SystemClock)),
            folder: tempfile::tempdir().expect("a temporary folder"),
            aggregators: Vec::new(),
            nodes: Vec::new(),
        }
    }

    /// A clock for one server, which starts with the network's.
    pub fn own_clock() -> Arc<ManualClock> {
        Arc::new(ManualClock::running(SystemClock))
    }

    /// Starts an aggregator that follows `sources`, and returns its number.
    pub async fn add_aggregator(&mut self, sources: &[Endpoint]) -> usize {
        self.add_aggregator_with(self.clock.clone(), sources, |_| ())
            .await
    }

    /// Starts an aggregator with a clock of its own, after `change` to its configuration.
    pub async fn add_aggregator_with(
        &mut self,
        clock: Arc<ManualClock>,
        sources: &[Endpoint],
        change: impl FnOnce(&mut AggregatorConfig),
    ) -> usize {
        let number = self.aggregators.len();
        let mut config = AggregatorConfig {
            data_dir: self.folder.path().join(format!("aggregator-{number}")),
            sources: sources.to_vec(),
            ..AggregatorConfig::default()
        };
        // Every server and client of a test has the address 127.0.0.1: limits for each peer
        // apply to all of them together.
        config.feed.watchers_per_peer = 100;
        config.connector.allow_networks = vec!["127.0.0.0/8".parse().expect("a valid network")];
        let listener = loopback().await;
        config.listen = address_of(&listener).to_string();
        let phrase = Phrase::from_entropy(SystemRandom.bytes());
        Aggregator::initialise(&config, &phrase, &SystemRandom)
            .expect("the aggregator is initialised");
        change(&mut config);
        let running = self.run_aggregator(config, listener, clock).await;
        self.aggregators.push(running);
        number
    }

    /// Starts a node that publishes to these aggregators, and returns its number.
    pub async fn add_node(&mut self, aggregators: &[usize]) -> usize {
        self.add_node_with(self.clock.clone(), aggregators).await
    }

    /// Starts a node with a clock of its own.
    pub async fn add_node_with(&mut self, clock: Arc<ManualClock>, aggregators: &[usize]) -> usize {
        let number = self.nodes.len();
        let mut config = NodeConfig {
            data_dir: self.folder.path().join(format!("node-{number}")),
            aggregators: aggregators
                .iter()
                .map(|aggregator| self.aggregators[*aggregator].address.clone())
                .collect(),
            ..NodeConfig::default()
        };
        config.feed.watchers_per_peer = 100;
        config.delivery.first_retry_milliseconds = 50;
        let listener = loopback().await;
        config.listen = address_of(&listener).to_string();
        let running = self.run_node(config, listener, clock, &[]).await.0;
        self.nodes.push(running);
        number
    }

    /// Adds a group to a node. As on a real host, the node is stopped for this and started
    /// again.
    pub async fn add_group(&mut self, node: usize, label: &str) -> TestGroup {
        self.stop_node(node).await;
        let config = self.nodes[node].config.clone();
        let clock = self.nodes[node].clock.clone();
        let listener = rebind(&config.listen).await;
        let (running, mut added) = self.run_node(config, listener, clock, &[label]).await;
        self.nodes[node] = running;
        added.pop().expect("one group for one label")
    }

    async fn run_aggregator(
        &self,
        config: AggregatorConfig,
        listener: TcpListener,
        clock: Arc<ManualClock>,
    ) -> Running<AggregatorConfig> {
        let deps = hedgerow_aggregator::Deps {
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
        };
        let aggregator = Aggregator::open(config.clone(), deps)
            .await
            .expect("the aggregator opens");
        let address = aggregator.address().clone();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            aggregator
                .run(listener, shutdown)
                .await
                .expect("the aggregator runs until it is stopped");
        });
        Running {
            config,
            clock,
            address,
            stop: Some((stop, task)),
        }
    }

    async fn run_node(
        &self,
        config: NodeConfig,
        listener: TcpListener,
        clock: Arc<ManualClock>,
        labels: &[&str],
    ) -> (Running<NodeConfig>, Vec<TestGroup>) {
        let deps = hedgerow_node::Deps {
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
        };
        let node = Node::open(config.clone(), deps)
            .await
            .expect("the node opens");
        let mut groups = Vec::new();
        for label in labels {
            let phrase = Phrase::from_entropy(SystemRandom.bytes());
            let added = node
                .add_group(label, &phrase)
                .await
                .expect("the group is added");
            let token = StewardToken::read(&added.token_file).expect("the steward's file is valid");
            groups.push(TestGroup {
                id: added.group_id,
                steward: Steward::new(token, self.options())
                    .expect("the token names a valid address"),
                token_file: added.token_file,
            });
        }
        let address = node.address();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            node.run(listener, shutdown)
                .await
                .expect("the node runs until it is stopped");
            node.close().await;
        });
        let running = Running {
            config,
            clock,
            address,
            stop: Some((stop, task)),
        };
        (running, groups)
    }

    /// Stops a node in order, as its host would.
    pub async fn stop_node(&mut self, node: usize) {
        stop_server(&mut self.nodes[node].stop).await;
    }

    /// Starts a stopped node again, after `change` to its configuration.
    pub async fn start_node(&mut self, node: usize, change: impl FnOnce(&mut NodeConfig)) {
        let mut config = self.nodes[node].config.clone();
        change(&mut config);
        let listener = rebind(&config.listen).await;
        let clock = self.nodes[node].clock.clone();
        self.nodes[node] = self.run_node(config, listener, clock, &[]).await.0;
    }

    /// Stops an aggregator in order, as its operator would.
    pub async fn stop_aggregator(&mut self, aggregator: usize) {
        stop_server(&mut self.aggregators[aggregator].stop).await;
    }

    /// Starts a stopped aggregator again.
    pub async fn start_aggregator(&mut self, aggregator: usize) {
        let config = self.aggregators[aggregator].config.clone();
        let clock = self.aggregators[aggregator].clock.clone();
        let listener = rebind(&config.listen).await;
        self.aggregators[aggregator] = self.run_aggregator(config, listener, clock).await;
    }

    /// Stops an aggregator, and starts it with further servers to follow.
    pub async fn follow(&mut self, aggregator: usize, sources: &[Endpoint]) {
        self.stop_aggregator(aggregator).await;
        let config = &mut self.aggregators[aggregator].config;
        config.sources.extend_from_slice(sources);
        self.start_aggregator(aggregator).await;
    }

    pub fn node_address(&self, node: usize) -> Endpoint {
        self.nodes[node].address.clone()
    }

    pub fn node_folder(&self, node: usize) -> &Path {
        &self.nodes[node].config.data_dir
    }

    pub fn aggregator_address(&self, aggregator: usize) -> Endpoint {
        self.aggregators[aggregator].address.clone()
    }

    pub fn aggregator_folder(&self, aggregator: usize) -> &Path {
        &self.aggregators[aggregator].config.data_dir
    }

    /// Options for clients of this network: they read the network's clock.
    pub fn options(&self) -> Options {
        let mut options = Options::default();
        options.clock = self.clock.clone();
        options
    }

    /// A client of an aggregator's directory.
    pub fn directory(&self, aggregator: usize) -> Directory {
        let address = self.aggregator_address(aggregator).to_string();
        Directory::new(&address, self.options()).expect("a valid address")
    }

    /// A client of any server's feed.
    pub fn feed(&self, address: &Endpoint) -> Feed {
        Feed::new(&address.to_string(), self.options()).expect("a valid address")
    }

    /// The hits of a search on an aggregator.
    pub async fn search(&self, aggregator: usize, filter: &SearchFilter) -> Vec<SearchResult> {
        let directory = self.directory(aggregator);
        let page = directory.search(filter.clone().into()).await;
        page.expect("a search").hits
    }

    /// Waits until a search on an aggregator has `count` hits, all with a valid proof.
    pub async fn found(
        &self,
        aggregator: usize,
        filter: &SearchFilter,
        count: usize,
    ) -> Vec<SearchResult> {
        eventually("the search has its hits", || async {
            let hits = self.search(aggregator, filter).await;
            let is_complete = hits.len() == count && hits.iter().all(|hit| hit.record.is_ok());
            is_complete.then_some(hits)
        })
        .await
    }

    /// Waits until every aggregator of the group's node has acknowledged its newest head.
    pub async fn delivered(&self, group: &TestGroup) {
        eventually("every aggregator has the newest head", || async {
            let state = group.steward.get_state().await.ok()?;
            let all = state.deliveries.iter().all(|delivery| delivery.up_to_date);
            let waits = state.heads.iter().any(|head| head.waiting_records > 0);
            (all && !waits && !state.heads.is_empty()).then_some(())
        })
        .await;
    }
}

impl Default for TestNetwork {
    fn default() -> Self {
        Self::new()
    }
}

async fn loopback() -> TcpListener {
    bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .await
        .expect("a free port")
}

async fn rebind(listen: &str) -> TcpListener {
    let address: SocketAddr = listen.parse().expect("a valid address");
    eventually("the port is free again", || async {
        bind(address).await.ok()
    })
    .await
}

fn address_of(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("a bound listener")
}

async fn stop_server(stop: &mut Option<(oneshot::Sender<()>, JoinHandle<()>)>) {
    if let Some((stop, task)) = stop.take() {
        let _ = stop.send(());
        task.await.expect("the server does not panic");
    }
}
