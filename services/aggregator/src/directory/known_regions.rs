//! Regions that this server knows: those of the gazetteer, and those of the report of 2013.
//! Anybody can publish others.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use hedgerow_core::gazetteer::gazetteer;

use super::reference_counts::reference_counts;

/// The scheme of the gazetteer's regions.
pub(super) const GAZETTEER_SCHEME: &str = "ons";

/// The names of the regions of a scheme that this server knows.
pub(super) fn region_names(scheme: &str) -> Option<BTreeSet<String>> {
    if scheme == GAZETTEER_SCHEME {
        Some(gazetteer().regions().map(str::to_owned).collect())
    } else if scheme == reference_counts().scheme {
        Some(reference_counts().regions().map(str::to_owned).collect())
    } else {
        None
    }
}

/// Whether this server knows a region, written with its scheme as in the facet: `ons:London`.
/// Anybody can publish others, which would fill the facet.
pub(super) fn is_known_region(value: &str) -> bool {
    static KNOWN: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
        let schemes = [GAZETTEER_SCHEME, &reference_counts().scheme];
        let regions = schemes.map(|scheme| {
            let names = region_names(scheme).unwrap_or_default();
            names
                .into_iter()
                .map(move |name| format!("{scheme}:{name}"))
        });
        regions.into_iter().flatten().collect()
    });
    KNOWN.contains(value)
}
