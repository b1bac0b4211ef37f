//! The node's configuration: one TOML file in its folder.

mod annotated;
mod check;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::sync::SyncLimits;
use hedgerow_places::{Places, PlacesError};
use hedgerow_server::acme::{AcmeConfig, Domain};
use hedgerow_server::backup::BackupSettings;
use hedgerow_server::config;
use hedgerow_server::limits::{FeedLimits, ServerLimits};
use hedgerow_server::metrics::MetricsConfig;
use hedgerow_server::server::{Origin, ReverseProxy};
use hedgerow_server::telemetry::TelemetryConfig;
use hedgerow_transport::address_rule::Network;
use hedgerow_transport::connector::ConnectorConfig;
use serde::{Deserialize, Serialize};

pub use hedgerow_server::config::ConfigError;

/// The program's name in error messages.
pub(crate) const PROGRAM: &str = "hedgerow-node";

/// The name of the file in the node's folder.
pub const FILE_NAME: &str = "hedgerow-node.toml";

/// The name of the database in the node's folder.
pub(crate) const DATABASE: &str = "node.sqlite";

/// Loopback only: stewards' tools on other machines need an explicit `listen`.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:7440";

/// All settings. The comments of the file itself are in `config/annotated.rs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The folder that contains the file.
    #[serde(skip)]
    pub data_dir: PathBuf,
    /// IP address and port to listen on.
    pub listen: String,
    /// The name of this node on the internet, for which it obtains a certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<Domain>,
    /// Whether browsers on private networks get pages without TLS.
    pub console_on_local_network: bool,
    /// Where stewards on other devices reach this node. In stewards' files and not in heads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steward_address: Option<Endpoint>,
    /// The aggregators to deliver to.
    pub aggregators: Vec<Endpoint>,
    pub indexing: IndexingChoice,
    /// A public address of this node, included in every head. It locates the node and links
    /// its groups, so there is none unless the host sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_endpoint: Option<Endpoint>,
    pub publishing: PublishingSettings,
    pub heartbeat: HeartbeatSettings,
    pub delivery: DeliverySettings,
    /// Messages that wait at aggregators.
    pub inbox: InboxSettings,
    pub steward: StewardSettings,
    /// The pages of the groups and the console.
    pub site: SiteSettings,
    /// Backups that the node makes by itself.
    pub backup: BackupSettings,
    /// The authority for the certificate of `domain`.
    pub acme: AcmeConfig,
    /// Outbound connections.
    pub connector: ConnectorConfig,
    /// Inbound calls.
    pub limits: ServerLimits,
    /// Calls of FeedService.
    pub feed: FeedLimits,
    pub metrics: MetricsConfig,
    pub telemetry: TelemetryConfig,
}

/// Who may index (keep, show or pass on) what is published here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IndexingChoice {
    /// Any aggregator.
    #[default]
    Anyone,
    /// Only those under `aggregators`.
    Named,
    /// No aggregator: they may show heads, but not records.
    Nobody,
}

/// Limits on what a group may publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PublishingSettings {
    pub max_record_bytes: u32,
    /// Maximum public records of a group.
    pub max_records: u32,
    /// Maximum total bytes of a group's public records.
    pub max_view_bytes: u64,
    /// A place pack for the names of towns. Relative paths start at the node's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place_pack: Option<PathBuf>,
}

/// Renewal of heads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HeartbeatSettings {
    /// Interval at which an unchanged head is signed again.
    pub every_seconds: u64,
    /// Time after which a head is stale; at most 28 days.
    pub head_life_seconds: u64,
    /// Interval of the check for heads that are due.
    pub check_seconds: u64,
}

/// Delivery to aggregators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliverySettings {
    /// Maximum concurrent deliveries to one aggregator.
    pub at_once: usize,
    /// Timeout of every call except a transfer.
    pub response_seconds: u64,
    /// Delay after the first failure; it doubles with each further one.
    pub first_retry_milliseconds: u64,
    /// Maximum delay between attempts; at most 24 hours.
    pub longest_retry_seconds: u64,
    /// Interval of check-ins without a new head.
    pub check_in_seconds: u64,
    /// How long a stopping node waits for transfers in progress.
    pub drain_seconds: u64,
}

/// Messages that wait at aggregators, for groups whose people want that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InboxSettings {
    /// Interval at which they are fetched, a fifth shorter or longer at random.
    pub fetch_seconds: u64,
}

/// Calls of StewardService.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StewardSettings {
    /// Maximum records of a page.
    pub page_size: u32,
    /// Whether stewards may name aggregators for their own group, besides the configured ones.
    pub may_name_aggregators: bool,
}

/// The pages, if a reverse proxy is in front of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteSettings {
    /// Where browsers find the pages by way of the proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The addresses of proxies on other machines.
    pub proxies: Vec<Network>,
}

impl SiteSettings {
    /// Returns the proxy that the server trusts, if there is one.
    pub(crate) fn reverse_proxy(&self) -> Option<ReverseProxy> {
        let origin = self.origin.clone()?;
        Some(ReverseProxy {
            origin,
            networks: self.proxies.clone(),
        })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::new(),
            listen: DEFAULT_LISTEN.to_owned(),
            domain: None,
            console_on_local_network: false,
            steward_address: None,
            aggregators: Vec::new(),
            indexing: IndexingChoice::default(),
            public_endpoint: None,
            publishing: PublishingSettings::default(),
            heartbeat: HeartbeatSettings::default(),
            delivery: DeliverySettings::default(),
            inbox: InboxSettings::default(),
            steward: StewardSettings::default(),
            site: SiteSettings::default(),
            backup: BackupSettings::default(),
            acme: AcmeConfig::default(),
            connector: ConnectorConfig::default(),
            limits: ServerLimits::default(),
            feed: FeedLimits::default(),
            metrics: MetricsConfig::default(),
            telemetry: TelemetryConfig::default(),
        }
    }
}

impl Default for PublishingSettings {
    fn default() -> Self {
        Self {
            max_record_bytes: 64 * 1024,
            max_records: 20_000,
            max_view_bytes: 64 * 1024 * 1024,
            place_pack: None,
        }
    }
}

const DAY: u64 = 24 * 60 * 60;

impl Default for HeartbeatSettings {
    fn default() -> Self {
        Self {
            every_seconds: 7 * DAY,
            head_life_seconds: 28 * DAY,
            check_seconds: 60,
        }
    }
}

impl Default for InboxSettings {
    fn default() -> Self {
        Self { fetch_seconds: 300 }
    }
}

impl Default for StewardSettings {
    fn default() -> Self {
        Self {
            page_size: 500,
            may_name_aggregators: true,
        }
    }
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            at_once: 16,
            response_seconds: 20,
            first_retry_milliseconds: 1_000,
            longest_retry_seconds: DAY,
            check_in_seconds: DAY,
            drain_seconds: 10,
        }
    }
}

impl Config {
    /// The defaults, for a node in the given folder.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            ..Self::default()
        }
    }

    /// Opens the place pack, if one is configured.
    pub(crate) fn open_place_pack(&self) -> Result<Option<Places>, PlacesError> {
        let pack = self.publishing.place_pack.as_ref();
        pack.map(|pack| Places::open(&self.data_dir.join(pack)))
            .transpose()
    }

    /// Reads and checks the file in a node's folder.
    pub fn load(dir: &Path) -> Result<Self, ConfigError> {
        let mut config = config::read::<Self>(PROGRAM, dir)?;
        config.data_dir = dir.to_owned();
        config.check()?;
        Ok(config)
    }

    /// Parses the text of a file, without checking the values.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Formats every setting in force as TOML.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }

    /// Parses `listen`.
    pub fn listen_address(&self) -> Result<SocketAddr, ConfigError> {
        config::listen_address(&self.listen, DEFAULT_LISTEN)
    }

    pub fn database_file(&self) -> PathBuf {
        self.data_dir.join(DATABASE)
    }

    /// A file that exists while a restored group has not signed yet.
    pub(crate) fn restored_mark(&self, group: &GroupId) -> PathBuf {
        self.data_dir.join("restored").join(group.to_string())
    }

    /// The file with the token of a group's steward.
    pub fn steward_file(&self, label: &str) -> PathBuf {
        self.data_dir.join("stewards").join(format!("{label}.json"))
    }

    /// Limits of a restore from an aggregator. They are at least the protocol's defaults: the
    /// state may have been published by a node with higher limits than this one.
    pub(crate) fn sync_limits(&self) -> SyncLimits {
        let default = SyncLimits::default();
        let own = &self.publishing;
        SyncLimits {
            max_records: own.max_records.max(default.max_records),
            max_view_bytes: own.max_view_bytes.max(default.max_view_bytes),
            max_record_bytes: own.max_record_bytes.max(default.max_record_bytes),
            ..default
        }
    }

    pub(crate) fn heartbeat_every(&self) -> Duration {
        Duration::from_secs(self.heartbeat.every_seconds)
    }

    pub(crate) fn head_life(&self) -> Duration {
        Duration::from_secs(self.heartbeat.head_life_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_named() {
        let error = Config::parse("agregators = []").unwrap_err().to_string();
        assert!(error.contains("agregators"), "{error}");
    }

    #[test]
    fn the_printed_settings_can_be_parsed() {
        let config = Config::default();
        let text = config.to_toml().unwrap();
        assert_eq!(Config::parse(&text).unwrap(), config);
    }

    #[test]
    fn the_error_for_a_folder_without_a_file_names_the_command_to_run() {
        let error = Config::load(Path::new("/nowhere")).unwrap_err().to_string();
        assert!(
            error.contains("hedgerow-node init --dir /nowhere"),
            "{error}"
        );
    }
}
