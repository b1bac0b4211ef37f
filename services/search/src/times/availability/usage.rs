//! Whether a thing can be used at a time.

use hedgerow_core::summary::UseLimits;
use hedgerow_proto::directory_v1::UseCondition;

use super::openings::any_shares_an_hour;
use super::rows::{Availability, WeeklyHours};
use crate::times::encoding::DAY_MINUTES;

/// Whether a thing can be used over a whole time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Use {
    /// It is closed for a part of it, or cannot be used for as long.
    None,
    /// It is open, but conditions have to be settled.
    Ask(Vec<UseCondition>),
    Free,
}

/// Whether an offer is available when a need exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    None,
    /// Sometimes, or under a condition.
    Maybe,
    Full,
}

impl Availability {
    /// Whether it is available at one of the times at which a need exists: during a one-off
    /// time, or for an hour of the usual week. Each side's week is local to its own time zone.
    /// `now` is in minutes since 1970.
    pub fn overlap(&self, need: &Self, now: u64) -> Overlap {
        let one_offs = need.one_offs.iter().map(|one| {
            match self.use_during(one.start, one.start + one.length.max(1), now) {
                Use::None => Overlap::None,
                Use::Ask(_) => Overlap::Maybe,
                Use::Free => Overlap::Full,
            }
        });
        let weekly = need.weekly.iter().map(|row| self.weekly_overlap(row));
        let mut best = Overlap::None;
        for overlap in one_offs.chain(weekly) {
            match overlap {
                Overlap::Full => return Overlap::Full,
                Overlap::Maybe => best = Overlap::Maybe,
                Overlap::None => {}
            }
        }
        best
    }

    fn weekly_overlap(&self, need: &WeeklyHours) -> Overlap {
        let parts = [(need.from, need.to)];
        let is_open = |weeks: fn(u64) -> bool| {
            let rows = self.week().filter(|row| weeks(row.weeks));
            any_shares_an_hour(rows, |weekday| weekday == need.weekday, &parts)
        };
        let length = need.to - need.from;
        let UseLimits {
            shortest_minutes,
            longest_minutes,
            ..
        } = self.limits;
        let is_of_other_length = length < u64::from(shortest_minutes)
            || (longest_minutes != 0 && length > u64::from(longest_minutes));
        if !is_open(|_| true) {
            Overlap::None
        } else if is_of_other_length
            || self.is_limited_by_words
            || (need.weeks == 0 && !is_open(|weeks| weeks == 0))
        {
            Overlap::Maybe
        } else {
            Overlap::Full
        }
    }

    /// Whether it can be used for the whole time between two minutes since 1970, if that is
    /// requested at the minute `now`.
    pub(crate) fn use_during(&self, from: u64, to: u64, now: u64) -> Use {
        let UseLimits {
            shortest_minutes,
            longest_minutes,
            notice_hours,
            book_ahead_days,
        } = self.limits;
        let (length, shortest) = (to.saturating_sub(from), u64::from(shortest_minutes));
        if longest_minutes != 0 && length > u64::from(longest_minutes) {
            return Use::None;
        }
        let lacking = shortest.saturating_sub(length);
        let Some((opens, closes)) = self.open_stretch(from, to, lacking) else {
            return Use::None;
        };
        if closes - opens < shortest {
            return Use::None;
        }
        let notice = u64::from(notice_hours) * 60;
        let ahead = u64::from(book_ahead_days) * DAY_MINUTES;
        let conditions = [
            (UseCondition::Shortest, lacking > 0),
            (UseCondition::Notice, from < now + notice),
            (
                UseCondition::BookAhead,
                book_ahead_days != 0 && from > now + ahead,
            ),
            (UseCondition::PublicHoliday, self.may_be_holiday(from, to)),
            (UseCondition::Words, self.is_limited_by_words),
        ];
        let open: Vec<UseCondition> = conditions
            .into_iter()
            .filter_map(|(condition, holds)| holds.then_some(condition))
            .collect();
        if open.is_empty() {
            Use::Free
        } else {
            Use::Ask(open)
        }
    }
}
