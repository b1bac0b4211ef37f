//! Why there is no certificate, and the way out.

use std::io;
use std::path::PathBuf;

use instant_acme::Problem;

use super::domain::Domain;
use crate::identity::IdentityError;
use crate::private_files::WriteError;

/// Longest text of the authority in an error, in characters.
const MAX_TEXT: usize = 500;
/// What the types of ACME problems begin with (RFC 8555, section 6.7).
const PROBLEM_TYPE: &str = "urn:ietf:params:acme:error:";

/// Why a certificate for the domain cannot be obtained, read or kept.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    #[error("cannot read {}: {source}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error("`acme.roots` is invalid: expected a file with certificates in PEM form")]
    Roots,
    #[error(
        "the account file {} is invalid: {source}. Move it away, then restart: the server makes \
         another account", path.display()
    )]
    Account {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error(
        "cannot reach the authority {directory}: {reason}. If it does not come back, check this \
         machine's network and `acme.directory`"
    )]
    Unreachable { directory: String, reason: String },
    #[error("the authority rejected the request: {text}. {way_out}")]
    Refused { text: String, way_out: String },
    #[error(
        "the authority does not offer TLS-ALPN-01, the only challenge that this server supports"
    )]
    NoChallenge,
    #[error(
        "the server's own key cannot sign a request for a certificate: expected an ECDSA P-256 \
         key in PKCS #8 form, as `init` makes it: {0}"
    )]
    Key(#[source] rcgen::Error),
    #[error("cannot use the server's own key")]
    Identity(#[from] IdentityError),
    /// The authority's certificate, or the stored one.
    #[error("the certificate is invalid: {0}")]
    Certificate(&'static str),
    #[error("the authority did not issue the certificate within {0} s")]
    Timeout(u64),
}

impl AcmeError {
    /// Converts an error of a request for a domain's certificate.
    pub(super) fn of_request(error: instant_acme::Error, directory: &str, domain: &Domain) -> Self {
        match error {
            instant_acme::Error::Api(problem) => Self::refused(&problem, domain),
            // An order that became invalid, although no problem was stated.
            instant_acme::Error::Str(text) => Self::Refused {
                text: text.to_owned(),
                way_out: unreachable_domain(domain),
            },
            other => Self::Unreachable {
                directory: directory.to_owned(),
                reason: shortened(&chain(&other)),
            },
        }
    }

    /// Converts a problem that the authority stated, and adds what an operator can do.
    pub(super) fn refused(problem: &Problem, domain: &Domain) -> Self {
        let mut text = problem.detail.clone().unwrap_or_default();
        for part in &problem.subproblems {
            text = format!("{text} {part}");
        }
        let kind = problem_kind(problem);
        if text.trim().is_empty() {
            kind.clone_into(&mut text);
        }
        let text = text.trim_end_matches('.');
        let way_out = match kind {
            "dns" => format!(
                "Check `domain`, and that its DNS records (A, AAAA) name this server: the \
                 authority cannot resolve {domain}"
            ),
            "connection" | "tls" | "unauthorized" | "incorrectResponse" => {
                unreachable_domain(domain)
            }
            "rejectedIdentifier" | "malformed" => {
                format!("Check `domain`: the authority signs no certificate for {domain}")
            }
            "caa" => format!("Allow the authority in the CAA records of {domain}"),
            "rateLimited" => "Wait, and do not restart the server meanwhile".to_owned(),
            "invalidContact" | "unsupportedContact" => "Check `acme.contact`".to_owned(),
            "externalAccountRequired" => {
                "Set another `acme.directory`: accounts of this authority \
                                          have to be made on its site"
                    .to_owned()
            }
            "badCSR" | "badPublicKey" => "It requires an ECDSA P-256 key, as `init` makes it: the \
                                          key in certificate-key.pem is another"
                .to_owned(),
            _ => "The server tries again later".to_owned(),
        };
        Self::Refused {
            text: shortened(text),
            way_out,
        }
    }
}

/// Returns the last part of a problem's type, such as `rateLimited`.
pub(super) fn problem_kind(problem: &Problem) -> &str {
    let kind = problem.r#type.as_deref().unwrap_or_default();
    kind.strip_prefix(PROBLEM_TYPE).unwrap_or(kind)
}

fn unreachable_domain(domain: &Domain) -> String {
    format!(
        "Check that the DNS records of {domain} name this machine or its router and no other, and \
         that port 443 there leads to the `listen` address of this server"
    )
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// Limits a text from outside, and removes line breaks and other control characters.
fn shortened(text: &str) -> String {
    let plain = text.chars().map(|letter| match letter {
        letter if letter.is_control() => ' ',
        letter => letter,
    });
    plain.take(MAX_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(kind: &str, detail: &str) -> Problem {
        Problem {
            r#type: Some(format!("{PROBLEM_TYPE}{kind}")),
            detail: Some(detail.to_owned()),
            status: None,
            subproblems: Vec::new(),
        }
    }

    #[test]
    fn a_problem_names_the_way_out() {
        let domain: Domain = "a.example".parse().unwrap();
        for (kind, way_out) in [
            ("dns", "cannot resolve a.example"),
            ("connection", "port 443"),
            ("unauthorized", "port 443"),
            ("rejectedIdentifier", "Check `domain`"),
            ("rateLimited", "do not restart"),
            ("invalidContact", "`acme.contact`"),
            ("badPublicKey", "certificate-key.pem"),
            ("serverInternal", "tries again"),
        ] {
            let text = AcmeError::refused(&problem(kind, "No."), &domain).to_string();
            assert!(text.contains("rejected the request: No. "), "{text}");
            assert!(text.contains(way_out), "{kind}: {text}");
        }
    }

    #[test]
    fn a_text_of_the_authority_is_bounded_and_one_line() {
        let domain: Domain = "a.example".parse().unwrap();
        let long = format!("one\ntwo\u{1b}[31m{}", "x".repeat(100_000));
        let text = AcmeError::refused(&problem("dns", &long), &domain).to_string();
        assert!(text.contains("one two [31mxxx"), "{text}");
        assert!(text.len() < 1_000 && !text.contains(char::is_control));
    }
}
