//! Counts by region: documents, and facets over them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use hedgerow_proto::directory_v1::FacetKind;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use crate::error::IndexError;
use crate::facets::counter::{FacetCounter, FacetCounts, add_counts};
use crate::filter::per_document::{DocFilter, SegmentFilter};
use crate::query::filters::Filters;
use crate::segment::columns::{AllColumns, SegmentColumns};
use crate::snapshot::Snapshot;

/// Maximum number of regions of a scheme whose names are not known. Each is counted with facets
/// of its own, so that anybody could make a response large by inventing regions.
const MAX_REGIONS: usize = 100;

/// The scheme of regions to count by.
#[derive(Clone)]
pub struct RegionScheme {
    pub name: String,
    /// The names of its regions, if they are known. Otherwise those that most documents name
    /// are counted, at most `MAX_REGIONS`.
    pub names: Option<BTreeSet<String>>,
    /// For documents without a region of this scheme: names of the gazetteer's regions, and
    /// what this scheme calls them.
    pub gazetteer_names: Vec<(&'static str, &'static str)>,
    /// The scheme of the gazetteer's regions.
    pub gazetteer_scheme: &'static str,
}

/// The counts of one region.
#[derive(Default)]
pub struct RegionCounts {
    pub documents: u64,
    /// In the order of the requested facets.
    pub facets: Vec<FacetCounts>,
}

/// The counts of all regions.
#[derive(Default)]
pub struct CountsByRegion {
    /// By the region's name.
    pub regions: BTreeMap<String, RegionCounts>,
    /// The number of documents without a region.
    pub elsewhere: u64,
    /// The number of all documents.
    pub total: u64,
}

impl Snapshot {
    /// Counts documents that pass the filters, and facets over them, by region.
    pub fn count_by_region(
        &self,
        filters: &Filters,
        scheme: &RegionScheme,
        facets: &[FacetKind],
    ) -> Result<CountsByRegion, IndexError> {
        if scheme.names.is_some() {
            return self.count_named_regions(filters, scheme, facets);
        }
        let all = self.count_named_regions(filters, scheme, &[])?;
        let mut names: Vec<(u64, String)> = all
            .regions
            .into_iter()
            .map(|(name, counts)| (counts.documents, name))
            .collect();
        names
            .sort_unstable_by(|(a, a_name), (b, b_name)| b.cmp(a).then_with(|| a_name.cmp(b_name)));
        names.truncate(MAX_REGIONS);
        let scheme = RegionScheme {
            names: Some(names.into_iter().map(|(_, name)| name).collect()),
            ..scheme.clone()
        };
        self.count_named_regions(filters, &scheme, facets)
    }

    fn count_named_regions(
        &self,
        filters: &Filters,
        scheme: &RegionScheme,
        facets: &[FacetKind],
    ) -> Result<CountsByRegion, IndexError> {
        let collector = RegionCollector {
            scheme: scheme.clone(),
            facets: facets.to_vec(),
            columns: Arc::clone(&self.columns),
            filter: DocFilter::new(filters),
        };
        self.run_filters(filters, &collector)
    }
}

/// A region in the scheme to count by.
#[derive(Clone, Copy)]
struct Region {
    /// Its position in [`SegmentRegions::names`].
    number: usize,
    /// Whether the document names it under this scheme, rather than one of the gazetteer's.
    is_own_name: bool,
}

/// The regions of a column.
#[derive(Default)]
struct ColumnRegions {
    names: Vec<String>,
    /// By ordinal.
    regions: HashMap<u64, Region>,
}

impl ColumnRegions {
    fn add(&mut self, ordinal: u64, name: &str, is_own_name: bool) {
        let known = self.names.iter().position(|known| known == name);
        let number = known.unwrap_or_else(|| {
            self.names.push(name.to_owned());
            self.names.len() - 1
        });
        self.regions.entry(ordinal).or_insert(Region {
            number,
            is_own_name,
        });
    }
}

impl RegionScheme {
    /// Returns the regions of this scheme in a region column, by ordinal. Only its own range and
    /// the gazetteer's names are read: a column may have thousands of invented values.
    fn read_regions(&self, column: &StrColumn) -> tantivy::Result<ColumnRegions> {
        let dictionary = column.dictionary();
        let mut regions = ColumnRegions::default();
        let prefix = format!("{}:", self.name);
        if let Some(names) = &self.names {
            for name in names {
                if let Some(ordinal) = dictionary.term_ord(format!("{prefix}{name}"))? {
                    regions.add(ordinal, name, true);
                }
            }
        } else {
            let mut values = dictionary.prefix_range(&prefix).into_stream()?;
            while values.advance() {
                let name = std::str::from_utf8(values.key()).ok();
                if let Some(name) = name.and_then(|value| value.strip_prefix(&prefix)) {
                    // Each ordinal is a name of its own.
                    regions.regions.insert(
                        values.term_ord(),
                        Region {
                            number: regions.names.len(),
                            is_own_name: true,
                        },
                    );
                    regions.names.push(name.to_owned());
                }
            }
        }
        let others = self
            .gazetteer_names
            .iter()
            .filter(|_| self.name != self.gazetteer_scheme);
        for (theirs, own_name) in others {
            let value = format!("{}:{theirs}", self.gazetteer_scheme);
            if let Some(ordinal) = dictionary.term_ord(value)? {
                regions.add(ordinal, own_name, false);
            }
        }
        Ok(regions)
    }
}

struct RegionCollector {
    scheme: RegionScheme,
    facets: Vec<FacetKind>,
    columns: AllColumns,
    filter: DocFilter,
}

impl Collector for RegionCollector {
    type Fruit = CountsByRegion;
    type Child = SegmentRegions;

    fn for_segment(
        &self,
        ordinal: SegmentOrdinal,
        _segment: &SegmentReader,
    ) -> tantivy::Result<SegmentRegions> {
        let columns = &self.columns[ordinal as usize];
        let ColumnRegions { names, regions } = match columns.facet(FacetKind::Region) {
            Some(column) => self.scheme.read_regions(column)?,
            None => ColumnRegions::default(),
        };
        Ok(SegmentRegions {
            facets: self.facets.clone(),
            filter: self.filter.for_segment(columns),
            columns: Arc::clone(columns),
            counters: names.iter().map(|_| None).collect(),
            names,
            regions,
            of_document: Vec::new(),
            elsewhere: 0,
            total: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<CountsByRegion>) -> tantivy::Result<CountsByRegion> {
        let mut all = CountsByRegion::default();
        for segment in segments {
            all.elsewhere += segment.elsewhere;
            all.total += segment.total;
            for (name, counts) in segment.regions {
                let region = all.regions.entry(name).or_default();
                region.documents += counts.documents;
                region
                    .facets
                    .resize_with(self.facets.len(), FacetCounts::new);
                for (sums, counts) in region.facets.iter_mut().zip(counts.facets) {
                    add_counts(sums, counts);
                }
            }
        }
        Ok(all)
    }
}

/// The counts of one segment.
struct SegmentRegions {
    facets: Vec<FacetKind>,
    filter: SegmentFilter,
    columns: Arc<SegmentColumns>,
    names: Vec<String>,
    /// By ordinal of the region column.
    regions: HashMap<u64, Region>,
    /// By the position of the name; absent for a region without documents.
    counters: Vec<Option<(u64, Vec<FacetCounter>)>>,
    /// The regions of the document that is being counted.
    of_document: Vec<Region>,
    elsewhere: u64,
    total: u64,
}

impl SegmentRegions {
    /// Reads the regions of a document, each once: those that it names under the scheme, otherwise
    /// those of its places in the gazetteer.
    fn read_regions_of(&mut self, document: DocId) {
        self.of_document.clear();
        let Some(column) = self.columns.facet(FacetKind::Region) else {
            return;
        };
        let ordinals = column.ords().values_for_doc(document);
        let regions = ordinals.filter_map(|ordinal| self.regions.get(&ordinal).copied());
        self.of_document.extend(regions);
        if self.of_document.iter().any(|region| region.is_own_name) {
            self.of_document.retain(|region| region.is_own_name);
        }
        self.of_document
            .sort_unstable_by_key(|region| region.number);
        self.of_document.dedup_by_key(|region| region.number);
    }
}

impl SegmentCollector for SegmentRegions {
    type Fruit = CountsByRegion;

    fn collect(&mut self, document: DocId, _score: Score) {
        if self.filter.accept(document).is_none() {
            return;
        }
        self.total += 1;
        self.read_regions_of(document);
        self.elsewhere += u64::from(self.of_document.is_empty());
        for region in &self.of_document {
            let (documents, counters) = self.counters[region.number].get_or_insert_with(|| {
                let facets = self.facets.iter();
                let counters = facets.map(|&facet| FacetCounter::new(facet, &self.columns));
                (0, counters.collect())
            });
            *documents += 1;
            for counter in counters {
                counter.count(document);
            }
        }
    }

    fn harvest(self) -> CountsByRegion {
        let counted = self.names.into_iter().zip(self.counters);
        let regions = counted.filter_map(|(name, counters)| {
            let (documents, counters) = counters?;
            let facets = counters.into_iter().map(|counter| counter.finish().1);
            let counts = RegionCounts {
                documents,
                facets: facets.collect(),
            };
            Some((name, counts))
        });
        CountsByRegion {
            regions: regions.collect(),
            elsewhere: self.elsewhere,
            total: self.total,
        }
    }
}
