//! `Matches`: offers that fit a need, and needs that an offer fits.
//!
//! Only what both records say in public is compared. Whether the two come together is for
//! the groups to settle: every match names what it does not know.

use std::collections::HashMap;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::name::View;
use hedgerow_core::name::collection;
use hedgerow_core::place::distance_m;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::failure::id_field;
use prost::Message;
use sha2::Digest;
use sha2::Sha256;

use super::Directory;
use super::continuation::Continuation;
use super::hit::Checked;
use super::hit::Groups;
use super::hit::check;
use super::list_events::page_size;
use super::question::Question;
use crate::index::Entry;
use crate::index::entry_of;
use crate::index::search::Candidate;
use crate::index::search::Found;
use crate::status;
use fit::Fit;
use fit::fit;

mod fit;

/// How far apart where nobody says.
const USUAL_DISTANCE_M: u32 = 30_000;
const LONGEST_DISTANCE_M: u32 = 500_000;
/// How many records are compared with one, the nearest of them, and as many that are
/// had online.
const MOST_COMPARED: usize = 200;
/// How many of them are in memory at once.
const AT_ONCE: usize = 100;

/// Finds what fits.
pub(super) async fn matches(
    directory: &Directory,
    request: v1::MatchesRequest,
) -> Result<v1::MatchesResponse, Failure> {
    matches_among(directory, request, MOST_COMPARED).await
}

/// The same among at most so many of the nearest, and as many that are had online.
pub(super) async fn matches_among(
    directory: &Directory,
    request: v1::MatchesRequest,
    most: usize,
) -> Result<v1::MatchesResponse, Failure> {
    let now = directory.now();
    let bare = bare(&request);
    let token = Continuation::of(&request.page_token, &bare)?;
    let began = token.map_or(now, |token| token.began());
    let page_size = page_size(request.page_size)?;
    if request.distance_m > LONGEST_DISTANCE_M {
        return Err(Failure::invalid_field(
            "distance_m",
            "distance_too_long",
            format!("at most {LONGEST_DISTANCE_M} metres"),
        ));
    }
    let asked = asked(directory, &request, now).await?;
    let compared = compared(directory, &asked, request.distance_m, began, most).await?;
    let mut ranked = compared.ranked;
    ranked.sort_by_key(|one| one.rank);
    let after = token.map(|token| token.after);
    let mut left = ranked
        .into_iter()
        .filter(|one| after.is_none_or(|after| one.rank > after));
    let page: Vec<Ranked> = left.by_ref().take(page_size).collect();
    let next_page_token = match (left.next(), page.last()) {
        (Some(_), Some(last)) => Continuation::new(&bare, began, last.rank).encode(),
        _ => String::new(),
    };
    Ok(v1::MatchesResponse {
        matches: page.into_iter().map(|one| one.shown).collect(),
        next_page_token,
        more_not_compared: compared.is_part,
    })
}

/// The record that is asked about: an offer or a need.
struct Asked {
    group: GroupId,
    entry: Entry,
}

impl Asked {
    /// The kind of record that could fit.
    fn other_collection(&self) -> &'static str {
        match self.entry.need() {
            Some(_) => collection::OFFER,
            None => collection::NEED,
        }
    }

    /// How far around it to look. Needs say themselves how far they reach, so an offer
    /// looks as far as any may.
    fn reach_m(&self, distance_m: u32) -> u32 {
        match self.entry.need() {
            Some(need) => limit_m(need, distance_m),
            None => LONGEST_DISTANCE_M,
        }
    }

    /// Compares with a record of the other side.
    fn fit(
        &self,
        other: &Entry,
        apart_m: Option<u32>,
        distance_m: u32,
        now: Timestamp,
    ) -> Option<Fit> {
        let need = self.entry.need().or_else(|| other.need())?;
        let offer = self.entry.offer().or_else(|| other.offer())?;
        fit(need, offer, apart_m, limit_m(need, distance_m), now)
    }
}

/// How far a need reaches.
fn limit_m(need: &v1::Need, distance_m: u32) -> u32 {
    match (need.within_km, distance_m) {
        (0, 0) => USUAL_DISTANCE_M,
        (0, said) => said,
        (km, _) => km.saturating_mul(1_000).min(LONGEST_DISTANCE_M),
    }
}

/// Reads the record that is asked about.
async fn asked(
    directory: &Directory,
    request: &v1::MatchesRequest,
    now: Timestamp,
) -> Result<Asked, Failure> {
    let group: GroupId = id_field("group_id", &request.group_id)?;
    let name = RecordName::parse(&request.collection, &request.key)
        .map_err(|error| Failure::invalid_field("key", error.reason(), error.to_string()))?;
    if ![collection::OFFER, collection::NEED].contains(&name.collection.as_str()) {
        return Err(Failure::invalid_field(
            "collection",
            "collection_without_matches",
            "only an offer or a need has matches",
        ));
    }
    let row = directory.known_group(&group).await?;
    let shown = status::is_shown(&row, now);
    let read = match shown {
        true => {
            directory
                .store
                .record(&group, &View::public(), &name)
                .await?
        }
        false => None,
    };
    let read = read.and_then(|record| entry_of(&group, &record));
    let entry = read.ok_or_else(|| {
        Failure::not_found("record_unknown", "no such record is shown here")
            .with("group_id", group)
            .with("status", status::status(&row, now).as_str_name())
    })?;
    Ok(Asked { group, entry })
}

/// One record that fits, with its place in the order.
struct Ranked {
    rank: u128,
    shown: v1::Match,
}

/// What came of comparing.
struct Compared {
    /// Everything that fits, in no order.
    ranked: Vec<Ranked>,
    /// Whether there was more than may be compared.
    is_part: bool,
}

/// Compares with what could fit.
async fn compared(
    directory: &Directory,
    asked: &Asked,
    distance_m: u32,
    began: Timestamp,
    most: usize,
) -> Result<Compared, Failure> {
    let point = asked.entry.points().next().map(|(_, point)| point);
    let anywhere = Question::parse(&search_request(asked, None, distance_m), began)?;
    let near = match point {
        Some(point) => Some(Question::parse(
            &search_request(asked, Some(point), distance_m),
            began,
        )?),
        None => None,
    };
    let mut is_part = false;
    let mut candidates: HashMap<(GroupId, RecordName), Candidate> = HashMap::new();
    for question in near.iter().chain([&anywhere]) {
        let found = find(directory, question, most).await?;
        is_part |= found.total > found.candidates.len() as u64;
        for (_, candidate) in found.candidates {
            let key = (candidate.group, candidate.name.clone());
            candidates.entry(key).or_insert(candidate);
        }
    }
    candidates.retain(|(group, _), _| *group != asked.group);
    let candidates: Vec<Candidate> = candidates.into_values().collect();
    let question = near.as_ref().unwrap_or(&anywhere);
    let now = directory.now();
    let mut groups = Groups::default();
    let mut ranked = Vec::new();
    for some in candidates.chunks(AT_ONCE) {
        groups.prepare(directory, some.iter(), now).await?;
        for candidate in some {
            let checked = check(directory, &mut groups, question, candidate, now).await?;
            let Checked::Same(mut hit, told) = checked else {
                continue;
            };
            let apart_m = apart_m(&asked.entry, &told.entry);
            let Some(fit) = asked.fit(&told.entry, apart_m, distance_m, began) else {
                continue;
            };
            hit.distance_m = apart_m;
            ranked.push(Ranked {
                rank: rank(&fit, apart_m, candidate),
                shown: v1::Match {
                    hit: Some(*hit),
                    fits: fit.fits.iter().map(ToString::to_string).collect(),
                    unknown: fit.unknown.iter().map(ToString::to_string).collect(),
                },
            });
        }
    }
    Ok(Compared { ranked, is_part })
}

async fn find(directory: &Directory, question: &Question, most: usize) -> Result<Found, Failure> {
    let (snapshot, _) = directory.index.newest();
    let (criteria, ranking) = (question.criteria.clone(), question.ranking.clone());
    let look = move || snapshot.find(&criteria, ranking, most, &[]);
    directory.crowd.look(look).await
}

/// The search for what could fit: around a point; or anywhere, where the record has no
/// point, or else what is had online.
fn search_request(asked: &Asked, point: Option<v1::Point>, distance_m: u32) -> v1::SearchRequest {
    let kind = asked.entry.summary.resource_kind.unwrap_or_default();
    let has_point = asked.entry.points().next().is_some();
    let near = point.map(|point| v1::Near {
        r#where: Some(v1::near::Where::Point(point)),
        distance_m: asked.reach_m(distance_m),
    });
    v1::SearchRequest {
        collections: vec![asked.other_collection().to_owned()],
        resource_kinds: vec![kind.into()],
        online: (near.is_none() && has_point).then_some(true),
        order: match near {
            Some(_) => v1::SearchOrder::Distance.into(),
            None => v1::SearchOrder::Relevance.into(),
        },
        near,
        ..v1::SearchRequest::default()
    }
}

/// Between the nearest points of two records.
fn apart_m(one: &Entry, other: &Entry) -> Option<u32> {
    let pairs = one
        .points()
        .flat_map(|(_, from)| other.points().map(move |(_, to)| distance_m(&from, &to)));
    pairs
        .min_by(f64::total_cmp)
        .map(|metres| metres.round() as u32)
}

/// What is least uncertain first, then what has most that fits, then the nearest.
fn rank(fit: &Fit, apart_m: Option<u32>, candidate: &Candidate) -> u128 {
    let count = |words: &[&str]| u128::try_from(words.len()).unwrap_or(255).min(255);
    let digest = Sha256::new()
        .chain_update(candidate.group.as_bytes())
        .chain_update(candidate.name.collection.as_str())
        .chain_update(candidate.name.key.as_str())
        .finalize();
    let identity = digest
        .iter()
        .take(8)
        .fold(0, |id, byte| id << 8 | u128::from(*byte));
    count(&fit.unknown) << 104
        | (255 - count(&fit.fits)) << 96
        | u128::from(apart_m.unwrap_or(u32::MAX)) << 64
        | identity
}

/// What of a request its page tokens are bound to.
fn bare(request: &v1::MatchesRequest) -> Vec<u8> {
    let bare = v1::MatchesRequest {
        page_size: 0,
        page_token: String::new(),
        ..request.clone()
    };
    bare.encode_to_vec()
}
