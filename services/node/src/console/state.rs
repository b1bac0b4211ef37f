//! What all pages of the console share.

use std::sync::Arc;

use super::guesses::Guesses;
use super::kept::KeptForms;
use super::passphrase::Hasher;
use super::phrases::PendingPhrases;
use crate::shared::Shared;

#[derive(Clone)]
pub(crate) struct Console {
    pub(crate) shared: Arc<Shared>,
    pub(super) guesses: Arc<Guesses>,
    pub(super) hasher: Arc<Hasher>,
    pub(super) phrases: Arc<PendingPhrases>,
    pub(super) kept: Arc<KeptForms>,
}

impl Console {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            guesses: Arc::new(Guesses::new()),
            hasher: Arc::new(Hasher::new()),
            phrases: Arc::default(),
            kept: Arc::default(),
        }
    }
}
