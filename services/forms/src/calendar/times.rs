//! Times of a calendar file.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Utc};
use hedgerow_core::recurrence::parse_zone;
use hedgerow_input::time::DEFAULT_ZONE;

use super::lines::Property;

/// Names that office programs have for zones.
const OFFICE_ZONES: [(&str, &str); 6] = [
    ("GMT Standard Time", "Europe/London"),
    ("Greenwich Standard Time", "Europe/London"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Romance Standard Time", "Europe/Paris"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("UTC", "Etc/UTC"),
];
/// Times of one line.
const MAX_TIMES: usize = 500;

/// A time on the clock of a zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) local: NaiveDateTime,
    pub(super) zone: String,
    /// Whether it is a whole day.
    pub(super) is_day: bool,
}

impl Moment {
    /// The same time on the clock of another zone.
    pub(super) fn in_zone(&self, zone: &str) -> NaiveDateTime {
        let converted = || {
            let own = parse_zone(&self.zone)?;
            let other = parse_zone(zone)?;
            let instant = own.from_local_datetime(&self.local).earliest()?;
            Some(instant.with_timezone(&other).naive_local())
        };
        if self.is_day || self.zone == zone {
            self.local
        } else {
            converted().unwrap_or(self.local)
        }
    }
}

/// The IANA name of a zone.
pub(super) fn zone(name: &str) -> Option<String> {
    let name = name.trim().trim_matches('"');
    let office = OFFICE_ZONES.iter().find(|(known, _)| *known == name);
    let name = office.map_or(name, |(_, zone)| zone);
    // Some programs write a path before the name.
    let name = match name.rfind("Europe/") {
        Some(at) => name.get(at..)?,
        None => name,
    };
    parse_zone(name).map(|_| name.to_owned())
}

/// The time of a property. A time in UTC is put on the clock of the default zone.
pub(super) fn moment(property: &Property, default_zone: &str) -> Option<Moment> {
    read(&property.value, property, default_zone)
}

/// All times of a property.
pub(super) fn moments(property: &Property, default_zone: &str) -> Vec<Moment> {
    let values = property.value.split(',').take(MAX_TIMES);
    // A period is a time and its length.
    let starts = values.map(|value| value.split('/').next().unwrap_or_default());
    starts
        .filter_map(|value| read(value, property, default_zone))
        .collect()
}

fn read(value: &str, property: &Property, default_zone: &str) -> Option<Moment> {
    let value = value.trim();
    if value.len() == 8 {
        let day = NaiveDate::parse_from_str(value, "%Y%m%d").ok()?;
        return Some(Moment {
            local: day.and_time(NaiveTime::MIN),
            zone: default_zone.to_owned(),
            is_day: true,
        });
    }
    let local = NaiveDateTime::parse_from_str(value.trim_end_matches('Z'), "%Y%m%dT%H%M%S").ok()?;
    if value.ends_with('Z') {
        let target = parse_zone(default_zone).map_or(DEFAULT_ZONE, |_| default_zone);
        let moment = Moment {
            local,
            zone: "Etc/UTC".to_owned(),
            is_day: false,
        };
        return Some(Moment {
            local: moment.in_zone(target),
            zone: target.to_owned(),
            is_day: false,
        });
    }
    let named = property.parameter("TZID").and_then(zone);
    Some(Moment {
        local,
        zone: named.unwrap_or_else(|| default_zone.to_owned()),
        is_day: false,
    })
}

/// A length such as `PT1H30M` or `P1D`, in minutes.
pub(super) fn duration(text: &str) -> Option<i64> {
    let rest = text.trim().strip_prefix('P')?;
    let mut minutes = 0_i64;
    let mut number = String::new();
    for letter in rest.chars() {
        let unit = match letter {
            '0'..='9' if number.len() < 6 => {
                number.push(letter);
                continue;
            }
            'T' => continue,
            'W' => 7 * 24 * 60,
            'D' => 24 * 60,
            'H' => 60,
            'M' => 1,
            'S' => 0,
            _ => return None,
        };
        minutes += number.parse::<i64>().ok()? * unit;
        number.clear();
    }
    number.is_empty().then_some(minutes)
}

/// A rule whose end is in UTC, as records have it.
pub(super) fn rule_in_utc(rule: &str, start: &Moment) -> Option<String> {
    let parts = rule.trim().split(';').map(|part| {
        let Some(until) = part.strip_prefix("UNTIL=") else {
            return Some(part.to_owned());
        };
        if until.ends_with('Z') {
            return Some(part.to_owned());
        }
        let end = match until.len() {
            8 => NaiveDate::parse_from_str(until, "%Y%m%d")
                .ok()?
                .and_hms_opt(23, 59, 59)?,
            _ => NaiveDateTime::parse_from_str(until, "%Y%m%dT%H%M%S").ok()?,
        };
        let local = parse_zone(&start.zone)?
            .from_local_datetime(&end)
            .latest()?;
        let utc = local.with_timezone(&Utc).format("%Y%m%dT%H%M%SZ");
        Some(format!("UNTIL={utc}"))
    });
    let parts: Vec<String> = parts.collect::<Option<_>>()?;
    Some(parts.join(";"))
}
