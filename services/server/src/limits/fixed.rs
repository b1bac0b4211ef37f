//! Limits that are part of the protocol, and so of no configuration.

use std::fmt::Write;

use hedgerow_core::envelope::MAX_ENVELOPE_BYTES;
use hedgerow_core::envelope::MAX_KEY_EVENT_BYTES;
use hedgerow_core::key_log::MAX_EVENTS;
use hedgerow_core::key_log::MAX_LOG_BYTES;
use hedgerow_core::key_log::MAX_SET_ASIDE;
use hedgerow_core::sync::MAX_BATCH;
use hedgerow_transport::limits::LARGEST_RECORD_BYTES;

/// The limits that are the same everywhere, as comments below a configuration that is
/// shown.
///
/// What one server would refuse and another take cannot be set: a log that has outgrown
/// one aggregator's limit could never turn a thief out there, because the event that does
/// so is the one that would be refused.
#[must_use]
pub fn fixed() -> String {
    let rows: [(&str, usize); 7] = [
        ("key log: events", MAX_EVENTS),
        ("key log: bytes of its envelopes", MAX_LOG_BYTES),
        ("key event: bytes of its envelope", MAX_KEY_EVENT_BYTES),
        ("key event: branches that it sets aside", MAX_SET_ASIDE),
        ("head or receipt: bytes of its envelope", MAX_ENVELOPE_BYTES),
        ("transfer: leaves or names in a message", MAX_BATCH),
        (
            "record: the largest that may be configured",
            LARGEST_RECORD_BYTES as usize,
        ),
    ];
    let mut text = String::from(
        "\n# The same on all servers, and not to be set: what one takes, every other must take.\n",
    );
    for (name, value) in rows {
        // Writing into a String does not fail.
        let _ = writeln!(text, "#   {name}: {value}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fixed_is_told_as_comments_alone() {
        let text = fixed();
        assert!(text.contains("key log: events: 1000"), "{text}");
        assert!(text.contains("key event: bytes of its envelope: 4096"));
        assert!(
            text.lines()
                .all(|line| line.is_empty() || line.starts_with('#'))
        );
    }
}
