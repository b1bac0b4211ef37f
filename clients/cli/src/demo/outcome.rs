//! What a demonstration showed.

use serde::Serialize;

/// What happened, for people and for programs.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Nodes.
    pub nodes: usize,
    /// Groups that publish.
    pub publishers: usize,
    /// Their listings.
    pub listings: usize,
    /// Their events.
    pub events: usize,
    /// What they offer.
    pub offers: usize,
    /// What they look for.
    pub needs: usize,
    /// Rooms among the offers.
    pub rooms: usize,
    /// Bytes of all records.
    pub bytes: u64,
    /// From the first publish until the last record could be found, in milliseconds.
    pub searchable_ms: u64,
    /// The example searches.
    pub searches: Vec<Searched>,
}

/// What an example search gave.
#[derive(Debug, Clone, Serialize)]
pub struct Searched {
    /// As it would be typed after `hedgerow search`.
    pub query: String,
    /// How many were found.
    pub hits: usize,
    /// Whether every one of them passed its check.
    pub unaltered: bool,
}

/// An example search.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What it finds.
    pub finds: &'static str,
    /// The arguments after `hedgerow search`.
    pub arguments: &'static [&'static str],
}

impl Example {
    /// As it would be typed after `hedgerow search`.
    pub fn typed(&self) -> String {
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

/// The three examples: a group, an event, a room.
pub fn examples() -> [Example; 3] {
    [
        Example {
            finds: "a group",
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
            finds: "an event",
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
            finds: "a room",
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
    ]
}
