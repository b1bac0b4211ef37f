//! Yes-or-no properties of a record as bits of one number, in one column. A filter by flags
//! tests bits, however many documents pass it.

use std::ops::Range;

use hedgerow_core::name::{RecordName, collection};
use hedgerow_proto::v1;

use crate::entry::Entry;
use crate::times::expansion::DocumentTimes;

// Positions of the bits: 8 for roles, 4 for the openness of an event, then two each, for "no"
// and "yes", then one for each part of the day.
const ROLES_AT: u32 = 0;
const OPENNESS_AT: u32 = 8;
pub const ONLINE_AT: u32 = 16;
pub const FREE_OF_CHARGE_AT: u32 = 18;
pub const OPEN_TO_NEW_AT: u32 = 20;
pub const FIRST_TIME_FREE_AT: u32 = 22;
const DAY_PARTS_AT: u32 = 24;
pub const BITS: u32 = 27;

/// The hours of the parts of the day, as filters by time of day understand their names.
const DAY_PARTS: [Range<u64>; 3] = [6..12, 12..17, 17..22];

/// Properties that are counted as a facet, each with its flag.
pub const PROPERTIES: [(&str, u64); 8] = [
    ("online", 1 << (ONLINE_AT + 1)),
    ("in-person", 1 << ONLINE_AT),
    ("free", 1 << (FREE_OF_CHARGE_AT + 1)),
    ("first-time-free", 1 << (FIRST_TIME_FREE_AT + 1)),
    ("open-to-new", 1 << (OPEN_TO_NEW_AT + 1)),
    ("morning", 1 << DAY_PARTS_AT),
    ("afternoon", 1 << (DAY_PARTS_AT + 1)),
    ("evening", 1 << (DAY_PARTS_AT + 2)),
];

/// Returns the flags of a record.
pub fn record_flags(name: &RecordName, entry: &Entry, times: &DocumentTimes) -> u64 {
    let summary = &entry.summary;
    let roles = if name.collection.as_str() == collection::LISTING {
        any_role(&summary.roles)
    } else {
        // Other kinds have no role, so role filters let them through.
        u64::from(u8::MAX) << ROLES_AT
    };
    let openness = match summary.event_openness {
        // An event of unspecified openness passes no openness filter.
        Some(v1::EventOpenness::Unspecified) => 0,
        Some(openness) => any_openness(&[openness]),
        // Other kinds pass, as with roles.
        None => 0b1111 << OPENNESS_AT,
    };
    roles
        | openness
        | yes_or_no(ONLINE_AT, Some(summary.online))
        | yes_or_no(FREE_OF_CHARGE_AT, summary.cost.free_of_charge)
        | yes_or_no(OPEN_TO_NEW_AT, summary.open_to_new)
        | yes_or_no(FIRST_TIME_FREE_AT, summary.cost.first_time_free)
        | day_parts(&times.slots)
}

/// The parts of the day of these hours of the week.
fn day_parts(slots: &[u64]) -> u64 {
    (DAY_PARTS_AT..)
        .zip(DAY_PARTS)
        .fold(0, |bits, (at, hours)| {
            let is_then = slots.iter().any(|slot| hours.contains(&(slot % 24)));
            bits | u64::from(is_then) << at
        })
}

pub fn any_role(roles: &[v1::Role]) -> u64 {
    roles.iter().fold(0, |bits, &role| {
        bits | 1 << (ROLES_AT + (role as u32).min(7))
    })
}

pub fn any_openness(openness: &[v1::EventOpenness]) -> u64 {
    openness.iter().fold(0, |bits, &one| {
        bits | 1 << (OPENNESS_AT + (one as u32).min(3))
    })
}

/// Returns one of two bits; neither for an unknown value.
pub fn yes_or_no(at: u32, value: Option<bool>) -> u64 {
    value.map_or(0, |value| 1 << (at + u32::from(value)))
}
