//! The facets that the index counts, and their columns.

use hedgerow_proto::directory_v1::FacetKind;

pub const FACET_COUNT: usize = 11;

/// All facets with a column of their own. Properties are counted by the flags of documents.
pub const FACETS: [FacetKind; FACET_COUNT] = [
    FacetKind::Collection,
    FacetKind::Role,
    FacetKind::Community,
    FacetKind::Experience,
    FacetKind::Approach,
    FacetKind::Region,
    FacetKind::Activity,
    FacetKind::Language,
    FacetKind::ResourceKind,
    FacetKind::Accessibility,
    FacetKind::Weekday,
];

/// The column of each facet, in the order of [`FACETS`].
pub const FACET_COLUMNS: [&str; FACET_COUNT] = [
    "facet_collection",
    "facet_role",
    "facet_community",
    "facet_experience",
    "facet_approach",
    "facet_region",
    "facet_activity",
    "facet_language",
    "facet_resource_kind",
    "facet_accessibility",
    "facet_weekday",
];

/// Returns the position of a facet in [`FACETS`]; `None` for an unspecified one.
pub fn facet_index(facet: FacetKind) -> Option<usize> {
    FACETS.iter().position(|known| *known == facet)
}
