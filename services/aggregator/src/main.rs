//! The aggregator's program.

use std::process::ExitCode;

fn main() -> ExitCode {
    hedgerow_aggregator::commands::main()
}
