//! `hedgerow-aggregator exclude` and `include`: the operator's decisions.

use anyhow::ensure;
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Clock;
use hedgerow_server::program::println;
use hedgerow_store::{Exclude, Exclusion};
use hedgerow_transport::clock::SystemClock;

use super::open::open_store;
use crate::Config;

/// The most characters of a reason: it is shown to everyone who requests the group's status.
const MAX_REASON_CHARACTERS: usize = 500;

/// Excludes a group, also one that is not stored yet.
pub(super) async fn exclude(
    config: &Config,
    group: GroupId,
    reason: String,
    erase: bool,
) -> anyhow::Result<()> {
    ensure!(
        !reason.trim().is_empty(),
        "--reason is empty: state a reason for the group to read"
    );
    ensure!(
        reason.chars().count() <= MAX_REASON_CHARACTERS && !reason.contains(char::is_control),
        "--reason is invalid: expected one line of at most {MAX_REASON_CHARACTERS} characters"
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
    if erase {
        store.erase_excluded(&group).await?;
    }
    store.close().await;
    // The reason stays out of the log: it may describe people.
    tracing::info!(%group, erase, "excluded a group");
    println(match (known, erase) {
        (false, _) => "excluded: nothing of this group was stored here, and nothing will be",
        (true, true) => "excluded: the group is hidden and its records are erased here",
        (true, false) => {
            "excluded: the group is hidden; `include` brings it back, and its records are erased \
             here after seven days"
        }
    })
}

/// Prints the exclusions, the last one first.
pub(super) async fn list(config: &Config) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let exclusions = store.list_exclusions().await?;
    store.close().await;
    if exclusions.is_empty() {
        return println("no group is excluded");
    }
    for (group, Exclusion { reason, at }) in exclusions {
        println(format_args!("{group}  {at}  {reason}"))?;
    }
    Ok(())
}

/// Ends an exclusion. Records that are still stored return at once. A running aggregator fetches
/// others from the servers that it follows, and the group's node sends them at its next contact.
pub(super) async fn include(config: &Config, group: GroupId) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let was_excluded = store.include(&group).await?;
    let row = store.group(&group).await?;
    let is_stored = row.is_some_and(|row| row.shown && row.head.is_some_and(|head| head.whole));
    store.close().await;
    ensure!(
        was_excluded,
        "that group is not excluded: nothing was changed"
    );
    tracing::info!(%group, "included a group");
    println(if is_stored {
        "included: the group and its records are shown again"
    } else {
        "included: its records return within minutes if another server has them for this one to fetch, \
         or else when the group's node checks in: within five minutes if it knows of the exclusion, \
         otherwise within a day"
    })
}
