//! What a command has around it: where it writes, whom it asks, what time it is.

use std::io::IsTerminal;
use std::io::Write;
use std::io::stderr;
use std::io::stdout;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_client::Directory;
use hedgerow_client::Options;
use hedgerow_client::Steward;
use hedgerow_client::StewardToken;
use hedgerow_core::time::Clock;
use hedgerow_core::time::Timestamp;
use hedgerow_rpc::clock::SystemClock;

use crate::Arguments;
use crate::exit::Usage;
use crate::guarded::Guarded;

/// What a command has around it.
pub struct Context {
    /// For what was asked for. Colours reach a terminal only.
    pub out: Box<dyn Write + Send>,
    /// For everything else: progress, advice, errors.
    pub notes: Box<dyn Write + Send>,
    /// Whether somebody watches: `out` and `notes` are terminals.
    pub watched: Watched,
    /// How many columns there are.
    pub width: u16,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The aggregator's address, if one was given.
    pub aggregator: Option<String>,
    /// Further servers to ask for heads.
    pub also: Vec<String>,
    /// The steward file, if one was given.
    pub steward: Option<PathBuf>,
    /// The deadline of one call.
    pub timeout: Duration,
}

/// Who watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// The output is a terminal.
    pub out: bool,
    /// The notes go to a terminal.
    pub notes: bool,
}

/// Styles of the output. They disappear where nobody watches.
pub mod style {
    use anstyle::AnsiColor;
    use anstyle::Style;

    /// A title.
    pub const TITLE: Style = Style::new().bold();
    /// What is less important.
    pub const QUIET: Style = Style::new().dimmed();
    /// What is as it should be.
    pub const GOOD: Style = AnsiColor::Green.on_default();
    /// What one should look at.
    pub const CARE: Style = AnsiColor::Yellow.on_default();
    /// What went wrong.
    pub const BAD: Style = AnsiColor::Red.on_default().bold();
    /// All of them: nothing else that a terminal would obey is written to it.
    pub const ALL: [Style; 5] = [TITLE, QUIET, GOOD, CARE, BAD];
}

impl Context {
    /// The context of a process that a person or a script started.
    pub fn of_this_process(arguments: &Arguments) -> Self {
        let everywhere = &arguments.everywhere;
        let columns = terminal_size::terminal_size().map(|(width, _)| width.0);
        let watched = Watched {
            out: stdout().is_terminal(),
            notes: stderr().is_terminal(),
        };
        // A file or a program gets what was said to the byte.
        let (out, notes): (Box<dyn Write + Send>, Box<dyn Write + Send>) = (
            match watched.out {
                true => Box::new(Guarded::new(anstream::stdout())),
                false => Box::new(anstream::stdout()),
            },
            match watched.notes {
                true => Box::new(Guarded::new(anstream::stderr())),
                false => Box::new(anstream::stderr()),
            },
        );
        Self {
            out,
            notes,
            watched,
            width: columns.unwrap_or(100).clamp(40, 140),
            clock: Arc::new(SystemClock),
            aggregator: everywhere.aggregator.clone(),
            also: everywhere.also.clone(),
            steward: everywhere.steward.clone(),
            timeout: Duration::from_secs(everywhere.timeout.max(1)),
        }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The options of every connection.
    ///
    /// # Errors
    /// Where an address given with `--also` is none.
    pub fn options(&self) -> anyhow::Result<Options> {
        let sources = self
            .also
            .iter()
            .map(|text| {
                text.parse()
                    .map_err(|error| Usage(format!("--also {text}: {error}")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Options {
            timeout: self.timeout,
            sources,
            clock: Arc::clone(&self.clock),
            ..Options::default()
        })
    }

    /// The aggregator that was named.
    ///
    /// # Errors
    /// Where none was, or the address is none.
    pub fn directory(&self) -> anyhow::Result<Directory> {
        let address = self.aggregator.as_deref().ok_or_else(|| {
            Usage(
                "which aggregator? Give --aggregator ADDRESS, or set HEDGEROW_AGGREGATOR. \
                 To try it out, run `hedgerow demo`: it prints the line to copy."
                    .to_owned(),
            )
        })?;
        Ok(Directory::connect(address, self.options()?)?)
    }

    /// The steward's node.
    ///
    /// # Errors
    /// Where no steward file was given, or it is something else.
    pub fn steward(&self) -> anyhow::Result<Steward> {
        let file = self.steward.as_deref().ok_or_else(|| {
            Usage(
                "for which group? Give --steward FILE, or set HEDGEROW_STEWARD. The file is \
                 written by `hedgerow-node group add`, under stewards/ in the node's data directory."
                    .to_owned(),
            )
        })?;
        let token = StewardToken::read(file).map_err(hedgerow_client::ClientError::from)?;
        Ok(Steward::connect(token, self.options()?)?)
    }
}

#[cfg(test)]
pub mod tests {
    use std::io;
    use std::sync::Mutex;
    use std::sync::PoisonError;

    use super::*;

    /// A place to write to that can be read afterwards.
    #[derive(Debug, Clone, Default)]
    pub struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Shared {
        /// What was written, without styles.
        pub fn text(&self) -> String {
            let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            anstream::adapter::strip_bytes(&bytes)
                .into_vec()
                .into_iter()
                .map(char::from)
                .collect()
        }
    }

    /// A context that writes there and knows no server.
    pub fn context(shared: &Shared) -> Context {
        Context {
            out: Box::new(shared.clone()),
            notes: Box::new(shared.clone()),
            watched: Watched {
                out: false,
                notes: false,
            },
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
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            held.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
