//! `hedgerow-demo`: `hedgerow` with the demonstration built in.
//!
//! It runs every command of `hedgerow`, as `cargo run -- demo` builds this program alone and
//! people go on with it.

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;
use hedgerow_cli::commands::Command;
use hedgerow_cli::{Context, run_with};

fn main() -> ExitCode {
    let mut words: Vec<OsString> = env::args_os().collect();
    if words.len() < 2 {
        words.push("demo".into());
    }
    let arguments = hedgerow_cli::Arguments::parse_from(words);
    let mut context = Context::for_process(&arguments.global);
    match arguments.command {
        Command::Demo(demo) => {
            let options = ["hedgerow demo".into()].into_iter().chain(demo.options);
            let demo = hedgerow_demo::Arguments::parse_from(options);
            run_with(&mut context, async |context| {
                hedgerow_demo::run(demo, context).await
            })
        }
        _ => hedgerow_cli::run(arguments, &mut context),
    }
    .into()
}
