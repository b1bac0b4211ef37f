//! What accompanies a call until the last byte of its answer.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use http::HeaderMap;
use http_body::Frame;
use http_body::SizeHint;
use tokio::time::Instant;
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::Status;
use tonic::body::Body;

use super::deadline::Deadline;
use crate::metrics::CallCount;
use crate::peer::Place;
use crate::telemetry::span;

/// Calls in flight on one connection, and when there was last one.
#[derive(Debug)]
pub(super) struct Activity {
    in_flight: AtomicUsize,
    quiet_since: Mutex<(Instant, bool)>,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            in_flight: AtomicUsize::new(0),
            quiet_since: Mutex::new((Instant::now(), false)),
        }
    }

    /// Counts a call until the returned value is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::SeqCst);
        InFlight(Arc::clone(self))
    }

    /// Returns when there has been no call for a while: `first` while there has never
    /// been one, `later` after that.
    pub(super) async fn idle_for(&self, first: Duration, later: Duration) {
        loop {
            let (since, any) = *self.quiet_since();
            let patience = if any { later } else { first };
            let over = if self.in_flight.load(Ordering::SeqCst) > 0 {
                Instant::now() + patience
            } else {
                since + patience
            };
            if over <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(over).await;
        }
    }

    fn quiet_since(&self) -> std::sync::MutexGuard<'_, (Instant, bool)> {
        self.quiet_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call in flight on a connection.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Activity>);

impl Drop for InFlight {
    fn drop(&mut self) {
        *self.0.quiet_since() = (Instant::now(), true);
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Says once how a call ended. Only the method, the code and the time it took are ever
/// told.
#[derive(Debug)]
pub(super) struct Ending {
    /// That of log lines.
    line: tracing::Span,
    /// That of traces.
    traced: tracing::Span,
    count: CallCount,
    began: Instant,
    told: bool,
}

impl Ending {
    pub(super) fn new(line: tracing::Span, traced: tracing::Span, count: CallCount) -> Self {
        Self {
            line,
            traced,
            count,
            began: Instant::now(),
            told: false,
        }
    }

    pub(super) fn tell(&mut self, status: &Status) {
        if !self.told {
            self.count.refused(status);
        }
        self.tell_code(status.code());
    }

    fn tell_code(&mut self, code: tonic::Code) {
        if self.told {
            return;
        }
        self.told = true;
        let took = self.began.elapsed();
        self.count.ended(code, took);
        span::ended(&self.traced, code);
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.line
            .in_scope(|| tracing::debug!(?code, milliseconds, "call ended"));
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        // Nobody saw the end: the caller went away first.
        self.tell_code(tonic::Code::Cancelled);
    }
}

/// What is held while a call lasts.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) _in_flight: InFlight,
    pub(super) _place: Option<Place>,
    pub(super) ending: Ending,
}

/// The body of an answer, with what accompanies it: it ends by the deadline, or, where
/// the call has none, when the server stops.
pub(super) struct Guarded {
    inner: Body,
    deadline: Deadline,
    stopping: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    held: Option<Held>,
    grpc: bool,
}

impl Guarded {
    pub(super) fn new(
        inner: Body,
        deadline: Deadline,
        stopping: Option<WaitForCancellationFutureOwned>,
        held: Held,
        grpc: bool,
    ) -> Self {
        Self {
            inner,
            deadline,
            stopping: stopping.map(Box::pin),
            held: Some(held),
            grpc,
        }
    }

    fn end(&mut self, status: &Status) {
        if let Some(mut held) = self.held.take() {
            held.ending.tell(status);
        }
        self.stopping = None;
    }

    /// Cuts the answer: with trailers where the caller reads them.
    fn cut(&mut self, status: Status) -> Poll<Option<Result<Frame<bytes::Bytes>, Status>>> {
        self.end(&status);
        self.inner = Body::empty();
        if !self.grpc {
            return Poll::Ready(Some(Err(status)));
        }
        let mut trailers = HeaderMap::new();
        match status.add_header(&mut trailers) {
            Ok(()) => Poll::Ready(Some(Ok(Frame::trailers(trailers)))),
            Err(unwritable) => Poll::Ready(Some(Err(unwritable))),
        }
    }
}

impl http_body::Body for Guarded {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if self.held.is_none() {
            return Poll::Ready(None);
        }
        if self.deadline.poll_passed(context) {
            return self.cut(super::deadline::passed().into());
        }
        if let Some(stopping) = &mut self.stopping
            && stopping.as_mut().poll(context).is_ready()
        {
            return self.cut(super::gate::stopping().into());
        }
        let mut frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(context));
        match &mut frame {
            None => self.end(&Status::ok("")),
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_mut() {
                    let status = super::gate::name_failure(trailers);
                    self.end(&status.unwrap_or_else(|| Status::ok("")));
                }
            }
            Some(Err(status)) => self.end(status),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_none() || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Duration = Duration::from_secs(10);
    const LATER: Duration = Duration::from_secs(300);

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_any_call_is_idle_soon() {
        let began = Instant::now();
        Activity::new().idle_for(FIRST, LATER).await;
        assert_eq!(began.elapsed().as_secs(), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_in_flight_is_never_idle_and_idleness_counts_from_its_end() {
        let activity = Arc::new(Activity::new());
        let call = activity.begin();
        let began = Instant::now();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(3_600)).await;
            drop(call);
        });
        activity.idle_for(FIRST, LATER).await;
        let waited = began.elapsed().as_secs();
        assert!((3_900..4_210).contains(&waited), "{waited}");
    }
}
