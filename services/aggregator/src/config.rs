//! The aggregator's configuration: one TOML file in its folder.

mod annotated;
mod crawl;
mod error;
mod ingest;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use hedgerow_core::address::Address;
use hedgerow_rpc::connector::ConnectorConfig;
use hedgerow_rpc::limits::{FeedLimits, ServerLimits};
use hedgerow_rpc::metrics::MetricsConfig;
use hedgerow_rpc::telemetry::TelemetryConfig;
use serde::{Deserialize, Serialize};

pub use annotated::annotated;
pub use crawl::CrawlConfig;
pub use error::ConfigError;
pub use ingest::IngestConfig;

use crate::index::IndexConfig;

/// The name of the file in the aggregator's folder.
pub const FILE_NAME: &str = "hedgerow-aggregator.toml";

/// Where an aggregator listens that says nothing else.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:7450";

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The aggregator's folder. Not in the file: it is the folder that the file lies in.
    #[serde(skip)]
    pub data_dir: PathBuf,
    /// Address and port to listen on.
    pub listen: String,
    /// The name under which others reach it, as `HOST:PORT`, where that is not `listen`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_name: Option<String>,
    /// Servers that are followed: nodes or other aggregators.
    pub sources: Vec<Address>,
    /// What is taken of groups.
    pub ingest: IngestConfig,
    /// How others are followed.
    pub crawl: CrawlConfig,
    /// How the search index is kept.
    pub index: IndexConfig,
    /// How connections to others are made.
    pub connector: ConnectorConfig,
    /// What is asked of those that call.
    pub limits: ServerLimits,
    /// What is given to those that follow.
    pub feed: FeedLimits,
    /// Where metrics are told.
    pub metrics: MetricsConfig,
    /// Where traces are sent.
    pub telemetry: TelemetryConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::new(),
            listen: DEFAULT_LISTEN.to_owned(),
            public_name: None,
            sources: Vec::new(),
            ingest: IngestConfig::default(),
            crawl: CrawlConfig::default(),
            index: IndexConfig::default(),
            connector: ConnectorConfig::default(),
            limits: ServerLimits::default(),
            feed: FeedLimits::default(),
            metrics: MetricsConfig::default(),
            telemetry: TelemetryConfig::default(),
        }
    }
}

impl Config {
    /// The defaults, for an aggregator in a folder.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            ..Self::default()
        }
    }

    /// Reads the file of an aggregator's folder.
    pub fn load(dir: &Path) -> Result<Self, ConfigError> {
        let file = dir.join(FILE_NAME);
        let text = fs::read_to_string(&file)
            .map_err(|source| ConfigError::reading(dir, file.clone(), source))?;
        let mut config = Self::parse(&text).map_err(|error| ConfigError::Malformed {
            file,
            message: error.to_string(),
        })?;
        dir.clone_into(&mut config.data_dir);
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

    /// Refuses values that would break the protocol or the aggregator.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.listen_address()?;
        self.ingest.check()?;
        self.crawl.check()?;
        let told = self.metrics.address().map(drop);
        if let Err((key, problem)) = told.and_then(|()| self.telemetry.check()) {
            return Err(ConfigError::value(key, problem));
        }
        let doubled = (1..self.sources.len())
            .any(|index| self.sources[..index].contains(&self.sources[index]));
        if doubled {
            return Err(ConfigError::value(
                "sources",
                "names one address twice: leave one of them out",
            ));
        }
        Ok(())
    }

    /// Where to listen.
    pub fn listen_address(&self) -> Result<SocketAddr, ConfigError> {
        self.listen.parse().map_err(|_| {
            ConfigError::value(
                "listen",
                "must be an IP address and a port, such as \"127.0.0.1:7450\" (this machine only) \
                 or \"0.0.0.0:7450\" (the whole network)",
            )
        })
    }

    /// The database.
    pub fn database_file(&self) -> PathBuf {
        self.data_dir.join("aggregator.sqlite")
    }

    /// The folder of the search index.
    pub fn index_folder(&self) -> PathBuf {
        self.data_dir.join("index")
    }

    /// The aggregator's own keys and key log.
    pub fn keys_file(&self) -> PathBuf {
        self.data_dir.join("keys.json")
    }

    /// The TLS certificate and its private key.
    pub fn identity_files(&self) -> (PathBuf, PathBuf) {
        (
            self.data_dir.join("certificate.pem"),
            self.data_dir.join("certificate-key.pem"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_annotated_file_says_what_holds_without_it() {
        let written = Config::parse(&annotated(DEFAULT_LISTEN)).unwrap();
        assert_eq!(written, Config::default());
        written.check().unwrap();
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = Config::parse("sorces = []").unwrap_err().to_string();
        assert!(error.contains("sorces"), "{error}");
    }

    #[test]
    fn what_is_shown_can_be_read_back() {
        let config = Config::default();
        assert_eq!(Config::parse(&config.to_toml().unwrap()).unwrap(), config);
    }

    #[test]
    fn a_folder_without_a_file_says_what_to_run() {
        let error = Config::load(Path::new("/nowhere")).unwrap_err().to_string();
        assert!(
            error.contains("hedgerow-aggregator init --dir /nowhere"),
            "{error}"
        );
    }
}
