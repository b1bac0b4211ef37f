//! The aggregators that each group is sent to: those of the configuration, then those that its
//! people have named in the console.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use parking_lot::RwLock;
use tokio::sync::watch;

use crate::config::Config;
use crate::store::{Store, StoreError, Transaction};

/// The named aggregators of all groups, as they are stored.
#[derive(Debug)]
pub(crate) struct NamedAggregators {
    named: RwLock<Named>,
    /// Wakes the delivery dispatcher.
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Named {
    by_group: BTreeMap<GroupId, Vec<Endpoint>>,
    /// Those that the host named.
    by_host: BTreeSet<Endpoint>,
}

impl NamedAggregators {
    pub(crate) async fn read(reading: &mut Transaction) -> Result<Self, StoreError> {
        let named = Self {
            named: RwLock::default(),
            changes: watch::Sender::new(0),
        };
        named.read_again(reading).await?;
        Ok(named)
    }

    /// Takes over what is stored, and wakes the dispatcher.
    pub(crate) async fn read_again(&self, reading: &mut Transaction) -> Result<(), StoreError> {
        let mut named = Named::default();
        for (group, one) in reading.named_aggregators().await? {
            // A later version may have stored another form.
            let Ok(address) = Endpoint::parse(&one.address) else {
                continue;
            };
            if one.by_host {
                named.by_host.insert(address.clone());
            }
            named.by_group.entry(group).or_default().push(address);
        }
        *self.named.write() = named;
        self.changes.send_modify(|count| *count += 1);
        Ok(())
    }

    pub(crate) fn of_group(&self, group: &GroupId) -> Vec<Endpoint> {
        let named = self.named.read();
        named.by_group.get(group).cloned().unwrap_or_default()
    }

    /// Those of all groups, each once.
    pub(crate) fn all(&self) -> BTreeSet<Endpoint> {
        let named = self.named.read();
        named.by_group.values().flatten().cloned().collect()
    }

    /// Whether only stewards have named an address, who may not reach private networks.
    pub(crate) fn is_only_of_stewards(&self, address: &Endpoint) -> bool {
        let named = self.named.read();
        let mut all = named.by_group.values().flatten();
        !named.by_host.contains(address) && all.any(|named| named == address)
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

/// The aggregators of a node that need not run, each on a line with the groups that are sent to it.
pub(crate) async fn list_aggregators(config: &Config) -> Result<Vec<String>, StoreError> {
    let configured = config.aggregators.iter();
    let mut lines: Vec<String> = configured
        .map(|address| format!("{address}  configuration: all groups"))
        .collect();
    let file = config.database_file();
    // The first start makes it.
    if !file.exists() {
        return Ok(lines);
    }
    let store = Store::open_to_read(&file).await?;
    let mut reading = store.read().await?;
    let named = NamedAggregators::read(&mut reading).await?;
    let groups = reading.groups().await?;
    drop(reading);
    store.close().await;
    for address in named.all() {
        let sent = groups
            .iter()
            .filter(|group| named.of_group(&group.group_id).contains(&address));
        let sent: Vec<&str> = sent.map(|group| group.label.as_str()).collect();
        lines.push(format!("{address}  console: {}", sent.join(", ")));
    }
    Ok(lines)
}
