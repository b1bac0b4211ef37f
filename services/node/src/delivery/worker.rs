//! Delivers one group to one aggregator: attempt after attempt, with increasing delays
//! after failures, and at once when there is a new head.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::ingest_v1::Admission;
use hedgerow_server::telemetry::{TraceLink, span};
use hedgerow_transport::backoff::{Backoff, Retry};
use prost::Message;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::admission::request_admission;
use super::attempt::deliver_newest;
use super::context::Context;
use super::error::DeliveryError;
use super::outcome::Outcome;
use super::rivals::check_rivals;
use crate::group::NewHeads;
use crate::metrics::AttemptResult;
use crate::signing::guard::StopReason;
use crate::store::{Delivery, StoreError};

/// Minimum interval between check-ins without a new head, whatever an aggregator requests.
const MIN_CHECK_IN: Duration = Duration::from_secs(60);

/// Maximum delay of a new head because of an overload, whatever an aggregator requests: the
/// head may withdraw a record.
const MAX_OVERLOAD_DELAY: Duration = Duration::from_secs(60);

/// Longest interval between check-ins while an aggregator excludes the group: it cannot signal
/// that the exclusion has ended, and may have erased the records meanwhile.
const MAX_EXCLUDED_CHECK_IN: Duration = Duration::from_secs(5 * 60);

/// Delivers one group to one aggregator.
pub(super) struct DeliveryWorker {
    context: Context,
    /// Whether the aggregator has responded to the first call since the start.
    admitted: bool,
    retry: Retry,
    /// Spaces the check-ins while the aggregator excludes the group.
    excluded: Retry,
}

/// What follows an attempt.
enum Next {
    /// Another attempt after a delay, or as soon as there is a new head. If `overload`, a
    /// new head waits too, up to [`MAX_OVERLOAD_DELAY`].
    Wait { delay: Duration, overload: bool },
    /// None: the aggregator was removed, and has acknowledged that.
    Done,
}

impl DeliveryWorker {
    pub(super) fn new(context: Context) -> Self {
        let settings = &context.shared.config.delivery;
        let retry = Backoff {
            first: Duration::from_millis(settings.first_retry_milliseconds),
            cap: Duration::from_secs(settings.longest_retry_seconds),
        };
        let excluded = Backoff {
            cap: retry.cap.min(MAX_EXCLUDED_CHECK_IN),
            ..retry
        };
        Self {
            context,
            admitted: false,
            retry: Retry::new(retry),
            excluded: Retry::new(excluded),
        }
    }

    /// Runs until `stopping`. An attempt in progress is finished first.
    pub(super) async fn run(mut self, stopping: CancellationToken) {
        let slots = Arc::clone(&self.context.aggregator.slots);
        let mut heads = self.context.group.heads.subscribe();
        let mut check_ins = self.context.group.check_ins.subscribe();
        let mut seen = heads.borrow_and_update().count;
        let mut cause = TraceLink::default();
        loop {
            let slot = tokio::select! {
                () = stopping.cancelled() => return,
                slot = slots.acquire() => slot,
            };
            let Ok(slot) = slot else { return };
            // Read after the wait for a slot, so that the attempt covers every head up to now
            // and does not have to be repeated for one that came during the wait.
            let newest = heads.borrow_and_update().clone();
            check_ins.borrow_and_update();
            if newest.count != seen {
                seen = newest.count;
                cause = newest.cause;
            }
            let span = span::deliver(&self.context.group.id, &cause);
            let result = self.attempt().instrument(span).await;
            if result.is_ok() {
                // Later check-ins do not belong to the trace of this head.
                cause = TraceLink::default();
            }
            // A steward's request does not shorten the delay after a failure.
            let may_request = result.is_ok();
            let metrics = &self.context.shared.metrics;
            metrics.attempt_ended(attempt_result(&result));
            let next = self.settle(result).await;
            drop(slot);
            let Next::Wait { delay, overload } = next else {
                return;
            };
            tokio::select! {
                () = stopping.cancelled() => return,
                () = wait(delay, overload, &mut heads) => {}
                () = requested(&mut check_ins), if may_request => {}
            }
        }
    }

    /// Makes one attempt and returns its problem, for a command that does not run the node.
    pub(super) async fn attempt_once(&mut self) -> Option<String> {
        let result = self.attempt().await;
        let problem = result.as_ref().err().map(ToString::to_string);
        self.settle(result).await;
        problem
    }

    async fn attempt(&mut self) -> Result<Outcome, DeliveryError> {
        let stop = self.context.group.guard.stopped().map(|stop| stop.reason);
        // A deactivation is delivered; with keys that no longer sign, there is nothing to deliver.
        if let Some(reason) = stop
            && reason.refuses_edits()
            && reason != StopReason::Deactivated
        {
            return Err(DeliveryError::Stopped(reason));
        }
        let mut admission = None;
        if !self.admitted {
            admission = Some(request_admission(&self.context).await?.0);
            self.admitted = true;
        }
        let mut outcome = deliver_newest(&self.context).await?;
        outcome.admission = outcome.admission.or(admission);
        let status = outcome.admission.as_ref().map(Admission::status);
        if status == Some(GroupStatus::Frozen) {
            check_rivals(&self.context).await?;
        }
        Ok(outcome)
    }

    /// Stores the result, which the steward sees, and decides what follows.
    async fn settle(&mut self, result: Result<Outcome, DeliveryError>) -> Next {
        if let Err(DeliveryError::InvalidReceipt(_)) = result {
            // The aggregator's key log may have new events: request it again.
            self.admitted = false;
        }
        let (next, outcome, error) = match result {
            Ok(outcome) => {
                self.retry.reset();
                (self.after_success(&outcome), outcome, String::new())
            }
            // Not a failure: the newer head is delivered at once.
            Err(DeliveryError::Superseded) => {
                let next = Next::Wait {
                    delay: Duration::ZERO,
                    overload: false,
                };
                (next, Outcome::default(), String::new())
            }
            // The stop's own message says what to do. A retry would only repeat it.
            Err(DeliveryError::Stopped(_)) => {
                (self.after_stop(), Outcome::default(), String::new())
            }
            Err(error) if self.context.group.guard.stopped().is_some() => {
                (self.after_stop(), Outcome::default(), error.to_string())
            }
            Err(error) => (
                self.after_failure(&error),
                Outcome::default(),
                error.to_string(),
            ),
        };
        if let Err(error) = self.store(&next, outcome, error).await {
            tracing::error!(%error, "cannot store the result of a delivery");
        }
        next
    }

    fn after_success(&mut self, outcome: &Outcome) -> Next {
        let revoked = outcome
            .acknowledged
            .as_ref()
            .is_some_and(|acknowledged| !acknowledged.permitted);
        if self.context.removed && revoked {
            return Next::Done;
        }
        let mut delay = self.check_in_interval(outcome.check_in);
        let status = outcome.admission.as_ref().map(Admission::status);
        if status == Some(GroupStatus::Excluded) {
            let random = self.context.shared.random.as_ref();
            delay = delay.min(self.excluded.failed(None, random));
        } else {
            self.excluded.reset();
        }
        Next::Wait {
            delay,
            overload: false,
        }
    }

    /// Waits for the next check-in: until a person ends the stop, nothing can change.
    fn after_stop(&mut self) -> Next {
        self.retry.reset();
        Next::Wait {
            delay: self.check_in_interval(None),
            overload: false,
        }
    }

    fn after_failure(&mut self, error: &DeliveryError) -> Next {
        let Context {
            shared,
            group,
            aggregator,
            ..
        } = &self.context;
        let delay = self
            .retry
            .failed(error.retry_after(), shared.random.as_ref());
        tracing::info!(
            group = %group.label, aggregator = %aggregator.name, %error,
            again_in_seconds = delay.as_secs(), "delivery failed, will retry"
        );
        Next::Wait {
            delay,
            overload: error.is_overload(),
        }
    }

    async fn store(
        &self,
        next: &Next,
        outcome: Outcome,
        last_error: String,
    ) -> Result<(), StoreError> {
        let shared = &self.context.shared;
        let (group, name) = (&self.context.group.id, &self.context.aggregator.name);
        let mut writing = shared.store.write().await?;
        // A failed attempt keeps the last admission and acknowledgement.
        let before = writing.delivery(group, name).await?.unwrap_or_default();
        let delivery = Delivery {
            admission: outcome
                .admission
                .map_or(before.admission, |admission| admission.encode_to_vec()),
            acknowledged: outcome.acknowledged.or(before.acknowledged),
            failures: self.retry.failures(),
            last_error,
            next_attempt_time: match next {
                Next::Wait { delay, .. } => Some(shared.now().plus(*delay)),
                Next::Done => None,
            },
        };
        writing.put_delivery(group, name, &delivery).await?;
        writing.commit().await
    }

    fn check_in_interval(&self, requested: Option<Duration>) -> Duration {
        let max = Duration::from_secs(self.context.shared.config.delivery.check_in_seconds);
        match requested {
            // The maximum wins: the host may have configured one below the minimum.
            Some(requested) => requested.max(MIN_CHECK_IN).min(max),
            None => max,
        }
    }
}

fn attempt_result(result: &Result<Outcome, DeliveryError>) -> AttemptResult {
    match result {
        Ok(outcome) if outcome.acknowledged.is_some() => AttemptResult::Acknowledged,
        Ok(_) => AttemptResult::NotHeld,
        Err(DeliveryError::Superseded) => AttemptResult::Superseded,
        Err(_) => AttemptResult::Failed,
    }
}

/// Returns when a steward has requested the group's state, but not within the first minute: the
/// attempt that follows finds whether the aggregator still has the records.
async fn requested(check_ins: &mut watch::Receiver<u64>) {
    tokio::time::sleep(MIN_CHECK_IN).await;
    // The sender lives as long as the group, which the worker holds.
    let _ = check_ins.changed().await;
}

async fn wait(delay: Duration, overload: bool, heads: &mut watch::Receiver<NewHeads>) {
    let until = Instant::now() + delay;
    if overload {
        tokio::time::sleep(delay.min(MAX_OVERLOAD_DELAY)).await;
    }
    tokio::select! {
        () = tokio::time::sleep_until(until) => {}
        _ = heads.changed() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[tokio::test(start_paused = true)]
    async fn a_new_head_waits_a_minute_for_an_overloaded_aggregator_and_not_a_day() {
        let (sender, mut heads) = watch::channel(NewHeads::default());
        sender.send_modify(|_| {});
        let began = Instant::now();
        wait(DAY, true, &mut heads).await;
        assert_eq!(began.elapsed(), MAX_OVERLOAD_DELAY);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stewards_request_leads_to_a_check_in_once_a_minute() {
        let (sender, mut check_ins) = watch::channel(0);
        let began = Instant::now();
        sender.send_modify(|count| *count += 1);
        requested(&mut check_ins).await;
        assert_eq!(began.elapsed(), MIN_CHECK_IN);
        let again = tokio::time::timeout(DAY, requested(&mut check_ins)).await;
        assert!(again.is_err(), "nobody has requested it");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_new_head_the_whole_delay_passes() {
        let (_sender, mut heads) = watch::channel(NewHeads::default());
        let began = Instant::now();
        wait(DAY, true, &mut heads).await;
        assert!(began.elapsed() >= DAY);
    }
}
