//! The frame of a server program: arguments, runtime, telemetry, signals and output.

use std::fmt::Display;
use std::future::Future;
use std::io;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use futures::FutureExt;
use hedgerow_transport::trace::export::TraceExport;
use tokio::runtime::Builder;
use tokio::signal::ctrl_c;

use crate::config::ConfigError;
use crate::identity::gather_entropy;
use crate::limits::protocol_limits;
use crate::telemetry;
use crate::telemetry::{LogFormat, TelemetryConfig};

/// How long the end of a program waits for threads that cannot be cancelled.
const MAX_BLOCKING_SHUTDOWN: Duration = Duration::from_millis(300);

/// The exit code for a configuration or a database that this program cannot use.
const CONFIG_REFUSED: u8 = 78;

/// The arguments for the log, to be flattened into those of a program.
#[derive(Debug, Args)]
pub struct LogArguments {
    /// Format of the log on standard error. The environment variable HEDGEROW_LOG sets the
    /// level: error, warn, info, debug or trace.
    #[arg(long = "log", global = true, default_value = "text")]
    pub format: LogFormat,
}

/// A program with a server and other commands.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Such as `hedgerow-node`: begins error messages, and names the service in traces.
    pub name: &'static str,
    /// Threads of the runtime. `None`: one for each core.
    pub worker_threads: Option<usize>,
}

impl Program {
    /// Runs a server until it ends, with traces.
    ///
    /// # Errors
    /// If telemetry or the runtime cannot start, or the server fails.
    pub fn serve(
        &self,
        log: LogFormat,
        traces: &TelemetryConfig,
        server: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        gather_entropy();
        self.block_on(log, "info", Some(traces), server)
    }

    /// Runs another command. `level` is the default log level.
    ///
    /// # Errors
    /// If logging or the runtime cannot start, or the command fails.
    pub fn run(
        &self,
        log: LogFormat,
        level: &str,
        command: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        self.block_on(log, level, None, command)
    }

    fn block_on(
        &self,
        log: LogFormat,
        level: &str,
        traces: Option<&TelemetryConfig>,
        main: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        let mut builder = Builder::new_multi_thread();
        if let Some(threads) = self.worker_threads {
            builder.worker_threads(threads);
        }
        let runtime = builder
            .enable_all()
            .build()
            .context("cannot start the async runtime")?;
        // Dropped before the runtime and outside of it, because its drop blocks.
        let traces = {
            // The exporter spawns a task, which needs a runtime.
            let _entered = runtime.enter();
            let traces = traces.map(|config| TraceExport::start(config, self.name));
            let traces = traces.transpose()?.flatten();
            telemetry::start(level, log, traces.as_ref())?;
            traces
        };
        let result = runtime.block_on(main);
        drop(traces);
        // A thread that computes or writes cannot be cancelled. Files survive its abrupt end as
        // they survive a power cut, so the program does not wait for what strangers sent.
        runtime.shutdown_timeout(MAX_BLOCKING_SHUTDOWN);
        result
    }

    /// Prints an error to standard error, and returns the exit code: 78 (`EX_CONFIG` of BSD) for
    /// one that only a person can end, so that a service manager does not try again; otherwise 1.
    /// Such are an invalid configuration, and a database that `is_newer` recognises among the
    /// causes.
    #[must_use]
    pub fn exit_code(
        &self,
        result: anyhow::Result<()>,
        is_newer: impl Fn(&(dyn std::error::Error + 'static)) -> bool,
    ) -> ExitCode {
        match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                // Ignored: if stderr fails, there is nowhere left to report it.
                drop(writeln!(
                    io::stderr().lock(),
                    "{}: {}",
                    self.name,
                    chain(&error)
                ));
                let is_final = |cause: &(dyn std::error::Error + 'static)| {
                    cause.is::<ConfigError>() || is_newer(cause)
                };
                if error.chain().any(is_final) {
                    ExitCode::from(CONFIG_REFUSED)
                } else {
                    ExitCode::FAILURE
                }
            }
        }
    }
}

/// Joins an error and its causes. A cause that the text already contains is left out.
fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !text.contains(&cause) {
            let separator = if text.is_empty() { "" } else { ": " };
            text = format!("{text}{separator}{cause}");
        }
    }
    text
}

/// The variable with which a script that runs a server's commands names itself.
const COMMAND_NAME: &str = "HEDGEROW_COMMAND_NAME";

/// Returns how a person calls a server's commands on a folder, for advice: `hedgerow-node --dir
/// FOLDER`, or the name of the script that runs the program, such as `sudo hedgerow-node-admin`.
#[must_use]
pub fn command(program: &str, dir: &Path) -> String {
    command_as(std::env::var(COMMAND_NAME).ok(), program, dir)
}

/// Returns how a person starts a server on a folder, for advice: the command of its program, or of
/// the service manager if a script runs the program.
#[must_use]
pub fn start_command(program: &str, dir: &Path) -> String {
    let own = format!("{program} --dir {}", dir.display());
    if command(program, dir) == own {
        format!("{own} run")
    } else {
        format!("sudo systemctl start {program}")
    }
}

fn command_as(name: Option<String>, program: &str, dir: &Path) -> String {
    let is_name = |name: &String| {
        let is_plain = |it: char| it.is_ascii_alphanumeric() || " -_./".contains(it);
        (1..=64).contains(&name.len()) && name.chars().all(is_plain)
    };
    let own = || format!("{program} --dir {}", dir.display());
    name.filter(is_name).unwrap_or_else(own)
}

/// Prints a line to standard output. A closed pipe is not an error: `head` closes its input as
/// soon as it has enough.
///
/// # Errors
/// If standard output cannot be written.
pub fn println(line: impl Display) -> anyhow::Result<()> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Prints a configuration (`config --show`) and the limits that cannot be configured.
///
/// # Errors
/// If standard output cannot be written.
pub fn print_config(toml: &str) -> anyhow::Result<()> {
    println(format_args!(
        "{}\n{}",
        toml.trim_end(),
        protocol_limits().trim_end()
    ))
}

/// Installs handlers for Ctrl-C and SIGTERM at once, and returns a future that waits for either.
/// A program calls it first: a signal while it starts would otherwise kill it. If the handler of
/// one signal cannot be installed, the other one remains.
///
/// # Panics
/// Outside of a runtime.
pub fn shutdown_signal() -> impl Future<Output = ()> + Send {
    let mut signal = Box::pin(async {
        tokio::select! {
            () = interrupted() => {}
            () = terminated() => {}
        }
    });
    // The first poll installs the handlers.
    let has_come = signal.as_mut().now_or_never().is_some();
    async move {
        if !has_come {
            signal.await;
        }
        tracing::info!("stopping: waiting for open calls");
    }
}

async fn interrupted() {
    if let Err(error) = ctrl_c().await {
        tracing::error!(%error, "cannot handle Ctrl-C");
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(error) => {
            tracing::error!(%error, "cannot handle SIGTERM");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        log: LogArguments,
    }

    #[test]
    fn the_log_is_text_unless_json_is_selected() {
        let format = |words: &[&str]| {
            let words = ["hedgerow"].iter().chain(words);
            Arguments::try_parse_from(words).map(|arguments| arguments.log.format)
        };
        assert_eq!(format(&[]).ok(), Some(LogFormat::Text));
        assert_eq!(format(&["--log", "json"]).ok(), Some(LogFormat::Json));
        assert!(format(&["--log", "xml"]).is_err());
    }

    #[test]
    fn advice_names_the_script_that_ran_the_program() {
        let named = |name: Option<&str>| {
            command_as(name.map(str::to_owned), "hedgerow-node", Path::new("/data"))
        };
        assert_eq!(named(None), "hedgerow-node --dir /data");
        let script = "sudo hedgerow-node-admin";
        assert_eq!(named(Some(script)), script);
        for invalid in ["", "a;b", "a\nb"] {
            assert_eq!(named(Some(invalid)), "hedgerow-node --dir /data");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_signal_before_the_first_wait_for_it_is_not_missed() {
        let signal = shutdown_signal();
        // Without a handler, this would end the process.
        let sent = std::process::Command::new("kill")
            .args(["-TERM", &std::process::id().to_string()])
            .status();
        assert!(sent.is_ok_and(|status| status.success()));
        let waited = tokio::time::timeout(Duration::from_secs(10), signal).await;
        waited.expect("the signal was received");
    }

    #[test]
    fn a_cause_is_printed_once() {
        let error = anyhow::anyhow!("disk full")
            .context("cannot write: disk full")
            .context("cannot start");
        assert_eq!(chain(&error), "cannot start: cannot write: disk full");
    }
}
