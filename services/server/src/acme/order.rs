//! One order: the authority checks the domain, then signs a certificate.

use std::sync::Arc;
use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Identifier, NewOrder, Order, OrderStatus,
    RetryPolicy,
};

use super::account::{Accounts, is_unknown_account};
use super::certificates::{Certificates, Challenge};
use super::error::AcmeError;
use crate::identity::Identity;

/// Longest wait for the authority to check the domain, and to sign.
const MAX_WAIT: Duration = Duration::from_secs(90);

/// What an order needs.
pub(super) struct OrderParts<'a> {
    pub(super) accounts: Accounts<'a>,
    pub(super) certificates: &'a Arc<Certificates>,
    pub(super) identity: &'a Identity,
}

impl OrderParts<'_> {
    /// Obtains a chain of certificates in PEM form, with the server's own key.
    pub(super) async fn obtain(&self) -> Result<String, AcmeError> {
        let request = self.signing_request()?;
        let account = self.accounts.open().await?;
        let mut order = match self.begin(&account).await {
            Err(error) if is_unknown_account(&error) => {
                let account = self.accounts.create().await?;
                self.begin(&account).await
            }
            begun => begun,
        }
        .map_err(|error| self.error(error))?;
        let challenge = self.prove(&mut order).await?;
        if order.state().status != OrderStatus::Ready {
            self.wait_until_ready(&mut order).await?;
        }
        // The authority has checked the domain.
        drop(challenge);
        let finalized = order.finalize_csr(&request).await;
        finalized.map_err(|error| self.error(error))?;
        let chain = order.poll_certificate(&policy()).await;
        chain.map_err(|error| self.error(error))
    }

    /// Signs a request for a certificate of the domain with the server's own key.
    fn signing_request(&self) -> Result<Vec<u8>, AcmeError> {
        let key = self.identity.key_pair().map_err(AcmeError::Key)?;
        let names = [self.accounts.domain.to_string()];
        let mut params = rcgen::CertificateParams::new(names).map_err(AcmeError::Key)?;
        params.distinguished_name = rcgen::DistinguishedName::new();
        let request = params.serialize_request(&key).map_err(AcmeError::Key)?;
        Ok(request.der().to_vec())
    }

    async fn begin(&self, account: &Account) -> Result<Order, instant_acme::Error> {
        let domain = Identifier::Dns(self.accounts.domain.to_string());
        account.new_order(&NewOrder::new(&[domain])).await
    }

    /// Answers the challenge of the order, and lets the authority begin to check. `None` if it
    /// remembers an earlier check.
    async fn prove(&self, order: &mut Order) -> Result<Option<Challenge>, AcmeError> {
        let mut answered = None;
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.map_err(|error| self.error(error))?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let challenge = authorization.challenge(ChallengeType::TlsAlpn01);
            let mut challenge = challenge.ok_or(AcmeError::NoChallenge)?;
            let digest = challenge.key_authorization().digest();
            answered = Some(self.certificates.answer(digest.as_ref())?);
            let ready = challenge.set_ready().await;
            ready.map_err(|error| self.error(error))?;
        }
        Ok(answered)
    }

    async fn wait_until_ready(&self, order: &mut Order) -> Result<(), AcmeError> {
        match order.poll_ready(&policy()).await {
            Ok(OrderStatus::Ready | OrderStatus::Valid) => Ok(()),
            // The order says that it failed, its challenge says why.
            Ok(_) => Err(self
                .cause(order, "the domain was not validated".into())
                .await),
            Err(error) => Err(self.cause(order, error).await),
        }
    }

    /// Returns the problem of a challenge, or else the given error.
    async fn cause(&self, order: &mut Order, error: instant_acme::Error) -> AcmeError {
        let mut authorizations = order.authorizations();
        while let Some(Ok(mut authorization)) = authorizations.next().await {
            let Ok(state) = authorization.refresh().await else {
                continue;
            };
            let mut problems = state.challenges.iter().filter_map(|it| it.error.as_ref());
            if let Some(problem) = problems.next() {
                return AcmeError::refused(problem, self.accounts.domain);
            }
        }
        self.error(error)
    }

    fn error(&self, error: instant_acme::Error) -> AcmeError {
        let directory = &self.accounts.config.directory;
        AcmeError::of_request(error, directory, self.accounts.domain)
    }
}

fn policy() -> RetryPolicy {
    RetryPolicy::new()
        .initial_delay(Duration::from_millis(500))
        .backoff(1.5)
        .timeout(MAX_WAIT)
}
