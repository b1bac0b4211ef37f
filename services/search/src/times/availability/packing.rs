//! An availability as numbers of a document.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono_tz::{TZ_VARIANTS, Tz};
use hedgerow_core::bank_holidays::HolidayCalendar;
use sha2::{Digest, Sha256};

use super::rows::{Availability, Exception, OneOff, WeeklyHours};

// The two highest bits are the kind of a number.
const KIND_SHIFT: u32 = 62;
/// Notice in hours, whether words limit the hours, calendar of public holidays, days that it can
/// be booked ahead, and a digest of the time zone's name.
const KIND_ZONE: u64 = 0;
/// Weeks of the month, weekday, from, to.
const KIND_WEEKLY: u64 = 1;
/// First day, last day, from, to; closed if `from` equals `to`.
const KIND_EXCEPTION: u64 = 2;
/// The start in minutes since 1970 UTC, and the length in minutes. With [`LIMITS`], the longest
/// and the shortest use in minutes instead.
const KIND_ONE_OFF: u64 = 3;
/// No start has this bit.
const LIMITS: u64 = 1 << 61;

const MINUTE_BITS: u32 = 11;
const DAY_BITS: u32 = 17;
const LENGTH_BITS: u32 = 16;
const WEEKDAY_BITS: u32 = 3;
const WEEKS_BITS: u32 = 6;
const DIGEST_BITS: u32 = 32;
const AHEAD_BITS: u32 = 12;
const CALENDAR_BITS: u32 = 2;
const NOTICE_BITS: u32 = 14;
const USE_BITS: u32 = 20;
const WEEKS_SHIFT: u32 = 2 * MINUTE_BITS + WEEKDAY_BITS;
const CALENDAR_SHIFT: u32 = DIGEST_BITS + AHEAD_BITS;
const WORDS_SHIFT: u32 = CALENDAR_SHIFT + CALENDAR_BITS;
const NOTICE_SHIFT: u32 = WORDS_SHIFT + 1;

static ZONES_BY_DIGEST: LazyLock<HashMap<u64, Tz>> = LazyLock::new(|| {
    TZ_VARIANTS
        .iter()
        .map(|zone| (zone_digest(*zone), *zone))
        .collect()
});

impl Availability {
    /// Encodes the numbers of a document.
    pub(crate) fn encode(&self) -> Vec<u64> {
        if self.is_empty() {
            return Vec::new();
        }
        let at_most = |number: u32, bits: u32| u64::from(number).min((1 << bits) - 1);
        let limits = &self.limits;
        let head = KIND_ZONE << KIND_SHIFT
            | at_most(limits.notice_hours, NOTICE_BITS) << NOTICE_SHIFT
            | u64::from(self.is_limited_by_words) << WORDS_SHIFT
            | calendar_number(self.calendar) << CALENDAR_SHIFT
            | at_most(limits.book_ahead_days, AHEAD_BITS) << DIGEST_BITS;
        let zone = self.zone.map(|zone| head | zone_digest(zone));
        let lengths = (limits.shortest_minutes, limits.longest_minutes);
        let lengths = (lengths != (0, 0)).then(|| {
            KIND_ONE_OFF << KIND_SHIFT
                | LIMITS
                | at_most(limits.longest_minutes, USE_BITS) << USE_BITS
                | at_most(limits.shortest_minutes, USE_BITS)
        });
        let weekly = self.weekly.iter().map(|row| {
            KIND_WEEKLY << KIND_SHIFT
                | row.weeks << WEEKS_SHIFT
                | row.weekday << (2 * MINUTE_BITS)
                | row.from << MINUTE_BITS
                | row.to
        });
        let exceptions = self.exceptions.iter().map(|row| {
            KIND_EXCEPTION << KIND_SHIFT
                | row.first << (DAY_BITS + 2 * MINUTE_BITS)
                | row.last << (2 * MINUTE_BITS)
                | row.from << MINUTE_BITS
                | row.to
        });
        let one_offs = self
            .one_offs
            .iter()
            .map(|one| KIND_ONE_OFF << KIND_SHIFT | one.start << LENGTH_BITS | one.length);
        zone.into_iter()
            .chain(lengths)
            .chain(weekly)
            .chain(exceptions)
            .chain(one_offs)
            .collect()
    }

    /// Decodes the numbers of a document.
    pub(crate) fn decode(values: impl Iterator<Item = u64>) -> Self {
        let part = |value: u64, shift: u32, bits: u32| value >> shift & ((1 << bits) - 1);
        let mut decoded = Self::default();
        for value in values {
            let from = part(value, MINUTE_BITS, MINUTE_BITS);
            let to = part(value, 0, MINUTE_BITS);
            match value >> KIND_SHIFT {
                KIND_ZONE => {
                    let digest = part(value, 0, DIGEST_BITS);
                    decoded.zone = ZONES_BY_DIGEST.get(&digest).copied();
                    decoded.limits.notice_hours = part(value, NOTICE_SHIFT, NOTICE_BITS) as u32;
                    decoded.limits.book_ahead_days = part(value, DIGEST_BITS, AHEAD_BITS) as u32;
                    decoded.calendar = calendar_of(part(value, CALENDAR_SHIFT, CALENDAR_BITS));
                    decoded.is_limited_by_words = part(value, WORDS_SHIFT, 1) == 1;
                }
                KIND_ONE_OFF if value & LIMITS != 0 => {
                    decoded.limits.longest_minutes = part(value, USE_BITS, USE_BITS) as u32;
                    decoded.limits.shortest_minutes = part(value, 0, USE_BITS) as u32;
                }
                KIND_WEEKLY => decoded.weekly.push(WeeklyHours {
                    weeks: part(value, WEEKS_SHIFT, WEEKS_BITS),
                    weekday: part(value, 2 * MINUTE_BITS, WEEKDAY_BITS),
                    from,
                    to,
                }),
                KIND_EXCEPTION => decoded.exceptions.push(Exception {
                    first: part(value, DAY_BITS + 2 * MINUTE_BITS, DAY_BITS),
                    last: part(value, 2 * MINUTE_BITS, DAY_BITS),
                    from,
                    to,
                }),
                _ => decoded.one_offs.push(OneOff {
                    start: part(value, LENGTH_BITS, 32),
                    length: part(value, 0, LENGTH_BITS),
                }),
            }
        }
        decoded
    }
}

fn calendar_number(calendar: Option<HolidayCalendar>) -> u64 {
    match calendar {
        None => 0,
        Some(HolidayCalendar::EnglandAndWales) => 1,
        Some(HolidayCalendar::Scotland) => 2,
        Some(HolidayCalendar::NorthernIreland) => 3,
    }
}

fn calendar_of(number: u64) -> Option<HolidayCalendar> {
    match number {
        1 => Some(HolidayCalendar::EnglandAndWales),
        2 => Some(HolidayCalendar::Scotland),
        3 => Some(HolidayCalendar::NorthernIreland),
        _ => None,
    }
}

/// The first four bytes of the digest of a zone's name. A zone's position in the database would
/// be shorter, but changes with its version.
fn zone_digest(zone: Tz) -> u64 {
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(zone.name()));
    u32::from_be_bytes([a, b, c, d]).into()
}
