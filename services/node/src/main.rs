//! `hedgerow-node`: hosts groups.

use std::process::ExitCode;

fn main() -> ExitCode {
    hedgerow_node::commands::main()
}
