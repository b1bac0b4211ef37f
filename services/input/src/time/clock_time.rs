//! Times of the day as people type them: `19:00`, `7pm`, `7-9pm`, `noon`.

use super::unclear::Unclear;

pub(super) const DAY_MINUTES: u32 = 24 * 60;
const NOON: u32 = DAY_MINUTES / 2;

/// A typed time. Without `am`, `pm` or minutes it may be one of two.
#[derive(Clone, Copy)]
struct Typed {
    hour: u32,
    minute: u32,
    half: Option<Half>,
    has_minutes: bool,
    /// `7:30` is on a 24-hour clock if no other time has a half of the day; `7.30` may be spoken.
    has_colon: bool,
    /// `07:30`, `19` and `0:30` can only be on a 24-hour clock.
    is_24_hour: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

/// Two times in minutes after midnight. An end that is not after the start is on the next day.
///
/// `7-9pm` takes the end's half of the day for the start too, unless the start would then be
/// after the end: `11-1pm` begins in the morning.
pub(super) fn parse_range(text: &str) -> Result<(u32, u32), Unclear> {
    let (from, to) = text.split_once('-').ok_or(Unclear::Unknown)?;
    let (from, to) = (Typed::parse(from)?, Typed::parse(to)?);
    let no_halves = from.half.is_none() && to.half.is_none();
    let is_24_hour =
        from.is_24_hour || to.is_24_hour || (no_halves && (from.has_colon || to.has_colon));
    let end = match to.half.or(from.half) {
        _ if to.half.is_none() && is_24_hour => to.minutes_of_24_hours(),
        // "7pm-9" ends in the same half, or in the next one.
        Some(half) if to.half.is_none() => {
            let same = to.in_half(half)?;
            let start = from.in_half(half)?;
            if same > start {
                same
            } else {
                (same + NOON) % DAY_MINUTES
            }
        }
        Some(half) => to.in_half(half)?,
        None => return by_day(from, to).ok_or(Unclear::MorningOrEvening(text.to_owned())),
    };
    let start = match (from.half, to.half) {
        (Some(half), _) => from.in_half(half)?,
        (None, Some(half)) if !from.is_24_hour => {
            let same = from.in_half(half)?;
            if same < end || end == 0 {
                same
            } else {
                from.in_half(half.other())?
            }
        }
        _ => from.minutes_of_24_hours(),
    };
    if start >= DAY_MINUTES || start == end {
        return Err(Unclear::Unknown);
    }
    // "10pm-midnight" ends with the day.
    Ok((start, if end == 0 { DAY_MINUTES } else { end }))
}

/// `10-12`, `9-5` and `12-2`: nobody meets from ten at night to noon. `None` if both halves of
/// the day are likely.
fn by_day(from: Typed, to: Typed) -> Option<(u32, u32)> {
    if !(9..=12).contains(&from.hour) {
        return None;
    }
    let start = from.hour * 60 + from.minute;
    let ends = [
        to.hour % 12 * 60 + to.minute,
        to.hour % 12 * 60 + to.minute + NOON,
    ];
    let end = ends.into_iter().find(|end| *end > start)?;
    Some((start, end))
}

/// One time in minutes after midnight; 24:00 is the end of the day.
pub(super) fn parse_time(text: &str) -> Result<u32, Unclear> {
    let typed = Typed::parse(text)?;
    match typed.half {
        Some(half) => typed.in_half(half),
        // "7.30" may be spoken, "10.30" at night is unlikely.
        None if typed.has_colon || (typed.has_minutes && (typed.is_24_hour || typed.hour > 8)) => {
            Ok(typed.minutes_of_24_hours())
        }
        // A bare "19" could be a day of the month as well.
        None if typed.is_24_hour => Err(Unclear::BareHour(typed.hour)),
        None => Err(Unclear::MorningOrEvening(text.to_owned())),
    }
}

impl Typed {
    fn parse(text: &str) -> Result<Self, Unclear> {
        let text = text.trim();
        match text {
            "noon" | "midday" => return Ok(Self::exact(12, Half::Afternoon)),
            "midnight" => return Ok(Self::exact(12, Half::Morning)),
            _ => {}
        }
        let half = [("am", Half::Morning), ("pm", Half::Afternoon)]
            .into_iter()
            .find_map(|(suffix, half)| Some((text.strip_suffix(suffix)?.trim(), half)));
        let (clock, half) = half.map_or((text, None), |(clock, half)| (clock, Some(half)));
        let (hour_text, minute_text) = clock
            .split_once([':', '.'])
            .map_or((clock, None), |(hour, minute)| (hour, Some(minute)));
        let has_colon = clock.contains(':');
        let hour = digits(hour_text)?;
        let minute = match minute_text {
            // "7:3" is more likely a slip than three minutes past.
            Some(text) if text.len() != 2 => return Err(Unclear::Unknown),
            Some(text) => digits(text)?,
            None => 0,
        };
        let is_on_the_clock = match half {
            Some(_) => (1..=12).contains(&hour) && minute < 60,
            None => minute < 60 && hour * 60 + minute <= DAY_MINUTES,
        };
        if !is_on_the_clock {
            return Err(Unclear::Unknown);
        }
        Ok(Self {
            hour,
            minute,
            half,
            has_minutes: minute_text.is_some(),
            has_colon,
            is_24_hour: half.is_none() && (hour == 0 || hour > 12 || hour_text.starts_with('0')),
        })
    }

    fn exact(hour: u32, half: Half) -> Self {
        Self {
            hour,
            minute: 0,
            half: Some(half),
            has_minutes: false,
            has_colon: false,
            is_24_hour: false,
        }
    }

    fn minutes_of_24_hours(self) -> u32 {
        match self.half {
            // Next to a time on the 24-hour clock: "19:00-midnight".
            Some(half) => self.in_half(half).unwrap_or_default(),
            None => self.hour * 60 + self.minute,
        }
    }

    fn in_half(self, half: Half) -> Result<u32, Unclear> {
        if self.hour > 12 {
            return Err(Unclear::Unknown);
        }
        let noon = if half == Half::Afternoon { NOON } else { 0 };
        Ok(self.hour % 12 * 60 + self.minute + noon)
    }
}

impl Half {
    fn other(self) -> Self {
        match self {
            Self::Morning => Self::Afternoon,
            Self::Afternoon => Self::Morning,
        }
    }
}

fn digits(text: &str) -> Result<u32, Unclear> {
    let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_short.then(|| text.parse().ok()).flatten();
    number.ok_or(Unclear::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> Option<(u32, u32)> {
        parse_range(text).ok()
    }

    #[test]
    fn one_half_of_the_day_is_enough_for_two_times() {
        assert_eq!(range("7-9pm"), Some((19 * 60, 21 * 60)));
        assert_eq!(range("11-1pm"), Some((11 * 60, 13 * 60)));
        assert_eq!(range("10-2am"), Some((22 * 60, 2 * 60)));
        assert_eq!(range("9am-5"), Some((9 * 60, 17 * 60)));
        assert_eq!(range("7pm-9"), Some((19 * 60, 21 * 60)));
        assert_eq!(range("10pm-2"), Some((22 * 60, 2 * 60)));
        assert_eq!(range("12-2pm"), Some((12 * 60, 14 * 60)));
        assert_eq!(range("7.30-9pm"), Some((19 * 60 + 30, 21 * 60)));
        assert_eq!(range("7pm-9:30"), Some((19 * 60, 21 * 60 + 30)));
        assert_eq!(range("07:30-9pm"), Some((7 * 60 + 30, 21 * 60)));
        assert_eq!(range("10am-noon"), Some((10 * 60, 12 * 60)));
        assert_eq!(range("10-noon"), Some((10 * 60, 12 * 60)));
        assert_eq!(range("10pm-midnight"), Some((22 * 60, 24 * 60)));
        assert_eq!(range("19:00-midnight"), Some((19 * 60, 24 * 60)));
    }

    #[test]
    fn a_24_hour_clock_needs_one_certain_time() {
        assert_eq!(range("19-21"), Some((19 * 60, 21 * 60)));
        assert_eq!(range("9-17"), Some((9 * 60, 17 * 60)));
        assert_eq!(range("22:00-01:00"), Some((22 * 60, 60)));
        for unclear in ["7-9", "7.30-9", "5-6", "8-10"] {
            assert_eq!(
                parse_range(unclear),
                Err(Unclear::MorningOrEvening(unclear.to_owned()))
            );
        }
        for wrong in [
            "", "-", "7-", "7pm", "25-26", "13pm-2pm", "7:3-9pm", "7pm-7pm", "a-b", "0pm-1",
        ] {
            assert_eq!(range(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn hours_of_the_day_need_no_half() {
        assert_eq!(range("10-12"), Some((10 * 60, 12 * 60)));
        assert_eq!(range("9-5"), Some((9 * 60, 17 * 60)));
        assert_eq!(range("9.30-11.30"), Some((9 * 60 + 30, 11 * 60 + 30)));
        assert_eq!(range("11-1"), Some((11 * 60, 13 * 60)));
        assert_eq!(range("12-2"), Some((12 * 60, 14 * 60)));
    }

    #[test]
    fn a_single_time_is_never_guessed() {
        assert_eq!(parse_time("19:00"), Ok(19 * 60));
        assert_eq!(parse_time("7pm"), Ok(19 * 60));
        assert_eq!(parse_time("12am"), Ok(0));
        assert_eq!(parse_time("noon"), Ok(12 * 60));
        assert_eq!(parse_time("24:00"), Ok(24 * 60));
        assert_eq!(
            parse_time("7"),
            Err(Unclear::MorningOrEvening("7".to_owned()))
        );
        assert_eq!(
            parse_time("7.30"),
            Err(Unclear::MorningOrEvening("7.30".to_owned()))
        );
        assert_eq!(parse_time("10.30"), Ok(10 * 60 + 30));
        assert_eq!(parse_time("19"), Err(Unclear::BareHour(19)));
        assert_eq!(parse_time("25:00"), Err(Unclear::Unknown));
    }
}
