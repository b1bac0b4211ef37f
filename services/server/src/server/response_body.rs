//! The bodies of a call: the response keeps the state of its call until its end, and both record
//! whether the call waits for its caller.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::HeaderMap;
use http_body::{Frame, SizeHint};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::Status;
use tonic::body::Body;

use super::activity::InFlight;
use super::call_outcome::CallOutcome;
use super::deadline::Deadline;
use super::{deadline, trailers};
use crate::limits::{Permit, Progress};

/// The state of a call, dropped at its end.
#[derive(Debug)]
pub(super) struct CallGuard {
    pub(super) _in_flight: InFlight,
    pub(super) _permit: Option<Permit>,
    pub(super) progress: Arc<Progress>,
    pub(super) outcome: CallOutcome,
}

/// A response body that ends at the deadline or, if the call has none, when the server stops.
pub(super) struct TrackedBody {
    inner: Body,
    deadline: Deadline,
    stopping: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
    guard: Option<CallGuard>,
    grpc: bool,
}

impl TrackedBody {
    pub(super) fn new(
        inner: Body,
        deadline: Deadline,
        stopping: Option<WaitForCancellationFutureOwned>,
        guard: CallGuard,
        grpc: bool,
    ) -> Self {
        Self {
            inner,
            deadline,
            stopping: stopping.map(Box::pin),
            ended: Box::pin(guard.progress.ended().clone().cancelled_owned()),
            guard: Some(guard),
            grpc,
        }
    }

    fn end(&mut self, status: &Status) {
        if let Some(mut guard) = self.guard.take() {
            guard.outcome.record(status);
        }
        self.stopping = None;
    }

    /// Ends the body early: with trailers for gRPC, with an error for a page.
    fn cut(&mut self, status: Status) -> Poll<Option<Result<Frame<bytes::Bytes>, Status>>> {
        self.end(&status);
        self.inner = Body::empty();
        if !self.grpc {
            return Poll::Ready(Some(Err(status)));
        }
        let mut trailers = HeaderMap::new();
        match status.add_header(&mut trailers) {
            Ok(()) => Poll::Ready(Some(Ok(Frame::trailers(trailers)))),
            Err(invalid) => Poll::Ready(Some(Err(invalid))),
        }
    }
}

impl http_body::Body for TrackedBody {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let Some(guard) = &self.guard else {
            return Poll::Ready(None);
        };
        let progress = Arc::clone(&guard.progress);
        // The transport takes the next frame only if the caller reads.
        progress.advance(0);
        if self.ended.as_mut().poll(context).is_ready()
            && let Some(early) = progress.early_end()
        {
            return self.cut(trailers::ended_early(early).into());
        }
        if self.deadline.poll_passed(context) {
            return self.cut(deadline::exceeded().into());
        }
        if let Some(stopping) = &mut self.stopping
            && stopping.as_mut().poll(context).is_ready()
        {
            return self.cut(trailers::shutting_down().into());
        }
        let mut frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(context));
        match &mut frame {
            None => self.end(&Status::ok("")),
            Some(Ok(frame)) => {
                progress.advance(frame.data_ref().map_or(0, bytes::Bytes::len));
                progress.wait();
                if let Some(trailers) = frame.trailers_mut() {
                    let status = trailers::ensure_reason(trailers);
                    self.end(&status.unwrap_or_else(|| Status::ok("")));
                }
            }
            Some(Err(status)) => self.end(status),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.guard.is_none() || self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The body of a request.
pub(super) struct RequestBody {
    inner: Body,
    progress: Arc<Progress>,
}

impl RequestBody {
    pub(super) fn new(inner: Body, progress: Arc<Progress>) -> Self {
        Self { inner, progress }
    }
}

impl http_body::Body for RequestBody {
    type Data = bytes::Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        match &polled {
            Poll::Pending => self.progress.wait(),
            Poll::Ready(frame) => {
                let frame = frame.as_ref().and_then(|frame| frame.as_ref().ok());
                let data = frame.and_then(Frame::data_ref);
                self.progress.advance(data.map_or(0, bytes::Bytes::len));
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
