//! The commands, one file each.

mod completions;
mod coverage;
mod demo;
mod doctor;
mod edit;
mod events;
mod group;
mod import;
mod login;
mod man;
mod matches;
mod new;
mod own_records;
mod places;
mod publish;
mod publish_status;
pub mod search;
mod settings;
mod show;
mod sign;
mod status;
mod take_back;
mod template;
mod verify;
mod vocabulary;
mod watch;

use clap::Subcommand;

use crate::context::Context;
use crate::exit::{CODES, Exit};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try it all out: nodes, an aggregator and real listings, on this machine only.
    Demo(demo::Arguments),
    /// Find groups, events, rooms and other things.
    Search(Box<search::Arguments>),
    /// List what takes place, soonest first.
    Events(events::Arguments),
    /// Find offers that fit a need, or needs that an offer fits.
    Matches(matches::Arguments),
    /// Count listings by region.
    Coverage(coverage::Arguments),
    /// Show a group, or one of its records in full.
    Show(show::Arguments),
    /// List the words that filters and records know: tags, languages, regions, roles.
    Vocabulary(vocabulary::Arguments),
    /// Check everything that a group publishes, or one record of it.
    Verify(verify::Arguments),
    /// Watch for new heads of groups.
    Watch(watch::Arguments),
    /// Remember your group's steward file, or an aggregator, for later commands.
    Login(login::Arguments),
    /// Show what is remembered.
    Settings(settings::Arguments),
    /// Show, build and try the places that names are compared with.
    Places(places::Arguments),
    /// Check settings, clock, certificates and servers, with a way out of each fault.
    Doctor(doctor::Arguments),
    /// Publish a listing, an event, a room or a need by answering questions.
    New(new::Arguments),
    /// Change a record that you have published.
    Edit(edit::Arguments),
    /// Publish records from files, in YAML or JSON.
    Publish(publish::Arguments),
    /// Print an annotated example to start from.
    Template(template::Arguments),
    /// Take a record back.
    TakeBack(take_back::Arguments),
    /// Publish listings about others from a named source.
    Import(import::Arguments),
    /// Show what your group has published, and which aggregators have it.
    Status(status::Arguments),
    /// Sign waiting changes although no aggregator responds: only if none ever will again.
    Sign(sign::Arguments),
    /// Keep your group's phrase on your own device: make it, and sign new keys with it.
    #[command(subcommand)]
    Group(group::Arguments),
    /// Print completions for your shell.
    Completions(completions::Arguments),
    /// Write the manual pages into a folder.
    Man(man::Arguments),
    /// Print the exit codes.
    #[command(long_about = CODES)]
    ExitCodes,
}

/// Runs a command. `grammar` is the whole command line, for completions.
///
/// # Errors
/// If the command fails.
pub async fn run(
    command: Command,
    grammar: fn() -> clap::Command,
    context: &mut Context,
) -> anyhow::Result<Exit> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Search(arguments) => search::run(*arguments, context).await,
        Command::Events(arguments) => events::run(arguments, context).await,
        Command::Matches(arguments) => matches::run(arguments, context).await,
        Command::Coverage(arguments) => coverage::run(arguments, context).await,
        Command::Show(arguments) => show::run(arguments, context).await,
        Command::Vocabulary(arguments) => vocabulary::run(&arguments, context),
        Command::Verify(arguments) => verify::run(arguments, context).await,
        Command::Watch(arguments) => watch::run(arguments, context).await,
        Command::Login(arguments) => login::run(arguments, context).await,
        Command::Settings(arguments) => settings::run(&arguments, context),
        Command::Places(arguments) => places::run(&arguments, context),
        Command::Doctor(arguments) => doctor::run(&arguments, context).await,
        Command::New(arguments) => new::run(arguments, context).await,
        Command::Edit(arguments) => edit::run(arguments, context).await,
        Command::Publish(arguments) => publish::run(arguments, context).await,
        Command::Template(arguments) => template::run(&arguments, context),
        Command::TakeBack(arguments) => take_back::run(arguments, context).await,
        Command::Import(arguments) => import::run(arguments, context).await,
        Command::Status(arguments) => status::run(arguments, context).await,
        Command::Sign(arguments) => sign::run(arguments, context).await,
        Command::Group(arguments) => group::run(arguments, context).await,
        Command::Completions(arguments) => completions::run(&arguments, grammar, context),
        Command::Man(arguments) => man::run(&arguments, grammar, context),
        Command::ExitCodes => {
            writeln!(context.out, "{CODES}")?;
            Ok(Exit::Done)
        }
    }
}
