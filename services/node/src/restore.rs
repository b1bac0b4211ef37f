//! Restores a group from an aggregator that holds a newer head: the node's database came
//! from an old backup, and the group was published from another copy since.
//!
//! The newer records replace older ones; records withdrawn here stay withdrawn; and edits
//! that waited here are kept on the node only, for the steward to review.

mod apply;
mod compare;
mod error;
mod fetch;
mod state;

use apply::apply;
use fetch::fetch;

use crate::node::Node;

pub(crate) use apply::take_records;
pub(crate) use compare::compare;
pub(crate) use fetch::{Fetched, pull};

pub use error::RestoreError;
pub use state::{RemoteState, RestoreChange, RestoreEffect, Restored};

impl Node {
    /// Fetches the newest state of a group that an aggregator holds, if it is newer than
    /// this node's, and compares the two. Changes nothing.
    pub async fn remote_state(&self, label: &str) -> Result<RemoteState, RestoreError> {
        let group = self.group(label).await?;
        let fetched = fetch(self.shared(), &group).await?;
        let changes = compare(self.shared(), &group.group_id, &fetched).await?;
        Ok(RemoteState::new(fetched, changes))
    }

    /// Applies a remote state: its records become this node's, and a head is signed over
    /// them at the position after the newer one.
    pub async fn restore(&self, remote: RemoteState) -> Result<Restored, RestoreError> {
        apply(self.shared(), remote).await
    }
}
