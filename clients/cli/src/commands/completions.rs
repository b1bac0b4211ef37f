//! `hedgerow completions`.

use clap::Args;
use clap_complete::{Shell, generate};

use crate::context::Context;
use crate::exit::Exit;

/// Prints completions: `hedgerow completions bash > ~/.local/share/bash-completion/completions/hedgerow`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// For which shell.
    shell: Shell,
}

pub fn run(
    arguments: &Arguments,
    grammar: fn() -> clap::Command,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    generate(arguments.shell, &mut grammar(), "hedgerow", &mut script);
    context.out.write_all(&script)?;
    Ok(Exit::Done)
}
