//! Running a node: its services on one port, its couriers, its heartbeat.

use std::sync::Arc;

use hedgerow_core::address::Address;
use hedgerow_rpc::feed;
use hedgerow_rpc::feed::FeedHandler;
use hedgerow_rpc::metrics::Metrics;
use hedgerow_rpc::metrics::ServerMetrics;
use hedgerow_rpc::metrics::serve;
use hedgerow_rpc::server::Server;
use hedgerow_rpc::server::standard_services;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::Node;
use super::NodeError;
use crate::delivery::deliver;
use crate::feed::NodeFeed;
use crate::heartbeat::beat;
use crate::metrics::look;
use crate::steward;
use crate::token::readdress;

impl Node {
    /// Serves on a listener until `shutdown`, then lets calls and transfers that have
    /// begun finish. A node may be run again afterwards.
    pub async fn run(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), NodeError> {
        let port = listener.local_addr().map_err(NodeError::Listener)?.port();
        self.readdress_steward_files(port)?;
        let shared = &self.shared;
        let standard = standard_services(&[feed::SERVICE, steward::SERVICE])
            .await
            .map_err(|error| NodeError::Reflection(error.into()))?;
        let source = Arc::new(NodeFeed(Arc::clone(shared)));
        let feed = FeedHandler::new(source, shared.config.feed.clone());
        let routes = standard
            .routes
            .add_service(feed.into_service(shared.config.limits.message_bytes))
            .add_service(steward::service(Arc::clone(shared)));
        let calls = ServerMetrics::default();
        let server = Server::builder(shared.config.limits.clone())
            .tls(&self.identity)?
            .metrics(calls.clone())
            .routes(routes);
        let telling = self.metrics_listener().await?;

        let stopping = CancellationToken::new();
        // Whoever drops this future stops the node too.
        let _stop_with_me = stopping.clone().drop_guard();
        let couriers = tokio::spawn(deliver(Arc::clone(shared), stopping.clone()));
        let mut beside = JoinSet::new();
        beside.spawn(beat(Arc::clone(shared)));
        if let Some(telling) = telling {
            let mut metrics = Metrics::new();
            calls.tell(&mut metrics);
            shared.metrics.tell(&mut metrics);
            beside.spawn(serve(telling, metrics, look(Arc::clone(shared))));
        }
        server.serve(listener, shutdown).await;
        beside.shutdown().await;
        stopping.cancel();
        if let Err(error) = couriers.await {
            tracing::error!(%error, "the couriers ended badly");
        }
        Ok(())
    }

    async fn metrics_listener(&self) -> Result<Option<TcpListener>, NodeError> {
        let bound = self.config().metrics.bind().await;
        bound.map_err(NodeError::Metrics)
    }

    /// A steward's file names the port that was configured; a listener may have another.
    fn readdress_steward_files(&self, port: u16) -> Result<(), NodeError> {
        let address = Address {
            port,
            ..self.address()
        };
        for group in self.shared.groups.all() {
            let file = self.config().steward_file(&group.label);
            // The host may have moved it: it is the steward's.
            if file.exists() {
                readdress(&file, &address)?;
            }
        }
        Ok(())
    }
}
