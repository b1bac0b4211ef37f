//! Settings of the gazetteer.

use std::path::PathBuf;

use hedgerow_server::config::ConfigError;
use serde::{Deserialize, Serialize};

/// Characters of an area's name.
const MAX_AREA: usize = 120;

/// What place names mean here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlacesConfig {
    /// A place pack from `hedgerow places import`. Relative paths start at the aggregator's
    /// folder. Without it the embedded places are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pack: Option<PathBuf>,
    /// The area that this aggregator is about: of places of one name, the one in it is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
}

impl PlacesConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let length = self
            .area
            .as_ref()
            .map_or(1, |area| area.trim().chars().count());
        if (1..=MAX_AREA).contains(&length) {
            return Ok(());
        }
        Err(ConfigError::Value {
            key: "places.area",
            problem: "must be the name of an area, such as \"Greater Manchester\"",
        })
    }
}
