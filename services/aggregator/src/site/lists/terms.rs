//! What each list contains, and by what it can be narrowed.

use hedgerow_core::name::collection;
use hedgerow_proto::directory_v1::FacetKind;
use hedgerow_proto::v1::ResourceKind;
use hedgerow_proto::words::word;
use hedgerow_web::pages::{LIST_ROWS, List};
use hedgerow_web::view::{FilterHeading, Flag};

/// The field of what a fund says on how to apply.
pub(super) const APPLY: &str = "apply";
/// Fields of lists that are no options of a search.
pub(super) const OWN_FIELDS: &[&str] = &[APPLY];

/// Needs or rooms of a page. For each of them, what fits is searched.
const FITTED_A_PAGE: i32 = 8;

pub(super) struct Terms {
    pub(super) collection: &'static str,
    /// Of offers and needs: the kinds of things. Empty for records that have none.
    pub(super) resources: &'static [ResourceKind],
    pub(super) filters: &'static [Group],
    pub(super) page_size: i32,
}

/// One group of filters.
pub(super) struct Group {
    pub(super) heading: FilterHeading,
    pub(super) facets: &'static [FacetKind],
    pub(super) field: &'static str,
    pub(super) flags: &'static [Flag],
}

const RESOURCE: Group = Group {
    heading: FilterHeading::Resource,
    facets: &[FacetKind::ResourceKind],
    field: "resource",
    flags: &[],
};
const NEEDED: Group = Group {
    heading: FilterHeading::Kind,
    ..RESOURCE
};
const ACCESS: Group = Group {
    heading: FilterHeading::Access,
    facets: &[FacetKind::Accessibility],
    field: "access",
    flags: &[],
};
const FREE: Group = Group {
    heading: FilterHeading::Cost,
    facets: &[],
    field: "",
    flags: &[Flag::Free],
};
const ONLINE: Group = Group {
    heading: FilterHeading::Access,
    facets: &[],
    field: "",
    flags: &[Flag::Online, Flag::InPerson],
};
const LANGUAGE: Group = Group {
    heading: FilterHeading::Language,
    facets: &[FacetKind::Language],
    field: "language",
    flags: &[],
};
const PEOPLE: Group = Group {
    heading: FilterHeading::WhoFor,
    facets: &[FacetKind::Community, FacetKind::Experience],
    field: "who",
    flags: &[],
};
/// Stories have people as tags: no story is for an audience.
const ABOUT: Group = Group {
    heading: FilterHeading::WhoFor,
    facets: &[FacetKind::Community, FacetKind::Experience],
    field: "tag",
    flags: &[],
};

impl Terms {
    pub(super) fn of(list: List) -> Self {
        let (collection, resources, filters): (_, &[ResourceKind], &[Group]) = match list {
            List::Rooms => (
                collection::OFFER,
                &[
                    ResourceKind::Space,
                    ResourceKind::Equipment,
                    ResourceKind::Skills,
                    ResourceKind::VolunteerTime,
                    ResourceKind::TimeCredits,
                ],
                &[RESOURCE, ACCESS, FREE],
            ),
            List::Helps => (collection::NEED, &[], &[NEEDED]),
            List::Training => (
                collection::OFFER,
                &[ResourceKind::Training],
                &[ONLINE, FREE, LANGUAGE],
            ),
            List::Documents => (collection::OFFER, &[ResourceKind::Documents], &[LANGUAGE]),
            List::Funding => (collection::OFFER, &[ResourceKind::Funding], &[]),
            List::Commitments => (collection::COMMITMENT, &[], &[PEOPLE]),
            List::Stories => (collection::STORY, &[], &[ABOUT]),
        };
        Self {
            collection,
            resources,
            filters,
            page_size: match list {
                List::Helps | List::Rooms => FITTED_A_PAGE,
                _ => LIST_ROWS,
            },
        }
    }

    /// The facets to count.
    pub(super) fn facets(&self) -> Vec<FacetKind> {
        let groups = self.filters.iter();
        let mut facets: Vec<FacetKind> = groups.flat_map(|group| group.facets).copied().collect();
        if self.filters.iter().any(|group| !group.flags.is_empty()) {
            facets.push(FacetKind::Property);
        }
        facets
    }

    /// Whether the list has this kind of things, by its word.
    pub(super) fn has(&self, kind: &str) -> bool {
        self.resources.is_empty() || self.resources.iter().any(|one| word(*one) == kind)
    }
}
