//! A node: opened from a configuration, then run on a listener.

mod add_group;
mod identity;
mod run;

use std::fmt;
use std::sync::Arc;

use hedgerow_core::address::Address;
use hedgerow_core::head::HeadError;
use hedgerow_core::key_log::KeyLogError;
use hedgerow_core::name::View;
use hedgerow_core::time::Clock;
use hedgerow_core::time::Random;
use hedgerow_core::time::Timestamp;
use hedgerow_rpc::clock::SystemClock;
use hedgerow_rpc::clock::SystemRandom;
use hedgerow_rpc::connector::Connector;
use hedgerow_rpc::files::WriteFailed;
use hedgerow_rpc::files::create_private_dir;
use hedgerow_rpc::lock::DataDirLock;
use hedgerow_rpc::lock::LockError;
use hedgerow_rpc::server::BindError;
use hedgerow_rpc::tls::Identity;
use hedgerow_rpc::tls::IdentityError;
use tokio::sync::watch;

use crate::config::Config;
use crate::config::ConfigError;
use crate::gate::Gate;
use crate::gate::Stopped;
use crate::group::Group;
use crate::group::Groups;
use crate::group::NewHeads;
use crate::metrics::NodeMetrics;
use crate::store::Publisher;
use crate::store::Store;
use crate::store::StoreError;
use crate::token::StewardFileError;

pub use add_group::AddedGroup;
pub use add_group::Token;

/// What a node takes from the outside: tests bring their own.
#[derive(Clone)]
pub struct Deps {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness for keys and nonces.
    pub random: Arc<dyn Random>,
}

impl Deps {
    /// The machine's own clock and randomness.
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

/// Why a node cannot be opened, changed or run.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// Its configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Its folder is in use, or cannot be locked.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteFailed),
    /// Its TLS certificate.
    #[error("the node's certificate cannot be used")]
    Identity(#[from] IdentityError),
    /// Its database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A steward's file.
    #[error(transparent)]
    StewardFile(#[from] StewardFileError),
    /// A key log that was made or stored here does not verify.
    #[error("a key log does not verify")]
    KeyLog(#[from] KeyLogError),
    /// A stored head does not verify.
    #[error("a stored head does not verify")]
    Head(#[from] HeadError),
    /// A label that is none.
    #[error("a label is 1 to 40 of a-z, 0-9 and `-`, such as `leeds-carers`; `{0}` is not")]
    Label(String),
    /// A label that is taken.
    #[error("this node already has a group labelled `{0}`: choose another label")]
    LabelTaken(String),
    /// No such group.
    #[error("this node has no group labelled `{0}`; `hedgerow-node group list` shows those it has")]
    NoSuchGroup(String),
    /// The listener is of no use.
    #[error("the listener has no address")]
    Listener(#[source] std::io::Error),
    /// There is no listening where metrics are to be told.
    #[error("metrics cannot be told (`metrics.listen`)")]
    Metrics(#[source] BindError),
    /// The service descriptions built in.
    #[error("the service descriptions built into this program cannot be read")]
    Reflection(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A node, holding its folder's lock until it is dropped.
pub struct Node {
    shared: Arc<Shared>,
    identity: Identity,
    _lock: DataDirLock,
}

/// What every part of a running node works with.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) store: Store,
    pub(crate) groups: Groups,
    pub(crate) connector: Connector,
    /// The store's last revision: those that follow the feed wait for it.
    pub(crate) revision: watch::Sender<u64>,
    pub(crate) metrics: NodeMetrics,
}

impl Shared {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// Tells of a durable change of a group's head.
    pub(crate) fn tell_of_head(&self, group: &Group, revision: i64) {
        let revision = revision.unsigned_abs();
        self.revision
            .send_modify(|last| *last = revision.max(*last));
        self.metrics.head_signed();
        group.tell_of_head();
    }
}

impl Node {
    /// Opens the node of a folder, which is made where there is none, with a fresh
    /// certificate. Refused while another process has it.
    pub async fn open(config: Config, deps: Deps) -> Result<Self, NodeError> {
        config.check()?;
        create_private_dir(&config.data_dir)?;
        let lock = DataDirLock::acquire(&config.data_dir)?;
        let identity = identity::load_or_make(&config)?;
        let mut stream_id = [0; 8];
        deps.random.fill(&mut stream_id);
        let store = Store::open(&config.database_file(), &hex::encode(stream_id)).await?;
        let mut reading = store.read().await?;
        let publishers = reading.publishers().await?;
        let (_, revision) = reading.stream().await?;
        let shared = Arc::new(Shared {
            connector: Connector::new(config.connector.clone()),
            clock: deps.clock,
            random: deps.random,
            groups: Groups::new(),
            revision: watch::Sender::new(revision.unsigned_abs()),
            metrics: NodeMetrics::default(),
            store,
            config,
        });
        for publisher in publishers {
            let stop = reading.stop(&publisher.group_id, &View::public()).await?;
            let stopped = stop.map(|stop| Stopped::from_kept(&stop, &publisher.label));
            shared.begin(publisher, stopped);
        }
        Ok(Self {
            shared,
            identity,
            _lock: lock,
        })
    }

    /// The address with which stewards' tools reach this node when it runs as configured.
    pub fn address(&self) -> Address {
        identity::address(&self.shared.config.listen, &self.identity)
    }

    /// The configuration in force.
    pub fn config(&self) -> &Config {
        &self.shared.config
    }

    /// The groups, by label.
    pub async fn publishers(&self) -> Result<Vec<Publisher>, NodeError> {
        Ok(self.shared.store.read().await?.publishers().await?)
    }

    /// The group with a label.
    pub async fn publisher(&self, label: &str) -> Result<Publisher, NodeError> {
        let publishers = self.publishers().await?;
        publishers
            .into_iter()
            .find(|publisher| publisher.label == label)
            .ok_or_else(|| NodeError::NoSuchGroup(label.to_owned()))
    }

    /// Lets an aggregator introduce itself anew. True where it was known.
    pub async fn forget_aggregator(&self, address: &Address) -> Result<bool, NodeError> {
        let mut writing = self.shared.store.write().await?;
        let known = writing.forget_aggregator(&address.to_string()).await?;
        writing.commit().await?;
        Ok(known)
    }

    /// Closes the database. A node that is only dropped loses nothing either.
    pub async fn close(self) {
        self.shared.store.close().await;
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Shared {
    fn begin(&self, publisher: Publisher, stopped: Option<Stopped>) -> Arc<Group> {
        self.groups.add(Group {
            id: publisher.group_id,
            label: publisher.label,
            token_hash: publisher.token_hash,
            edits: tokio::sync::Mutex::new(()),
            gate: Gate::new(!self.config.aggregators.is_empty(), stopped),
            heads: watch::Sender::new(NewHeads::default()),
            waiting: std::sync::atomic::AtomicBool::new(true),
        })
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node")
            .field("data_dir", &self.shared.config.data_dir)
            .finish_non_exhaustive()
    }
}
