//! Groups that publish, rotate, fork and are transferred, through the crate's public interface.

#![expect(clippy::unwrap_used, reason = "test code")]

mod head;
mod key_log;
mod proof;
mod protocol_document;
mod reason_codes;
mod reasons;
mod sync;

use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;
use hedgerow_testkit::FakeGroup;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// Group `number`, without records or a head.
fn new_group(number: u64) -> FakeGroup {
    FakeGroup::new(number, NOW)
}

/// The name of a record that [`FakeGroup::add`] put.
fn name(key: &str) -> RecordName {
    RecordName::parse("future-kind", key).unwrap()
}
