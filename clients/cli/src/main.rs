//! `hedgerow`: finds what groups publish, checks it, and publishes for a steward.

use std::process::ExitCode;

use clap::Parser;
use hedgerow_cli::Arguments;
use hedgerow_cli::Context;
use hedgerow_cli::run;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut context = Context::of_this_process(&arguments);
    run(arguments, &mut context).into()
}
