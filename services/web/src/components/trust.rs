//! Whether a page can be trusted, and what to do for those whom it is about.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::icon::Icon;
use crate::link::WebLink;
use crate::view::{Confirmed, Voice};
use crate::words::Words;

/// How to check what is shown, and how to correct or remove it.
#[derive(Debug)]
pub struct Trust {
    pub voice: Voice,
    pub check: Check,
    /// The page with the form to correct or remove it, where the site has one.
    pub yours_href: Option<String>,
    /// How to reach the people who run this directory; empty if the configuration does not say.
    pub operator_contact: Option<WebLink>,
}

/// How to check that a record is unaltered.
#[derive(Debug)]
pub struct Check {
    pub record_href: String,
    pub proof_href: String,
    /// The record's name for programs: `GROUP/KIND/KEY`.
    pub full_name: String,
    /// The hash of the record, in hexadecimal digits.
    pub hash: String,
}

impl Trust {
    pub(crate) fn is_catalogued(&self) -> bool {
        matches!(self.voice, Voice::Catalogued { .. })
    }
}

/// The boxes beside a record that answer both.
#[derive(Template)]
#[template(path = "components/trust.html")]
pub struct TrustBoxes<'a> {
    t: Words,
    trust: &'a Trust,
}

impl<'a> TrustBoxes<'a> {
    pub fn new(t: Words, trust: &'a Trust) -> Self {
        Self { t, trust }
    }

    /// The key of the sentence on how far to trust whose words these are.
    fn voice_key(&self) -> &'static str {
        match self.trust.voice {
            Voice::Itself(Confirmed::No) => "trust-itself",
            Voice::Itself(_) => "trust-confirmed",
            Voice::OnBehalf { .. } => "trust-behalf",
            Voice::Catalogued { .. } => "trust-catalogued",
        }
    }
}

impl HtmlSafe for TrustBoxes<'_> {}
