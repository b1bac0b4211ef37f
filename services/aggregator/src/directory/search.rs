//! `Search`: words, place and filters to hits.

use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::Directory;
use super::counting::facets;
use super::counting::facets_of_hits;
use super::counting::loosenings;
use super::hit::Checked;
use super::hit::Groups;
use super::hit::check;
use super::page_token;
use super::page_token::DEEPEST;
use super::page_token::PageToken;
use super::question::Question;
use crate::index::Rank;
use crate::index::facets::Counts;
use crate::index::facets::FacetAt;
use crate::index::search::Candidate;
use crate::index::search::Found;
use crate::index::search::Snapshot;

/// How often the index is asked again for hits in place of those that are gone.
const MOST_LOOKS: usize = 4;

/// Finds records.
pub(super) async fn search(
    directory: &Directory,
    request: v1::SearchRequest,
) -> Result<v1::SearchResponse, Failure> {
    let now = directory.now();
    let mut question = Question::parse(&request, now)?;
    // A state that is kept no more is replaced by the newest: ranks there may differ a
    // little, so that a hit can repeat or slip, which is better than no page.
    let (newest, newest_id) = directory.index.newest();
    let kept = question
        .token
        .filter(|token| token.is_ours(&directory.seal))
        .and_then(|token| Some((directory.index.kept(token.snapshot)?, token.snapshot)));
    let (snapshot, id) = kept.unwrap_or_else(|| (newest.clone(), newest_id));
    let with_hits = facets_of_hits(&request, &question.facets);
    let is_newest = id == newest_id;
    let mut page = page(
        directory,
        &mut question,
        &snapshot,
        is_newest,
        &with_hits,
        now,
    )
    .await?;
    if !is_newest {
        // What is gone since is in no count.
        let found = find(directory, &question, &newest, None, 1, &with_hits).await?;
        (page.total, page.facets) = (found.total, found.facets);
    }
    let counted = std::mem::take(&mut page.facets);
    let facets = facets(directory, &request, &question, &newest, counted, now).await?;
    let loosenings = if page.nothing_has_all && page.total > 0 {
        vec![v1::Loosening {
            filter: "query".to_owned(),
            count: page.total,
        }]
    } else if page.total == 0 && question.token.is_none() {
        loosenings(directory, &request, &newest, now).await?
    } else {
        Vec::new()
    };
    let mut widenings = page.widenings;
    widenings.extend(Question::widened_tags(&request));

    let depth = question.token.map_or(0, |token| token.depth);
    let depth = depth.saturating_add(u32::try_from(page.shown.len()).unwrap_or(DEEPEST));
    let next_page_token = match page.goes_on_after {
        Some(after) => {
            // An older state is kept already, for as long as it was to be.
            if is_newest {
                directory.index.keep(&snapshot, now);
            }
            PageToken {
                request: page_token::digest(&request),
                snapshot: id,
                after,
                depth,
                began_s: question.ranking.now_s,
                seal: Default::default(),
            }
            .encode(&directory.seal)
        }
        None => String::new(),
    };
    Ok(v1::SearchResponse {
        hits: page.shown,
        next_page_token,
        total: page.total,
        facets,
        widenings,
        loosenings,
        near: question.near,
    })
}

/// One page.
struct Page {
    shown: Vec<v1::SearchHit>,
    total: u64,
    /// The rank to go on below; `None` on the last page.
    goes_on_after: Option<Rank>,
    /// Whether nothing has all the words, so that the hits have most of them.
    nothing_has_all: bool,
    facets: Vec<(FacetAt, Counts)>,
    widenings: Vec<v1::Widening>,
}

async fn page(
    directory: &Directory,
    question: &mut Question,
    snapshot: &Snapshot,
    is_newest: bool,
    facets: &[FacetAt],
    now: Timestamp,
) -> Result<Page, Failure> {
    let mut groups = Groups::default();
    let mut page = Page {
        shown: Vec::new(),
        total: 0,
        goes_on_after: question.ranking.after,
        nothing_has_all: false,
        facets: Vec::new(),
        widenings: Vec::new(),
    };
    let mut gone = 0;
    for look in 0..MOST_LOOKS {
        // One more than is needed tells whether there is a next page.
        let wanted = question.page_size - page.shown.len() + 1;
        let counted = if look == 0 { facets } else { &[] };
        let after = page.goes_on_after;
        let mut found = find(directory, question, snapshot, after, wanted, counted).await?;
        if look == 0 {
            page.total = found.total;
            page.nothing_has_all = found.nothing_has_all;
            page.facets = std::mem::take(&mut found.facets);
            page.widenings = widenings(std::mem::take(&mut found.widened));
            question.marks = std::mem::take(&mut found.marks);
        }
        let shown = found.candidates.iter().map(|(_, candidate)| candidate);
        let shown = shown.take(wanted - 1);
        groups.prepare(directory, shown, now).await?;
        let found_all = found.candidates.len() < wanted;
        for (rank, candidate) in found.candidates {
            if page.shown.len() == question.page_size {
                page.total = page.total.saturating_sub(gone);
                return Ok(page);
            }
            page.goes_on_after = Some(rank);
            match checked(directory, &mut groups, question, candidate, is_newest, now).await? {
                Some(hit) => page.shown.push(hit),
                None => gone += 1,
            }
        }
        if found_all {
            page.goes_on_after = None;
            break;
        }
    }
    page.total = page.total.saturating_sub(gone);
    Ok(page)
}

async fn find(
    directory: &Directory,
    question: &Question,
    snapshot: &Snapshot,
    after: Option<Rank>,
    limit: usize,
    facets: &[FacetAt],
) -> Result<Found, Failure> {
    let snapshot = snapshot.clone();
    let criteria = question.criteria.clone();
    let mut ranking = question.ranking.clone();
    ranking.after = after;
    let facets = facets.to_vec();
    directory
        .crowd
        .look(move || snapshot.find(&criteria, ranking, limit, &facets))
        .await
}

fn widenings(widened: Vec<(String, Vec<String>)>) -> Vec<v1::Widening> {
    widened
        .into_iter()
        .map(|(asked, also)| v1::Widening { asked, also })
        .collect()
}

/// The hit of a candidate that is still shown. One that changed since an older state of
/// the index is shown as it is now, if it is still what was asked for.
async fn checked(
    directory: &Directory,
    groups: &mut Groups,
    question: &Question,
    candidate: Candidate,
    is_newest: bool,
    now: Timestamp,
) -> Result<Option<v1::SearchHit>, Failure> {
    match check(directory, groups, question, &candidate, now).await? {
        Checked::Same(hit, _) => return Ok(Some(*hit)),
        Checked::Gone => return Ok(None),
        Checked::Changed if is_newest => return Ok(None),
        Checked::Changed => {}
    }
    let (newest, _) = directory.index.newest();
    let criteria = question.criteria.clone();
    let again = directory
        .crowd
        .look(move || newest.among(&criteria, &[candidate]))
        .await?;
    let Some(again) = again.first() else {
        return Ok(None);
    };
    match check(directory, groups, question, again, now).await? {
        Checked::Same(hit, _) => Ok(Some(*hit)),
        Checked::Changed | Checked::Gone => Ok(None),
    }
}
