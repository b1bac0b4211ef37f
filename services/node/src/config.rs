//! The node's configuration: one TOML file in its folder.

mod annotated;
mod check;

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use hedgerow_core::address::Address;
use hedgerow_core::sync::SyncLimits;
use hedgerow_rpc::config;
use hedgerow_rpc::connector::ConnectorConfig;
use hedgerow_rpc::limits::FeedLimits;
use hedgerow_rpc::limits::ServerLimits;
use hedgerow_rpc::metrics::MetricsConfig;
use hedgerow_rpc::telemetry::TelemetryConfig;
use serde::Deserialize;
use serde::Serialize;

pub use annotated::annotated;
pub use hedgerow_rpc::config::ConfigError;

/// The program, as messages name it.
const PROGRAM: &str = "hedgerow-node";

/// The name of the file in the node's folder.
pub const FILE_NAME: &str = "hedgerow-node.toml";

/// Where stewards reach a node that says nothing else.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:7440";

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The node's folder. Not in the file: it is the folder that the file lies in.
    #[serde(skip)]
    pub data_dir: PathBuf,
    /// Address and port to listen on.
    pub listen: String,
    /// Where the groups are published to.
    pub aggregators: Vec<Address>,
    /// Who may keep and show what is published.
    pub indexing: IndexingChoice,
    /// Where others can reach this node, put into every head. It locates the node
    /// and links its groups, so there is none unless the host asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_endpoint: Option<Address>,
    /// What a group may publish.
    pub publishing: Publishing,
    /// How heads are kept fresh.
    pub heartbeat: Heartbeat,
    /// How heads and records are brought to aggregators.
    pub delivery: DeliverySettings,
    /// What stewards are given.
    pub steward: StewardSettings,
    /// How connections to others are made.
    pub connector: ConnectorConfig,
    /// What is asked of those that call this node.
    pub limits: ServerLimits,
    /// What is given to those that follow this node's groups.
    pub feed: FeedLimits,
    /// Where metrics are told.
    pub metrics: MetricsConfig,
    /// Where traces are sent.
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
    /// None: heads are shown, records are not.
    Nobody,
}

/// Limits of what a group may publish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Publishing {
    /// The largest record, in bytes.
    pub max_record_bytes: u32,
    /// The most public records of a group.
    pub max_records: u32,
    /// The most bytes of a group's public records.
    pub max_view_bytes: u64,
}

/// How heads are kept fresh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Heartbeat {
    /// An unchanged head is signed anew after this many seconds.
    pub every_seconds: u64,
    /// A head goes stale after this many seconds; at most 28 days.
    pub head_life_seconds: u64,
    /// How often it is looked whether a head is due.
    pub check_seconds: u64,
}

/// How heads and records are brought to aggregators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliverySettings {
    /// The most groups that are brought to one aggregator at once.
    pub at_once: usize,
    /// How long an aggregator may take to answer anything but a transfer.
    pub answer_seconds: u64,
    /// The wait after a first failure; it doubles with each further one.
    pub first_retry_milliseconds: u64,
    /// The longest wait between attempts; never over 24 hours.
    pub longest_retry_seconds: u64,
    /// With nothing new, an aggregator is asked again after this many seconds.
    pub check_in_seconds: u64,
    /// How long transfers under way may take to finish when the node is stopped.
    pub drain_seconds: u64,
}

/// What stewards are given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StewardSettings {
    /// The most records of a page.
    pub page_size: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::new(),
            listen: DEFAULT_LISTEN.to_owned(),
            aggregators: Vec::new(),
            indexing: IndexingChoice::default(),
            public_endpoint: None,
            publishing: Publishing::default(),
            heartbeat: Heartbeat::default(),
            delivery: DeliverySettings::default(),
            steward: StewardSettings::default(),
            connector: ConnectorConfig::default(),
            limits: ServerLimits::default(),
            feed: FeedLimits::default(),
            metrics: MetricsConfig::default(),
            telemetry: TelemetryConfig::default(),
        }
    }
}

impl Default for Publishing {
    fn default() -> Self {
        Self {
            max_record_bytes: 64 * 1024,
            max_records: 20_000,
            max_view_bytes: 64 * 1024 * 1024,
        }
    }
}

const DAY: u64 = 24 * 60 * 60;

impl Default for Heartbeat {
    fn default() -> Self {
        Self {
            every_seconds: 7 * DAY,
            head_life_seconds: 28 * DAY,
            check_seconds: 60,
        }
    }
}

impl Default for StewardSettings {
    fn default() -> Self {
        Self { page_size: 500 }
    }
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            at_once: 16,
            answer_seconds: 20,
            first_retry_milliseconds: 1_000,
            longest_retry_seconds: DAY,
            check_in_seconds: DAY,
            drain_seconds: 10,
        }
    }
}

impl Config {
    /// The defaults, for a node in a folder.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            ..Self::default()
        }
    }

    /// Reads the file of a node's folder.
    pub fn load(dir: &Path) -> Result<Self, ConfigError> {
        let mut config = config::read(PROGRAM, dir, Self::parse)?;
        config.data_dir = dir.to_owned();
        config.check()?;
        Ok(config)
    }

    /// Reads the file's text.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// As a TOML text: every value in force.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }

    /// The database.
    pub fn database_file(&self) -> PathBuf {
        self.data_dir.join("node.sqlite")
    }

    /// The TLS certificate and its private key.
    pub fn identity_files(&self) -> (PathBuf, PathBuf) {
        (
            self.data_dir.join("certificate.pem"),
            self.data_dir.join("certificate-key.pem"),
        )
    }

    /// The file with which a group's steward signs in.
    pub fn steward_file(&self, label: &str) -> PathBuf {
        self.data_dir.join("stewards").join(format!("{label}.json"))
    }

    /// How much of a group is taken back from an aggregator: what may be published here, and
    /// never less than what may be published elsewhere.
    pub(crate) fn sync_limits(&self) -> SyncLimits {
        let usual = SyncLimits::default();
        let own = &self.publishing;
        SyncLimits {
            max_records: own.max_records.max(usual.max_records),
            max_view_bytes: own.max_view_bytes.max(usual.max_view_bytes),
            max_record_bytes: own.max_record_bytes.max(usual.max_record_bytes),
            ..usual
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
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_annotated_file_says_what_holds_without_it() {
        let mut written = Config::parse(&annotated(DEFAULT_LISTEN, &[])).unwrap();
        written.data_dir = PathBuf::new();
        assert_eq!(written, Config::default());
        written.check().unwrap();
    }

    #[test]
    fn aggregators_stand_in_the_file() {
        let there = [Address::parse("https://a.example:1").unwrap()];
        let written = Config::parse(&annotated("0.0.0.0:1", &there)).unwrap();
        assert_eq!(written.aggregators, there);
        assert_eq!(written.listen, "0.0.0.0:1");
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = Config::parse("agregators = []").unwrap_err().to_string();
        assert!(error.contains("agregators"), "{error}");
    }

    #[test]
    fn what_is_shown_can_be_read_back() {
        let config = Config::default();
        let shown = config.to_toml().unwrap();
        assert_eq!(Config::parse(&shown).unwrap(), config);
    }

    #[test]
    fn a_folder_without_a_file_says_what_to_run() {
        let error = Config::load(Path::new("/nowhere")).unwrap_err().to_string();
        assert!(
            error.contains("hedgerow-node init --dir /nowhere"),
            "{error}"
        );
    }
}
