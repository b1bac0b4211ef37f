//! A node: opened from a configuration, then run on a listener.

mod add_group;
mod census;
mod console_link;
mod error;
mod public_name;
mod run;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::random::Random;
use hedgerow_core::time::Clock;
use hedgerow_server::backup::{Options, pack_before_migration};
use hedgerow_server::identity::{Identity, certificate_names, local_endpoint};
use hedgerow_server::lock::DataDirLock;
use hedgerow_server::private_files::create_private_dir;
use hedgerow_transport::clock::{SystemClock, SystemRandom};
use hedgerow_transport::connector::Connector;
use tokio::sync::{Notify, watch};

use crate::aggregators::NamedAggregators;
use crate::backup::NodeBackup;
use crate::config::{Config, FILE_NAME};
use crate::group::Groups;
use crate::messages::MessageKey;
use crate::metrics::NodeMetrics;
use crate::shared::Shared;
use crate::signing::guard::Stop;
use crate::store::{HostedGroup, Store};
use crate::token::Token;

pub use error::NodeError;

/// External dependencies of a node; tests pass their own.
#[derive(Clone)]
pub struct Deps {
    pub clock: Arc<dyn Clock>,
    /// Source of keys, tokens and nonces.
    pub random: Arc<dyn Random>,
}

impl Deps {
    /// The system's clock and random generator.
    pub fn system() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        }
    }
}

impl fmt::Debug for Deps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deps").finish_non_exhaustive()
    }
}

/// A node. It holds its folder's lock until it is dropped.
pub struct Node {
    shared: Arc<Shared>,
    identity: Identity,
    listen: SocketAddr,
    _lock: DataDirLock,
}

/// A group that was added, or whose token was renewed.
#[derive(Clone, Debug)]
pub struct AddedGroup {
    pub group_id: GroupId,
    /// Stored nowhere but in the steward's file: the node keeps only its hash.
    pub token: Token,
    /// Path of the steward's file.
    pub token_file: PathBuf,
}

impl Node {
    /// Opens the node of a folder. Creates the folder and a certificate if there are none.
    pub async fn open(config: Config, deps: Deps) -> Result<Self, NodeError> {
        config.check()?;
        create_private_dir(&config.data_dir)?;
        // Taken before the database is touched: two processes that sign for one group
        // would produce two heads at one position.
        let lock = DataDirLock::acquire(&config.data_dir)?;
        let listen = config.listen_address()?;
        // Opened for each use, so that it takes no memory in between; a damaged one is reported now.
        config.open_place_pack()?;
        let domain = config.domain.as_ref().map(ToString::to_string);
        let names = || certificate_names(listen, domain);
        let identity = Identity::load_or_generate(&config.data_dir, names)?;
        let mut stream_id = [0; 8];
        deps.random.fill(&mut stream_id);
        if let Some(version) = Store::pending_migration(&config.database_file()).await? {
            let options = Options {
                passphrase: None,
                random: deps.random.as_ref(),
                now: deps.clock.now(),
            };
            pack_before_migration(&NodeBackup, &config.data_dir, version, options).await?;
        }
        let store = Store::open(&config.database_file(), &hex::encode(stream_id)).await?;
        let mut reading = store.read().await?;
        let groups = reading.groups().await?;
        let (_, revision) = reading.stream().await?;
        let shared = Arc::new(Shared {
            named: NamedAggregators::read(&mut reading).await?,
            connector: Connector::new(config.connector.clone()),
            clock: deps.clock,
            random: deps.random,
            groups: Groups::new(),
            revision: watch::Sender::new(revision.unsigned_abs()),
            metrics: NodeMetrics::default(),
            message_key: MessageKey::in_folder(&config.data_dir),
            inboxes_changed: Notify::new(),
            store,
            config,
        });
        for group in groups {
            let stop = reading.stop(&group.group_id, &View::public()).await?;
            let stop = stop.map(|stop| Stop::from_stored(&stop, shared.subject(&group.label)));
            let ended = reading.is_deactivated(&group.group_id).await?;
            let stop = if ended {
                Some(Stop::deactivated())
            } else {
                stop
            };
            shared.add_group(group, stop);
        }
        Ok(Self {
            shared,
            identity,
            listen,
            _lock: lock,
        })
    }

    /// The address at which stewards' tools reach this node if it runs as configured.
    pub fn address(&self) -> Endpoint {
        local_endpoint(self.listen, self.identity.spki_hash())
    }

    /// The address in stewards' files and on the terminal: the configured one, or else the
    /// domain's, or else that of the listener, with `port` if the system has chosen one.
    pub fn steward_address(&self, port: Option<u16>) -> Endpoint {
        if let Some(configured) = &self.config().steward_address {
            let own = Some(self.identity.spki_hash());
            return Endpoint {
                pin: configured.pin.or(own),
                ..configured.clone()
            };
        }
        if let Some(public) = self.public_address() {
            return public;
        }
        let listener = self.address();
        Endpoint {
            port: port.unwrap_or(listener.port),
            ..listener
        }
    }

    /// Says what to set if stewards on other devices cannot use [`Node::steward_address`],
    /// although the listener accepts them.
    pub fn steward_address_hint(&self) -> Option<String> {
        let config = self.config();
        let is_named = config.steward_address.is_some() || config.domain.is_some();
        (self.listen.ip().is_unspecified() && !is_named).then(|| {
            format!(
                "This address works on this machine only. For stewards on other devices, set \
                 `steward_address` in {} to the name that they reach this machine by",
                config.data_dir.join(FILE_NAME).display()
            )
        })
    }

    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// The aggregators of the configuration, and those that the people of any group have named.
    pub fn aggregators(&self) -> Vec<Endpoint> {
        self.shared.all_aggregators()
    }

    /// Lists the groups, ordered by label.
    pub async fn groups(&self) -> Result<Vec<HostedGroup>, NodeError> {
        Ok(self.shared.store.read().await?.groups().await?)
    }

    /// Lists the groups of a folder, also while another process runs the node.
    ///
    /// # Errors
    /// If the folder has no node, or its database cannot be read.
    pub async fn list_groups(config: &Config) -> Result<Vec<HostedGroup>, NodeError> {
        let store = Store::open_to_read(&config.database_file()).await?;
        let groups = store.read().await?.groups().await?;
        store.close().await;
        Ok(groups)
    }

    /// Reads one row: fails, or waits, if the database does not respond.
    pub async fn check_store(&self) -> Result<(), NodeError> {
        self.shared.store.read().await?.stream().await?;
        Ok(())
    }

    /// Finds a group by its label.
    pub async fn group(&self, label: &str) -> Result<HostedGroup, NodeError> {
        self.groups()
            .await?
            .into_iter()
            .find(|group| group.label == label)
            .ok_or_else(|| NodeError::NoSuchGroup(label.to_owned()))
    }

    /// Removes the pinned identity of an aggregator, so that the next contact pins a new
    /// one. Returns whether there was one.
    pub async fn forget_aggregator(&self, address: &Endpoint) -> Result<bool, NodeError> {
        let mut writing = self.shared.store.write().await?;
        let known = writing.forget_aggregator(&address.to_string()).await?;
        writing.commit().await?;
        Ok(known)
    }

    /// Closes the database. Dropping the node loses nothing either, but leaves the
    /// write-ahead log to the next start.
    pub async fn close(self) {
        self.shared.store.close().await;
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node")
            .field("data_dir", &self.shared.config.data_dir)
            .finish_non_exhaustive()
    }
}
