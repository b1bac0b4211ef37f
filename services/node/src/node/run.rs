//! Runs a node: its services on one port, delivery to the aggregators, and maintenance.

use std::sync::Arc;

use hedgerow_server::backup::Schedule;
use hedgerow_server::feed;
use hedgerow_server::feed::FeedHandler;
use hedgerow_server::metrics::{Metrics, ServerMetrics, serve};
use hedgerow_server::server::{Pages, Server, standard_services};
use hedgerow_web::language::in_each_language;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::census::census;
use super::{Node, NodeError};
use crate::backup::NodeBackup;
use crate::delivery::deliver;
use crate::feed::NodeFeed;
use crate::inbox::run_inboxes;
use crate::maintenance::run_maintenance;
use crate::token::update_address;
use crate::{console, site, steward};

impl Node {
    /// Serves on a listener until `shutdown`, then waits for calls and transfers in
    /// progress. The node can be run again afterwards.
    pub async fn run(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), NodeError> {
        let address = listener.local_addr().map_err(NodeError::Listener)?;
        self.update_steward_files(address.port())?;
        self.write_pages_address(address)?;
        let shared = &self.shared;
        let standard = standard_services(&[feed::SERVICE, steward::SERVICE])
            .await
            .map_err(|error| NodeError::Reflection(error.into()))?;
        let source = Arc::new(NodeFeed(Arc::clone(shared)));
        let feed = FeedHandler::new(source, shared.config.feed.clone());
        let routes = standard
            .add_service(feed.into_service(shared.config.limits.message_bytes))
            .add_service(steward::service(Arc::clone(shared)));
        let server_metrics = ServerMetrics::default();
        let public_name = self.public_name()?;
        let pages = site::routes(Arc::clone(shared)).merge(console::routes(Arc::clone(shared)));
        let pages = in_each_language(&pages, &[]);
        let server = Server::new(shared.config.limits.clone(), &self.identity)?
            .metrics(server_metrics.clone())
            .public_name(public_name.clone())
            .on_local_network(shared.config.console_on_local_network)
            .behind(shared.config.site.reverse_proxy())
            .routes(routes)
            .pages(Pages::new(pages, site::without_visit));
        let backups = Schedule::new(
            &NodeBackup,
            (shared.config.data_dir.clone(), shared.config.backup.clone()),
            Arc::clone(&shared.clock),
            Arc::clone(&shared.random),
        )?;
        let metrics_listener = self.config().metrics.bind().await;
        let metrics_listener = metrics_listener.map_err(NodeError::Metrics)?;

        let stopping = CancellationToken::new();
        // If the caller drops this future, the spawned delivery task must stop too.
        let _stop_on_drop = stopping.clone().drop_guard();
        let delivery = tokio::spawn(deliver(Arc::clone(shared), stopping.clone()));
        let mut background = JoinSet::new();
        background.spawn(run_maintenance(Arc::clone(shared)));
        background.spawn(run_inboxes(Arc::clone(shared)));
        if let Some(metrics_listener) = metrics_listener {
            let mut metrics = Metrics::default();
            server_metrics.register(&mut metrics);
            metrics.add_program(shared.config.data_dir.clone());
            backups.register(&mut metrics);
            shared.metrics.register(&mut metrics);
            if let Some(name) = &public_name {
                name.register(&mut metrics);
            }
            background.spawn(serve(metrics_listener, metrics, census(Arc::clone(shared))));
        }
        background.spawn(backups.run(stopping.clone()));
        if let Some(name) = public_name {
            background.spawn(name.run(stopping.clone()));
        }
        server.serve(listener, shutdown).await;
        // Delivery stops last: a call that just finished may have committed a head, and the
        // drain gives its transfer a chance to finish.
        background.shutdown().await;
        stopping.cancel();
        if let Err(error) = delivery.await {
            tracing::error!(%error, "the delivery task failed");
        }
        Ok(())
    }

    /// Writes the listener's port into the stewards' files: the configured port may be 0,
    /// which lets the system choose one.
    fn update_steward_files(&self, port: u16) -> Result<(), NodeError> {
        let address = self.steward_address(Some(port));
        for group in self.shared.groups.all() {
            let file = self.config().steward_file(&group.label);
            // The host may have given the file to the steward and removed it here.
            if file.exists() {
                update_address(&file, &address)?;
            }
        }
        Ok(())
    }
}
