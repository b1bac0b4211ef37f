//! The servers under attack, with default limits.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;

use anyhow::Context as _;
use hedgerow_core::id::GroupId;
use hedgerow_proto::directory_v1::SearchRecordsRequest;

use super::attack::Victim;
use super::honest::Honest;
use super::node_client::NodeClient;
use crate::dataset::Dataset;
use crate::fill::wait_until_found;
use crate::process::Process;
use crate::push::{Concurrency, push};
use crate::server::{ConfigChange, Server, init_aggregator_with_default_limits, init_node};

/// An aggregator with a dataset, and if an attack needs it a node that publishes to it.
pub struct Servers {
    pub aggregator: Server,
    pub metrics: SocketAddr,
    node: Option<Server>,
    publishers: u8,
}

impl Servers {
    pub async fn start(
        folder: &Path,
        dataset: &Dataset,
        with_node: bool,
        publishers: u8,
    ) -> anyhow::Result<Self> {
        let home = folder.join("aggregator");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let metrics = free.local_addr()?;
        drop(free);
        let changes: [ConfigChange; 1] = [Box::new(move |config| {
            let section = |config: &mut toml::Table, key: &str, name: &str, value: toml::Value| {
                let table = config.get_mut(key).and_then(toml::Value::as_table_mut);
                table
                    .with_context(|| format!("the configuration has no section `{key}`"))?
                    .insert(name.to_owned(), value);
                anyhow::Ok(())
            };
            section(config, "metrics", "listen", metrics.to_string().into())?;
            // Without it, endpoints on loopback would be rejected before they cost anything.
            let loopback = toml::Value::Array(vec!["127.0.0.0/8".into()]);
            section(config, "connector", "allow_networks", loopback)
        })];
        init_aggregator_with_default_limits(&home, &changes)?;
        let aggregator = Server::aggregator(&home).await?;
        let few = Concurrency {
            pushes: 8,
            connections: 1,
        };
        push(&aggregator.address, dataset, few).await?;
        wait_until_found(&aggregator, dataset.records).await?;
        let node = if with_node {
            let home = folder.join("node");
            init_node(&home, Some(&aggregator.address))?;
            Some(Server::node(&home).await?)
        } else {
            None
        };
        Ok(Self {
            aggregator,
            metrics,
            node,
            publishers,
        })
    }

    /// Honest clients; if the node is attacked, they publish by it.
    pub async fn honest(
        &self,
        requests: Vec<SearchRecordsRequest>,
        victim: Victim,
    ) -> anyhow::Result<Honest> {
        let node = match victim {
            Victim::Aggregator => None,
            Victim::Node => Some(self.steward()?),
        };
        Honest::new(&self.aggregator.address, requests, node, self.publishers).await
    }

    fn steward(&self) -> anyhow::Result<NodeClient> {
        let node = self.node.as_ref().context("there is no node")?;
        NodeClient::new(&node.folder)
    }

    /// The group of the attacked node.
    pub fn node_group(&self) -> anyhow::Result<GroupId> {
        Ok(self.steward()?.group_id())
    }

    pub fn victim(&self, victim: Victim) -> &Server {
        match (victim, &self.node) {
            (Victim::Node, Some(node)) => node,
            _ => &self.aggregator,
        }
    }

    pub fn process(&self, victim: Victim) -> Process {
        self.victim(victim).process()
    }

    /// Stops the servers as an operator does.
    pub fn stop(self) -> anyhow::Result<()> {
        if let Some(node) = self.node {
            node.stop()?;
        }
        self.aggregator.stop()
    }
}
