//! `hedgerow-aggregator hidden-entries`: single entries that are not shown here.

use anyhow::{Context as _, ensure};
use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Clock as _;
use hedgerow_server::program::println;
use hedgerow_transport::clock::SystemClock;

use super::open::open_store;
use crate::Config;

/// Prints the hidden entries, the last one first.
pub(super) async fn list(config: &Config) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let entries = store.list_hidden_entries().await?;
    store.close().await;
    if entries.is_empty() {
        return println("no entry is hidden");
    }
    for (group, name, at) in entries {
        println(format_args!("{at}  {group}/{name}"))?;
    }
    Ok(())
}

/// Hides an entry, also one that is not stored yet.
pub(super) async fn hide(config: &Config, entry: &str) -> anyhow::Result<()> {
    let (group, name) = parse(entry)?;
    let store = open_store(config).await?;
    let was_shown = store.hide_entry(&group, &name, SystemClock.now()).await?;
    store.close().await;
    println(match was_shown {
        true => "hidden, and stays hidden when its publisher sends it again",
        false => "hidden: it was not shown here, and will not be",
    })
}

/// Shows an entry again.
pub(super) async fn show(config: &Config, entry: &str) -> anyhow::Result<()> {
    let (group, name) = parse(entry)?;
    let store = open_store(config).await?;
    let was_hidden = store.show_entry(&group, &name).await?;
    store.close().await;
    ensure!(was_hidden, "that entry is not hidden: nothing was changed");
    println("shown again, if it is still published")
}

/// The name of an entry, as its page and `objections list` print it.
fn parse(entry: &str) -> anyhow::Result<(GroupId, RecordName)> {
    let parts = entry.split_once('/').and_then(|(group, rest)| {
        let (collection, key) = rest.split_once('/')?;
        let group: GroupId = group.parse().ok()?;
        Some((group, RecordName::parse(collection, key).ok()?))
    });
    parts.with_context(|| format!("{entry} is invalid: expected GROUP/KIND/KEY"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_named_by_group_kind_and_key() {
        let group = "ab".repeat(32);
        let (parsed, name) = parse(&format!("{group}/listing/k-1")).unwrap();
        assert_eq!(parsed.to_string(), group);
        assert_eq!(name.to_string(), "listing/k-1");
        for wrong in ["", "listing/a", &group, &format!("{group}/listing")] {
            let error = parse(wrong).unwrap_err().to_string();
            assert!(error.contains("expected GROUP/KIND/KEY"), "{error}");
        }
    }
}
