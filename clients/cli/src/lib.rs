//! The command line as a library: `main.rs` only parses the arguments and runs them. The
//! demonstration builds on it too.

mod arguments;
mod ask;
pub mod catalogue;
pub mod commands;
pub mod context;
mod document;
pub mod draft;
pub mod exit;
mod filter_options;
mod global_options;
mod guards;
mod installed_places;
mod names;
mod output_options;
pub mod progress;
pub mod results;
mod sanitize;
mod settings;
pub mod style;
mod template;
mod traces;
pub mod usage;
mod violations;
mod wrap;

use clap::CommandFactory;

pub use arguments::Arguments;
pub use context::Context;
pub use document::{Audience, Document, DocumentError, read_file};
pub use exit::Exit;

/// Runs one command to its end, and prints an error if it fails.
pub fn run(arguments: Arguments, context: &mut Context) -> Exit {
    run_with(context, async |context| {
        commands::run(arguments.command, Arguments::command, context).await
    })
}

/// Runs an asynchronous command in a runtime of its own.
pub fn run_with<F>(context: &mut Context, command: F) -> Exit
where
    F: AsyncFnOnce(&mut Context) -> anyhow::Result<Exit>,
{
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| {
            let traces = traces::start(&runtime)?;
            let result = runtime.block_on(command(context));
            drop(traces);
            // Does not wait for blocking tasks: the command has ended, and whatever they
            // return is not needed.
            runtime.shutdown_background();
            result
        })
        .and_then(|exit| {
            context.out.flush()?;
            Ok(exit)
        });
    result.unwrap_or_else(|error| exit::explain(&error, context))
}
