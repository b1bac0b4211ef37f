//! `hedgerow-aggregator exclude` and `include`: the operator's decisions.

use anyhow::ensure;
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Clock;
use hedgerow_rpc::clock::SystemClock;

use super::print;
use super::store_of;
use crate::Config;
use crate::store::Exclude;

/// Excludes a group, known here or not.
pub(super) async fn exclude(config: &Config, group: GroupId, reason: String) -> anyhow::Result<()> {
    ensure!(
        !reason.trim().is_empty(),
        "--reason says why, for the group to read"
    );
    let store = store_of(config).await?;
    let known = store.group(&group).await?.is_some();
    store
        .exclude(Exclude {
            group_id: group,
            reason,
            now: SystemClock.now(),
        })
        .await?;
    store.close().await;
    print(if known {
        "excluded: hidden at once, and its records are erased here\n"
    } else {
        "excluded: nothing of this group was held, and nothing will be\n"
    });
    Ok(())
}

/// Ends an exclusion. Records come back with the next push, pull or sweep.
pub(super) async fn include(config: &Config, group: GroupId) -> anyhow::Result<()> {
    let store = store_of(config).await?;
    let was = store.include(&group).await?;
    store.close().await;
    ensure!(was, "that group is not excluded: nothing was changed");
    print("included again: its records come back when its node or another source brings them\n");
    Ok(())
}
