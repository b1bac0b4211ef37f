//! One call, tried again where that is safe.

use std::collections::BTreeMap;
use std::future::Future;

use hedgerow_core::address::Address;
use hedgerow_rpc::backoff::Retry;
use hedgerow_rpc::connector::ConnectReason;
use hedgerow_rpc::connector::Trust;
use hedgerow_rpc::failure::CallFailure;
use hedgerow_rpc::telemetry::propagate;
use hedgerow_rpc::telemetry::span;
use tonic::Code;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::transport::Channel;
use tracing::Instrument;

use crate::ClientError;
use crate::Options;

/// One server, and how to call it.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) name: String,
    pub(crate) channel: Channel,
    pub(crate) options: Options,
}

impl Server {
    /// Prepares calls to an address that the person, or the program, named. Connects at
    /// the first call.
    pub(crate) fn new(address: &Address, options: Options) -> Result<Self, ClientError> {
        // The key's hash is no part of a name that people recognise.
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

    /// Makes a call that may be made twice, again and again where the failure says that
    /// it may pass, as long as the options allow.
    pub(crate) async fn call<Q, A, F>(
        &self,
        message: Q,
        call: impl FnMut(Request<Q>) -> F,
    ) -> Result<A, ClientError>
    where
        Q: Clone,
        F: Future<Output = Result<Response<A>, Status>>,
    {
        let traced = span::called(type_name::<Q>());
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
            if !worth_trying_again(&failure) || retry.failures() + 1 >= self.options.attempts {
                return Err(self.failed(failure));
            }
            let wait = retry.failed(failure.retry_after, &*self.options.random);
            if wait > self.options.patience {
                return Err(self.failed(failure));
            }
            tracing::debug!(reason = %failure.reason, ?wait, "trying again");
            tokio::time::sleep(wait).await;
        }
    }

    pub(crate) fn failed(&self, failure: CallFailure) -> ClientError {
        let address = self.name.clone();
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

    pub(crate) fn check(&self, source: impl Into<crate::CheckError>) -> ClientError {
        ClientError::check(&self.name, source)
    }
}

/// The name of a message's type, without its path.
fn type_name<Q>() -> &'static str {
    let path = std::any::type_name::<Q>();
    path.rsplit("::").next().unwrap_or(path)
}

/// Whether the same call may do later, as it is: a server with another key, or an
/// address that is not dialled, stays so.
pub(crate) fn worth_trying_again(failure: &CallFailure) -> bool {
    let lasting = matches!(
        failure.connect,
        Some(
            ConnectReason::PinMismatch
                | ConnectReason::AddressNotAllowed
                | ConnectReason::TlsFailed
        )
    );
    failure.may_be_retried() && !lasting
}
