//! `hedgerow demo`, which is a program of its own: only the demonstration links a node, an
//! aggregator and its search engine.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::exit::Exit;
use crate::usage::Usage;

/// The name of the program, without the ending that Windows adds.
const PROGRAM: &str = "hedgerow-demo";

/// Shows how it all works, on this machine only.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
pub struct Arguments {
    /// Options of the demonstration: `hedgerow demo --help` lists them.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub options: Vec<OsString>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let Some(program) = find() else {
        return Err(Usage(
            "the demonstration is a program of its own, and it is not installed. In the source \
             folder, `cargo run --release -- demo` builds and runs it, and `cargo install --locked \
             --path clients/demo` installs it."
                .to_owned(),
        )
        .into());
    };
    let mut command = Command::new(program);
    command.arg("demo").args(&arguments.options);
    replace_process(&mut command)
}

/// The program next to this one, where `cargo install` and packages put it, or else on the
/// `PATH`.
fn find() -> Option<PathBuf> {
    let name = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
    let own = env::current_exe().ok();
    let own_folder = own.as_deref().and_then(Path::parent);
    let path = env::var_os("PATH").unwrap_or_default();
    own_folder
        .map(Path::to_path_buf)
        .into_iter()
        .chain(env::split_paths(&path))
        .map(|folder| folder.join(&name))
        .find(|program| program.is_file())
}

/// Replaces this process, so that Ctrl-C and other signals reach the demonstration.
#[cfg(unix)]
fn replace_process(command: &mut Command) -> anyhow::Result<Exit> {
    use std::os::unix::process::CommandExt;

    Err(anyhow::Error::from(command.exec()).context("cannot start the demonstration"))
}

#[cfg(not(unix))]
fn replace_process(command: &mut Command) -> anyhow::Result<Exit> {
    use anyhow::Context as _;

    let status = command.status().context("cannot start the demonstration")?;
    Ok(if status.success() {
        Exit::Done
    } else {
        Exit::Failed
    })
}
