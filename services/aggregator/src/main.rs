//! The aggregator's program.

use std::process::ExitCode;

/// The system's allocator keeps an arena a thread, and many threads take part in bringing a
/// record into the index: a tenth of that work went into it (`tests/load/run ingest`).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    hedgerow_aggregator::commands::main()
}
