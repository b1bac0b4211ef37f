//! Per-document filters: those that cannot be expressed as index terms.

use std::sync::Arc;

use hedgerow_proto::v1;
use tantivy::DocId;

use crate::audience::{AudienceFilter, AudienceFit};
use crate::geo::area::PointTest;
use crate::geo::circle::{Circle, FlatCircle};
use crate::query::filters::Filters;
use crate::segment::columns::SegmentColumns;
use crate::times::filter::{TimeFilter, TimeMatch};

/// The flags, circle, times and audience of [`Filters`].
#[derive(Clone)]
pub struct DocFilter {
    flags: Vec<u64>,
    circle: Option<Circle>,
    inside: Option<PointTest>,
    areas: Arc<[u64]>,
    times: Option<TimeFilter>,
    audience: Option<AudienceFilter>,
}

impl DocFilter {
    pub fn new(filters: &Filters) -> Self {
        let Filters {
            times, audience, ..
        } = filters;
        Self {
            flags: filters.flags(),
            circle: filters.circle,
            inside: filters.inside.clone(),
            areas: filters.areas.as_slice().into(),
            times: (!times.is_empty()).then(|| times.clone()),
            audience: (!audience.is_empty()).then(|| audience.clone()),
        }
    }

    pub fn for_segment(&self, columns: &Arc<SegmentColumns>) -> SegmentFilter {
        let has_others = self.circle.is_some() || self.times.is_some() || self.audience.is_some();
        SegmentFilter {
            flags: self.flags.clone(),
            is_flags_only: !has_others,
            circle: self.circle.map(FlatCircle::new),
            inside: self.inside.clone(),
            areas: Arc::clone(&self.areas),
            times: self.times.clone(),
            audience: self.audience.clone(),
            columns: Arc::clone(columns),
        }
    }
}

/// A document that passes, with what its rank depends on.
#[derive(Clone, Copy)]
pub struct Accepted {
    pub audience_fit: AudienceFit,
    /// The first start that passes the time filter, in minutes since 1970; `None` without a
    /// time filter.
    pub next_start: Option<u64>,
    /// Whether it is free at the requested time only under a condition.
    pub is_conditional: bool,
    /// Whether it has no point inside, and passes by an area that it states.
    pub is_by_area: bool,
}

/// A [`DocFilter`] over one segment.
pub struct SegmentFilter {
    flags: Vec<u64>,
    /// Whether there is no other filter.
    is_flags_only: bool,
    circle: Option<FlatCircle>,
    inside: Option<PointTest>,
    areas: Arc<[u64]>,
    times: Option<TimeFilter>,
    audience: Option<AudienceFilter>,
    columns: Arc<SegmentColumns>,
}

impl SegmentFilter {
    /// Evaluates the filters for a document, cheapest first; `None` if it does not pass.
    #[inline]
    pub fn accept(&self, document: DocId) -> Option<Accepted> {
        let has_any = |flags: &u64| self.columns.flags().has_any(document, *flags);
        if !self.flags.iter().all(has_any) {
            return None;
        }
        if self.is_flags_only {
            return Some(Accepted {
                audience_fit: AudienceFit::FULL,
                next_start: None,
                is_conditional: false,
                is_by_area: false,
            });
        }
        self.accept_costly(document)
    }

    /// Evaluates the filters other than flags. Not part of [`Self::accept`], which is then
    /// small enough to be inlined where a search counts every document with a word.
    fn accept_costly(&self, document: DocId) -> Option<Accepted> {
        let mut is_by_area = false;
        if let Some(circle) = &self.circle {
            let mut points = self.columns.points(document).iter();
            let is_inside =
                |point: &v1::Point| self.inside.as_ref().is_none_or(|inside| inside(point));
            if !points.any(|point| circle.contains(point) && is_inside(point)) {
                if !self.has_area(document) {
                    return None;
                }
                is_by_area = true;
            }
        }
        let (mut next_start, mut is_conditional) = (None, false);
        if let Some(times) = &self.times {
            next_start = times.next_start(self.columns.occurrence.values_for_doc(document));
            let availability = || self.columns.availability.values_for_doc(document);
            is_conditional = times.matches(next_start, availability)? == TimeMatch::UnderCondition;
        }
        let audience_fit = match &self.audience {
            Some(audience) => audience.fit(self.columns.audience.values_for_doc(document))?,
            None => AudienceFit::FULL,
        };
        Some(Accepted {
            audience_fit,
            next_start,
            is_conditional,
            is_by_area,
        })
    }

    fn has_area(&self, document: DocId) -> bool {
        let stated = || self.columns.area.values_for_doc(document);
        !self.areas.is_empty() && stated().any(|area| self.areas.binary_search(&area).is_ok())
    }
}
