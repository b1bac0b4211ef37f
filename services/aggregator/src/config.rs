//! The aggregator's configuration: one TOML file in its folder.

mod annotated;
mod crawl;
mod directory;
mod inbox;
mod ingest;
mod places;
mod site;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_search::IndexConfig;
use hedgerow_server::acme::{AcmeConfig, Domain};
use hedgerow_server::backup::BackupSettings;
use hedgerow_server::config;
use hedgerow_server::limits::{FeedLimits, ServerLimits};
use hedgerow_server::metrics::MetricsConfig;
use hedgerow_server::telemetry::TelemetryConfig;
use hedgerow_transport::connector::ConnectorConfig;
use hedgerow_transport::limits::{OutOfRange, check_positive, check_range};
use serde::{Deserialize, Serialize};

pub use crawl::CrawlConfig;
pub use directory::DirectoryConfig;
pub use hedgerow_server::config::ConfigError;
pub use inbox::InboxConfig;
pub use ingest::IngestConfig;
pub use places::PlacesConfig;
pub use site::SiteConfig;

/// The program, as messages name it.
pub(crate) const PROGRAM: &str = "hedgerow-aggregator";

/// The name of the file in the aggregator's folder.
pub const FILE_NAME: &str = "hedgerow-aggregator.toml";

/// The name of the database in the aggregator's folder.
pub(crate) const DATABASE: &str = "aggregator.sqlite";

/// The address on which an aggregator listens by default.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:7450";

/// All settings of an aggregator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The aggregator's folder. Not in the file: it is the folder that contains the file.
    #[serde(skip)]
    pub data_dir: PathBuf,
    /// Address and port to listen on.
    pub listen: String,
    /// The name on the internet, for which it obtains a certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<Domain>,
    /// The name under which others reach it, as `HOST:PORT`, if that is neither `listen` nor
    /// `domain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_name: Option<String>,
    /// Servers to follow: nodes or other aggregators.
    pub sources: Vec<Endpoint>,
    /// Limits on groups and transfers.
    pub ingest: IngestConfig,
    /// Sealed messages that wait for groups.
    pub inbox: InboxConfig,
    /// Limits and intervals for following other servers.
    pub crawl: CrawlConfig,
    pub index: IndexConfig,
    pub directory: DirectoryConfig,
    pub places: PlacesConfig,
    /// What the pages say about the directory.
    pub site: SiteConfig,
    /// Backups that the aggregator makes by itself.
    pub backup: BackupSettings,
    /// The authority for the certificate of `domain`.
    pub acme: AcmeConfig,
    /// Timeouts and limits of connections to other servers.
    pub connector: ConnectorConfig,
    /// Timeouts and limits of calls from others.
    pub limits: ServerLimits,
    /// Limits on followers.
    pub feed: FeedLimits,
    /// The address at which metrics are exported.
    pub metrics: MetricsConfig,
    /// The collector to which traces are sent.
    pub telemetry: TelemetryConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::new(),
            listen: DEFAULT_LISTEN.to_owned(),
            domain: None,
            public_name: None,
            sources: Vec::new(),
            ingest: IngestConfig::default(),
            inbox: InboxConfig::default(),
            crawl: CrawlConfig::default(),
            index: IndexConfig::default(),
            directory: DirectoryConfig::default(),
            places: PlacesConfig::default(),
            site: SiteConfig::default(),
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

impl Config {
    /// Makes the default configuration of an aggregator in this folder.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            ..Self::default()
        }
    }

    /// Loads the file of an aggregator's folder, and checks its values.
    pub fn load(dir: &Path) -> Result<Self, ConfigError> {
        let mut config = config::read::<Self>(PROGRAM, dir)?;
        dir.clone_into(&mut config.data_dir);
        config.check()?;
        Ok(config)
    }

    /// Parses the file's text. Values are not checked.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Formats every value in force as TOML.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::to_string_pretty(self)
    }

    /// Rejects values that would break the protocol or the aggregator.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.listen_address()?;
        self.ingest.check()?;
        self.inbox.check()?;
        self.crawl.check()?;
        self.directory.check()?;
        self.places.check()?;
        self.site.check()?;
        self.check_index()?;
        self.backup.check(&self.data_dir)?;
        self.acme.check()?;
        self.connector.check()?;
        self.limits.check()?;
        self.feed.check()?;
        self.metrics.address()?;
        self.telemetry.check()?;
        let site = &self.site;
        config::check_origin(
            site.origin.is_some(),
            !site.proxies.is_empty(),
            self.domain.is_some(),
        )?;
        config::check_distinct("sources", &self.sources)?;
        Ok(())
    }

    fn check_index(&self) -> Result<(), OutOfRange> {
        check_range(
            "index.writer_memory_bytes",
            self.index.writer_memory_bytes as u64,
            15_000_000..=4_000_000_000,
            "must be from 15000000, which the index needs, to 4000000000",
        )?;
        check_range(
            "index.gather_ms",
            self.index.gather_ms,
            0..=60_000,
            "must be at most 60000, a minute: searches do not see changes for this long",
        )?;
        check_positive("index.gather_changes", self.index.gather_changes as u64)
    }

    /// Parses `listen`.
    pub fn listen_address(&self) -> Result<SocketAddr, ConfigError> {
        config::listen_address(&self.listen, DEFAULT_LISTEN)
    }

    pub fn database_file(&self) -> PathBuf {
        self.data_dir.join(DATABASE)
    }

    pub fn index_folder(&self) -> PathBuf {
        self.data_dir.join("index")
    }

    /// Returns the file of the place pack, if one is configured.
    pub fn place_pack(&self) -> Option<PathBuf> {
        let pack = self.places.pack.as_ref();
        pack.map(|pack| self.data_dir.join(pack))
    }

    /// Returns the file of the map's boundaries, if one is configured.
    pub fn map_boundaries(&self) -> Option<PathBuf> {
        let file = self.site.map_boundaries.as_ref();
        file.map(|file| self.data_dir.join(file))
    }

    /// Returns the file of the aggregator's own keys and key log.
    pub fn keys_file(&self) -> PathBuf {
        self.data_dir.join("keys.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annotated_file_contains_the_defaults() {
        let written = Config::parse(&Config::default().annotated().unwrap()).unwrap();
        assert_eq!(written, Config::default());
        written.check().unwrap();
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = Config::parse("sorces = []").unwrap_err().to_string();
        assert!(error.contains("sorces"), "{error}");
    }

    #[test]
    fn the_shown_configuration_can_be_parsed_again() {
        let config = Config::default();
        let shown = config.to_toml().unwrap() + &hedgerow_server::limits::protocol_limits();
        assert_eq!(Config::parse(&shown).unwrap(), config);
    }

    #[test]
    fn invalid_values_are_rejected_by_key() {
        let refused = [
            ("listen = \"here\"", "listen"),
            (
                "ingest.max_record_bytes = 3145729",
                "ingest.max_record_bytes",
            ),
            ("ingest.creates = 0", "ingest.creates"),
            ("inbox.per_group = 0", "inbox.per_group"),
            ("inbox.waiting = 1000001", "inbox.waiting"),
            (
                "inbox.per_network_and_hour = 0",
                "inbox.per_network_and_hour",
            ),
            (
                "crawl.longest_retry_seconds = 86401",
                "crawl.longest_retry_seconds",
            ),
            (
                "index.writer_memory_bytes = 1000",
                "index.writer_memory_bytes",
            ),
            ("directory.page_size = 19", "directory.page_size"),
            ("directory.page_size = 101", "directory.page_size"),
            ("site.name = \" \"", "site.name"),
            (
                "site.map_boundaries = \"councils.geojson\"",
                "site.map_credit",
            ),
            ("site.proxies = [\"10.0.0.1\"]", "site.proxies"),
            (
                "domain = \"a.example\"\nsite.origin = \"https://a.example\"",
                "site.origin",
            ),
            ("acme.directory = \"http://a.example\"", "acme.directory"),
            ("backup.keep_days = 0", "backup.keep_days"),
            ("acme.contact = \"me\"", "acme.contact"),
            ("connector.message_bytes = 1", "connector.message_bytes"),
            ("limits.header_list_bytes = 1", "limits.header_list_bytes"),
            ("limits.calls = 0", "limits.calls"),
            ("feed.watchers_per_peer = 0", "feed.watchers_per_peer"),
        ];
        for (written, key) in refused {
            let error = Config::parse(written).unwrap().check().unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("`{key}` ")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_domain_is_a_name_on_the_internet() {
        let config = Config::parse("domain = \"Directory.Example.ORG\"").unwrap();
        assert_eq!(config.domain.unwrap().as_str(), "directory.example.org");
        for written in ["domain = \"localhost\"", "domain = \"https://a.example\""] {
            let error = Config::parse(written).unwrap_err().to_string();
            assert!(error.contains("`domain` is invalid: expected"), "{error}");
        }
    }

    #[test]
    fn limits_that_all_servers_share_cannot_be_set() {
        for written in ["limits.key_log_events = 5", "ingest.max_key_events = 5"] {
            assert!(Config::parse(written).is_err(), "{written}");
        }
    }

    #[test]
    fn the_error_for_a_folder_without_a_file_names_the_command_to_run() {
        let error = Config::load(Path::new("/nowhere")).unwrap_err().to_string();
        assert!(
            error.contains("hedgerow-aggregator init --dir /nowhere"),
            "{error}"
        );
    }
}
