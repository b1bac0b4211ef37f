//! Groups that publish, rotate, fork and are transferred, through the crate's public interface.

#![expect(clippy::unwrap_used, reason = "test code")]

mod head;
mod key_log;
mod proof;
mod sync;

use hedgerow_core::id::Commitment;
use hedgerow_core::name::RecordName;
use hedgerow_core::phrase::commitment_to;
use hedgerow_core::time::Timestamp;
use hedgerow_testkit::FakeGroup;
use hedgerow_testkit::recovery_key;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// Group `number`, without records or a head.
fn new_group(number: u64) -> FakeGroup {
    FakeGroup::new(number, NOW)
}

fn commitment(number: u64, index: u32) -> Commitment {
    commitment_to(&recovery_key(number, index).public())
}

/// The name of a record that [`FakeGroup::add`] put.
fn name(key: &str) -> RecordName {
    RecordName::parse("future-kind", key).unwrap()
}
