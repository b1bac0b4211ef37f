//! Causes that wait for what they set going to be done by somebody else.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use super::context::Cause;

/// The most that wait; the oldest is forgotten for the newest.
const MOST: usize = 256;

/// What caused which revision of a store, for those that follow its revisions. Clones
/// share it.
#[derive(Clone, Debug, Default)]
pub struct Causes(Arc<Mutex<VecDeque<(u64, Cause)>>>);

impl Causes {
    /// Notes the current span as the cause of a revision, if anything is traced.
    pub fn note(&self, revision: u64) {
        let cause = Cause::here();
        if cause.is_known() {
            let mut waiting = self.waiting();
            if waiting.len() == MOST {
                waiting.pop_front();
            }
            waiting.push_back((revision, cause));
        }
    }

    /// Takes those of revisions up to this one.
    #[must_use]
    pub fn up_to(&self, revision: u64) -> Vec<Cause> {
        let mut waiting = self.waiting();
        if waiting.is_empty() {
            return Vec::new();
        }
        let (done, later) = std::mem::take(&mut *waiting)
            .into_iter()
            .partition(|(caused, _)| *caused <= revision);
        *waiting = later;
        let done: VecDeque<(u64, Cause)> = done;
        done.into_iter().map(|(_, cause)| cause).collect()
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<(u64, Cause)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
