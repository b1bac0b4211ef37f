//! `hedgerow settings`.

use std::env;

use clap::Args;
use serde_json::json;

use super::publish_status::plain_address;
use crate::context::Context;
use crate::exit::Exit;
use crate::settings::{Settings, file};
use crate::style;
use crate::usage::Usage;

/// Shows which aggregator and which steward file are used, and where each comes from.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Forget what `hedgerow login` remembered.
    #[arg(long, conflicts_with = "json")]
    forget: bool,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    if arguments.forget {
        let file = Settings::default().write()?;
        writeln!(context.out, "Forgotten: {} is empty now.", file.display())?;
        return Ok(Exit::Done);
    }
    let remembered = match &context.settings {
        Ok(settings) => settings.clone(),
        Err(error) => return Err(Usage(error.clone()).into()),
    };
    let steward = context
        .steward
        .as_ref()
        .map(|file| file.display().to_string());
    let remembered_steward = remembered.steward.map(|file| file.display().to_string());
    let rows = [
        Row {
            name: "aggregator",
            origin: origin(
                &context.aggregator,
                &remembered.aggregator,
                "HEDGEROW_AGGREGATOR",
            ),
            value: context.aggregator.clone(),
        },
        Row {
            name: "steward",
            origin: origin(&steward, &remembered_steward, "HEDGEROW_STEWARD"),
            value: steward,
        },
    ];
    let file = file().map(|file| file.display().to_string());
    if arguments.json {
        let settings: serde_json::Map<_, _> = rows
            .iter()
            .map(|row| {
                let value = json!({"value": row.value, "from": row.origin});
                (row.name.to_owned(), value)
            })
            .collect();
        context.print_json("settings", &json!({"file": file, "settings": settings}))?;
        return Ok(Exit::Done);
    }
    let quiet = style::QUIET;
    for row in &rows {
        let value = row.value.as_deref().map_or("(not set)", plain_address);
        writeln!(
            context.out,
            "{:<10} {value} {quiet}({}){quiet:#}",
            row.name, row.origin
        )?;
    }
    let file = file.unwrap_or_else(|| "(this account has no folder for settings)".to_owned());
    writeln!(context.out, "{:<10} {file}", "file")?;
    Ok(Exit::Done)
}

struct Row {
    name: &'static str,
    value: Option<String>,
    origin: &'static str,
}

fn origin(
    used: &Option<String>,
    remembered: &Option<String>,
    variable: &'static str,
) -> &'static str {
    let in_environment = env::var(variable).ok();
    match used {
        None => "`hedgerow login` remembers one",
        Some(_) if *used == in_environment => match variable {
            "HEDGEROW_AGGREGATOR" => "HEDGEROW_AGGREGATOR",
            _ => "HEDGEROW_STEWARD",
        },
        Some(_) if used == remembered => "remembered",
        Some(_) => "this command line",
    }
}
