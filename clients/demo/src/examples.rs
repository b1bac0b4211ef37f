//! The example searches: a group, an event, a room.

/// An example search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Example {
    /// For "To find …".
    pub(crate) subject: &'static str,
    /// The arguments after `hedgerow search`.
    pub(crate) arguments: &'static [&'static str],
}

impl Example {
    /// The arguments as typed in a shell.
    pub(crate) fn typed(&self) -> String {
        let quoted = |argument: &&str| {
            if argument.contains(' ') {
                format!("\"{argument}\"")
            } else {
                (*argument).to_owned()
            }
        };
        let arguments: Vec<_> = self.arguments.iter().map(quoted).collect();
        arguments.join(" ")
    }
}

pub(crate) const EXAMPLES: [Example; 3] = [
    Example {
        subject: "a group",
        arguments: &[
            "hearing",
            "voices",
            "--near",
            "Manchester",
            "--within",
            "10mi",
        ],
    },
    Example {
        subject: "an event",
        arguments: &[
            "craft",
            "table",
            "--in",
            "event",
            "--near",
            "Newcastle upon Tyne",
            "--within",
            "5mi",
        ],
    },
    Example {
        subject: "a room",
        arguments: &[
            "meeting",
            "room",
            "--in",
            "offer",
            "--near",
            "Cambridge",
            "--within",
            "10mi",
        ],
    },
];

#[cfg(test)]
mod tests {
    use clap::Parser;
    use hedgerow_cli::Arguments;
    use hedgerow_cli::commands::Command;

    use super::*;

    #[test]
    fn every_example_is_a_valid_search() {
        for example in EXAMPLES {
            let words = ["hedgerow", "search"].iter().chain(example.arguments);
            let parsed = Arguments::try_parse_from(words).expect("a command line");
            assert!(
                matches!(parsed.command, Command::Search(_)),
                "{}",
                example.typed()
            );
        }
    }
}
