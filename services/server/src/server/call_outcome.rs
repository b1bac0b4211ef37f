//! Records how a call ended.

use tokio::time::Instant;
use tonic::{Code, Status};

use crate::metrics::CallCount;
use crate::telemetry::span;

/// Records the end of a call once, in metrics, log and trace: method, code and duration, and
/// nothing of its contents. A call that is dropped without a status counts as cancelled.
#[derive(Debug)]
pub(super) struct CallOutcome {
    log_span: tracing::Span,
    trace_span: tracing::Span,
    count: CallCount,
    start: Instant,
    recorded: bool,
}

impl CallOutcome {
    pub(super) fn new(
        log_span: tracing::Span,
        trace_span: tracing::Span,
        count: CallCount,
    ) -> Self {
        Self {
            log_span,
            trace_span,
            count,
            start: Instant::now(),
            recorded: false,
        }
    }

    pub(super) fn record(&mut self, status: &Status) {
        if !self.recorded {
            self.count.refused(status);
        }
        self.record_code(status.code());
    }

    fn record_code(&mut self, code: Code) {
        if self.recorded {
            return;
        }
        self.recorded = true;
        let duration = self.start.elapsed();
        self.count.ended(code, duration);
        span::ended(&self.trace_span, code);
        let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        self.log_span
            .in_scope(|| tracing::debug!(?code, milliseconds, "call ended"));
    }
}

impl Drop for CallOutcome {
    fn drop(&mut self) {
        // The caller left before the end.
        self.record_code(Code::Cancelled);
    }
}
