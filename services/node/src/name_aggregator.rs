//! Names and removes the aggregators of one group, while the node runs.

use hedgerow_core::endpoint::Endpoint;
use hedgerow_transport::connector::{ConnectFailure, ConnectReason, Trust};

use crate::config::IndexingChoice;
use crate::group::Group;
use crate::shared::Shared;
use crate::signing::{SigningError, When, refresh};
use crate::store::{NamedAggregator, StoreError};

/// Aggregators that the people of one group may name.
pub(crate) const MAX_NAMED: usize = 20;

/// Why an aggregator was not named.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NameError {
    #[error("the group is sent to this aggregator already")]
    Known,
    #[error("a group can name at most {MAX_NAMED} aggregators: remove one first")]
    TooMany,
    /// A private address that only the host may name.
    #[error("cannot connect to this address: {0}")]
    Address(#[from] ConnectFailure),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Signing(#[from] SigningError),
}

/// Whether people may name aggregators here: not if no aggregator may index, and for others than
/// the host, if the host permits it.
pub(crate) fn may_name(shared: &Shared, is_host: bool) -> bool {
    let config = &shared.config;
    config.indexing != IndexingChoice::Nobody && (is_host || config.steward.may_name_aggregators)
}

/// Sends a group to one more aggregator from now on.
pub(crate) async fn name_aggregator(
    shared: &Shared,
    group: &Group,
    address: &Endpoint,
    by_host: bool,
) -> Result<(), NameError> {
    let known = shared.aggregators_of(&group.id);
    let is_same = |other: &Endpoint| (&other.host, other.port) == (&address.host, address.port);
    if known.iter().any(is_same) {
        return Err(NameError::Known);
    }
    if shared.named.of_group(&group.id).len() >= MAX_NAMED {
        return Err(NameError::TooMany);
    }
    let trust = if by_host {
        Trust::Configured
    } else {
        Trust::Announced
    };
    // A name that cannot be resolved now may be later; a private address stays private.
    if let Err(failure) = shared.connector.resolve(address, trust).await
        && failure.reason == ConnectReason::AddressNotAllowed
    {
        return Err(failure.into());
    }
    let named = NamedAggregator {
        address: address.to_string(),
        by_host,
    };
    let now = shared.now();
    let mut writing = shared.store.write().await?;
    writing.add_named_aggregator(&group.id, &named, now).await?;
    writing.commit().await?;
    let mut reading = shared.store.read().await?;
    shared.named.read_again(&mut reading).await?;
    drop(reading);
    Ok(())
}

/// Stops sending a group to an aggregator that its people had named. Where only named aggregators
/// may index, a new head takes the permission away.
pub(crate) async fn remove_aggregator(
    shared: &Shared,
    group: &Group,
    address: &str,
) -> Result<(), NameError> {
    let mut writing = shared.store.write().await?;
    writing.remove_named_aggregator(&group.id, address).await?;
    writing.commit().await?;
    let mut reading = shared.store.read().await?;
    shared.named.read_again(&mut reading).await?;
    drop(reading);
    let restored = shared.config.restored_mark(&group.id);
    if shared.aggregators_of(&group.id).is_empty() && !restored.exists() {
        // There is none left to wait for, as after a start without aggregators.
        group.guard.record_response();
    }
    refresh(shared, group, When::Needed).await?;
    Ok(())
}
