//! Calls with deadlines and retries.

use std::collections::BTreeMap;
use std::future::Future;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_transport::backoff::Retry;
use hedgerow_transport::connector::{ConnectReason, Trust};
use hedgerow_transport::failure::CallFailure;
use hedgerow_transport::trace;
use hedgerow_transport::trace::propagate;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};
use tracing::Instrument;

use crate::error::ClientError;
use crate::options::Options;

/// A server, and the settings of calls to it.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) channel: Channel,
    pub(crate) options: Options,
}

impl Server {
    /// Prepares calls to an address that the caller chose. Connects at the first call.
    pub(crate) fn new(address: &Endpoint, options: Options) -> Result<Self, ClientError> {
        // Without the key's hash, which people would not recognise.
        let name = address.url();
        match options.connector.channel(address, Trust::Configured) {
            Ok(channel) => Ok(Self {
                name,
                channel,
                options,
            }),
            Err(failure) => Err(ClientError::Unreachable {
                address: name,
                failure: Box::new(CallFailure {
                    code: Code::Unavailable,
                    reason: failure.reason.as_str().to_owned(),
                    message: failure.to_string(),
                    metadata: BTreeMap::new(),
                    violations: Vec::new(),
                    retry_after: None,
                    request_id: None,
                    connect: Some(failure.reason),
                }),
            }),
        }
    }

    pub(crate) fn parse(address: &str, options: Options) -> Result<Self, ClientError> {
        let address = address.parse().map_err(|_| ClientError::Address {
            text: address.to_owned(),
        })?;
        Self::new(&address, options)
    }

    /// Makes a call that may safely be repeated, and retries it while the failure is
    /// temporary and the options permit.
    pub(crate) async fn call<Q, A, F>(
        &self,
        message: Q,
        call: impl FnMut(Request<Q>) -> F,
    ) -> Result<A, ClientError>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let traced = trace::client_call(type_name::<Q>());
        self.try_call(message, call).instrument(traced).await
    }

    async fn try_call<Q, A, F>(
        &self,
        message: Q,
        mut call: impl FnMut(Request<Q>) -> F,
    ) -> Result<A, ClientError>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let mut retry = Retry::new(self.options.backoff);
        loop {
            let mut request = Request::new(message.clone());
            request.set_timeout(self.options.timeout);
            propagate(&mut request);
            let status = match call(request).await {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) => status,
            };
            let failure = CallFailure::from_status(&status);
            if !is_retryable(&failure) || retry.failures() + 1 >= self.options.attempts {
                return Err(self.failed(failure));
            }
            let wait = retry.failed(failure.retry_after, &*self.options.random);
            if wait > self.options.max_retry_delay {
                return Err(self.failed(failure));
            }
            tracing::debug!(reason = %failure.reason, ?wait, "retrying a call");
            tokio::time::sleep(wait).await;
        }
    }

    pub(crate) fn failed(&self, failure: CallFailure) -> ClientError {
        let address = self.name.clone();
        // A proxy in between reports a server that it cannot reach with these codes too.
        let unreachable = failure.connect.is_some()
            || matches!(
                failure.code,
                Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::Unknown
            );
        let failure = Box::new(failure);
        if unreachable {
            ClientError::Unreachable { address, failure }
        } else {
            ClientError::Refused { address, failure }
        }
    }

    /// Converts a failed check of this server's response.
    pub(crate) fn unverified(
        &self,
        source: impl Into<crate::error::VerificationError>,
    ) -> ClientError {
        ClientError::verification(&self.name, source)
    }
}

/// Returns the name of a message type without its path.
fn type_name<Q>() -> &'static str {
    let path = std::any::type_name::<Q>();
    path.rsplit("::").next().unwrap_or(path)
}

/// Whether a repeated call may succeed. A wrong key, a forbidden address and a broken TLS
/// set-up do not change by themselves.
pub(crate) fn is_retryable(failure: &CallFailure) -> bool {
    let permanent = matches!(
        failure.connect,
        Some(
            ConnectReason::PinMismatch
                | ConnectReason::AddressNotAllowed
                | ConnectReason::TlsFailed
        )
    );
    failure.may_be_retried() && !permanent
}
