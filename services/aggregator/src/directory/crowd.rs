//! How many searches run at once, and for how long one may.

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::failure::Kind;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::index::IndexError;

/// How long a search waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How long one look into the index may take.
const LONGEST_LOOK: Duration = Duration::from_secs(5);
/// When to come back.
const COME_BACK: Duration = Duration::from_secs(1);
/// Turns a core: while one search waits for the disk, another computes.
const TURNS_A_CORE: usize = 2;

/// Hands out turns.
pub(super) struct Crowd {
    turns: Arc<Semaphore>,
    longest_wait: Duration,
    longest_look: Duration,
}

impl Default for Crowd {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self::new(cores * TURNS_A_CORE, LONGEST_WAIT, LONGEST_LOOK)
    }
}

impl Crowd {
    fn new(turns: usize, longest_wait: Duration, longest_look: Duration) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(turns)),
            longest_wait,
            longest_look,
        }
    }

    /// Looks something up on a thread that may block. The turn is given back when the
    /// look is over, not when the caller is gone: nobody can pile looks up by leaving.
    pub(super) async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce() -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = timeout(self.longest_wait, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Failure::resource_exhausted(
                "search_busy",
                "too many searches at the moment; try again in a second",
                COME_BACK,
            ));
        };
        let looking = tokio::task::spawn_blocking(move || {
            let found = look();
            drop(turn);
            found
        });
        match timeout(self.longest_look, looking).await {
            Ok(found) => Ok(found.map_err(IndexError::from)??),
            Err(_) => Err(Failure::new(
                Kind::DeadlineExceeded,
                "search_too_slow",
                "the search took too long; ask for less at once",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn when_all_turns_are_taken_a_search_is_sent_away_for_a_second() {
        let crowd = Crowd::new(0, SOON, SOON);
        let failure = crowd.look(|| Ok(())).await.unwrap_err();
        assert_eq!(failure.reason(), "search_busy");
    }

    #[tokio::test]
    async fn a_look_that_takes_too_long_keeps_its_turn_until_it_ends() {
        let crowd = Crowd::new(1, SOON, SOON);
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let slow = crowd.look(move || {
            let _ = ended.recv();
            Ok(())
        });
        assert_eq!(slow.await.unwrap_err().reason(), "search_too_slow");
        assert_eq!(
            crowd.look(|| Ok(())).await.unwrap_err().reason(),
            "search_busy"
        );
        drop(end);
        assert!(crowd.turns.acquire().await.is_ok());
        assert_eq!(crowd.look(|| Ok(7)).await.unwrap(), 7);
    }
}
