//! How long people stay signed in, and what waits for them.

use std::time::Duration;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// A session that is not used for this long has ended: another person may use the device.
pub(super) const SESSION_IDLE: Duration = HOUR.saturating_mul(12);
/// A session ends after this long in any case.
pub(super) const MAX_SESSION: Duration = HOUR.saturating_mul(30 * 24);
/// How long a form waits whose session had ended: its person may need a link, and have to wait
/// until somebody reads their mail.
pub(super) const KEPT_FORM: Duration = HOUR.saturating_mul(24);
