//! The outlines of councils' areas that an operator loads for the map.

use std::sync::Arc;

use hedgerow_places::{PlacesError, council_outlines};
use hedgerow_web::map::Maps;
use tracing::warn;

use crate::config::Config;

/// Named areas of a warning.
const MAX_NAMED: usize = 8;

/// The shapes of the map: the embedded ones, or those of the configured file. It is read once, at
/// the start.
pub(crate) fn maps(config: &Config) -> Result<Arc<Maps>, PlacesError> {
    let Some(file) = config.map_boundaries() else {
        return Ok(Maps::embedded());
    };
    let outlines = council_outlines(&file)?;
    let maps = Maps::with_outlines(&outlines.rings, config.site.map_credit.trim());
    let coarse: Vec<&str> = maps.regions_of_hexagons().collect();
    if !coarse.is_empty() {
        warn!(
            file = %file.display(),
            regions = coarse.join(", "),
            "the map keeps its hexagons in regions of which the file lacks a council, or has too much \
             detail"
        );
    }
    if !outlines.unknown.is_empty() {
        let named = outlines.unknown.iter().take(MAX_NAMED).cloned();
        warn!(
            file = %file.display(),
            areas = named.collect::<Vec<_>>().join(", "),
            count = outlines.unknown.len(),
            "the file of boundaries has areas of no known council"
        );
    }
    Ok(Arc::new(maps))
}
