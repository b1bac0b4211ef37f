//! Differences between versions of a record, and putting two versions together.

use hedgerow_web::components::{Control, Input};
use prost_reflect::Value;

use crate::field::{Field, Kind};
use crate::form::Form;
use crate::posted::Posted;
use crate::record::Body;
use crate::show::join;
use crate::{path, schedule, show};

/// A field that has two values.
#[derive(Clone, Debug)]
pub struct Change {
    /// The path of the field, which is also the name of its control.
    pub path: String,
    pub before: Control,
    pub after: Control,
}

/// A field that two people changed differently.
#[derive(Clone, Debug)]
pub struct Conflict {
    pub path: String,
    pub mine: Control,
    pub theirs: Control,
}

/// Two versions put together.
#[derive(Clone, Debug)]
pub struct Merged {
    /// Their version, with what only I changed.
    pub body: Body,
    pub conflicts: Vec<Conflict>,
}

/// Whose value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    Mine,
    Theirs,
}

/// The paths of all fields that are compared as a whole.
fn units(fields: &mut dyn Iterator<Item = &'static Field>, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for field in fields {
        let name = join(prefix, field.path);
        match field.kind {
            Kind::Part(inner) if !schedule::has_times(inner) && !is_place(inner) => {
                found.extend(units(&mut inner.iter(), &name));
            }
            _ => found.push(name),
        }
    }
    found
}

/// A place is compared as a whole: half of one place and half of another are none.
fn is_place(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.path == "geonames_id")
}

fn value_at(body: &Body, at: &str) -> Option<Value> {
    match at.split_once('.') {
        Some((first, rest)) => value_at(&path::part(body, first)?, rest),
        None => path::value(body, at),
    }
}

fn put_at(body: &mut Body, at: &str, value: Option<Value>) {
    let Some((first, rest)) = at.split_once('.') else {
        if let Some(field) = path::field(body, at) {
            path::put(body, &field, value);
        }
        return;
    };
    let Some(field) = path::field(body, first) else {
        return;
    };
    let before = path::part(body, first);
    let Some(mut part) = before.clone().or_else(|| path::blank(&field)) else {
        return;
    };
    put_at(&mut part, rest, value);
    path::put_part(body, &field, before.as_ref(), part);
}

/// The controls of a body for reading, by name.
fn all_controls(form: &Form, body: &Body) -> Vec<Control> {
    let posted = Posted::default();
    let blank = show::Blank {
        posted: &posted,
        more: "",
        is_editing: false,
        today: chrono::NaiveDate::default(),
    };
    form.fields()
        .map(|field| show::control(field, Some(body), "", &blank))
        .collect()
}

fn find<'a>(controls: &'a [Control], name: &str) -> Option<&'a Control> {
    controls.iter().find_map(|control| {
        if control.name == name {
            return Some(control);
        }
        match &control.input {
            Input::Part(inner) => find(inner, name),
            _ => None,
        }
    })
}

/// What differs between two versions, in the order of the form.
pub fn changes(form: &Form, before: &Body, after: &Body) -> Vec<Change> {
    let (old, new) = (all_controls(form, before), all_controls(form, after));
    let units = units(&mut form.fields(), "").into_iter();
    units
        .filter(|at| value_at(before, at) != value_at(after, at))
        .filter_map(|at| {
            Some(Change {
                before: find(&old, &at)?.clone(),
                after: find(&new, &at)?.clone(),
                path: at,
            })
        })
        .collect()
}

/// Puts together what two people made of one version. What both changed differently is a
/// conflict, in which the body has their value.
pub fn merge(form: &Form, base: &Body, mine: &Body, theirs: &Body) -> Merged {
    let (my_controls, their_controls) = (all_controls(form, mine), all_controls(form, theirs));
    let mut body = theirs.clone();
    let mut conflicts = Vec::new();
    for at in units(&mut form.fields(), "") {
        let (old, my, their) = (
            value_at(base, &at),
            value_at(mine, &at),
            value_at(theirs, &at),
        );
        if my == old || my == their {
            continue;
        }
        if their == old {
            put_at(&mut body, &at, my);
            continue;
        }
        let controls = find(&my_controls, &at).zip(find(&their_controls, &at));
        conflicts.extend(controls.map(|(mine, theirs)| Conflict {
            path: at.clone(),
            mine: mine.clone(),
            theirs: theirs.clone(),
        }));
    }
    Merged { body, conflicts }
}

/// Decides a conflict of a merged body.
pub fn choose(body: &mut Body, mine: &Body, at: &str, chosen: Chosen) {
    if chosen == Chosen::Mine {
        put_at(body, at, value_at(mine, at));
    }
}
