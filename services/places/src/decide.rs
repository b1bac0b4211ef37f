//! Settles a name that several places have, or leaves the choice to a person.

use hedgerow_core::place::distance_m;

use crate::containment::is_inside;
use crate::error::PlacesError;
use crate::meaning::{Because, Meaning};
use crate::nearest::is_common_word;
use crate::pack::NameKind;
use crate::places::{Candidate, Places};
use crate::record::{Kind, Record};

/// A place is meant without a question if it is this many times larger than any other.
const DOMINANCE: u64 = 8;
/// A name that is not a place's own is settled only if its place is this many times larger:
/// `Kingston` is short for two cities.
const DOMINANCE_BY_OTHER_NAME: u64 = 50;
/// A place as large as this is known beyond its county.
const WELL_KNOWN: u64 = 20_000;
/// A place that is smaller does not outweigh the area named after it.
const TOWN_OF_AREA: u64 = 10_000;
/// A single match that is smaller than this may be another place of that name, of which the
/// embedded gazetteer does not know.
const CERTAIN: u64 = 8_000;
/// A place that is this far outside the own area is doubtful.
const FAR_M: f64 = 60_000.0;
/// Other places that are named.
const MAX_OTHERS: usize = 20;

/// What makes a single match doubtful.
pub(crate) struct Doubt<'a> {
    /// The records of the own area's name.
    pub(crate) own_area: &'a [Record],
    /// Whether a county, region or postcode has confirmed the match.
    pub(crate) settled: bool,
    pub(crate) places: &'a Places,
}

/// Decides between candidates. At least one.
pub(crate) fn decide(found: Vec<Candidate>, doubt: &Doubt<'_>) -> Result<Meaning, PlacesError> {
    let mut found = merge_areas(by_name_kind(found));
    found.sort_by(|a, b| {
        let key = |one: &Candidate| (!is_in_own_area(&one.record, doubt), one.name_kind);
        let weights = b.record.weight().cmp(&a.record.weight());
        weights
            .then(key(a).cmp(&key(b)))
            .then_with(|| a.record.id.cmp(&b.record.id))
    });
    let local: Vec<bool> = found
        .iter()
        .map(|one| is_in_own_area(&one.record, doubt))
        .collect();
    let (Some(first), second) = (found.first(), found.get(1)) else {
        return Ok(Meaning::Unknown {
            nearest: Vec::new(),
        });
    };
    let second_weight = second.map_or(0, |one| one.record.weight());
    let factor = if first.name_kind == NameKind::Own {
        DOMINANCE
    } else {
        DOMINANCE_BY_OTHER_NAME
    };
    let dominates = first.record.weight() >= second_weight.saturating_mul(factor)
        && (second.is_none() || first.record.weight() >= WELL_KNOWN);
    // `Kingston` alone is short for several; a name of its own or in usual use decides.
    let by_short = first.name_kind == NameKind::Short && !doubt.settled;
    if second.is_none() || (dominates && !by_short) {
        let because = doubt_of_single(first, by_short, second.is_none(), doubt)?;
        // A dominating place elsewhere, with one of that name nearby, is left to the person.
        let rival_nearby = !local[0] && local.contains(&true);
        return Ok(match because {
            _ if rival_nearby => ask(promote_local(found, &local), Because::Several),
            Some(because) => ask(found, because),
            None => one(found.swap_remove(0).record),
        });
    }
    if let [only] = local_indexes(&local).as_slice() {
        // One of them is in the own area, and no other is far better known.
        return Ok(if dominates && *only != 0 {
            ask(promote_local(found, &local), Because::Several)
        } else {
            one(found.swap_remove(*only).record)
        });
    }
    Ok(ask(promote_local(found, &local), Because::Several))
}

fn one(record: Record) -> Meaning {
    if record.kind.is_area() {
        Meaning::Area(Box::new(record))
    } else {
        Meaning::Place(Box::new(record))
    }
}

fn ask(mut found: Vec<Candidate>, because: Because) -> Meaning {
    found.truncate(MAX_OTHERS + 1);
    let mut records = found.into_iter().map(|one| one.record);
    match records.next() {
        Some(likely) => Meaning::Ask {
            likely: Box::new(likely),
            others: records.collect(),
            because,
        },
        None => Meaning::Unknown {
            nearest: Vec::new(),
        },
    }
}

fn local_indexes(local: &[bool]) -> Vec<usize> {
    let indexes = local.iter().enumerate().filter(|(_, is_local)| **is_local);
    indexes.map(|(index, _)| index).collect()
}

/// Puts those in the own area first.
fn promote_local(found: Vec<Candidate>, local: &[bool]) -> Vec<Candidate> {
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    for (one, is_local) in found.into_iter().zip(local) {
        if *is_local {
            inside.push(one);
        } else {
            outside.push(one);
        }
    }
    inside.append(&mut outside);
    inside
}

/// Leaves out names that only resemble: a spelling of another language if any place has the
/// name as its own, and a short form unless its place is larger than each of those.
fn by_name_kind(found: Vec<Candidate>) -> Vec<Candidate> {
    let has_own = found.iter().any(|one| one.name_kind <= NameKind::Usual);
    if !has_own {
        return found;
    }
    let own = found.iter().filter(|one| one.name_kind <= NameKind::Usual);
    let largest = own.map(|one| one.record.weight()).max().unwrap_or(0);
    let fits = |one: &Candidate| match one.name_kind {
        NameKind::Own | NameKind::Usual => true,
        NameKind::Short => one.record.weight() > largest,
        NameKind::Foreign => false,
    };
    found.into_iter().filter(fits).collect()
}

/// Of a place and the area named after it, keeps one: the town if it is one, else the area. Of
/// areas of one name that contain each other, keeps the widest.
fn merge_areas(found: Vec<Candidate>) -> Vec<Candidate> {
    let same = |place: &Record, area: &Record| {
        is_inside(place, area)
            || area
                .bounds
                .is_some_and(|bounds| bounds.contains(&place.point()))
    };
    let drops = |one: &Candidate, other: &Candidate| {
        let (a, b) = (&one.record, &other.record);
        match (a.kind.is_area(), b.kind.is_area()) {
            // The city of York, and not the area of its council.
            (true, false) => {
                let is_name = other.name_kind <= NameKind::Usual;
                a.kind <= Kind::Region && b.weight() >= TOWN_OF_AREA && same(b, a) && is_name
            }
            (false, true) => a.weight() < TOWN_OF_AREA && same(a, b),
            (true, true) => b.kind > a.kind && same(a, b),
            (false, false) => false,
        }
    };
    let kept: Vec<Candidate> = found
        .iter()
        .enumerate()
        .filter(|(index, one)| {
            let mut others = found.iter().enumerate();
            !others.any(|(other, rival)| other != *index && drops(one, rival))
        })
        .map(|(_, one)| one.clone())
        .collect();
    if kept.is_empty() { found } else { kept }
}

fn is_in_own_area(record: &Record, doubt: &Doubt<'_>) -> bool {
    let is_in = |area: &Record| is_inside(record, area) || record.id == area.id;
    doubt.own_area.iter().any(is_in)
}

/// Why a single or dominating match is doubtful, if it is.
fn doubt_of_single(
    found: &Candidate,
    by_short: bool,
    is_single: bool,
    doubt: &Doubt<'_>,
) -> Result<Option<Because>, PlacesError> {
    let record = &found.record;
    let is_certain = doubt.settled
        || record.kind.is_area()
        || record.weight() >= CERTAIN
        || is_in_own_area(record, doubt);
    if is_certain && !by_short {
        return Ok(None);
    }
    if by_short && !(is_single && record.weight() >= WELL_KNOWN) {
        return Ok(Some(Because::Several));
    }
    let far = |area: &Record| {
        let inside = area
            .bounds
            .is_some_and(|bounds| bounds.contains(&record.point()));
        !inside && distance_m(&area.point(), &record.point()) > FAR_M
    };
    let is_far = !doubt.own_area.is_empty() && doubt.own_area.iter().all(far);
    let is_incomplete = !doubt.places.manifest().is_complete;
    let is_common =
        is_incomplete && found.name_kind == NameKind::Own && is_common_word(doubt.places, record)?;
    Ok((is_far || is_common).then_some(Because::Doubtful))
}
