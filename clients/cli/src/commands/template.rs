//! `hedgerow template`.

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::context::Context;
use crate::exit::Exit;
use crate::template::{TEMPLATES, template};
use crate::usage::Usage;

/// Prints an annotated example to fill in. Texts with “(example)” have to be replaced.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow template event > event.yaml     write an example to a file
  hedgerow publish --dry-run event.yaml    check what you have written
  hedgerow publish event.yaml              publish it")]
pub struct Arguments {
    /// Which example.
    #[arg(value_parser = PossibleValuesParser::new(TEMPLATES.map(|(name, _)| name)))]
    name: String,
}

pub fn run(arguments: &Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let text = template(&arguments.name, context.now())
        .ok_or_else(|| Usage(format!("there is no template {}", arguments.name)))?;
    context.out.write_all(text.as_bytes())?;
    Ok(Exit::Done)
}
