//! `hedgerow man`.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use clap_mangen::Man;
use hedgerow_input::labels::count;

use crate::context::Context;
use crate::exit::Exit;

/// Writes the manual pages into a folder: `hedgerow man ~/.local/share/man/man1`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder. Made if it is missing.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub fn run(
    arguments: &Arguments,
    grammar: fn() -> clap::Command,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    let folder = &arguments.folder;
    let what = || format!("cannot write the manual pages to {}", folder.display());
    fs::create_dir_all(folder).with_context(what)?;
    let mut command = grammar().disable_help_subcommand(true);
    command.build();
    let mut pages = 0;
    write(&command, "hedgerow", folder, &mut pages).with_context(what)?;
    writeln!(
        context.out,
        "{} in {}",
        count(pages, "manual page"),
        folder.display()
    )?;
    Ok(Exit::Done)
}

/// Writes the page of a command and those of its subcommands.
fn write(
    command: &clap::Command,
    name: &str,
    folder: &std::path::Path,
    pages: &mut usize,
) -> anyhow::Result<()> {
    let mut page = Vec::new();
    Man::new(command.clone())
        .title(name.to_uppercase())
        .render(&mut page)?;
    fs::write(folder.join(format!("{name}.1")), page)?;
    *pages += 1;
    for inner in command.get_subcommands() {
        write(
            inner,
            &format!("{name}-{}", inner.get_name()),
            folder,
            pages,
        )?;
    }
    Ok(())
}
