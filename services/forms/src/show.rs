//! Controls of a message.

use chrono::NaiveDate;
use hedgerow_web::components::{Caption, Control, Input};
use prost_reflect::DynamicMessage;

use crate::field::{Field, Fold, Kind};
use crate::posted::Posted;
use crate::{leaf, path, schedule};

/// How many parts a list shows besides those that it has.
pub(crate) struct Blank<'a> {
    pub(crate) posted: &'a Posted,
    /// The list that gets one more.
    pub(crate) more: &'a str,
    /// Whether empty parts wait to be filled in.
    pub(crate) is_editing: bool,
    pub(crate) today: NaiveDate,
}

/// The control of a field in a message, which may be absent.
pub(crate) fn control(
    field: &Field,
    message: Option<&DynamicMessage>,
    prefix: &str,
    blank: &Blank<'_>,
) -> Control {
    let name = join(prefix, field.path);
    // A path of several parts leads to the message that has the field.
    let mut at = message.cloned();
    let mut parts = field.path.split('.').peekable();
    let mut last = "";
    while let Some(part) = parts.next() {
        last = part;
        if parts.peek().is_some() {
            at = at.and_then(|message| path::part(&message, part));
        }
    }
    let at = at.as_ref();
    let input = match field.kind {
        Kind::Part(fields) => {
            let part = at.and_then(|message| path::part(message, last));
            Input::Part(controls(fields, part.as_ref(), &name, blank))
        }
        Kind::Parts {
            fields,
            item,
            starts_blank,
        } => {
            let items = at.map(|message| path::parts(message, last));
            let items = items.unwrap_or_default();
            let mut count = items.len().max(blank.posted.parts(&name));
            if blank.is_editing && (blank.more == name || starts_blank && count == 0) {
                count += 1;
            }
            let items = (0..count).map(|index| {
                let name = format!("{name}.{index}");
                controls(fields, items.get(index), &name, blank)
            });
            Input::List {
                items: items.collect(),
                item,
            }
        }
        kind => leaf::input(
            &kind,
            at.and_then(|message| path::value(message, last)).as_ref(),
        ),
    };
    Control {
        name,
        label: Caption::Key(field.label),
        help: field.help,
        error: None,
        is_rare: match field.fold {
            Fold::Never => false,
            Fold::Empty => input.is_empty(),
            Fold::Always => true,
        },
        input,
    }
}

fn controls(
    fields: &[Field],
    message: Option<&DynamicMessage>,
    prefix: &str,
    blank: &Blank<'_>,
) -> Vec<Control> {
    let mut controls = Vec::new();
    if schedule::has_times(fields) {
        controls = schedule::controls(message, prefix, blank.posted, blank.today);
    }
    let others = fields
        .iter()
        .map(|field| control(field, message, prefix, blank));
    controls.extend(others);
    controls
}

pub(crate) fn join(prefix: &str, name: &str) -> String {
    if prefix.is_empty() {
        name.to_owned()
    } else {
        format!("{prefix}.{name}")
    }
}
