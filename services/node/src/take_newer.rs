//! Taking back what an aggregator holds, where this node is behind: it was restored from
//! an old backup, and another life of it has published since.
//!
//! Nothing is lost and nothing comes back from the dead: the newer records are taken,
//! what was taken back here since stays taken back, and edits that waited here are set
//! aside on the node for their steward to look at.

mod apply;
mod compare;
mod fetch;

use std::collections::HashMap;

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::RecordHash;
use hedgerow_core::name::RecordName;
use hedgerow_core::record::RecordError;
use hedgerow_core::tree::Manifest;

use crate::node::Node;
use crate::node::NodeError;
use crate::signing::SigningError;
use crate::store::Publisher;
use crate::store::StoreError;

/// A newer state of a group, as an aggregator holds it, and what taking it would do.
#[derive(Debug)]
pub struct Newer {
    /// The aggregator that holds it.
    pub aggregator: String,
    /// The head's number.
    pub seq: u64,
    /// When it was signed.
    pub signed_at: hedgerow_core::time::Timestamp,
    /// Records that taking it would change, in order. Empty where only the head is newer.
    pub records: Vec<NewerRecord>,
    publisher: Publisher,
    head: VerifiedHead,
    manifest: Manifest,
    bodies: HashMap<RecordHash, Vec<u8>>,
}

/// One record that taking the newer state would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewerRecord {
    /// Its name.
    pub name: RecordName,
    /// Its title, where its kind has one.
    pub title: Option<String>,
    /// What would become of it.
    pub what: WhatHappens,
}

/// What becomes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhatHappens {
    /// It is not here, and comes.
    Comes,
    /// It is here, and a newer version replaces it.
    Replaced,
    /// It is here, and was taken back since.
    Goes,
    /// It was taken back here, and stays so.
    StaysTakenBack,
    /// An edit of it waited here. It is kept on the node only, published by nobody.
    SetAside,
    /// Its bytes are nowhere to be had: it leaves the next head.
    Lost,
}

impl WhatHappens {
    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Comes => "comes back",
            Self::Replaced => "is replaced by the newer version",
            Self::Goes => "goes: it was taken back since",
            Self::StaysTakenBack => "stays taken back, as it was here",
            Self::SetAside => {
                "your waiting edit is kept on this node only; publish it again if it is right"
            }
            Self::Lost => "cannot be fetched, and leaves",
        }
    }
}

/// A newer state that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenNewer {
    /// The number of the head signed over it.
    pub seq: u64,
    /// How many records that head has.
    pub records: u32,
}

/// Why a newer state is not taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeNewerError {
    /// Nobody to ask.
    #[error("no aggregator is configured: there is nobody to take records from")]
    NobodyToAsk,
    /// Nobody answered.
    #[error("no aggregator answered; try again later\n{0}")]
    NobodyAnswered(String),
    /// There is none.
    #[error("this node has the newest head that its aggregators hold: there is nothing to take")]
    NothingNewer,
    /// There was one, and whoever held it does not show it now.
    #[error("{0} held a newer head, and does not show it now: try again when it does")]
    NotShownNow(String),
    /// Somebody else signs.
    #[error(
        "{0} holds a head of the same number that was not signed here: the node runs twice, or \
         somebody else has its key. Taking records does not mend that: the group's keys must be \
         rotated with its phrase"
    )]
    Equivocation(String),
    /// The keys were rotated elsewhere.
    #[error(
        "{0} holds a key log that goes on where this node's ends: the group's keys were rotated \
         elsewhere, and this node's key no longer signs for it"
    )]
    Rotated(String),
    /// The transfer failed.
    #[error("{aggregator} holds newer records, but they could not be fetched: {problem}")]
    Fetch {
        /// Who.
        aggregator: String,
        /// Why not.
        problem: String,
    },
    /// What was fetched is no record.
    #[error("a record that was fetched is malformed")]
    Record(#[from] RecordError),
    /// Signing is still not possible.
    #[error("{0}")]
    InTheWay(String),
    /// The node.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The signing.
    #[error("the head could not be signed")]
    Signing(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<SigningError> for TakeNewerError {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::Store(error) => Self::Store(error),
            other => Self::Signing(other.into()),
        }
    }
}

impl Node {
    /// Fetches the newest state that an aggregator holds of a group, if it is newer than
    /// this node's, and compares the two. Changes nothing.
    pub async fn newer(&self, label: &str) -> Result<Newer, TakeNewerError> {
        let publisher = self.publisher(label).await?;
        let fetched = fetch::fetch(self.shared(), &publisher).await?;
        let records = compare::compare(self.shared(), &publisher.group_id, &fetched).await?;
        Ok(Newer {
            aggregator: fetched.aggregator,
            seq: fetched.head.position().seq.get(),
            signed_at: fetched.head.issued_at(),
            records,
            publisher,
            head: fetched.head,
            manifest: fetched.manifest,
            bodies: fetched.bodies,
        })
    }

    /// Takes it: the records become this node's, and a head is signed over them, next
    /// after the newer one.
    pub async fn take_newer(&self, newer: Newer) -> Result<TakenNewer, TakeNewerError> {
        apply::apply(self.shared(), newer).await
    }
}
