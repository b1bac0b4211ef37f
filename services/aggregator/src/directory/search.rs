//! `Search`: words, place and filters to hits.

use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::Directory;
use super::hit::{Checked, Groups, check};
use super::page_token::{self, DEEPEST, PageToken};
use super::question::Question;
use crate::index::Rank;
use crate::index::search::{Candidate, Found, Snapshot};

/// How often the index is asked again for hits in place of those that are gone.
const MOST_LOOKS: usize = 4;

/// Finds records.
pub(super) async fn search(
    directory: &Directory,
    request: v1::SearchRequest,
) -> Result<v1::SearchResponse, Failure> {
    let now = directory.now();
    let question = Question::parse(&request, now)?;
    // A state that is kept no more is replaced by the newest: ranks there may differ a
    // little, so that a hit can repeat or slip, which is better than no page.
    let (newest, newest_id) = directory.index.newest();
    let kept = question
        .token
        .filter(|token| token.is_ours(&directory.seal))
        .and_then(|token| Some((directory.index.kept(token.snapshot)?, token.snapshot)));
    let (snapshot, id) = kept.unwrap_or_else(|| (newest.clone(), newest_id));
    let is_newest = id == newest_id;
    let mut page = page(directory, &question, &snapshot, is_newest, now).await?;
    if !is_newest {
        // What is gone since is in no count.
        page.total = find(directory, &question, &newest, None, 1).await?.total;
    }

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
        near: question.near,
        ..v1::SearchResponse::default()
    })
}

/// One page.
struct Page {
    shown: Vec<v1::SearchHit>,
    total: u64,
    /// The rank to go on below; `None` on the last page.
    goes_on_after: Option<Rank>,
}

async fn page(
    directory: &Directory,
    question: &Question,
    snapshot: &Snapshot,
    is_newest: bool,
    now: Timestamp,
) -> Result<Page, Failure> {
    let mut groups = Groups::default();
    let mut page = Page {
        shown: Vec::new(),
        total: 0,
        goes_on_after: question.ranking.after,
    };
    let mut gone = 0;
    for look in 0..MOST_LOOKS {
        // One more than is needed tells whether there is a next page.
        let wanted = question.page_size - page.shown.len() + 1;
        let found = find(directory, question, snapshot, page.goes_on_after, wanted).await?;
        if look == 0 {
            page.total = found.total;
        }
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
) -> Result<Found, Failure> {
    let snapshot = snapshot.clone();
    let criteria = question.criteria.clone();
    let mut ranking = question.ranking;
    ranking.after = after;
    directory
        .crowd
        .look(move || snapshot.find(&criteria, ranking, limit))
        .await
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
        Checked::Same(hit) => return Ok(Some(*hit)),
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
        Checked::Same(hit) => Ok(Some(*hit)),
        Checked::Changed | Checked::Gone => Ok(None),
    }
}
