//! Places for running searches, assigned in the order of the [`FairQueue`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hedgerow_server::peer::PeerKey;
use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::fair_queue::{FairQueue, QueueFull, QueueLimits};

/// Assigns places.
#[derive(Debug)]
pub(super) struct Scheduler {
    queue: Mutex<FairQueue<Ticket>>,
    /// The time after which running work can be paused for other work.
    slice: Duration,
}

/// Waiting work, which starts or resumes when it receives its place.
#[derive(Debug)]
struct Ticket {
    place: oneshot::Sender<Place>,
    is_cancelled: Arc<AtomicBool>,
}

impl Ticket {
    fn is_wanted(&self) -> bool {
        !self.place.is_closed() && !self.is_cancelled.load(Ordering::Relaxed)
    }
}

impl Scheduler {
    pub(super) fn new(limits: QueueLimits, slice: Duration) -> Self {
        Self {
            queue: Mutex::new(FairQueue::new(limits)),
            slice,
        }
    }

    /// Queues new work. The receiver gets the place, or an error if the work was dropped for
    /// that of another peer.
    pub(super) fn queue(
        self: &Arc<Self>,
        peer: PeerKey,
        is_cancelled: &Arc<AtomicBool>,
    ) -> Result<oneshot::Receiver<Place>, QueueFull> {
        let (place, receiver) = oneshot::channel();
        let ticket = Ticket {
            place,
            is_cancelled: Arc::clone(is_cancelled),
        };
        let mut queue = self.queue.lock();
        if queue.is_full() {
            queue.retain(Ticket::is_wanted);
        }
        queue.push(peer, ticket)?;
        drop(queue);
        self.assign();
        Ok(receiver)
    }

    /// Removes cancelled work, which then ends if it waits to be resumed.
    pub(super) fn remove_cancelled(&self) {
        self.queue.lock().retain(Ticket::is_wanted);
    }

    /// Assigns places while work may run.
    fn assign(self: &Arc<Self>) {
        loop {
            let mut queue = self.queue.lock();
            let Some((peer, ticket)) = queue.next() else {
                return;
            };
            if !ticket.is_wanted() {
                queue.release(peer);
                continue;
            }
            // If the receiver is gone, the place is dropped here, which locks the queue again.
            drop(queue);
            let place = Place {
                scheduler: Arc::clone(self),
                peer,
                since: Instant::now(),
            };
            drop(ticket.place.send(place));
        }
    }
}

/// Permission to run, until it is dropped. The time until then is charged to the peer.
#[derive(Debug)]
pub(super) struct Place {
    scheduler: Arc<Scheduler>,
    peer: PeerKey,
    /// From when time is not charged yet.
    since: Instant,
}

impl Place {
    /// At the end of a slice, lets work run that has more right to the place. Returns the place
    /// that the caller has afterwards; `None` if it was cancelled meanwhile.
    ///
    /// Blocks the thread while other work runs. The work keeps its thread and its memory, which
    /// are bounded because a peer's paused work resumes before it begins other work.
    pub(super) fn pass_on(mut self, is_cancelled: &Arc<AtomicBool>) -> Option<Self> {
        let now = Instant::now();
        let used = now.saturating_duration_since(self.since);
        if used < self.scheduler.slice {
            return Some(self);
        }
        self.since = now;
        let mut queue = self.scheduler.queue.lock();
        queue.charge(self.peer, used);
        if !queue.is_contended() {
            drop(queue);
            return Some(self);
        }
        let (place, receiver) = oneshot::channel();
        let ticket = Ticket {
            place,
            is_cancelled: Arc::clone(is_cancelled),
        };
        queue.push_paused(self.peer, ticket);
        drop(queue);
        // Releases the place, which is assigned again: perhaps to this work itself.
        drop(self);
        receiver.blocking_recv().ok()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let now = Instant::now();
        let used = now.saturating_duration_since(self.since);
        let mut queue = self.scheduler.queue.lock();
        queue.charge(self.peer, used);
        queue.release(self.peer);
        drop(queue);
        self.scheduler.assign();
    }
}
