//! The courier of one group to one aggregator: round after round, with longer and
//! longer waits while rounds fail, and at once when there is a new head.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_rpc::backoff::Backoff;
use hedgerow_rpc::backoff::Retry;
use hedgerow_rpc::telemetry::Cause;
use hedgerow_rpc::telemetry::span;
use prost::Message;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::Aggregator;
use super::error::DeliveryError;
use super::round::Outcome;
use crate::group::Group;
use crate::group::NewHeads;
use crate::metrics::RoundEnded;
use crate::node::Shared;
use crate::store::Delivery;
use crate::store::StoreError;

/// However eager an aggregator is to hear, it is not asked more often with nothing new.
const SHORTEST_CHECK_IN: Duration = Duration::from_secs(60);

/// However long an aggregator says that it is short of strength, news waits no longer:
/// something may have been taken back.
const LONGEST_FIRM: Duration = Duration::from_secs(60);

pub(super) struct Courier {
    pub(super) shared: Arc<Shared>,
    pub(super) group: Arc<Group>,
    pub(super) aggregator: Aggregator,
    /// Whether it is no longer configured, and only told so.
    pub(super) left: bool,
    /// Whether it has answered since the start.
    asked: bool,
    retry: Retry,
}

/// What follows a round.
enum Next {
    /// Another, after so long; or as soon as there is a new head, but where `firm` not
    /// before the aggregator has had a moment.
    Wait { wait: Duration, firm: bool },
    /// None: the aggregator was left, and knows it.
    Done,
}

impl Courier {
    pub(super) fn new(
        shared: Arc<Shared>,
        group: Arc<Group>,
        aggregator: Aggregator,
        left: bool,
    ) -> Self {
        let settings = &shared.config.delivery;
        let retry = Retry::new(Backoff {
            first: Duration::from_millis(settings.first_retry_milliseconds),
            cap: Duration::from_secs(settings.longest_retry_seconds),
        });
        Self {
            shared,
            group,
            aggregator,
            left,
            asked: false,
            retry,
        }
    }

    /// Goes round until stopped. A round that has begun is finished first.
    pub(super) async fn run(mut self, stopping: CancellationToken) {
        let places = Arc::clone(&self.aggregator.places);
        let mut heads = self.group.heads.subscribe();
        let mut seen = heads.borrow_and_update().count;
        let mut cause = Cause::default();
        loop {
            let place = tokio::select! {
                () = stopping.cancelled() => return,
                place = places.acquire() => place,
            };
            let Ok(place) = place else { return };
            let newest = heads.borrow_and_update().clone();
            if newest.count != seen {
                seen = newest.count;
                cause = newest.cause;
            }
            let traced = span::deliver(&self.group.id, &cause);
            let result = self.round().instrument(traced).await;
            if result.is_ok() {
                // Later rounds, with nothing new, come of nothing but time.
                cause = Cause::default();
            }
            self.shared.metrics.round_ended(how(&result));
            let next = self.settle(result).await;
            drop(place);
            let Next::Wait { wait, firm } = next else {
                return;
            };
            tokio::select! {
                () = stopping.cancelled() => return,
                () = wait_for(wait, firm, &mut heads) => {}
            }
        }
    }

    async fn round(&mut self) -> Result<Outcome, DeliveryError> {
        let mut admission = None;
        if !self.asked {
            admission = Some(self.ask().await?);
            self.asked = true;
        }
        let mut outcome = self.bring_newest().await?;
        outcome.admission = outcome.admission.or(admission);
        Ok(outcome)
    }

    /// Keeps how the round went, for the steward to see and for the next start.
    async fn settle(&mut self, result: Result<Outcome, DeliveryError>) -> Next {
        if let Err(DeliveryError::Receipt(_)) = result {
            // Its key log may have grown since it was asked.
            self.asked = false;
        }
        let (next, outcome, error) = match result {
            Ok(outcome) => {
                self.retry.reset();
                let done = self.left
                    && outcome
                        .acknowledged
                        .as_ref()
                        .is_some_and(|held| !held.permitted);
                let next = if done {
                    Next::Done
                } else {
                    Next::Wait {
                        wait: self.check_in(outcome.come_back),
                        firm: false,
                    }
                };
                (next, outcome, String::new())
            }
            // Not a failure: the newer head is brought at once.
            Err(DeliveryError::Superseded) => (
                Next::Wait {
                    wait: Duration::ZERO,
                    firm: false,
                },
                Outcome::default(),
                String::new(),
            ),
            Err(error) => {
                let wait = self
                    .retry
                    .failed(error.asked(), self.shared.random.as_ref());
                tracing::info!(
                    group = %self.group.label, aggregator = %self.aggregator.name, %error,
                    again_in_seconds = wait.as_secs(), "not delivered yet"
                );
                let firm = error.is_overload();
                (
                    Next::Wait { wait, firm },
                    Outcome::default(),
                    error.to_string(),
                )
            }
        };
        if let Err(error) = self.keep(&next, outcome, error).await {
            tracing::error!(%error, "how a delivery went could not be kept");
        }
        next
    }

    async fn keep(
        &self,
        next: &Next,
        outcome: Outcome,
        last_error: String,
    ) -> Result<(), StoreError> {
        let (group, name) = (&self.group.id, &self.aggregator.name);
        let mut writing = self.shared.store.write().await?;
        let before = writing.delivery(group, name).await?.unwrap_or_default();
        let kept = Delivery {
            admission: outcome
                .admission
                .map_or(before.admission, |admission| admission.encode_to_vec()),
            acknowledged: outcome.acknowledged.or(before.acknowledged),
            failures: self.retry.failures(),
            last_error,
            next_attempt_at: match next {
                Next::Wait { wait, .. } => Some(self.shared.now().plus(*wait)),
                Next::Done => None,
            },
        };
        writing.put_delivery(group, name, &kept).await?;
        writing.commit().await
    }

    fn check_in(&self, wanted: Option<Duration>) -> Duration {
        let longest = Duration::from_secs(self.shared.config.delivery.check_in_seconds);
        match wanted {
            Some(wanted) => wanted.max(SHORTEST_CHECK_IN).min(longest),
            None => longest,
        }
    }
}

fn how(result: &Result<Outcome, DeliveryError>) -> RoundEnded {
    match result {
        Ok(outcome) if outcome.acknowledged.is_some() => RoundEnded::Acknowledged,
        Ok(_) => RoundEnded::NotHeld,
        Err(DeliveryError::Superseded) => RoundEnded::Superseded,
        Err(_) => RoundEnded::Failed,
    }
}

async fn wait_for(wait: Duration, firm: bool, heads: &mut watch::Receiver<NewHeads>) {
    let until = Instant::now() + wait;
    if firm {
        tokio::time::sleep(wait.min(LONGEST_FIRM)).await;
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
    async fn news_waits_for_an_overloaded_aggregator_a_minute_and_not_a_day() {
        let (sender, mut heads) = watch::channel(NewHeads::default());
        sender.send_modify(|_| {});
        let began = Instant::now();
        wait_for(DAY, true, &mut heads).await;
        assert_eq!(began.elapsed(), LONGEST_FIRM);
    }

    #[tokio::test(start_paused = true)]
    async fn without_news_the_whole_time_is_kept_to() {
        let (_sender, mut heads) = watch::channel(NewHeads::default());
        let began = Instant::now();
        wait_for(DAY, true, &mut heads).await;
        assert!(began.elapsed() >= DAY);
    }
}
