//! The environment of a command: output, servers, clock.

use std::io::{BufRead, BufReader, IsTerminal, Write, stderr, stdin};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use hedgerow_client::{Directory, Options, Steward, StewardToken};
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_transport::clock::SystemClock;
use serde::Serialize;
use serde_json::Value;

use crate::global_options::GlobalOptions;
use crate::sanitize::SanitizedWriter;
use crate::settings::Settings;
use crate::usage::Usage;

/// The environment of a command. Tests give it buffers and a clock of their own.
pub struct Context {
    /// The result of the command. Colours reach a terminal only.
    pub out: Box<dyn Write + Send>,
    /// Everything else: progress, advice, errors.
    pub notes: Box<dyn Write + Send>,
    /// The lines that a person types as answers. `None` if nobody is at a terminal.
    pub answers: Option<Box<dyn BufRead + Send>>,
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
    /// What is remembered, or why it cannot be read. It fills what the command line and the
    /// environment leave open.
    pub settings: Result<Settings, String>,
}

/// The version of every JSON object that this program prints. It changes if a field is removed
/// or gets another meaning.
const JSON_VERSION: u32 = 1;

impl Context {
    /// The context of a process that a person or a script started.
    pub fn for_process(options: &GlobalOptions) -> Self {
        let columns = terminal_size::terminal_size().map(|(width, _)| width.0);
        let is_terminal = stderr().is_terminal();
        let settings = Settings::read().map_err(|error| format!("{error:#}"));
        let remembered = settings.clone().unwrap_or_default();
        let is_answered = is_terminal && stdin().is_terminal();
        Self {
            out: Box::new(SanitizedWriter::new(anstream::stdout())),
            notes: Box::new(SanitizedWriter::new(anstream::stderr())),
            // A progress bar moves the cursor, which NO_COLOR and TERM=dumb rule out as well.
            answers: is_answered.then(|| Box::new(BufReader::new(stdin())) as _),
            shows_progress: is_terminal && AutoStream::choice(&stderr()) != ColorChoice::Never,
            width: columns.unwrap_or(100).clamp(40, 140),
            clock: Arc::new(SystemClock),
            aggregator: options.aggregator.clone().or(remembered.aggregator),
            also: options.also.clone(),
            steward: options.steward.clone().or(remembered.steward),
            timeout: Duration::from_secs(options.timeout.max(1)),
            settings,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Prints an object as indented JSON, for programs, with its version and kind. The fields
    /// are documented in `docs/JSON.md`.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn print_json(&mut self, kind: &str, fields: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer_pretty(&mut self.out, &json_object(kind, fields)?)?;
        Ok(writeln!(self.out)?)
    }

    /// Prints an object as one line of JSON, for a stream of them.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn print_json_line(&mut self, kind: &str, fields: &impl Serialize) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.out, &json_object(kind, fields)?)?;
        Ok(writeln!(self.out)?)
    }

    /// What is remembered, for a command that needs a setting which is nowhere else.
    fn remembered(&self) -> Result<&Settings, Usage> {
        self.settings.as_ref().map_err(|error| Usage(error.clone()))
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
        let Some(address) = self.aggregator.as_deref() else {
            self.remembered()?;
            let message = "which aggregator? `hedgerow login ADDRESS` remembers one, and --aggregator \
                           ADDRESS names one for this time. To try it out, run `hedgerow demo`: it \
                           prints the line to copy.";
            return Err(Usage(message.to_owned()).into());
        };
        Ok(Directory::new(address, self.options()?)?)
    }

    /// A client of the steward's node, as the steward file names it.
    ///
    /// # Errors
    /// If no steward file is named, or it cannot be read.
    pub fn steward(&self) -> anyhow::Result<Steward> {
        let Some(file) = self.steward.as_deref() else {
            self.remembered()?;
            let message = "for which group? `hedgerow login FILE` remembers your group's steward \
                           file, and --steward FILE names one for this time. The file is written by \
                           `hedgerow-node group add`, under stewards/ in the node's data directory.";
            return Err(Usage(message.to_owned()).into());
        };
        let token = StewardToken::read(file).map_err(hedgerow_client::ClientError::from)?;
        Ok(Steward::new(token, self.options()?)?)
    }
}

fn json_object(kind: &str, fields: &impl Serialize) -> anyhow::Result<Value> {
    let mut object = serde_json::Map::new();
    object.insert("version".to_owned(), JSON_VERSION.into());
    object.insert("kind".to_owned(), kind.into());
    if let Value::Object(fields) = serde_json::to_value(fields)? {
        object.extend(fields);
    }
    Ok(object.into())
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
            let plain = anstream::adapter::strip_bytes(&bytes).into_vec();
            String::from_utf8_lossy(&plain).into_owned()
        }
    }

    /// A context that writes both outputs to one buffer and names no server.
    pub fn context(shared: &Shared) -> Context {
        Context {
            out: Box::new(shared.clone()),
            notes: Box::new(shared.clone()),
            answers: None,
            shows_progress: false,
            width: 100,
            clock: Arc::new(SystemClock),
            aggregator: None,
            also: Vec::new(),
            steward: None,
            timeout: Duration::from_secs(5),
            settings: Ok(Settings::default()),
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
