//! Changes of a message by a posted form.

use chrono::NaiveDate;
use hedgerow_input::time::DEFAULT_ZONE;
use hedgerow_web::components::Caption;
use prost_reflect::{DynamicMessage, Value};

use crate::field::{Field, Kind};
use crate::posted::{Posted, Problems};
use crate::show::join;
use crate::{leaf, path, schedule};

/// Changes one field of a message, if its control was posted.
pub(crate) fn apply(
    field: &Field,
    message: &mut DynamicMessage,
    prefix: &str,
    posted: &Posted,
    today: NaiveDate,
    problems: &mut Problems,
) {
    if !posted.has(&join(prefix, field.path))
        && !posted.has(&format!("{}.own", join(prefix, field.path)))
    {
        return;
    }
    let name = join(prefix, field.path);
    at_path(message, field.path, &mut |message, last| {
        one(field, message, last, &name, posted, today, problems);
    });
}

/// Calls `change` with the message that has the last field of a path, and puts the messages on the
/// way back.
fn at_path(
    message: &mut DynamicMessage,
    at: &str,
    change: &mut dyn FnMut(&mut DynamicMessage, &str),
) {
    let Some((first, rest)) = at.split_once('.') else {
        return change(message, at);
    };
    let Some(field) = path::field(message, first) else {
        return;
    };
    let before = path::part(message, first);
    let Some(mut part) = before.clone().or_else(|| path::blank(&field)) else {
        return;
    };
    at_path(&mut part, rest, change);
    path::put_part(message, &field, before.as_ref(), part);
}

fn one(
    field: &Field,
    message: &mut DynamicMessage,
    last: &str,
    name: &str,
    posted: &Posted,
    today: NaiveDate,
    problems: &mut Problems,
) {
    let Some(descriptor) = path::field(message, last) else {
        return;
    };
    match field.kind {
        Kind::Part(fields) => {
            let before = path::part(message, last);
            let Some(mut part) = before.clone().or_else(|| path::blank(&descriptor)) else {
                return;
            };
            all(fields, &mut part, name, posted, today, problems);
            path::put_part(message, &descriptor, before.as_ref(), part);
        }
        Kind::Parts { fields, .. } => {
            let before = path::parts(message, last);
            let mut after = Vec::new();
            for index in 0..before.len().max(posted.parts(name)) {
                let item = format!("{name}.{index}");
                if posted.removes(&item) {
                    continue;
                }
                let old = before.get(index);
                let Some(mut part) = old.cloned().or_else(|| path::blank(&descriptor)) else {
                    continue;
                };
                all(fields, &mut part, &item, posted, today, problems);
                if !path::is_empty(&part) || old == Some(&part) {
                    after.push(part);
                }
            }
            if after != before {
                let items = after.into_iter().map(Value::Message).collect();
                path::put(message, &descriptor, Some(Value::List(items)));
            }
        }
        kind => {
            let value = path::value(message, last);
            let shown = leaf::input(&kind, value.as_ref());
            let mut typed = shown.clone();
            posted.fill(name, &mut typed);
            if typed == shown {
                return;
            }
            match leaf::read(&kind, &typed, value.as_ref(), &descriptor) {
                Ok(value) => path::put(message, &descriptor, value),
                Err(error) => problems.push((name.to_owned(), Caption::Key(error))),
            }
        }
    }
}

/// Changes all fields of a part, and what depends on several of them.
fn all(
    fields: &[Field],
    part: &mut DynamicMessage,
    name: &str,
    posted: &Posted,
    today: NaiveDate,
    problems: &mut Problems,
) {
    let before = part.clone();
    for field in fields {
        apply(field, part, name, posted, today, problems);
    }
    if schedule::has_times(fields) {
        schedule::apply(part, name, posted, today, problems);
    }
    if path::field(part, "geonames_id").is_some() {
        forget_old_town(&before, part);
    }
    if path::field(part, "weekly").is_some() && *part != before {
        fill_in_zone(part);
    }
}

/// Hours are on the clock of a zone: that of most groups, unless the form names another.
fn fill_in_zone(hours: &mut DynamicMessage) {
    let has_hours = ["weekly", "exceptions"]
        .into_iter()
        .any(|name| path::value(hours, name).is_some());
    if has_hours && path::text(hours, "time_zone").is_empty() {
        hours.set_field_by_name("time_zone", Value::String(DEFAULT_ZONE.to_owned()));
    }
}

/// Clears the number, point and regions of a place that got another name: they were filled in for
/// the old one, and the node fills them in again.
fn forget_old_town(before: &DynamicMessage, place: &mut DynamicMessage) {
    let is_same = |name| path::value(before, name) == path::value(place, name);
    if is_same("name") || path::text(before, "name").is_empty() {
        return;
    }
    let kept: Vec<_> = ["geonames_id", "point", "regions"]
        .into_iter()
        .filter(|name| is_same(name))
        .collect();
    for name in kept {
        place.clear_field_by_name(name);
    }
}
