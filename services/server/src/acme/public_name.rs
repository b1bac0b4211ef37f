//! The public name of a running server: its certificate is obtained, kept and renewed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, fs, io};

use hedgerow_core::random::Random;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_transport::backoff::Retry;
use parking_lot::Mutex;
use rustls::ServerConfig;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::account::Accounts;
use super::certificate::Certificate;
use super::certificates::Certificates;
use super::config::AcmeConfig;
use super::domain::Domain;
use super::error::AcmeError;
use super::http::AuthorityClient;
use super::order::OrderParts;
use super::status::{CertificateStatus, FailedAttempt};
use super::validity::Validity;
use crate::identity::{Identity, PROTOCOLS, server_config};
use crate::metrics::{Counter, Gauge, Metrics};
use crate::private_files::write_private;

/// The file with the chain. Its key is the server's own.
const FILE: &str = "public-certificate.pem";
/// Longest time of an attempt.
const MAX_ATTEMPT: Duration = Duration::from_mins(5);
/// Longest sleep: the clock may step meanwhile, and a machine may be suspended.
const MAX_SLEEP: Duration = Duration::from_hours(1);

/// What a public name is made of.
pub struct PublicNameParts<'a> {
    pub domain: Domain,
    pub config: AcmeConfig,
    pub data_dir: &'a Path,
    pub identity: &'a Identity,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
}

/// A server's name on the internet, with its certificate. Clones share it.
#[derive(Clone)]
pub struct PublicName(Arc<State>);

struct State {
    domain: Domain,
    config: AcmeConfig,
    data_dir: PathBuf,
    identity: Identity,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    client: AuthorityClient,
    certificates: Arc<Certificates>,
    tls: Arc<ServerConfig>,
    validity: Mutex<Option<Validity>>,
    expires: Gauge,
    failures: Counter,
}

impl PublicName {
    /// Reads the kept certificate, if it fits. Without one, handshakes get the server's own
    /// certificate until [`Self::run`] has obtained one.
    ///
    /// # Errors
    /// If a file cannot be read, or the roots in the configuration are invalid.
    pub fn open(parts: PublicNameParts<'_>) -> Result<Self, AcmeError> {
        let PublicNameParts {
            domain,
            config,
            data_dir,
            identity,
            clock,
            random,
        } = parts;
        let client = AuthorityClient::new(config.roots_file(data_dir).as_deref())?;
        let certificates = Arc::new(Certificates::new(domain.clone(), identity)?);
        let resolver: Arc<Certificates> = Arc::clone(&certificates);
        let name = Self(Arc::new(State {
            client,
            tls: server_config(resolver, &PROTOCOLS)?,
            certificates,
            data_dir: data_dir.to_owned(),
            identity: identity.duplicate(),
            domain,
            config,
            clock,
            random,
            validity: Mutex::new(None),
            expires: Gauge::default(),
            failures: Counter::default(),
        }));
        name.0.use_kept()?;
        Ok(name)
    }

    /// Returns the address of the server's pages.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://{}/", self.0.domain)
    }

    /// Adds the metrics of the certificate.
    pub fn register(&self, metrics: &mut Metrics) {
        metrics.add(
            "certificate_expires_seconds",
            "When the certificate of the domain expires, in seconds since 1970; 0 without one",
            &self.0.expires,
        );
        metrics.add(
            "certificate_failures",
            "Failed attempts to obtain a certificate for the domain",
            &self.0.failures,
        );
    }

    /// Obtains the certificate and renews it, until `stop`. The server must be listening.
    pub async fn run(self, stop: CancellationToken) {
        let renewing = async {
            let mut retry = Retry::new(self.0.config.backoff());
            loop {
                let wait = self.0.renew_if_due(&mut retry).await;
                sleep(wait).await;
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = renewing => {}
        }
    }

    pub(crate) fn tls(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.0.tls)
    }

    pub(crate) fn certificates(&self) -> Arc<Certificates> {
        Arc::clone(&self.0.certificates)
    }
}

impl fmt::Debug for PublicName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicName").field(&self.0.domain).finish()
    }
}

impl State {
    /// Obtains a certificate if there is none or it is to be renewed, and returns how long to
    /// wait until the next check.
    async fn renew_if_due(&self, retry: &mut Retry) -> Duration {
        let now = self.clock.now();
        let due = self.validity.lock().map(Validity::renewal);
        if let Some(due) = due.filter(|due| *due > now) {
            self.report(None, Some(due));
            return due.since(now).min(MAX_SLEEP);
        }
        let obtained = match timeout(MAX_ATTEMPT, self.obtain()).await {
            Ok(obtained) => obtained,
            Err(_) => Err(AcmeError::Timeout(MAX_ATTEMPT.as_secs())),
        };
        let now = self.clock.now();
        match obtained {
            Ok(validity) => {
                retry.reset();
                tracing::info!(
                    domain = %self.domain,
                    expires = %validity.expires,
                    renewal = %validity.renewal(),
                    "obtained a certificate"
                );
                self.report(None, Some(validity.renewal()));
                // Also with a certificate that is to be renewed at once, because its authority
                // has another time.
                let pause = self.config.backoff().first;
                validity
                    .renewal()
                    .since(now)
                    .clamp(pause, MAX_SLEEP.max(pause))
            }
            Err(error) => {
                self.failures.inc();
                let wait = retry.failed(None, self.random.as_ref());
                let next = now.plus(wait);
                tracing::error!(
                    domain = %self.domain,
                    %error,
                    failures = retry.failures(),
                    next_attempt = %next,
                    "cannot obtain a certificate"
                );
                let failure = FailedAttempt {
                    at: now,
                    failures: retry.failures(),
                    text: error.to_string(),
                };
                self.report(Some(failure), Some(next));
                wait
            }
        }
    }

    async fn obtain(&self) -> Result<Validity, AcmeError> {
        let order = OrderParts {
            accounts: Accounts {
                data_dir: &self.data_dir,
                config: &self.config,
                client: &self.client,
                domain: &self.domain,
            },
            certificates: &self.certificates,
            identity: &self.identity,
        };
        let chain = order.obtain().await?;
        let certificate = Certificate::parse(&chain, &self.domain, &self.identity)?;
        // Kept first: one that is lost with the process counts against the limits of the
        // authority all the same.
        write_private(&self.file(), chain.as_bytes())?;
        Ok(self.use_for_handshakes(certificate))
    }

    /// Uses the kept certificate, unless it is for another domain or key.
    fn use_kept(&self) -> Result<(), AcmeError> {
        let pem = match fs::read_to_string(self.file()) {
            Ok(pem) => pem,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(source) => {
                return Err(AcmeError::Read {
                    path: self.file(),
                    source,
                });
            }
        };
        match Certificate::parse(&pem, &self.domain, &self.identity) {
            Ok(certificate) => {
                self.use_for_handshakes(certificate);
            }
            Err(error) => {
                tracing::warn!(%error, domain = %self.domain, "the kept certificate is not used");
            }
        }
        Ok(())
    }

    fn use_for_handshakes(&self, certificate: Certificate) -> Validity {
        self.certificates.set_public(certificate.key);
        self.expires.set(certificate.validity.expires.as_seconds());
        *self.validity.lock() = Some(certificate.validity);
        certificate.validity
    }

    fn report(&self, failure: Option<FailedAttempt>, next_attempt: Option<Timestamp>) {
        let status = CertificateStatus {
            domain: self.domain.clone(),
            expires: self.validity.lock().map(|validity| validity.expires),
            failure,
            next_attempt,
        };
        // Checked hourly for months: unchanged, it is not written again.
        let known = CertificateStatus::read(&self.data_dir).ok().flatten();
        if known.as_ref() != Some(&status) {
            status.write(&self.data_dir);
        }
    }

    fn file(&self) -> PathBuf {
        self.data_dir.join(FILE)
    }
}
