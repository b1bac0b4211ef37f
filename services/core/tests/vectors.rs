//! The test vectors of `proto/testdata/`. Every implementation must reach the same verdicts.
//!
//! Each test generates its vectors, compares them with the file, and then recomputes each vector of
//! the file from its inputs. `HEDGEROW_WRITE_VECTORS=1` writes the files.

#![expect(
    clippy::unwrap_used,
    reason = "a vector that cannot be read fails its test"
)]

mod vectors {
    mod addresses;
    mod ed25519;
    mod encoding;
    mod envelope_forms;
    mod envelopes;
    mod file;
    mod fork_edges;
    mod head_forms;
    mod heads;
    mod ids;
    mod key_event_forms;
    mod key_logs;
    mod maker;
    mod phrases;
    mod places;
    mod proof_edges;
    mod proofs;
    mod receipts;
    mod received_records;
    mod record_forms;
    mod records;
    mod requests;
    mod sealed_messages;
    mod sync_streams;
    mod trees;
}
