//! A network in this process: an aggregator and nodes.

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use hedgerow_aggregator::{Aggregator, Config as AggregatorConfig, Deps as AggregatorDeps};
use hedgerow_client::{GroupId, Options, Steward, StewardToken};
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::phrase::Phrase;
use hedgerow_core::random::RandomExt;
use hedgerow_node::{Config as NodeConfig, Deps as NodeDeps, Node};
use hedgerow_server::listen::bind;
use hedgerow_transport::clock::{SystemClock, SystemRandom};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::publisher::Publisher;

/// What the directory's pages say about it.
const ABOUT: &str = "This is a demonstration, and ends with it. Everything marked [test …] or \
                     [demonstration] is invented.\n\nOther listings are of real organisations that \
                     two public reports name, most of them from 2013: history, not advice.";

/// How long the link into the console is good: people look at the directory first.
const LINK_LIFE: Duration = Duration::from_secs(12 * 60 * 60);

#[derive(Debug, Clone)]
pub(crate) struct NetworkConfig {
    /// Each server has a folder of its own in it.
    pub(crate) folder: PathBuf,
    /// The aggregator's listener.
    pub(crate) listen: SocketAddr,
}

/// A running network. Dropping it stops the servers without waiting for them.
pub(crate) struct Network {
    folder: PathBuf,
    /// With the hash of its key.
    pub(crate) aggregator: Endpoint,
    /// The number of running nodes.
    pub(crate) nodes: usize,
    pub(crate) groups: Vec<HostedGroup>,
    configs: Vec<(String, String)>,
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<anyhow::Result<()>>>,
}

/// A group on a node, and what it has to publish.
pub(crate) struct HostedGroup {
    pub(crate) group_id: GroupId,
    /// The file that the node wrote for the group's steward.
    pub(crate) steward_file: PathBuf,
    /// The address of the group's own page.
    pub(crate) page: Option<String>,
    pub(crate) publisher: Publisher,
}

impl HostedGroup {
    /// A client of the node for the group's steward.
    ///
    /// # Errors
    /// If the steward file cannot be read.
    pub(crate) fn steward(&self, options: Options) -> anyhow::Result<Steward> {
        let token = StewardToken::read(&self.steward_file)?;
        Ok(Steward::new(token, options)?)
    }
}

impl Network {
    /// Starts the aggregator.
    ///
    /// # Errors
    /// If it cannot be opened, or its port is in use.
    pub(crate) async fn start(config: &NetworkConfig) -> anyhow::Result<Self> {
        let listener = bind(config.listen).await?;
        let address = listener.local_addr()?;
        let mut aggregator = AggregatorConfig::new(config.folder.join("aggregator"));
        aggregator.listen = address.to_string();
        // All nodes and all people who try it out have the same address here.
        aggregator.limits.connections_per_peer = 256;
        aggregator.limits.new_connections_per_peer_and_second = 256;
        aggregator.limits.calls_per_peer = aggregator.limits.calls;
        aggregator.feed.watchers_per_peer = 16;
        aggregator.ingest.daily_new_groups = 1_000;
        aggregator.site.run_by = "the demonstration on this machine".to_owned();
        aggregator.site.about = ABOUT.to_owned();
        let text = aggregator.to_toml()?;
        let phrase = Phrase::from_entropy(SystemRandom.bytes());
        Aggregator::initialise(&aggregator, &phrase, &SystemRandom)?;
        let deps = AggregatorDeps {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        };
        let aggregator = Aggregator::open(aggregator, deps)
            .await
            .context("cannot open the aggregator")?;
        let (stop, _) = watch::channel(false);
        let mut network = Self {
            folder: config.folder.clone(),
            aggregator: aggregator.address().clone(),
            nodes: 0,
            groups: Vec::new(),
            configs: vec![("the aggregator".to_owned(), text)],
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

    /// Starts a node with these groups, without their records.
    ///
    /// # Errors
    /// If it cannot be opened or a group cannot be added.
    pub(crate) async fn add_node(&mut self, publishers: Vec<Publisher>) -> anyhow::Result<()> {
        self.nodes += 1;
        let number = self.nodes;
        let listener = bind(([127, 0, 0, 1], 0).into()).await?;
        let mut config = NodeConfig {
            data_dir: self.folder.join(format!("node-{number:02}")),
            listen: listener.local_addr()?.to_string(),
            aggregators: vec![self.aggregator.clone()],
            ..NodeConfig::default()
        };
        // A demonstration should not wait a second for its first retry.
        config.delivery.first_retry_milliseconds = 100;
        let text = config.to_toml()?;
        self.configs.push((format!("node {number}"), text));
        let node = Node::open(config, NodeDeps::system())
            .await
            .with_context(|| format!("cannot open node {number}"))?;
        let pages = node.pages_address(listener.local_addr()?);
        for publisher in publishers {
            let phrase = Phrase::from_entropy(SystemRandom.bytes());
            let added = node.add_group(&publisher.label, &phrase).await?;
            self.groups.push(HostedGroup {
                group_id: added.group_id,
                steward_file: added.token_file,
                page: pages
                    .as_ref()
                    .map(|pages| format!("{pages}g/{}", added.group_id)),
                publisher,
            });
        }
        self.running.push(self.serve(node, listener));
        Ok(())
    }

    /// Starts a node without groups for the person who tries it out, and returns a link that opens
    /// its console once.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub(crate) async fn add_own_node(&mut self) -> anyhow::Result<String> {
        let listener = bind(([127, 0, 0, 1], 0).into()).await?;
        let mut config = NodeConfig {
            data_dir: self.folder.join("node-yours"),
            listen: listener.local_addr()?.to_string(),
            aggregators: vec![self.aggregator.clone()],
            ..NodeConfig::default()
        };
        config.delivery.first_retry_milliseconds = 100;
        let node = Node::open(config, NodeDeps::system())
            .await
            .context("cannot open a node for you")?;
        let pages = node.pages_address(listener.local_addr()?);
        let pages = pages.context("the node has no address on this machine")?;
        let link = node.console_link(LINK_LIFE).await?;
        self.running.push(self.serve(node, listener));
        Ok(format!("{pages}{link}"))
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
            // An error means that the network was dropped, which stops it as well.
            let _ = stop.wait_for(|stop| *stop).await;
        }
    }

    /// The name of each server and its configuration, as an operator would write it.
    pub(crate) fn configs(&self) -> &[(String, String)] {
        &self.configs
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Stops every server and waits for it.
    ///
    /// # Errors
    /// If one of them failed.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        for server in self.running {
            server.await??;
        }
        Ok(())
    }
}
