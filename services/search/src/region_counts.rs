//! Counts by region: how many documents lie in each, and which tags they have.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use tantivy::DocId;
use tantivy::Score;
use tantivy::SegmentOrdinal;
use tantivy::SegmentReader;
use tantivy::collector::Collector;
use tantivy::collector::SegmentCollector;
use tantivy::columnar::StrColumn;

use super::IndexError;
use super::checks::Checks;
use super::checks::SegmentChecks;
use super::columns::AllColumns;
use super::columns::Columns;
use super::criteria::Criteria;
use super::facets::Counter;
use super::facets::Counts;
use super::facets::FacetAt;
use super::facets::named;
use super::search::Snapshot;

/// Counts by the regions of one scheme.
#[derive(Clone)]
pub(crate) struct ByRegion {
    /// The scheme whose names count.
    pub(crate) scheme: String,
    /// For documents that name no region of the scheme: what a region of the gazetteer's
    /// scheme is called in this one.
    pub(crate) otherwise: Vec<(&'static str, &'static str)>,
    /// The scheme that `otherwise` goes by.
    pub(crate) gazetteer_scheme: &'static str,
    /// What to count in each region.
    pub(crate) facets: Vec<FacetAt>,
}

/// What was counted in one region.
#[derive(Default)]
pub(crate) struct Region {
    /// Documents.
    pub(crate) documents: u64,
    /// Of each facet asked for, in their order, its values.
    pub(crate) facets: Vec<Counts>,
}

/// What was counted.
#[derive(Default)]
pub(crate) struct Regions {
    /// By the region's name.
    pub(crate) regions: BTreeMap<String, Region>,
    /// Documents in no region.
    pub(crate) elsewhere: u64,
    /// All documents.
    pub(crate) total: u64,
}

impl ByRegion {
    /// For each value of the region column, the region it stands for and whether the
    /// document itself says so under this scheme.
    fn names(&self, column: &StrColumn) -> tantivy::Result<Vec<Option<(String, bool)>>> {
        let mut names = Vec::with_capacity(column.num_terms());
        let mut value = String::new();
        for ordinal in 0..column.num_terms() {
            column.ord_to_str(ordinal as u64, &mut value)?;
            names.push(self.name(&value));
        }
        Ok(names)
    }

    fn name(&self, value: &str) -> Option<(String, bool)> {
        let (scheme, name) = value.split_once(':')?;
        if scheme == self.scheme {
            return Some((name.to_owned(), true));
        }
        let mut known = self.otherwise.iter();
        let known = known.find(|(theirs, _)| scheme == self.gazetteer_scheme && *theirs == name)?;
        Some((known.1.to_owned(), false))
    }
}

impl Snapshot {
    /// Counts what meets the criteria.
    pub(crate) fn by_region(
        &self,
        criteria: &Criteria,
        by_region: &ByRegion,
    ) -> Result<Regions, IndexError> {
        let wording = criteria.wording(&self.searcher, &self.fields)?;
        let query = criteria.query(&self.fields, wording.as_ref());
        let collector = Counting {
            by_region: by_region.clone(),
            columns: Arc::clone(&self.columns),
            checks: Checks::of(criteria),
        };
        Ok(self.look(&self.within(criteria, query), &collector)?)
    }
}

struct Counting {
    by_region: ByRegion,
    columns: AllColumns,
    checks: Checks,
}

impl Collector for Counting {
    type Fruit = Regions;
    type Child = Segment;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        _segment: &SegmentReader,
    ) -> tantivy::Result<Segment> {
        let columns = &self.columns[ordinal as usize];
        let regions = named("region").unwrap_or_default();
        let names = match columns.facet(regions) {
            Some(column) => self.by_region.names(column)?,
            None => Vec::new(),
        };
        Ok(Segment {
            facets: self.by_region.facets.clone(),
            checks: self.checks.open(columns),
            columns: Arc::clone(columns),
            of_regions: regions,
            names,
            regions: HashMap::new(),
            elsewhere: 0,
            total: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Regions>) -> tantivy::Result<Regions> {
        let mut all = Regions::default();
        for segment in segments {
            all.elsewhere += segment.elsewhere;
            all.total += segment.total;
            for (name, counted) in segment.regions {
                let region = all.regions.entry(name).or_default();
                region.documents += counted.documents;
                region
                    .facets
                    .resize_with(self.by_region.facets.len(), Counts::new);
                for (sum, counts) in region.facets.iter_mut().zip(counted.facets) {
                    for (value, count) in counts {
                        *sum.entry(value).or_default() += count;
                    }
                }
            }
        }
        Ok(all)
    }
}

/// One segment's part.
struct Segment {
    facets: Vec<FacetAt>,
    checks: SegmentChecks,
    columns: Arc<Columns>,
    of_regions: FacetAt,
    names: Vec<Option<(String, bool)>>,
    regions: HashMap<String, (u64, Vec<Counter>)>,
    elsewhere: u64,
    total: u64,
}

impl Segment {
    /// The regions of a document, each once: those that it names under the scheme, else
    /// those that its places lie in.
    fn regions_of(&self, document: DocId) -> Vec<String> {
        let Some(column) = self.columns.facet(self.of_regions) else {
            return Vec::new();
        };
        let mut found: Vec<&(String, bool)> = column
            .ords()
            .values_for_doc(document)
            .filter_map(|ordinal| self.names.get(usize::try_from(ordinal).ok()?)?.as_ref())
            .collect();
        if found.iter().any(|(_, says_so)| *says_so) {
            found.retain(|(_, says_so)| *says_so);
        }
        let mut names: Vec<String> = found.into_iter().map(|(name, _)| name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn counters(&self) -> Vec<Counter> {
        let facets = self.facets.iter();
        facets
            .map(|&facet| Counter::open(facet, &self.columns))
            .collect()
    }
}

impl SegmentCollector for Segment {
    type Fruit = Regions;

    fn collect(&mut self, document: DocId, _score: Score) {
        if self.checks.pass(document).is_none() {
            return;
        }
        self.total += 1;
        let regions = self.regions_of(document);
        self.elsewhere += u64::from(regions.is_empty());
        for region in regions {
            if !self.regions.contains_key(&region) {
                let counters = self.counters();
                self.regions.insert(region.clone(), (0, counters));
            }
            if let Some((documents, counters)) = self.regions.get_mut(&region) {
                *documents += 1;
                for counter in counters {
                    counter.count(document);
                }
            }
        }
    }

    fn harvest(self) -> Regions {
        let regions = self
            .regions
            .into_iter()
            .map(|(name, (documents, counters))| {
                let facets = counters.into_iter().map(|counter| counter.finish().1);
                let region = Region {
                    documents,
                    facets: facets.collect(),
                };
                (name, region)
            });
        Regions {
            regions: regions.collect(),
            elsewhere: self.elsewhere,
            total: self.total,
        }
    }
}
