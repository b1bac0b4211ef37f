//! The environment of a command: output, servers, clock.

use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use hedgerow_client::{Directory, Options, Steward, StewardToken};
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_transport::clock::SystemClock;
use serde::Serialize;

use crate::global_options::GlobalOptions;
use crate::sanitize::SanitizedWriter;
use crate::usage::Usage;

/// The environment of a command. Tests give it buffers and a clock of their own.
pub struct Context {
    /// The result of the command. Colours reach a terminal only.
    pub out: Box<dyn Write + Send>,
    /// Everything else: progress, advice, errors.
    pub notes: Box<dyn Write + Send>,
    /// Whether `notes` accepts the control sequences of a progress bar.
    pub shows_progress: bool,
    /// In columns.
    pub width: u16,
    pub clock: Arc<dyn Clock>,
    /// The aggregator's address.
    pub aggregator: Option<String>,
    /// Addresses of further servers to compare heads with.
    pub also: Vec<String>,
    pub steward: Option<PathBuf>,
    /// The deadline of one call.
    pub timeout: Duration,
}

impl Context {
    /// The context of a process that a person or a script started.
    pub fn for_process(options: &GlobalOptions) -> Self {
        let columns = terminal_size::terminal_size().map(|(width, _)| width.0);
        let is_terminal = stderr().is_terminal();
        Self {
            out: output(anstream::stdout(), stdout().is_terminal()),
            notes: output(anstream::stderr(), is_terminal),
            // A progress bar moves the cursor, which NO_COLOR and TERM=dumb rule out as well.
            shows_progress: is_terminal && AutoStream::choice(&stderr()) != ColorChoice::Never,
            width: columns.unwrap_or(100).clamp(40, 140),
            clock: Arc::new(SystemClock),
            aggregator: options.aggregator.clone(),
            also: options.also.clone(),
            steward: options.steward.clone(),
            timeout: Duration::from_secs(options.timeout.max(1)),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Prints a value as indented JSON, for programs.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn print_json(&mut self, value: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer_pretty(&mut self.out, value)?;
        Ok(writeln!(self.out)?)
    }

    /// The options of every connection: deadline, clock and servers to compare with.
    ///
    /// # Errors
    /// If an address given with `--also` is invalid.
    pub fn options(&self) -> anyhow::Result<Options> {
        let sources = self
            .also
            .iter()
            .map(|text| {
                text.parse()
                    .map_err(|error| Usage(format!("--also {text}: {error}")))
            })
            .collect::<Result<_, _>>()?;
        let mut options = Options::default();
        options.timeout = self.timeout;
        options.sources = sources;
        options.clock = Arc::clone(&self.clock);
        Ok(options)
    }

    /// A client of the aggregator that the options or the environment name.
    ///
    /// # Errors
    /// If none is named, or its address is invalid.
    pub fn directory(&self) -> anyhow::Result<Directory> {
        let address = self.aggregator.as_deref().ok_or_else(|| {
            Usage(
                "which aggregator? Give --aggregator ADDRESS, or set HEDGEROW_AGGREGATOR. \
                 To try it out, run `hedgerow demo`: it prints the line to copy."
                    .to_owned(),
            )
        })?;
        Ok(Directory::new(address, self.options()?)?)
    }

    /// A client of the steward's node, as the steward file names it.
    ///
    /// # Errors
    /// If no steward file is named, or it cannot be read.
    pub fn steward(&self) -> anyhow::Result<Steward> {
        let file = self.steward.as_deref().ok_or_else(|| {
            Usage(
                "for which group? Give --steward FILE, or set HEDGEROW_STEWARD. The file is \
                 written by `hedgerow-node group add`, under stewards/ in the node's data directory."
                    .to_owned(),
            )
        })?;
        let token = StewardToken::read(file).map_err(hedgerow_client::ClientError::from)?;
        Ok(Steward::new(token, self.options()?)?)
    }
}

/// Files and programs receive every byte; only a terminal has to be protected.
fn output(stream: impl Write + Send + 'static, is_terminal: bool) -> Box<dyn Write + Send> {
    if is_terminal {
        Box::new(SanitizedWriter::new(stream))
    } else {
        Box::new(stream)
    }
}

#[cfg(test)]
pub mod tests {
    use std::io;
    use std::sync::{Mutex, PoisonError};

    use super::*;

    /// A buffer that can still be read after a context has taken a clone of it.
    #[derive(Debug, Clone, Default)]
    pub struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Shared {
        /// The text so far, without styles.
        pub fn text(&self) -> String {
            let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            anstream::adapter::strip_bytes(&bytes)
                .into_vec()
                .into_iter()
                .map(char::from)
                .collect()
        }
    }

    /// A context that writes both outputs to one buffer and names no server.
    pub fn context(shared: &Shared) -> Context {
        Context {
            out: Box::new(shared.clone()),
            notes: Box::new(shared.clone()),
            shows_progress: false,
            width: 100,
            clock: Arc::new(SystemClock),
            aggregator: None,
            also: Vec::new(),
            steward: None,
            timeout: Duration::from_secs(5),
        }
    }

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            buffer.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
