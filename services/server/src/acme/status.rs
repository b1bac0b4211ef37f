//! What an operator may want to know of the certificate, in a file that the server writes.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use hedgerow_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::domain::Domain;
use super::error::AcmeError;
use crate::private_files::write_private;
use crate::program::println;

/// The name of the file in the server's folder.
const FILE: &str = "public-certificate.json";

/// The certificate of the domain: how long it is valid, and why there is no newer one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateStatus {
    pub domain: Domain,
    /// `None` if there is no certificate yet.
    pub expires: Option<Timestamp>,
    /// The last attempt, unless it succeeded.
    pub failure: Option<FailedAttempt>,
    /// When it is renewed, or the next attempt after a failure.
    pub next_attempt: Option<Timestamp>,
}

/// An attempt to obtain a certificate that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedAttempt {
    pub at: Timestamp,
    /// How many failed in a row.
    pub failures: u32,
    /// Why, and the way out.
    pub text: String,
}

impl CertificateStatus {
    /// Reads the file in a server's folder. `None` if no server with a domain has run there.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(data_dir: &Path) -> Result<Option<Self>, AcmeError> {
        let path = file(data_dir);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(AcmeError::Read { path, source }),
        };
        serde_json::from_slice(&text).map_err(|error| AcmeError::Read {
            path,
            source: error.into(),
        })
    }

    pub(super) fn write(&self, data_dir: &Path) {
        // It is for people only: a server that cannot write it serves all the same.
        let written = serde_json::to_vec_pretty(self)
            .map_err(|error| error.to_string())
            .and_then(|text| {
                write_private(&file(data_dir), &text).map_err(|error| error.to_string())
            });
        if let Err(error) = written {
            tracing::warn!(error, "cannot write the status of the certificate");
        }
    }

    /// Whether browsers accept the certificate at a time.
    #[must_use]
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| now < expires)
    }
}

/// Prints the status of the certificate in a server's folder.
///
/// # Errors
/// With the way out, if browsers accept no certificate of the domain.
pub fn print_status(
    data_dir: &Path,
    domain: Option<&Domain>,
    now: Timestamp,
) -> anyhow::Result<()> {
    let Some(domain) = domain else {
        return println("no `domain` is configured: this server has no public certificate");
    };
    let status = CertificateStatus::read(data_dir)?;
    let Some(status) = status.filter(|status| status.domain == *domain) else {
        anyhow::bail!(
            "the server has not run with `domain = \"{domain}\"` yet: (re)start it with `run`"
        );
    };
    println(&status)?;
    if !status.is_valid(now) {
        anyhow::bail!("there is no valid certificate for {domain}");
    }
    Ok(())
}

fn file(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE)
}

impl fmt::Display for CertificateStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "domain        {}\ncertificate   ", self.domain)?;
        match self.expires {
            Some(expires) => write!(f, "expires at {expires}")?,
            None => write!(f, "none yet")?,
        }
        if let Some(failure) = &self.failure {
            let times = match failure.failures {
                0 | 1 => String::new(),
                failures => format!(", the last of {failures} attempts"),
            };
            write!(f, "\nlast failure  {}{times}: {}", failure.at, failure.text)?;
        }
        match self.next_attempt {
            Some(next) => write!(f, "\nnext attempt  {next}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_kept_and_shown() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(CertificateStatus::read(folder.path()).unwrap(), None);
        let at = Timestamp::from_seconds(1_800_000_000);
        let status = CertificateStatus {
            domain: "a.example".parse().unwrap(),
            expires: None,
            failure: Some(FailedAttempt {
                at,
                failures: 3,
                text: "no way in. Open port 443".to_owned(),
            }),
            next_attempt: Some(at),
        };
        status.write(folder.path());
        let read = CertificateStatus::read(folder.path()).unwrap();
        assert_eq!(read.as_ref(), Some(&status));
        assert_eq!(
            status.to_string(),
            "domain        a.example\n\
             certificate   none yet\n\
             last failure  2027-01-15T08:00:00Z, the last of 3 attempts: no way in. Open port 443\n\
             next attempt  2027-01-15T08:00:00Z"
        );
        assert!(!status.is_valid(at));
        let valid = CertificateStatus {
            expires: Some(at),
            ..status
        };
        let second = std::time::Duration::from_secs(1);
        assert!(valid.is_valid(at.minus(second)) && !valid.is_valid(at));
    }
}
