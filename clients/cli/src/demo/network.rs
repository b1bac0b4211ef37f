//! An aggregator and nodes in this process.

use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use hedgerow_aggregator::Aggregator;
use hedgerow_aggregator::Config as AggregatorConfig;
use hedgerow_aggregator::Deps as AggregatorDeps;
use hedgerow_client::GroupId;
use hedgerow_client::Options;
use hedgerow_client::Steward;
use hedgerow_client::StewardToken;
use hedgerow_core::address::Address;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::time::RandomExt;
use hedgerow_node::Config as NodeConfig;
use hedgerow_node::Deps as NodeDeps;
use hedgerow_node::Node;
use hedgerow_rpc::clock::SystemClock;
use hedgerow_rpc::clock::SystemRandom;
use hedgerow_rpc::server::bind;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Publisher;

/// Where the network lives.
#[derive(Debug, Clone)]
pub struct NetworkConfig {
    /// The folder in which each server has its own.
    pub folder: PathBuf,
    /// Where the aggregator listens.
    pub listen: SocketAddr,
}

/// A running network.
pub struct Network {
    folder: PathBuf,
    /// The aggregator's address, with its key's hash.
    pub aggregator: Address,
    /// How many nodes run.
    pub nodes: usize,
    /// The publishers: their steward, and what they are to publish.
    pub stewards: Vec<Hosted>,
    configurations: Vec<(String, String)>,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<anyhow::Result<()>>>,
}

/// A publisher on its node.
pub struct Hosted {
    /// The group.
    pub group_id: GroupId,
    /// The steward's file.
    pub file: PathBuf,
    /// What it publishes.
    pub publisher: Publisher,
}

impl Hosted {
    /// The steward, with the token of the file that the node wrote.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn steward(&self, options: Options) -> anyhow::Result<Steward> {
        let token = StewardToken::read(&self.file)?;
        Ok(Steward::connect(token, options)?)
    }
}

impl Network {
    /// Starts the aggregator.
    ///
    /// # Errors
    /// Where it cannot be opened, or its port is taken.
    pub async fn start(config: &NetworkConfig) -> anyhow::Result<Self> {
        let listener = bind(config.listen).await?;
        let address = listener.local_addr()?;
        let mut aggregator = AggregatorConfig::new(config.folder.join("aggregator"));
        aggregator.listen = address.to_string();
        // All nodes and everybody who tries it out come from one address here.
        aggregator.limits.connections_per_peer = 256;
        aggregator.limits.calls_per_peer = aggregator.limits.calls;
        aggregator.feed.watchers_per_peer = 16;
        aggregator.ingest.daily_new_groups = 1_000;
        let text = aggregator.to_toml()?;
        let phrase = Phrase::from_entropy(SystemRandom.bytes());
        Aggregator::initialise(&aggregator, &phrase, &SystemRandom)?;
        let deps = AggregatorDeps {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        };
        let aggregator = Aggregator::open(aggregator, deps)
            .await
            .context("the aggregator cannot be opened")?;
        let (stop, _) = watch::channel(false);
        let mut network = Self {
            folder: config.folder.clone(),
            aggregator: aggregator.address().clone(),
            nodes: 0,
            stewards: Vec::new(),
            configurations: vec![("the aggregator".to_owned(), text)],
            stop,
            running: Vec::new(),
        };
        let stopped = network.stopped();
        network.running.push(tokio::spawn(async move {
            aggregator.run(listener, stopped).await?;
            Ok(())
        }));
        Ok(network)
    }

    /// Starts a node with these groups. They publish nothing yet.
    ///
    /// # Errors
    /// Where it cannot be opened or a group cannot be added.
    pub async fn add_node(&mut self, publishers: Vec<Publisher>) -> anyhow::Result<()> {
        self.nodes += 1;
        let number = self.nodes;
        let listener = bind(([127, 0, 0, 1], 0).into()).await?;
        let mut config = NodeConfig {
            data_dir: self.folder.join(format!("node-{number:02}")),
            listen: listener.local_addr()?.to_string(),
            aggregators: vec![self.aggregator.clone()],
            ..NodeConfig::default()
        };
        // Nobody waits a second for a demonstration.
        config.delivery.first_retry_milliseconds = 100;
        let text = config.to_toml()?;
        self.configurations.push((format!("node {number}"), text));
        let node = Node::open(config, NodeDeps::system())
            .await
            .with_context(|| format!("node {number} cannot be opened"))?;
        for publisher in publishers {
            let phrase = Phrase::from_entropy(SystemRandom.bytes());
            let added = node.add_group(&publisher.label, &phrase).await?;
            self.stewards.push(Hosted {
                group_id: added.group_id,
                file: added.token_file,
                publisher,
            });
        }
        self.running.push(self.serve(node, listener));
        Ok(())
    }

    fn serve(&self, node: Node, listener: TcpListener) -> JoinHandle<anyhow::Result<()>> {
        let stopped = self.stopped();
        tokio::spawn(async move {
            node.run(listener, stopped).await?;
            node.close().await;
            Ok(())
        })
    }

    fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stop = self.stop.subscribe();
        async move {
            // A network that was dropped is stopped too.
            let _ = stop.wait_for(|stop| *stop).await;
        }
    }

    /// The configuration of each server, as an operator would write it.
    pub fn configurations(&self) -> &[(String, String)] {
        &self.configurations
    }

    /// The folder in which everything lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops every server and waits until it has.
    ///
    /// # Errors
    /// Where one of them failed.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        for server in self.running {
            server.await??;
        }
        Ok(())
    }
}
