//! What is counted beside the hits: facets, each without its own filter, and what would be
//! found without one filter where nothing is.

use std::cmp::Reverse;

use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::Directory;
use super::loosen::each_without_one;
use super::loosen::without_own;
use super::question::Question;
use crate::index::facets;
use crate::index::facets::Counts;
use crate::index::facets::FacetAt;
use crate::index::search::Snapshot;

/// Values told of one facet.
const MOST_VALUES: usize = 100;

/// Facets to be counted with the hits: those whose own filter is not set.
pub(super) fn facets_of_hits(request: &v1::SearchRequest, asked: &[FacetAt]) -> Vec<FacetAt> {
    let has_own = |facet: &FacetAt| without_own(request, facets::NAMES[*facet]).is_some();
    asked.iter().copied().filter(|it| !has_own(it)).collect()
}

/// All facets asked, in their order: those that were counted with the hits, and those that
/// are counted here.
pub(super) async fn facets(
    directory: &Directory,
    request: &v1::SearchRequest,
    question: &Question,
    snapshot: &Snapshot,
    with_hits: Vec<(FacetAt, Counts)>,
    now: Timestamp,
) -> Result<Vec<v1::Facet>, Failure> {
    let mut counted = with_hits;
    for &facet in &question.facets {
        if let Some(loose) = without_own(request, facets::NAMES[facet]) {
            let criteria = Question::parse(&loose, now)?.criteria;
            let snapshot = snapshot.clone();
            let (_, counts) = directory
                .crowd
                .look(move || snapshot.count(&criteria, &[facet]))
                .await?;
            counted.extend(counts);
        }
    }
    Ok(question
        .facets
        .iter()
        .map(|&facet| {
            let counts = counted
                .iter_mut()
                .find(|(other, _)| *other == facet)
                .map(|(_, counts)| std::mem::take(counts));
            told(facet, counts.unwrap_or_default())
        })
        .collect())
}

fn told(facet: FacetAt, counts: Counts) -> v1::Facet {
    let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
    counts.sort_unstable_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
    counts.truncate(MOST_VALUES);
    v1::Facet {
        name: facets::NAMES[facet].to_owned(),
        counts: counts
            .into_iter()
            .map(|(value, count)| v1::FacetCount { value, count })
            .collect(),
    }
}

/// What to leave out to find something, the most first.
pub(super) async fn loosenings(
    directory: &Directory,
    request: &v1::SearchRequest,
    snapshot: &Snapshot,
    now: Timestamp,
) -> Result<Vec<v1::Loosening>, Failure> {
    let mut asked = Vec::new();
    for (filter, loose) in each_without_one(request) {
        // An order by distance and a page are gone, so what is left is well formed.
        asked.push((filter, Question::parse(&loose, now)?.criteria));
    }
    let snapshot = snapshot.clone();
    let mut counts = directory
        .crowd
        .look(move || {
            let count = |(filter, criteria)| {
                let (count, _) = snapshot.count(&criteria, &[])?;
                Ok((filter, count))
            };
            asked.into_iter().map(count).collect::<Result<Vec<_>, _>>()
        })
        .await?;
    counts.retain(|(_, count)| *count > 0);
    counts.sort_by_key(|(_, count)| Reverse(*count));
    Ok(counts
        .into_iter()
        .map(|(filter, count)| v1::Loosening {
            filter: filter.to_owned(),
            count,
        })
        .collect())
}
