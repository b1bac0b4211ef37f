//! Settings of the pages.

use std::path::PathBuf;

use hedgerow_server::config::ConfigError;
use hedgerow_server::server::{Origin, ReverseProxy};
use hedgerow_transport::address_rule::Network;
use serde::{Deserialize, Serialize};

/// Longest text of a setting, in bytes.
const MAX_BYTES: usize = 4_096;

/// What the pages say about the directory and the people who run it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SiteConfig {
    /// The name at the head of every page, and in the title of its window. It should not say what
    /// people come for.
    pub name: String,
    /// The people or organisation that runs the directory.
    pub run_by: String,
    /// How to reach them: an e-mail address or a web address.
    pub contact: String,
    /// The web address of what they list and leave out.
    pub policy: String,
    /// What they want to say about the directory, in paragraphs.
    pub about: String,
    /// Outlines of councils' areas for the map, as GeoJSON. Relative paths start at the
    /// aggregator's folder. Without it areas are hexagons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map_boundaries: Option<PathBuf>,
    /// The line that the sources of these outlines ask for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub map_credit: String,
    /// Where browsers find the pages by way of a reverse proxy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The addresses of proxies on other machines.
    pub proxies: Vec<Network>,
}

impl Default for SiteConfig {
    fn default() -> Self {
        Self {
            name: "Hedgerow".to_owned(),
            run_by: String::new(),
            contact: String::new(),
            policy: String::new(),
            about: String::new(),
            map_boundaries: None,
            map_credit: String::new(),
            origin: None,
            proxies: Vec::new(),
        }
    }
}

impl SiteConfig {
    /// Returns the proxy that the server trusts, if there is one.
    pub(crate) fn reverse_proxy(&self) -> Option<ReverseProxy> {
        let origin = self.origin.clone()?;
        Some(ReverseProxy {
            origin,
            networks: self.proxies.clone(),
        })
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.name.trim().is_empty() {
            return Err(("site.name", "must not be empty").into());
        }
        for (key, text) in [
            ("site.name", &self.name),
            ("site.run_by", &self.run_by),
            ("site.contact", &self.contact),
            ("site.policy", &self.policy),
            ("site.about", &self.about),
            ("site.map_credit", &self.map_credit),
        ] {
            if text.len() > MAX_BYTES {
                return Err((key, "must be at most 4096 bytes").into());
            }
        }
        if self.map_boundaries.is_some() && self.map_credit.trim().is_empty() {
            let problem = "must not be empty with `site.map_boundaries`: write the line that the \
                           source of the boundaries asks for";
            return Err(("site.map_credit", problem).into());
        }
        Ok(())
    }
}
