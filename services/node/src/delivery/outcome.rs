//! The result of a delivery attempt.

use std::time::Duration;

use hedgerow_proto::ingest_v1;

use crate::store::Acknowledgement;

/// The result of an attempt that did not fail.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// The aggregator's last admission.
    pub(super) admission: Option<ingest_v1::Admission>,
    /// The head that it has acknowledged.
    pub(super) acknowledged: Option<Acknowledgement>,
    /// The check-in interval that it has requested.
    pub(super) check_in: Option<Duration>,
}
