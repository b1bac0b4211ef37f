//! The command line, as a library: `main.rs` only parses the arguments and runs this.

mod arguments;
mod catalogue;
mod commands;
mod context;
pub mod demo;
mod document;
mod exit;
mod found;
mod near;
mod progress;
mod template;
mod wording;

pub use arguments::Arguments;
pub use context::Context;
pub use exit::Exit;

/// Runs one command to its end, and says what became of it.
pub fn run(arguments: Arguments, context: &mut Context) -> Exit {
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| {
            let result = runtime.block_on(commands::run(arguments.command, context));
            // What still runs in the background has nothing left to say.
            runtime.shutdown_background();
            result
        })
        .and_then(|exit| {
            context.out.flush()?;
            Ok(exit)
        });
    result.unwrap_or_else(|error| exit::explain(&error, context))
}
