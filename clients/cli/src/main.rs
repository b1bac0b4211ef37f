//! `hedgerow`: finds what groups publish, checks it, and publishes for a steward.

use std::process::ExitCode;

use clap::Parser;
use hedgerow_cli::{Arguments, Context, run};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut context = Context::for_process(&arguments.global);
    run(arguments, &mut context).into()
}
