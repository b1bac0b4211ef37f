//! Proved values, and claims of a server.

use std::time::Duration;

use hedgerow_core::head::{Freshness, VerifiedHead};
use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::time::Timestamp;

/// A value whose bytes are proved to be in the tree of a head that the group's key signed.
/// The only constructor is that proof.
#[derive(Debug, Clone)]
pub struct Verified<T> {
    value: T,
    evidence: Evidence,
}

impl<T> Verified<T> {
    pub(crate) fn new(value: T, evidence: Evidence) -> Self {
        Self { value, evidence }
    }

    /// Borrows the value, without its proof.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Unwraps the value and drops its proof.
    #[must_use]
    pub fn into_value(self) -> T {
        self.value
    }

    /// Returns the key log and the head that prove the value.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    pub(crate) fn compared(mut self, sources: Comparison) -> Self {
        self.evidence = self.evidence.compared(sources);
        self
    }
}

/// A value that only a server claims.
#[derive(Debug, Clone)]
#[must_use]
pub struct Unverified<T>(T);

impl<T> Unverified<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }

    /// Borrows the value as the server claims it.
    pub fn as_claimed(&self) -> &T {
        &self.0
    }

    /// Unwraps the value as the server claims it.
    pub fn into_claimed(self) -> T {
        self.0
    }
}

/// A group's key log, and a head that a key of it signed.
#[derive(Debug, Clone)]
pub struct Evidence {
    key_log: KeyLog,
    head: VerifiedHead,
    agreement: Agreement,
    unresponsive: Vec<UnresponsiveSource>,
}

/// How further sources compare, and those that could not be compared.
pub(crate) type Comparison = (Agreement, Vec<UnresponsiveSource>);

impl Evidence {
    /// The evidence of a single server.
    pub(crate) fn new(key_log: KeyLog, head: VerifiedHead) -> Self {
        Self {
            key_log,
            head,
            agreement: Agreement::ONE,
            unresponsive: Vec::new(),
        }
    }

    pub(crate) fn compared(mut self, (agreement, unresponsive): Comparison) -> Self {
        self.agreement = agreement;
        self.unresponsive = unresponsive;
        self
    }

    /// Returns the id of the group whose key signed, as its key log proves it.
    #[must_use]
    pub fn group_id(&self) -> GroupId {
        self.key_log.group_id()
    }

    /// Returns the verified key log, which may be older than the group's newest.
    #[must_use]
    pub fn key_log(&self) -> &KeyLog {
        &self.key_log
    }

    /// Returns the signed head, which may be older than the group's newest.
    #[must_use]
    pub fn head(&self) -> &VerifiedHead {
        &self.head
    }

    /// Returns the time since the head was signed, by the signer's clock; zero if that clock
    /// is ahead of ours. The group may have changed or withdrawn records since.
    #[must_use]
    pub fn head_age(&self, now: Timestamp) -> Duration {
        let milliseconds = now.as_millis() - self.head.issue_time().as_millis();
        Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default())
    }

    /// Returns whether the head has expired, by the times that it carries.
    #[must_use]
    pub fn freshness(&self, now: Timestamp) -> Freshness {
        self.head.freshness(now)
    }

    /// Returns how many sources have this head.
    #[must_use]
    pub fn agreement(&self) -> Agreement {
        self.agreement
    }

    /// Lists the further sources that returned no head to compare, with the reason. They
    /// count neither for nor against the head.
    #[must_use]
    pub fn unresponsive(&self) -> &[UnresponsiveSource] {
        &self.unresponsive
    }
}

/// A source that returned no head, or none that verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnresponsiveSource {
    /// `https://HOST:PORT`, without the hash of its key.
    pub address: String,
    /// The error, in words.
    pub reason: String,
}

/// How the group's head compares across the sources. Only heads that verify are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    /// Sources that were queried, including the one that returned the head.
    pub queried: u32,
    /// Sources that returned a head that verifies.
    pub responded: u32,
    /// Sources that have exactly this head.
    pub agreed: u32,
    /// Sources that have a newer head: this one is then out of date.
    pub newer: u32,
}

impl Agreement {
    /// A single source, which returned the head itself.
    pub(crate) const ONE: Self = Self {
        queried: 1,
        responded: 1,
        agreed: 1,
        newer: 0,
    };
}
