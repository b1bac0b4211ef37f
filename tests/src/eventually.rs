//! Waiting for a condition instead of for a time.

use std::future::Future;
use std::time::{Duration, Instant};

const TIMEOUT: Duration = Duration::from_secs(60);
const INTERVAL: Duration = Duration::from_millis(25);

/// Polls until `poll` returns a value, and returns it.
///
/// # Panics
/// After a minute, with `condition` in the message.
pub async fn eventually<T, F: Future<Output = Option<T>>>(
    condition: &str,
    mut poll: impl FnMut() -> F,
) -> T {
    let began = Instant::now();
    loop {
        if let Some(value) = poll().await {
            return value;
        }
        assert!(
            began.elapsed() < TIMEOUT,
            "timed out after a minute, waiting until {condition}"
        );
        tokio::time::sleep(INTERVAL).await;
    }
}
