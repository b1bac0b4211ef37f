//! Waiting for the thing itself.

use std::future::Future;
use std::time::Duration;
use std::time::Instant;

const PATIENCE: Duration = Duration::from_secs(60);
const BETWEEN: Duration = Duration::from_millis(25);

/// Asks until there is an answer, and panics, saying `what` was waited for, when there
/// is none within a minute.
pub async fn eventually<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "waited a minute in vain: {what}"
        );
        tokio::time::sleep(BETWEEN).await;
    }
}
