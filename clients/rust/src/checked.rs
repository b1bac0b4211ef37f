//! What is proved, and what is somebody's word.

use std::time::Duration;

use hedgerow_core::head::Freshness;
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::time::Timestamp;

/// A value whose bytes are proved to be in the tree of a head that the group's key
/// signed. There is no way to make one but by that proof.
#[derive(Debug, Clone)]
pub struct Checked<T> {
    value: T,
    evidence: Evidence,
}

impl<T> Checked<T> {
    pub(crate) fn new(value: T, evidence: Evidence) -> Self {
        Self { value, evidence }
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value, without what proves it.
    pub fn into_value(self) -> T {
        self.value
    }

    pub(crate) fn asked(mut self, answers: (Agreement, Vec<SilentSource>)) -> Self {
        self.evidence = self.evidence.asked(answers);
        self
    }

    /// What proves it.
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }
}

/// A value that is a server's word and nothing more.
#[derive(Debug, Clone)]
pub struct Unchecked<T>(T);

impl<T> Unchecked<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, on the server's word.
    pub fn on_the_servers_word(&self) -> &T {
        &self.0
    }

    /// The value, on the server's word.
    pub fn take_the_servers_word(self) -> T {
        self.0
    }
}

/// What a check rests on: a key log that is the group's, and a head that its key signed.
#[derive(Debug, Clone)]
pub struct Evidence {
    key_log: KeyLog,
    head: VerifiedHead,
    agreement: Agreement,
    silent: Vec<SilentSource>,
}

impl Evidence {
    /// What one server gave, which nobody else was asked about.
    pub(crate) fn new(key_log: KeyLog, head: VerifiedHead) -> Self {
        Self {
            key_log,
            head,
            agreement: Agreement::ONE,
            silent: Vec::new(),
        }
    }

    /// The same, after further sources were asked.
    pub(crate) fn asked(mut self, (agreement, silent): (Agreement, Vec<SilentSource>)) -> Self {
        self.agreement = agreement;
        self.silent = silent;
        self
    }

    /// The group whose key signed.
    pub fn group_id(&self) -> GroupId {
        self.key_log.group_id()
    }

    /// The group's key log.
    pub fn key_log(&self) -> &KeyLog {
        &self.key_log
    }

    /// The head.
    pub fn head(&self) -> &VerifiedHead {
        &self.head
    }

    /// How long ago the head was signed, by the signer's clock; zero where that is ahead
    /// of ours. A record may have been changed or taken back since then.
    pub fn head_age(&self, now: Timestamp) -> Duration {
        let milliseconds = now.as_millis() - self.head.issued_at().as_millis();
        Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
    }

    /// Whether the head still holds by its own word.
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        self.head.freshness(now)
    }

    /// How many sources hold this head.
    pub fn agreement(&self) -> Agreement {
        self.agreement
    }

    /// The further sources that gave no head to compare, and why: nobody should take
    /// their silence for agreement.
    pub fn silent(&self) -> &[SilentSource] {
        &self.silent
    }
}

/// A source that was asked for a group's head and gave none that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentSource {
    /// Its address, without the hash of its key.
    pub address: String,
    /// Why, in words.
    pub why: String,
}

/// How many sources were asked for the group's head, and what they hold. Only heads that
/// verify are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    /// How many were asked, with the one that gave the head.
    pub asked: u32,
    /// How many answered.
    pub answered: u32,
    /// How many hold exactly this head.
    pub agreed: u32,
    /// How many hold a newer one: what is shown is then no longer the newest.
    pub newer: u32,
}

impl Agreement {
    /// One source, which gave the head itself.
    pub(crate) const ONE: Self = Self {
        asked: 1,
        answered: 1,
        agreed: 1,
        newer: 0,
    };
}
