//! The test vectors of `proto/testdata/`: every implementation reaches the verdicts written there.
//!
//! Each test makes its vectors anew, compares them with the file, and then checks the file's by
//! recomputing them from their inputs. `HEDGEROW_WRITE_VECTORS=1` writes the files.

#![expect(
    clippy::unwrap_used,
    reason = "a vector that cannot be read fails its test"
)]

mod vectors {
    mod ed25519;
    mod envelopes;
    mod file;
    mod heads;
    mod ids;
    mod key_logs;
    mod maker;
    mod phrases;
    mod proofs;
    mod records;
    mod trees;
}
