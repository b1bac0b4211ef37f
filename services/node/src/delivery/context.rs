//! What every step of a delivery works on.

use std::sync::Arc;

use super::aggregator::Aggregator;
use crate::group::Group;
use crate::shared::Shared;

/// One group, and one aggregator that it is delivered to.
pub(super) struct Context {
    pub(super) shared: Arc<Shared>,
    pub(super) group: Arc<Group>,
    pub(super) aggregator: Aggregator,
    /// The aggregator is no longer configured. It only gets the head that revokes its
    /// permission to index.
    pub(super) removed: bool,
}
