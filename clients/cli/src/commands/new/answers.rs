//! Questions with answers of one form, each asked until it is answered.

use chrono::{NaiveDate, NaiveTime};
use hedgerow_core::gazetteer::Place;
use hedgerow_places::{Evidence, Meaning, Places};
use serde_yaml_ng::{Mapping, Value};

use crate::ask;
use crate::context::Context;
use crate::installed_places::InstalledPlaces;

/// Listed towns of the same name.
const MAX_TOWNS: usize = 8;

/// A text that is required.
pub(super) fn required(question: &str, context: &mut Context) -> anyhow::Result<String> {
    loop {
        let text = ask::line(question, context)?;
        if !text.is_empty() {
            return Ok(text);
        }
        writeln!(context.notes, "This is needed.")?;
    }
}

/// A text that may be left out.
pub(super) fn optional(question: &str, context: &mut Context) -> anyhow::Result<Option<String>> {
    let text = ask::line(&format!("{question} (optional)"), context)?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// A value of a form of its own, with an example for a person who types another.
pub(super) fn parsed<T>(
    question: &str,
    example: &str,
    parse: impl Fn(&str) -> Option<T>,
    context: &mut Context,
) -> anyhow::Result<T> {
    loop {
        let text = required(question, context)?;
        match parse(&text) {
            Some(value) => return Ok(value),
            None => writeln!(context.notes, "“{text}” cannot be read: write {example}.")?,
        }
    }
}

/// One of several things, by its number.
pub(super) fn choice<T: Copy>(
    question: &str,
    choices: &[(&str, T)],
    context: &mut Context,
) -> anyhow::Result<T> {
    writeln!(context.notes, "{question}")?;
    for (number, (label, _)) in (1..).zip(choices) {
        writeln!(context.notes, "  {number}. {label}")?;
    }
    let example = format!("a number from 1 to {}", choices.len());
    let parse = |text: &str| {
        let number: usize = text.parse().ok()?;
        choices.get(number.checked_sub(1)?).map(|(_, value)| *value)
    };
    parsed("Which number?", &example, parse, context)
}

/// A town of the gazetteer as a place of a record. `None` if it takes place online only.
pub(super) fn town(question: &str, context: &mut Context) -> anyhow::Result<Option<Value>> {
    let installed = InstalledPlaces::open()?;
    loop {
        let typed = required(&format!("{question} A town, or `online`:"), context)?;
        if typed.eq_ignore_ascii_case("online") {
            return Ok(None);
        }
        let towns = towns_named(installed.places(), &typed)?;
        if towns.is_empty() {
            writeln!(
                context.notes,
                "“{typed}” was not found, or is not a town: name the nearest town. Do not type a \
                 street; only the town is shown."
            )?;
            continue;
        }
        let choices: Vec<(&str, usize)> = towns
            .iter()
            .enumerate()
            .map(|(index, (label, _))| (label.as_str(), index))
            .chain([("none of these", usize::MAX)])
            .collect();
        let index = choice("Which one?", &choices, context)?;
        if let Some((_, town)) = towns.get(index) {
            return Ok(Some(mapping([
                ("precision", "town".into()),
                ("name", town.name.as_str().into()),
                ("geonames_id", town.geonames_id.into()),
                // Every place of the gazetteer is in the United Kingdom.
                ("country", "GB".into()),
            ])));
        }
    }
}

/// The places that a name may mean or that are spelt nearly so, each with the town that is
/// published for it.
fn towns_named(places: &Places, typed: &str) -> anyhow::Result<Vec<(String, &'static Place)>> {
    let found = match places.resolve(typed, &Evidence::default())? {
        Meaning::Place(place) => vec![*place],
        Meaning::Ask { likely, others, .. } => std::iter::once(*likely).chain(others).collect(),
        Meaning::Unknown { nearest } => nearest,
        Meaning::Area(_) | Meaning::Districts { .. } => Vec::new(),
    };
    let settlements = found.iter().filter(|place| place.kind.is_settlement());
    let towns = settlements.filter_map(|place| {
        let town = places.town(place)?;
        let label = if town.name == place.name {
            place.full_name()
        } else {
            format!("{}, shown as {}", place.full_name(), town.name)
        };
        Some((label, town))
    });
    Ok(towns.take(MAX_TOWNS).collect())
}

pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let forms = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"];
    forms
        .iter()
        .find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

pub(super) fn time(text: &str) -> Option<NaiveTime> {
    let text = text.to_lowercase().replace(' ', "").replace('.', ":");
    let with_minutes = |hours: &str, suffix: &str| match hours.contains(':') {
        true => format!("{hours}{suffix}"),
        false => format!("{hours}:00{suffix}"),
    };
    for suffix in ["am", "pm"] {
        if let Some(hours) = text.strip_suffix(suffix) {
            let whole = with_minutes(hours, suffix);
            return NaiveTime::parse_from_str(&whole, "%I:%M%P").ok();
        }
    }
    NaiveTime::parse_from_str(&with_minutes(&text, ""), "%H:%M").ok()
}

pub(super) fn mapping<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let mut mapping = Mapping::new();
    for (name, value) in fields {
        mapping.insert(name.into(), value);
    }
    Value::Mapping(mapping)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_read_as_people_write_them() {
        for text in [
            "2099-01-06",
            "06/01/2099",
            "6/1/2099",
            "6 January 2099",
            "6 jan 2099",
        ] {
            assert_eq!(day(text), NaiveDate::from_ymd_opt(2099, 1, 6), "{text}");
        }
        for text in ["19:00", "7pm", "7 pm", "7.00 PM", "19"] {
            assert_eq!(time(text), NaiveTime::from_hms_opt(19, 0, 0), "{text}");
        }
        assert_eq!(time("soon"), None);
        assert_eq!(day("tomorrow"), None);
    }
}
