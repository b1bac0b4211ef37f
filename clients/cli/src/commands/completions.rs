//! `hedgerow completions`.

use clap::Args;
use clap::CommandFactory;
use clap_complete::Shell;
use clap_complete::generate;

use crate::Context;
use crate::Exit;

/// Prints completions: `hedgerow completions bash > ~/.local/share/bash-completion/completions/hedgerow`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// For which shell.
    shell: Shell,
}

pub fn run(arguments: &Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let mut command = crate::Arguments::command();
    let mut script = Vec::new();
    generate(arguments.shell, &mut command, "hedgerow", &mut script);
    context.out.write_all(&script)?;
    Ok(Exit::Done)
}
