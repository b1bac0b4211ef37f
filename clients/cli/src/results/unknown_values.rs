//! Values of filters that no record has.

use hedgerow_input::filters::option_names;
use hedgerow_input::labels::one_line;
use hedgerow_proto::directory_v1::UnknownValue;
use serde_json::{Value, json};

use crate::context::Context;
use crate::style;
use crate::wrap::wrap;

/// Prints the values of filters that no record has, although others have hits.
pub fn print_unknown_values(unknown: &[UnknownValue], context: &mut Context) -> anyhow::Result<()> {
    for unknown in unknown {
        let line = unknown_value(unknown);
        writeln!(context.notes, "{}", wrap(&line, context.width))?;
    }
    Ok(())
}

/// These values for programs.
pub fn unknown_values_to_json(unknown: &[UnknownValue]) -> Vec<Value> {
    unknown
        .iter()
        .map(|one| json!({"filter": one.filter, "value": one.value, "nearest": one.nearest}))
        .collect()
}

fn unknown_value(unknown: &UnknownValue) -> String {
    let care = style::CARE;
    let value = one_line(&unknown.value);
    let option = option_names(&unknown.filter);
    let nearest = match unknown.nearest.as_slice() {
        [] => String::new(),
        nearest => format!(" The nearest are {}.", quoted(nearest, "and")),
    };
    format!("{care}No record has “{value}”{care:#} ({option}).{nearest}")
}

/// Texts in quotation marks, with commas and a word before the last.
pub fn quoted(texts: &[String], before_last: &str) -> String {
    let quoted: Vec<String> = texts
        .iter()
        .map(|it| format!("“{}”", one_line(it)))
        .collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [others @ .., last] => format!("{} {before_last} {last}", others.join(", ")),
    }
}
