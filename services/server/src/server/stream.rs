//! Ends the streams of callers that make no progress.

use std::sync::Arc;

use hyper::rt::Executor;

use crate::limits::{Progress, ProgressRules};

tokio::task_local! {
    static STREAM: Arc<Progress>;
}

/// Runs each HTTP/2 stream with its progress, and drops it some time after it was ended early,
/// which resets it.
///
/// The reset must come from here: while the caller's window is closed, nothing polls the body of
/// the response, so that neither a deadline nor an error in it would have an effect.
#[derive(Clone, Debug)]
pub(super) struct StreamExecutor {
    rules: ProgressRules,
}

impl StreamExecutor {
    pub(super) fn new(rules: ProgressRules) -> Self {
        Self { rules }
    }
}

impl<F> Executor<F> for StreamExecutor
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, stream: F) {
        let progress = Arc::new(Progress::begin());
        let rules = self.rules;
        tokio::spawn(STREAM.scope(Arc::clone(&progress), async move {
            tokio::select! {
                biased;
                _ = stream => {}
                () = progress.run(&rules) => {}
            }
        }));
    }
}

/// Returns the progress of the HTTP/2 stream whose task this is.
pub(super) fn progress_of_stream() -> Option<Arc<Progress>> {
    STREAM.try_with(Arc::clone).ok()
}

/// Makes the progress of a call outside such a task, and runs `cut` some time after it was ended
/// early.
pub(super) fn watch(rules: ProgressRules, cut: impl FnOnce() + Send + 'static) -> Arc<Progress> {
    let progress = Arc::new(Progress::begin());
    let watched = Arc::downgrade(&progress);
    tokio::spawn(async move {
        if Progress::run_weak(&watched, &rules).await {
            cut();
        }
    });
    progress
}
