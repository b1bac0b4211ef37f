//! Limits that are part of the protocol and cannot be configured.

use std::fmt::Write;

use hedgerow_core::envelope::{MAX_ENVELOPE_BYTES, MAX_KEY_EVENT_BYTES};
use hedgerow_core::key_log::{MAX_EVENTS, MAX_LOG_BYTES, MAX_SET_ASIDE};
use hedgerow_core::sync::MAX_BATCH;
use hedgerow_transport::limits::MAX_CONFIGURABLE_RECORD_BYTES;

/// Lists the limits that are the same on all servers, as comments to print below a
/// configuration.
///
/// They cannot be configured, because servers must not differ here: if an aggregator had a
/// lower limit for key logs, a group with a long log could not revoke a stolen key there. The
/// aggregator would reject the very event that revokes it.
#[must_use]
pub fn protocol_limits() -> String {
    let rows: [(&str, usize); 7] = [
        ("key log: events", MAX_EVENTS),
        ("key log: bytes of its payloads", MAX_LOG_BYTES),
        ("key event: bytes of its envelope", MAX_KEY_EVENT_BYTES),
        ("key event: branches that it sets aside", MAX_SET_ASIDE),
        ("head or receipt: bytes of its envelope", MAX_ENVELOPE_BYTES),
        ("transfer: leaves or names in a message", MAX_BATCH),
        (
            "record: bytes, at most, that may be configured",
            MAX_CONFIGURABLE_RECORD_BYTES as usize,
        ),
    ];
    let mut text = String::from(
        "\n# Limits of the protocol, the same on all servers. They cannot be configured.\n",
    );
    for (name, value) in rows {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "#   {name}: {value}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_printed_as_comments() {
        let text = protocol_limits();
        assert!(text.contains("key log: events: 1000"), "{text}");
        assert!(text.contains("key event: bytes of its envelope: 4096"));
        assert!(
            text.lines()
                .all(|line| line.is_empty() || line.starts_with('#'))
        );
    }
}
