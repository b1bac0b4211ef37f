//! The body of a response, which keeps the state of its call until its end.

use std::pin::Pin;
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
use crate::limits::Permit;

/// The state of a call, dropped at its end.
#[derive(Debug)]
pub(super) struct CallGuard {
    pub(super) _in_flight: InFlight,
    pub(super) _permit: Option<Permit>,
    pub(super) outcome: CallOutcome,
}

/// A response body that ends at the deadline or, if the call has none, when the server stops.
pub(super) struct TrackedBody {
    inner: Body,
    deadline: Deadline,
    stopping: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
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
        if self.guard.is_none() {
            return Poll::Ready(None);
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
