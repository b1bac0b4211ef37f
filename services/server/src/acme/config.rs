//! The section `[acme]` of a server's configuration.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hedgerow_transport::backoff::Backoff;
use hedgerow_transport::limits::{OutOfRange, check_range};
use http::Uri;
use serde::{Deserialize, Serialize};

/// The authority for the certificate of `domain`, and how often it is tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AcmeConfig {
    /// The address of the authority's directory (RFC 8555, section 7.1.1).
    pub directory: String,
    /// An e-mail address to which the authority may write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// A PEM file with the roots for the authority's own web address, instead of the public ones:
    /// for an authority inside an organisation. Relative paths start at the server's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roots: Option<PathBuf>,
    /// Delay after the first failure; it doubles with each further one.
    pub first_retry_seconds: u64,
    /// Maximum delay between attempts.
    pub longest_retry_seconds: u64,
}

impl Default for AcmeConfig {
    fn default() -> Self {
        Self {
            directory: "https://acme-v02.api.letsencrypt.org/directory".to_owned(),
            contact: None,
            roots: None,
            // Let's Encrypt permits five failed validations of a name an hour: with this delay
            // there are at most five attempts in the first one.
            first_retry_seconds: 600,
            longest_retry_seconds: 12 * 60 * 60,
        }
    }
}

impl AcmeConfig {
    /// Rejects values with which no certificate could ever be issued.
    ///
    /// # Errors
    /// With the key.
    pub fn check(&self) -> Result<(), OutOfRange> {
        let directory = self.directory.parse::<Uri>().ok();
        let is_https = directory.is_some_and(|uri| {
            uri.scheme() == Some(&http::uri::Scheme::HTTPS) && uri.host().is_some()
        });
        if !is_https {
            return Err((
                "acme.directory",
                "must be an https:// address, such as \
                 \"https://acme-v02.api.letsencrypt.org/directory\"",
            ));
        }
        if self.contact.as_deref().is_some_and(|it| !is_mail(it)) {
            return Err((
                "acme.contact",
                "must be an e-mail address, such as \"operator@example.org\"",
            ));
        }
        check_range(
            "acme.first_retry_seconds",
            self.first_retry_seconds,
            1..=86_400,
            "must be from 1 to 86400 (a day): authorities limit the number of attempts",
        )?;
        check_range(
            "acme.longest_retry_seconds",
            self.longest_retry_seconds,
            1..=86_400,
            "must be from 1 to 86400 (a day), so that a certificate is renewed in time",
        )
    }

    pub(super) fn backoff(&self) -> Backoff {
        Backoff {
            first: Duration::from_secs(self.first_retry_seconds),
            cap: Duration::from_secs(self.longest_retry_seconds),
        }
    }

    /// Returns the file with the roots, in a server's folder.
    pub(super) fn roots_file(&self, data_dir: &Path) -> Option<PathBuf> {
        self.roots.as_ref().map(|file| data_dir.join(file))
    }
}

fn is_mail(text: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b",?&<>:\"".contains(&byte))
    };
    let parts = text.rsplit_once('@');
    parts.is_some_and(|(name, host)| is_plain(name) && is_plain(host) && !name.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejected(change: impl Fn(&mut AcmeConfig)) -> &'static str {
        let mut config = AcmeConfig::default();
        config.check().unwrap();
        change(&mut config);
        config.check().unwrap_err().0
    }

    #[test]
    fn an_invalid_value_is_rejected_by_its_key() {
        for directory in ["http://ca.example/directory", "ca.example", "https://", ""] {
            let key = rejected(|config| config.directory = directory.to_owned());
            assert_eq!(key, "acme.directory", "{directory}");
        }
        for contact in ["", "me", "mailto:me@example.org", "a b@c", "@c", "a@b@c"] {
            let key = rejected(|config| config.contact = Some(contact.to_owned()));
            assert_eq!(key, "acme.contact", "{contact}");
        }
        let first = rejected(|config| config.first_retry_seconds = 0);
        assert_eq!(first, "acme.first_retry_seconds");
        let longest = rejected(|config| config.longest_retry_seconds = 86_401);
        assert_eq!(longest, "acme.longest_retry_seconds");
    }

    #[test]
    fn an_e_mail_address_is_a_contact() {
        let config = AcmeConfig {
            contact: Some("operator@example.org".to_owned()),
            ..AcmeConfig::default()
        };
        config.check().unwrap();
    }
}
