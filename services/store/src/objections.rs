//! Requests of people to correct an entry or to take it out.

use async_trait::async_trait;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Timestamp;

use crate::error::Result;

/// What a person wants of the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Remove,
    Correct,
}

/// A request about one entry. It may be from anybody: it says nothing about who sent it, except
/// what the person typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The publisher of the entry.
    pub group: GroupId,
    pub name: RecordName,
    pub wish: Wish,
    pub words: String,
    /// How to reach the person; empty if they did not say.
    pub reply: String,
    pub at: Timestamp,
}

/// The operator's queue of requests.
#[async_trait]
pub trait Objections: Send + Sync {
    /// Adds a request. Returns false, and adds nothing, if `max` of them are waiting.
    async fn add_objection(&self, objection: Objection, max: u64) -> Result<bool>;

    /// Returns all requests with their numbers, the first one first.
    async fn list_objections(&self) -> Result<Vec<(u64, Objection)>>;

    /// Deletes a request. Returns false if there was none of that number.
    async fn delete_objection(&self, number: u64) -> Result<bool>;

    /// Deletes the requests that were sent before `before`.
    async fn forget_objections(&self, before: Timestamp) -> Result<()>;
}
