//! Puts the meanings of a schedule's words together.

use std::mem;

use chrono::{Datelike, NaiveDate};

use super::reading::{DateOrder, DayPattern, HalfDay, Hints, Open, Reading};
use super::tokens::{DAY_MINUTES, Time, Token, tokenise};

const CODES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const NOON: u32 = DAY_MINUTES / 2;

/// What was read up to a token.
#[derive(Default)]
struct State {
    days: DayPattern,
    dates: Vec<NaiveDate>,
    from: Option<NaiveDate>,
    is_weekly: bool,
    is_alternate: bool,
    is_of_month: bool,
    except_bank_holidays: bool,
    half: Option<u32>,
    is_order_open: bool,
    start: Option<Time>,
    end: Option<Time>,
}

pub(super) fn parse(text: &str, hints: &Hints, today: NaiveDate) -> Option<Reading> {
    let mut tokens = tokenise(text)?;
    name_every_second(&mut tokens);
    let mut state = State::default();
    let mut rest = tokens.as_slice();
    while !rest.is_empty() {
        let used = state.read(rest, hints, today)?;
        rest = rest.get(used..)?;
    }
    state.finish(hints)
}

/// `every second Tuesday` is every other one; `every second Tuesday of the month` is not.
fn name_every_second(tokens: &mut Vec<Token>) {
    let has_month = tokens.contains(&Token::EveryMonth);
    let pair = [Token::Every, Token::Ordinal(2)];
    let at = tokens.windows(2).position(|window| window == pair);
    let weekday_next = at.is_some_and(|at| matches!(tokens.get(at + 2), Some(Token::Weekday(_))));
    if let Some(at) = at.filter(|_| weekday_next && !has_month) {
        tokens.splice(at..at + 2, [Token::Alternate]);
    }
}

impl State {
    /// Reads the first tokens and returns how many they were.
    fn read(&mut self, tokens: &[Token], hints: &Hints, today: NaiveDate) -> Option<usize> {
        if let Some((date, used)) = self.date(tokens, hints, today) {
            self.dates.push(date);
            return Some(used);
        }
        match *tokens {
            [Token::Except, ref more @ ..] => return Some(1 + self.except(more)?),
            [Token::From, ref more @ ..] => return Some(1 + self.from(more, hints, today)?),
            [Token::Weekday(first), Token::To, Token::Weekday(last), ..] => {
                self.days.weekdays.extend(cycle(first, last, 7));
                return Some(3);
            }
            [Token::Month(first), Token::To, Token::Month(last), ..] => {
                self.days.months.extend(cycle(first, last, 12));
                return Some(3);
            }
            [Token::Time(start), Token::To, Token::Time(end), ..] => {
                self.set_times(start, Some(end))?;
                return Some(3);
            }
            // "7.30 for 8": the doors open half an hour before an evening starts.
            [Token::Time(doors), Token::For, Token::Time(start), ..] => {
                let later = |time: Time| {
                    if time.is_certain {
                        time.minutes
                    } else {
                        time.minutes + NOON
                    }
                };
                if later(start) <= later(doors) {
                    return None;
                }
                let minutes = later(start);
                self.set_times(
                    Time {
                        minutes,
                        is_certain: true,
                    },
                    None,
                )?;
                return Some(3);
            }
            _ => {}
        }
        match *tokens.first()? {
            Token::Weekday(weekday) => self.days.weekdays.push(weekday),
            Token::Ordinal(ordinal) if (-1..=5).contains(&ordinal) => {
                self.days.ordinals.push(ordinal);
            }
            Token::Month(month) => self.days.months.push(month),
            Token::Time(time) => self.set_times(time, None)?,
            Token::Alternate => self.is_alternate = true,
            Token::Fortnight => (self.is_alternate, self.is_weekly) = (true, true),
            Token::Week => self.is_weekly = true,
            Token::EveryMonth => self.is_of_month = true,
            Token::AllDays => self.days.weekdays.extend(1..=7),
            Token::WorkingDays => self.days.weekdays.extend(1..=5),
            Token::Weekend => self.days.weekdays.extend(6..=7),
            Token::Morning => self.set_half(0)?,
            Token::LaterHalf => self.set_half(NOON)?,
            Token::Every | Token::Filler => {}
            Token::Ordinal(_)
            | Token::Year(_)
            | Token::Date { .. }
            | Token::DayAndMonth(..)
            | Token::BankHoliday
            | Token::Except
            | Token::From
            | Token::To
            | Token::For => return None,
        }
        Some(1)
    }

    /// What follows `except`: bank holidays, days of the week or months.
    fn except(&mut self, tokens: &[Token]) -> Option<usize> {
        let fillers = tokens
            .iter()
            .take_while(|token| **token == Token::Filler)
            .count();
        let used = match *tokens.get(fillers..)? {
            [Token::BankHoliday, ..] => {
                self.except_bank_holidays = true;
                1
            }
            [Token::Weekday(weekday), ..] => {
                let before = self.days.weekdays.len();
                self.days.weekdays.retain(|known| *known != weekday);
                // Nothing was taken out: the words mean something else.
                if self.days.weekdays.len() == before {
                    return None;
                }
                1
            }
            [Token::Month(first), Token::To, Token::Month(last), ..] => {
                self.except_months(&cycle(first, last, 12));
                3
            }
            [Token::Month(month), ..] => {
                self.except_months(&[month]);
                1
            }
            _ => return None,
        };
        Some(fillers + used)
    }

    fn except_months(&mut self, out: &[u32]) {
        if self.days.months.is_empty() {
            self.days.months.extend(1..=12);
        }
        self.days.months.retain(|month| !out.contains(month));
    }

    /// What follows `from`: a date, or a time like any other.
    fn from(&mut self, tokens: &[Token], hints: &Hints, today: NaiveDate) -> Option<usize> {
        let Some((date, used)) = self.date(tokens, hints, today) else {
            return matches!(
                tokens.first()?,
                Token::Time(_) | Token::Weekday(_) | Token::Month(_)
            )
            .then_some(0);
        };
        self.from.replace(date).is_none().then_some(used)
    }

    /// A date at the start of the tokens, with its number of tokens.
    fn date(
        &mut self,
        tokens: &[Token],
        hints: &Hints,
        today: NaiveDate,
    ) -> Option<(NaiveDate, usize)> {
        let [Token::DayAndMonth(first, second), ..] = *tokens else {
            return date(tokens, today);
        };
        let by_day = next_date(first, second, today);
        let by_month = next_date(second, first, today);
        let date = match hints.order {
            Some(DateOrder::DayFirst) => by_day,
            Some(DateOrder::MonthFirst) => by_month,
            None => {
                // 25/12 can only be a day and its month.
                self.is_order_open |= by_month.is_some() && by_day != by_month;
                by_day.or(by_month)
            }
        };
        Some((date?, 1))
    }

    /// Two different times are not one schedule.
    fn set_times(&mut self, start: Time, end: Option<Time>) -> Option<()> {
        if self.start.is_some() {
            return None;
        }
        (self.start, self.end) = (Some(start), end);
        Some(())
    }

    fn set_half(&mut self, half: u32) -> Option<()> {
        let before = self.half.replace(half);
        (before.is_none() || before == Some(half)).then_some(())
    }

    fn finish(mut self, hints: &Hints) -> Option<Reading> {
        let mut open = Vec::new();
        if self.is_order_open {
            open.push(Open::DayAndMonth);
        }
        let (start, end) = self.clock(hints.half, &mut open)?;
        self.from = self
            .from
            .or(hints.starting.filter(|_| self.dates.is_empty()));
        if self.is_weekly && self.days.weekdays.is_empty() {
            let weekday = self.from?.weekday().number_from_monday();
            self.days.weekdays.push(weekday);
        }
        sort(&mut self.days.weekdays);
        let rule = if self.dates.is_empty() {
            Some(self.rule(&mut open)?)
        } else {
            self.leave_out_days_of_dates();
            // Dates next to a rule may be its first one, exceptions, or additions.
            let is_plain =
                self.days == DayPattern::default() && !self.is_alternate && !self.is_of_month;
            self.dates.sort_unstable();
            self.dates.dedup();
            if !is_plain {
                return None;
            }
            None
        };
        Some(Reading {
            rule,
            dates: self.dates,
            from: self.from,
            start,
            end,
            except_bank_holidays: self.except_bank_holidays,
            open,
            days: self.days,
        })
    }

    /// `Saturday 12 December` names one day twice.
    fn leave_out_days_of_dates(&mut self) {
        let weekdays = self.dates.iter().map(NaiveDate::weekday);
        let mut weekdays: Vec<u32> = weekdays.map(|it| it.number_from_monday()).collect();
        sort(&mut weekdays);
        if self.days.weekdays == weekdays {
            self.days.weekdays.clear();
        }
    }

    fn rule(&self, open: &mut Vec<Open>) -> Option<String> {
        let DayPattern {
            weekdays,
            ordinals,
            months,
        } = &self.days;
        if weekdays.is_empty() || (self.is_of_month && ordinals.is_empty()) {
            return None;
        }
        let codes = weekdays
            .iter()
            .filter_map(|day| CODES.get(*day as usize - 1));
        let (frequency, by_day) = if ordinals.is_empty() {
            let is_daily = weekdays.len() == 7 && !self.is_alternate;
            let by_day = codes.copied().collect::<Vec<_>>().join(",");
            if is_daily {
                ("DAILY", None)
            } else {
                ("WEEKLY", Some(by_day))
            }
        } else {
            if self.is_alternate || self.is_weekly {
                return None;
            }
            let days = ordinals
                .iter()
                .flat_map(|nth| codes.clone().map(move |code| format!("{nth}{code}")));
            ("MONTHLY", Some(days.collect::<Vec<_>>().join(",")))
        };
        let mut rule = format!("FREQ={frequency}");
        if self.is_alternate {
            rule += ";INTERVAL=2";
            match self.from {
                None => open.push(Open::FirstDate),
                Some(from) if !weekdays.contains(&from.weekday().number_from_monday()) => {
                    return None;
                }
                Some(_) => {}
            }
        }
        if let Some(by_day) = by_day {
            rule += &format!(";BYDAY={by_day}");
        }
        if !months.is_empty() && months.len() < 12 {
            let months: Vec<_> = months.iter().map(ToString::to_string).collect();
            rule += &format!(";BYMONTH={}", months.join(","));
        }
        Some(rule)
    }

    /// Start and end, with the half of the day that the words state or that hours suggest.
    fn clock(
        &self,
        half: Option<HalfDay>,
        open: &mut Vec<Open>,
    ) -> Option<(Option<u32>, Option<u32>)> {
        let Some(start) = self.start else {
            open.push(Open::StartTime);
            return Some((None, None));
        };
        let end_half = self.end.filter(|end| end.is_certain);
        let start_minutes = match (start.is_certain, self.half, end_half) {
            (true, _, _) => start.minutes,
            (false, Some(half), _) => start.minutes + half,
            // "10-2pm" begins in the morning, "7-9pm" does not.
            (false, None, Some(end)) => {
                let later = start.minutes + NOON;
                if later < end.minutes {
                    later
                } else {
                    start.minutes
                }
            }
            // Nobody meets from ten at night to noon; whoever means 10pm can say so.
            (false, None, None)
                if (9 * 60..NOON).contains(&start.minutes) && self.end.is_some() =>
            {
                start.minutes
            }
            (false, None, None) if start.minutes < 60 => start.minutes + NOON,
            (false, None, None) => match half {
                Some(HalfDay::Morning) => start.minutes,
                Some(HalfDay::Later) => start.minutes + NOON,
                None => {
                    open.push(Open::MorningOrEvening);
                    start.minutes + NOON
                }
            },
        };
        let Some(end) = self.end else {
            return Some((Some(start_minutes), None));
        };
        let end_minutes = if end.is_certain {
            end.minutes
        } else {
            // The next such time after the start.
            let halves = [end.minutes, end.minutes + NOON, end.minutes + DAY_MINUTES];
            halves.into_iter().find(|end| *end > start_minutes)?
        };
        if end_minutes == start_minutes || start_minutes >= DAY_MINUTES {
            return None;
        }
        let is_next_day = end_minutes < start_minutes;
        Some((
            Some(start_minutes),
            Some(end_minutes + if is_next_day { DAY_MINUTES } else { 0 }),
        ))
    }
}

/// `4/3/2026`, `4th March`, `4 March 2026` or `March 4th`, with its number of tokens.
fn date(tokens: &[Token], today: NaiveDate) -> Option<(NaiveDate, usize)> {
    if let [Token::Date { day, month, year }, ..] = *tokens {
        return Some((NaiveDate::from_ymd_opt(year, month, day)?, 1));
    }
    let (day, month, used) = match *tokens {
        [Token::Ordinal(day), Token::Filler, Token::Month(month), ..] => {
            (day_number(day)?, month, 3)
        }
        [Token::Ordinal(day), Token::Month(month), ..] => (day_number(day)?, month, 2),
        [Token::Month(month), Token::Ordinal(day), ..] => (day_number(day)?, month, 2),
        _ => return None,
    };
    if let Some(Token::Year(year)) = tokens.get(used) {
        return Some((NaiveDate::from_ymd_opt(*year, month, day)?, used + 1));
    }
    Some((next_date(day, month, today)?, used))
}

/// Such a day on or after today. 29 February may be eight years away.
fn next_date(day: u32, month: u32, today: NaiveDate) -> Option<NaiveDate> {
    (today.year()..=today.year() + 8)
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
        .find(|date| *date >= today)
}

fn day_number(ordinal: i32) -> Option<u32> {
    u32::try_from(ordinal).ok()
}

/// `first` to `last`, around the end: September to June.
fn cycle(first: u32, last: u32, length: u32) -> Vec<u32> {
    let count = (last + length - first) % length + 1;
    (0..count)
        .map(|step| (first - 1 + step) % length + 1)
        .collect()
}

fn sort(numbers: &mut Vec<u32>) {
    let mut all = mem::take(numbers);
    all.sort_unstable();
    all.dedup();
    *numbers = all;
}
