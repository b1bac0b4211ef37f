//! The server's own certificate, and that of its domain.

use std::path::Path;
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_transport::checks::{Check, causes};

use crate::acme::{CertificateStatus, Domain};
use crate::identity::{Identity, IdentityError, identity_files_in_use};

const NAME: &str = "certificate";
/// Renewal has failed for two weeks by then.
const MIN_LEFT: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Reads the server's own certificate and key, without making them if there are none.
///
/// # Errors
/// With the fault.
pub(super) fn check_identity(data_dir: &Path) -> Result<Identity, Check> {
    let (certificate, key) = identity_files_in_use(data_dir);
    let fault = |error: &IdentityError| {
        let way_out = format!(
            "Bring {} and {} back from a backup: addresses of this server carry the hash of that \
             key. Without a backup, move both away: the server makes new ones, and its address \
             changes.",
            certificate.display(),
            key.display()
        );
        Check::fault(
            NAME,
            format!("the server's own: {}", causes(error)),
            way_out,
        )
    };
    let identity = Identity::load(&certificate, &key).map_err(|error| fault(&error))?;
    // Whether both belong together.
    identity.server_config().map_err(|error| fault(&error))?;
    Ok(identity)
}

/// Checks the certificate of the domain, by what the server wrote about it.
#[must_use]
pub fn check_certificate(
    (program, data_dir): (&str, &Path),
    domain: Option<&Domain>,
    now: Timestamp,
) -> Check {
    let Some(domain) = domain else {
        return Check::good(NAME, "the server's own, which its address names by a hash");
    };
    let status = match CertificateStatus::read(data_dir) {
        Ok(status) => status.filter(|status| status.domain == *domain),
        Err(error) => {
            let way_out = "Delete that file: the server writes it again.";
            return Check::fault(NAME, error.to_string(), way_out);
        }
    };
    let Some(status) = status else {
        let detail = format!("the server has not run with `domain = \"{domain}\"` yet");
        return Check::fault(NAME, detail, format!("`sudo systemctl restart {program}`"));
    };
    let failure = status.failure.as_ref();
    let failure = failure.map(|failure| format!("The last attempt: {}", failure.text));
    match status.expires {
        Some(expires) if now < expires => {
            let detail = format!("valid for {domain} until {expires}");
            match failure {
                Some(failure) if expires.since(now) < MIN_LEFT => {
                    Check::fault(NAME, detail, failure)
                }
                Some(failure) => Check::notice(NAME, detail, failure),
                None => Check::good(NAME, detail),
            }
        }
        _ => {
            let waiting = "The server is still trying: run this again in a minute.".to_owned();
            let detail = format!("browsers accept none for {domain}");
            Check::fault(NAME, detail, failure.unwrap_or(waiting))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::identity_files;

    #[test]
    fn a_key_of_another_certificate_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let names = || vec!["localhost".to_owned()];
        Identity::load_or_generate(folder.path(), names).unwrap();
        assert!(check_identity(folder.path()).is_ok());
        let other = tempfile::tempdir().unwrap();
        Identity::load_or_generate(other.path(), names).unwrap();
        let key = |folder: &Path| identity_files(folder).1;
        std::fs::copy(key(other.path()), key(folder.path())).unwrap();
        let check = check_identity(folder.path()).unwrap_err();
        assert!(
            check.is_fault() && check.way_out.contains("backup"),
            "{check:?}"
        );
    }

    #[test]
    fn a_certificate_that_cannot_be_renewed_is_a_fault_before_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::from_seconds(1_800_000_000);
        let domain: Domain = "a.example".parse().unwrap();
        let day = |days: u64| now.plus(Duration::from_secs(days * 24 * 60 * 60));
        let outcome = |expires: Option<Timestamp>, fails: bool| {
            let failure = fails.then(|| {
                serde_json::json!({
                    "at": now, "failures": 3, "text": "no way in. Open port 443",
                })
            });
            let status = serde_json::json!({
                "domain": domain, "expires": expires, "failure": failure, "next_attempt": now,
            });
            let file = folder.path().join("public-certificate.json");
            std::fs::write(file, status.to_string()).unwrap();
            check_certificate(("hedgerow-node", folder.path()), Some(&domain), now)
        };
        let check = check_certificate(("hedgerow-node", folder.path()), Some(&domain), now);
        assert!(
            check.is_fault() && check.way_out.contains("restart"),
            "{check:?}"
        );
        assert!(outcome(None, false).is_fault());
        assert!(!outcome(Some(day(60)), false).is_fault());
        assert!(!outcome(Some(day(60)), true).is_fault());
        let check = outcome(Some(day(13)), true);
        assert!(
            check.is_fault() && check.way_out.contains("Open port 443"),
            "{check:?}"
        );
    }
}
