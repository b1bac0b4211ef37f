//! Forms of real records: nothing is lost, and what is typed arrives.

mod every_field;
mod times;
mod values;
mod versions;
mod whole_records;

use chrono::NaiveDate;
use hedgerow_core::time::Timestamp;
use hedgerow_input::descriptors::KINDS;
use hedgerow_web::components::{Control, FieldGroup, Input};
use prost_reflect::Value;

use crate::{Body, DETAILS, Form, Posted};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_795_780_800)
}

/// A choice with more options is a drop-down list, of which a browser posts the first option if
/// none is chosen.
const MAX_BUTTONS: usize = 5;

/// What a browser posts for controls as they are shown: every field, ticks only if ticked.
fn post(groups: &[FieldGroup]) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    for control in groups.iter().flat_map(|group| &group.controls) {
        post_control(control, &mut fields);
    }
    fields
}

fn post_control(control: &Control, fields: &mut Vec<(String, String)>) {
    let mut add = |name: &str, value: &str| {
        fields.push((name.to_owned(), value.replace('\n', "\r\n")));
    };
    let name = &control.name;
    match &control.input {
        Input::Line(value)
        | Input::Text(value)
        | Input::Lines(value)
        | Input::Number(value)
        | Input::Day(value) => add(name, value),
        Input::Flag(is_set) => {
            add(name, "");
            if *is_set {
                add(name, "yes");
            }
        }
        Input::Choice { options, own } | Input::Choices { options, own } => {
            if matches!(control.input, Input::Choices { .. }) {
                add(name, "");
            }
            for option in options.iter().filter(|option| option.is_chosen) {
                add(name, &option.value);
            }
            let is_list =
                matches!(control.input, Input::Choice { .. }) && options.len() > MAX_BUTTONS;
            if is_list && !options.iter().any(|option| option.is_chosen) {
                add(name, &options[0].value);
            }
            if let Some(own) = own {
                add(&format!("{name}.own"), own);
            }
        }
        Input::Part(controls) => controls.iter().for_each(|it| post_control(it, fields)),
        Input::List { items, .. } => items
            .iter()
            .flatten()
            .for_each(|it| post_control(it, fields)),
    }
}

fn posted(fields: &[(String, String)]) -> Posted {
    Posted::new(fields.iter().map(|(name, value)| (&**name, &**value)))
}

/// The form of a body posted as it is shown, page by page.
fn round_trip(form: &Form, body: &Body) -> Body {
    let mut after = body.clone();
    for page in form.pages() {
        let fields = post(&page.controls(&after));
        form.apply(&mut after, &posted(&fields), today())
            .unwrap_or_else(|problems| panic!("{problems:?}"));
    }
    after
}

/// One field typed over, as a browser would post it with all others.
fn typed(form: &Form, body: &Body, changes: &[(&str, &str)]) -> Result<Body, Vec<String>> {
    let mut after = body.clone();
    for page in form.pages() {
        let mut fields = post(&page.controls(&after));
        let of_page = |name: &str| form.page_of(name).map(|page| page.name);
        let here = changes
            .iter()
            .filter(|(name, _)| of_page(name) == Some(page.name));
        for (name, value) in here {
            fields.retain(|(field, _)| field != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let result = form.apply(&mut after, &posted(&fields), today());
        result.map_err(|problems| {
            problems
                .into_iter()
                .map(|(name, error)| format!("{name}: {error:?}"))
                .collect::<Vec<_>>()
        })?;
    }
    Ok(after)
}

fn blank(kind: &str, thing: &str) -> (Form, Body) {
    let form = Form::new(kind, thing).unwrap_or_else(|| panic!("{kind} {thing}"));
    let body = form.new_body().unwrap();
    (form, body)
}

/// All forms, with an empty body.
fn all_forms() -> Vec<(Form, Body)> {
    let mut forms = Vec::new();
    for (kind, _) in KINDS {
        match kind {
            "offer" | "need" => forms.extend(DETAILS.map(|thing| blank(kind, thing))),
            kind => forms.push(blank(kind, "")),
        }
    }
    forms
}

fn text(body: &Body, path: &str) -> String {
    let mut at = body.clone();
    let mut parts = path.split('.').peekable();
    while let Some(part) = parts.next() {
        let value = at.get_field_by_name(part).unwrap().into_owned();
        match value {
            Value::Message(inner) if parts.peek().is_some() => at = inner,
            Value::String(text) => return text,
            Value::List(items) => {
                let texts = items.iter().map(|item| match item {
                    Value::String(text) => text.clone(),
                    other => format!("{other:?}"),
                });
                return texts.collect::<Vec<_>>().join("|");
            }
            Value::U32(number) => return number.to_string(),
            other => return format!("{other:?}"),
        }
    }
    String::new()
}
