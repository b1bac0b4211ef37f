//! `Matches`: offers that fit a need, and needs that an offer fits.
//!
//! Only what both records say in public is compared. Whether the two come together is for
//! the groups to settle: every match names what it does not know.

use std::collections::HashMap;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, View, collection};
use hedgerow_core::place::distance_m;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules::{Known, check_received};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::{Failure, id_field};
use prost::Message;
use sha2::{Digest, Sha256};

use super::Directory;
use super::continuation::Continuation;
use super::hit::{Checked, Groups, check};
use super::list_events::page_size;
use super::question::Question;
use crate::index::Entry;
use crate::index::search::Candidate;
use crate::status;
use fit::{Fit, fit};

mod fit;

/// How far apart where nobody says.
const USUAL_DISTANCE_M: u32 = 30_000;
const LONGEST_DISTANCE_M: u32 = 500_000;
/// How many records are compared with one, the nearest of them, and as many that are
/// had online.
const MOST_COMPARED: usize = 200;

/// Finds what fits.
pub(super) async fn matches(
    directory: &Directory,
    request: v1::MatchesRequest,
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
    let mut ranked = compared(directory, &asked, request.distance_m, began).await?;
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
    })
}

/// One side of a match.
enum Side {
    Offer(Box<v1::Offer>),
    Need(Box<v1::Need>),
}

/// The record that is asked about.
struct Asked {
    group: GroupId,
    side: Side,
    entry: Entry,
}

impl Asked {
    /// The kind of record that could fit.
    fn other_collection(&self) -> &'static str {
        match self.side {
            Side::Offer(_) => collection::NEED,
            Side::Need(_) => collection::OFFER,
        }
    }

    /// How far around it to look. Needs say themselves how far they reach, so an offer
    /// looks as far as any may.
    fn reach_m(&self, distance_m: u32) -> u32 {
        match &self.side {
            Side::Offer(_) => LONGEST_DISTANCE_M,
            Side::Need(need) => limit_m(need, distance_m),
        }
    }

    /// Compares with a record of the other side.
    fn fit(
        &self,
        other: &Side,
        apart_m: Option<u32>,
        distance_m: u32,
        now: Timestamp,
    ) -> Option<Fit> {
        let (need, offer) = match (&self.side, other) {
            (Side::Need(need), Side::Offer(offer)) | (Side::Offer(offer), Side::Need(need)) => {
                (need, offer)
            }
            (Side::Need(_), Side::Need(_)) | (Side::Offer(_), Side::Offer(_)) => return None,
        };
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
    let read = read.and_then(|record| read_side(&group, &record));
    let (side, entry) = read.ok_or_else(|| {
        Failure::not_found("record_unknown", "no such record is shown here")
            .with("group_id", group)
            .with("status", status::status(&row, now).as_str_name())
    })?;
    Ok(Asked { group, side, entry })
}

/// One record that fits, with its place in the order.
struct Ranked {
    rank: u128,
    shown: v1::Match,
}

/// Everything that fits among what could, in no order.
async fn compared(
    directory: &Directory,
    asked: &Asked,
    distance_m: u32,
    began: Timestamp,
) -> Result<Vec<Ranked>, Failure> {
    let point = asked.entry.points().next().map(|(_, point)| point);
    let anywhere = Question::parse(&search_request(asked, None, distance_m), began)?;
    let near = match point {
        Some(point) => Some(Question::parse(
            &search_request(asked, Some(point), distance_m),
            began,
        )?),
        None => None,
    };
    let mut candidates: HashMap<(GroupId, RecordName), Candidate> = HashMap::new();
    for question in near.iter().chain([&anywhere]) {
        for candidate in find(directory, question).await? {
            let key = (candidate.group, candidate.name.clone());
            candidates.entry(key).or_insert(candidate);
        }
    }
    let mut groups = Groups::default();
    let mut ranked = Vec::new();
    for candidate in candidates
        .into_values()
        .filter(|it| it.group != asked.group)
    {
        let question = near.as_ref().unwrap_or(&anywhere);
        let record = directory
            .store
            .record(&candidate.group, &View::public(), &candidate.name)
            .await?;
        let Some((side, entry)) = record.and_then(|it| read_side(&candidate.group, &it)) else {
            continue;
        };
        let apart_m = apart_m(&asked.entry, &entry);
        let Some(fit) = asked.fit(&side, apart_m, distance_m, began) else {
            continue;
        };
        let checked = check(
            directory,
            &mut groups,
            question,
            &candidate,
            directory.now(),
        )
        .await?;
        let Checked::Same(mut hit, _) = checked else {
            continue;
        };
        hit.distance_m = apart_m;
        ranked.push(Ranked {
            rank: rank(&fit, apart_m, &candidate),
            shown: v1::Match {
                hit: Some(*hit),
                fits: fit.fits.iter().map(ToString::to_string).collect(),
                unknown: fit.unknown.iter().map(ToString::to_string).collect(),
            },
        });
    }
    Ok(ranked)
}

async fn find(directory: &Directory, question: &Question) -> Result<Vec<Candidate>, Failure> {
    let (snapshot, _) = directory.index.newest();
    let (criteria, ranking) = (question.criteria.clone(), question.ranking.clone());
    let look = move || snapshot.find(&criteria, ranking, MOST_COMPARED, &[]);
    let found = directory.crowd.look(look).await?;
    Ok(found.candidates.into_iter().map(|(_, one)| one).collect())
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

/// Reads an offer or need.
fn read_side(group: &GroupId, record: &[u8]) -> Option<(Side, Entry)> {
    let parsed = ParsedRecord::parse_within(record, group, record.len()).ok()?;
    let known = check_received(&parsed).ok()?;
    let entry = Entry::of(&known)?;
    let side = match known {
        Known::Offer(offer) => Side::Offer(offer),
        Known::Need(need) => Side::Need(need),
        _ => return None,
    };
    Some((side, entry))
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
