//! Nodes and aggregators in this process: real files, real TLS on loopback, ports bound
//! before anything starts.

use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use hedgerow_aggregator::Aggregator;
use hedgerow_aggregator::Config as AggregatorConfig;
use hedgerow_client::Directory;
use hedgerow_client::Feed;
use hedgerow_client::GroupId;
use hedgerow_client::Options;
use hedgerow_client::Steward;
use hedgerow_client::StewardToken;
use hedgerow_core::address::Address;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::time::RandomExt as _;
use hedgerow_node::Config as NodeConfig;
use hedgerow_node::Node;
use hedgerow_rpc::clock::SystemRandom;
use hedgerow_rpc::server;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::HeldClock;
use crate::eventually;

/// A network under test. Dropping it ends everything and removes the files.
pub struct TestNetwork {
    /// The one clock that all servers read.
    pub clock: Arc<HeldClock>,
    folder: TempDir,
    aggregators: Vec<Running<AggregatorConfig>>,
    nodes: Vec<Running<NodeConfig>>,
}

struct Running<C> {
    config: C,
    address: Address,
    id: Option<GroupId>,
    stop: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

/// A group with its steward's connection.
pub struct TestGroup {
    /// Its id.
    pub id: GroupId,
    /// Its steward.
    pub steward: Steward,
    /// The phrase on paper.
    pub phrase: Phrase,
    /// The steward's file.
    pub token_file: PathBuf,
}

/// Whom an aggregator follows, and how it is set up.
#[derive(Default)]
pub struct AggregatorSetup {
    /// Servers that it pulls from.
    pub sources: Vec<Address>,
}

impl TestNetwork {
    /// An empty network.
    pub fn new() -> Self {
        Self {
            clock: Arc::default(),
            folder: tempfile::tempdir().expect("a temporary folder"),
            aggregators: Vec::new(),
            nodes: Vec::new(),
        }
    }

    /// Starts an aggregator, and gives its number.
    pub async fn add_aggregator(&mut self, setup: AggregatorSetup) -> usize {
        let number = self.aggregators.len();
        let mut config = AggregatorConfig {
            data_dir: self.folder.path().join(format!("aggregator-{number}")),
            sources: setup.sources,
            ..AggregatorConfig::default()
        };
        // Every server of a test has the one address 127.0.0.1.
        config.feed.watchers_per_peer = 100;
        config.connector.allow_networks = vec!["127.0.0.0/8".parse().expect("a network")];
        let listener = loopback().await;
        config.listen = address_of(&listener).to_string();
        let phrase = Phrase::from_entropy(SystemRandom.bytes());
        Aggregator::initialise(&config, &phrase, &SystemRandom).expect("an aggregator is made");
        let running = self.run_aggregator(config, listener).await;
        self.aggregators.push(running);
        number
    }

    /// Starts a node that publishes to these aggregators, and gives its number.
    pub async fn add_node(&mut self, aggregators: &[usize]) -> usize {
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
        let running = self.run_node(config, listener, &[]).await.0;
        self.nodes.push(running);
        number
    }

    /// Adds a group to a node, which is stopped for it, as a host would, and started again.
    pub async fn add_group(&mut self, node: usize, label: &str) -> TestGroup {
        self.stop_node(node).await;
        let config = self.nodes[node].config.clone();
        let listener = rebind(&config.listen).await;
        let (running, mut added) = self.run_node(config, listener, &[label]).await;
        self.nodes[node] = running;
        added.pop().expect("one label, one group")
    }

    async fn run_aggregator(
        &self,
        config: AggregatorConfig,
        listener: TcpListener,
    ) -> Running<AggregatorConfig> {
        let deps = hedgerow_aggregator::Deps {
            clock: self.clock.clone(),
            random: Arc::new(SystemRandom),
        };
        let aggregator = Aggregator::open(config.clone(), deps)
            .await
            .expect("an aggregator opens");
        let (address, id) = (aggregator.address().clone(), aggregator.id());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            aggregator
                .run(listener, shutdown)
                .await
                .expect("an aggregator runs");
        });
        Running {
            config,
            address,
            id: Some(id),
            stop: Some((stop, task)),
        }
    }

    async fn run_node(
        &self,
        config: NodeConfig,
        listener: TcpListener,
        labels: &[&str],
    ) -> (Running<NodeConfig>, Vec<TestGroup>) {
        let deps = hedgerow_node::Deps {
            clock: self.clock.clone(),
            random: Arc::new(SystemRandom),
        };
        let node = Node::open(config.clone(), deps)
            .await
            .expect("a node opens");
        let mut groups = Vec::new();
        for label in labels {
            let phrase = Phrase::from_entropy(SystemRandom.bytes());
            let added = node
                .add_group(label, &phrase)
                .await
                .expect("a group is added");
            let token = StewardToken::read(&added.token_file).expect("a steward's file");
            groups.push(TestGroup {
                id: added.group_id,
                steward: Steward::connect(token, self.options()).expect("a steward connects"),
                phrase,
                token_file: added.token_file,
            });
        }
        let address = node.address();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            node.run(listener, shutdown).await.expect("a node runs");
            node.close().await;
        });
        let running = Running {
            config,
            address,
            id: None,
            stop: Some((stop, task)),
        };
        (running, groups)
    }

    /// Stops a node as its host would.
    pub async fn stop_node(&mut self, node: usize) {
        end(&mut self.nodes[node].stop).await;
    }

    /// Starts a stopped node again, with its configuration changed if the test wishes.
    pub async fn start_node(&mut self, node: usize, change: impl FnOnce(&mut NodeConfig)) {
        let mut config = self.nodes[node].config.clone();
        change(&mut config);
        let listener = rebind(&config.listen).await;
        self.nodes[node] = self.run_node(config, listener, &[]).await.0;
    }

    /// Stops an aggregator as its operator would.
    pub async fn stop_aggregator(&mut self, aggregator: usize) {
        end(&mut self.aggregators[aggregator].stop).await;
    }

    /// Starts a stopped aggregator again.
    pub async fn start_aggregator(&mut self, aggregator: usize) {
        let config = self.aggregators[aggregator].config.clone();
        let listener = rebind(&config.listen).await;
        self.aggregators[aggregator] = self.run_aggregator(config, listener).await;
    }

    /// A node's address.
    pub fn node_address(&self, node: usize) -> Address {
        self.nodes[node].address.clone()
    }

    /// A node's folder.
    pub fn node_folder(&self, node: usize) -> &Path {
        &self.nodes[node].config.data_dir
    }

    /// A node's configuration.
    pub fn node_config(&self, node: usize) -> &NodeConfig {
        &self.nodes[node].config
    }

    /// An aggregator's address.
    pub fn aggregator_address(&self, aggregator: usize) -> Address {
        self.aggregators[aggregator].address.clone()
    }

    /// An aggregator's folder.
    pub fn aggregator_folder(&self, aggregator: usize) -> &Path {
        &self.aggregators[aggregator].config.data_dir
    }

    /// An aggregator's group id.
    pub fn aggregator_id(&self, aggregator: usize) -> GroupId {
        self.aggregators[aggregator]
            .id
            .expect("aggregators have an id")
    }

    /// An aggregator's configuration.
    pub fn aggregator_config(&self, aggregator: usize) -> &AggregatorConfig {
        &self.aggregators[aggregator].config
    }

    /// How clients of this network behave: they read the network's clock.
    pub fn options(&self) -> Options {
        Options {
            clock: self.clock.clone(),
            ..Options::default()
        }
    }

    /// An aggregator's directory, as a seeker's program asks it.
    pub fn directory(&self, aggregator: usize) -> Directory {
        let address = self.aggregator_address(aggregator).to_string();
        Directory::connect(&address, self.options()).expect("an address")
    }

    /// The feed of any server.
    pub fn feed(&self, address: &Address) -> Feed {
        Feed::connect(&address.to_string(), self.options()).expect("an address")
    }

    /// Waits until a group's newest head is held at an aggregator.
    pub async fn delivered(&self, group: &TestGroup) {
        eventually("every aggregator has the newest head", || async {
            let state = group.steward.state().await.ok()?;
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
    server::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .await
        .expect("a free port")
}

async fn rebind(listen: &str) -> TcpListener {
    let address: SocketAddr = listen.parse().expect("an address");
    eventually("the port is free again", || async {
        server::bind(address).await.ok()
    })
    .await
}

fn address_of(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("a bound listener")
}

async fn end(stop: &mut Option<(oneshot::Sender<()>, JoinHandle<()>)>) {
    if let Some((stop, task)) = stop.take() {
        let _ = stop.send(());
        task.await.expect("a server ends without a panic");
    }
}
