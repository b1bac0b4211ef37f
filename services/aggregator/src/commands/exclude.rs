//! `hedgerow-aggregator exclude` and `include`: the operator's decisions.

use anyhow::ensure;
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Clock;
use hedgerow_server::program::println;
use hedgerow_store::Exclude;
use hedgerow_transport::clock::SystemClock;

use super::open::open_store;
use crate::Config;

/// Excludes a group, also one that is not stored yet.
pub(super) async fn exclude(config: &Config, group: GroupId, reason: String) -> anyhow::Result<()> {
    ensure!(
        !reason.trim().is_empty(),
        "--reason is empty: state a reason for the group to read"
    );
    let store = open_store(config).await?;
    let known = store.group(&group).await?.is_some();
    store
        .exclude(Exclude {
            group_id: group,
            reason,
            now: SystemClock.now(),
        })
        .await?;
    store.close().await;
    println(if known {
        "excluded: the group is hidden and its records are erased here"
    } else {
        "excluded: nothing of this group was stored here, and nothing will be"
    })
}

/// Ends an exclusion. Records return with the next push, pull or sweep.
pub(super) async fn include(config: &Config, group: GroupId) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let was_excluded = store.include(&group).await?;
    store.close().await;
    ensure!(
        was_excluded,
        "that group is not excluded: nothing was changed"
    );
    println("included: its records return when its node or another source sends them")
}
