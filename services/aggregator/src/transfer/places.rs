//! The places of pushes, and the memory that they hold.
//!
//! A push gets its place only after its first items have arrived, so that a sender of headers
//! alone takes none. Heads that only remove have places of their own: taking back must not wait
//! for those who add.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures::Stream;
use futures::stream::poll_fn;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_server::limits::{PeerLimiter, Permit, Progress};
use hedgerow_server::metrics::Gauge;
use hedgerow_server::peer::PeerKey;
use hedgerow_transport::failure::Failure;
use prost::Message;
use tonic::Status;

use crate::config::IngestConfig;

/// The most concurrent pushes of heads that only remove, in all and of one peer.
const MAX_REMOVALS: usize = 16;
const MAX_REMOVALS_PER_PEER: usize = 4;

/// The wait for its sender after which a push gives up its place to a newcomer.
const EVICT_AFTER: Duration = Duration::from_secs(2);

/// When a sender may return if all places are taken.
const BUSY_RETRY: Duration = Duration::from_secs(5);

/// Size in memory of names, leaves and key events, as a multiple of their encoded size.
const MEMORY_FACTOR: u64 = 3;

/// Bodies of one push that are in memory before they are staged.
const MAX_BUFFERED_BYTES: u64 = 1024 * 1024;

/// The memory that every push may hold, even if all of it is in use: taking back a few records
/// must not wait for those who hold much. The number of places bounds the sum.
const ALWAYS_HELD_BYTES: u64 = 64 * 1024;

/// The places of all pushes.
#[derive(Debug)]
pub(super) struct Places {
    adding: PeerLimiter,
    removing: PeerLimiter,
    held: Gauge,
    max_held: u64,
}

/// The place of one push.
#[derive(Debug)]
pub(super) struct Place {
    _permit: Permit,
    /// Its place is one for heads that only remove: bodies are not kept.
    pub only_removes: bool,
}

impl Places {
    /// `held` exports the bytes that all pushes hold.
    pub(super) fn new(config: &IngestConfig, held: Gauge) -> Self {
        let pool = |total, per_peer| PeerLimiter::new(total, per_peer).evicting(EVICT_AFTER);
        Self {
            adding: pool(config.transfers, config.transfers_per_peer),
            removing: pool(MAX_REMOVALS, MAX_REMOVALS_PER_PEER),
            held,
            max_held: config.transfer_memory_bytes,
        }
    }

    /// Takes a place, for a head that only removes one of those if the others are taken.
    pub(super) fn take(
        &self,
        peer: PeerKey,
        progress: &Arc<Progress>,
        only_removes: bool,
    ) -> Result<Place, Failure> {
        if let Ok(permit) = self.adding.try_acquire_for(peer, progress) {
            return Ok(Place {
                _permit: permit,
                only_removes: false,
            });
        }
        if !only_removes {
            return Err(busy());
        }
        let permit = self.removing.try_acquire_for(peer, progress);
        Ok(Place {
            _permit: permit.map_err(|_| busy())?,
            only_removes: true,
        })
    }

    /// Begins to count the memory of one push.
    pub(super) fn memory(&self) -> HeldMemory {
        HeldMemory {
            all: self.held.clone(),
            max: self.max_held,
            own: 0,
            bodies: 0,
        }
    }

    /// Evicts the push that has waited longest, to free its memory. Returns whether one had
    /// waited long enough.
    fn evict_one(&self) -> bool {
        self.adding.evict_one()
    }
}

/// The bytes that one push holds in memory.
#[derive(Debug)]
pub(super) struct HeldMemory {
    all: Gauge,
    max: u64,
    own: u64,
    bodies: u64,
}

impl HeldMemory {
    /// Counts an item that is kept. Bodies count up to the size at which they are staged.
    fn add(&mut self, item: &feed_v1::SyncItem) -> Result<(), Failure> {
        let length = item.encoded_len() as u64;
        let more = match &item.item {
            Some(Item::Body(_)) => {
                let before = self.bodies;
                self.bodies = (before + length).min(MAX_BUFFERED_BYTES);
                self.bodies - before
            }
            _ => length * MEMORY_FACTOR,
        };
        self.own += more;
        let more = more.cast_signed();
        let all = (self.all.inc_by(more) + more).cast_unsigned();
        // One push alone may exceed it: the limits of its group bound that.
        if all > self.max && all > self.own && self.own > ALWAYS_HELD_BYTES {
            return Err(Failure::resource_exhausted(
                "transfer_memory",
                "Unfinished transfers occupy all the memory that this aggregator has for them; try \
                 again in a few seconds.",
                BUSY_RETRY,
            ));
        }
        Ok(())
    }
}

impl Drop for HeldMemory {
    fn drop(&mut self) {
        self.all.dec_by(self.own.cast_signed());
    }
}

/// Passes on the items of a push, counts their memory and records whether it waits for its
/// sender. Ends if its place is given to another.
pub(super) fn watched<'a, S>(
    items: S,
    places: &'a Places,
    progress: &'a Arc<Progress>,
) -> impl Stream<Item = Result<feed_v1::SyncItem, Status>> + Send + 'a
where
    S: Stream<Item = Result<feed_v1::SyncItem, Status>> + Send + 'a,
{
    let mut memory = places.memory();
    let mut items = Box::pin(items);
    let mut ended = Box::pin(progress.ended().clone().cancelled_owned());
    poll_fn(move |context| {
        if ended.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Err(evicted().into())));
        }
        let polled = items.as_mut().poll_next(context);
        match &polled {
            Poll::Pending => progress.wait(),
            Poll::Ready(Some(Ok(item))) => {
                progress.advance(0);
                // An evicted push frees its memory at once, so this one can go on.
                if let Err(failure) = memory.add(item)
                    && !places.evict_one()
                {
                    return Poll::Ready(Some(Err(failure.into())));
                }
            }
            Poll::Ready(_) => progress.advance(0),
        }
        polled
    })
}

fn busy() -> Failure {
    Failure::resource_exhausted(
        "too_many_transfers",
        "This aggregator cannot accept more transfers at the moment; try again in a few seconds.",
        BUSY_RETRY,
    )
}

fn evicted() -> Failure {
    Failure::resource_exhausted(
        "call_evicted",
        "This transfer waited for you while others needed its place; start over.",
        BUSY_RETRY,
    )
}

#[cfg(test)]
mod tests;
