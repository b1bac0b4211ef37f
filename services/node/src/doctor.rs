//! `hedgerow-node doctor`: what is checked of a node.

use std::path::Path;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::name::View;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_input::labels::count;
use hedgerow_server::acme::Domain;
use hedgerow_server::doctor::{
    Reached, Remote, begin, check_backups, check_certificate, check_clocks, check_disk,
    check_files, check_listener, check_origin, check_public_address, check_remotes, database_fault,
};
use hedgerow_transport::checks::Check;
use hedgerow_transport::clock::SystemClock;
use hedgerow_transport::connector::{Connector, Trust};

use crate::config::{Config, FILE_NAME, PROGRAM};
use crate::signing::guard::{Stop, Subject};
use crate::store::{DeliveryState, HostedGroup, Store, StoreError};

/// What the database says about the groups.
#[derive(Default)]
struct Stored {
    groups: Vec<HostedGroup>,
    stops: Vec<Check>,
    deliveries: Vec<DeliveryState>,
    /// Aggregators that people of the groups have named, and not the configuration.
    named: Vec<(Endpoint, Trust)>,
}

/// Checks the node of a folder.
pub(crate) async fn examine(dir: &Path) -> Vec<Check> {
    let now = || SystemClock.now();
    let folder = (PROGRAM, dir);
    let loaded = Config::load(dir);
    let mut checks = begin(folder, loaded.as_ref().err(), now());
    let Ok(config) = loaded else { return checks };
    checks.push(check_files(dir));
    checks.push(check_disk(dir, &config.database_file()));
    checks.push(check_certificate(folder, config.domain.as_ref(), now()));
    let stored = examine_store(&mut checks, &config).await;
    checks.extend(stored.stops);
    let connector = Connector::new(config.connector.clone());
    match Reached::new(folder, config.listen_address(), &connector) {
        Ok(server) => {
            checks.push(check_listener(&server).await);
            examine_addresses(&mut checks, &config, &server).await;
        }
        Err(fault) => checks.push(fault),
    }
    if config.aggregators.is_empty() && stored.named.is_empty() {
        checks.push(no_aggregator(&config, stored.groups.len()));
    }
    let configured = config.aggregators.iter().map(|it| (it, Trust::Configured));
    let named = stored
        .named
        .iter()
        .map(|(address, trust)| (address, *trust));
    let remotes = configured.chain(named).map(|(address, trust)| Remote {
        last_contact: last_contact(&stored.deliveries, &address.to_string()),
        address: address.clone(),
        trust,
    });
    let (remotes, offsets) = check_remotes("aggregator", &connector, remotes.collect(), now).await;
    checks.extend(remotes);
    checks.extend(check_clocks(&offsets));
    checks.push(check_backups(folder, &config.backup, now()));
    checks
}

/// Checks the database, and reads it if this program can.
async fn examine_store(checks: &mut Vec<Check>, config: &Config) -> Stored {
    const NAME: &str = "database";
    let file = config.database_file();
    if !file.exists() {
        checks.push(Check::good(NAME, "none yet: the first start makes it"));
        return Stored::default();
    }
    match read_store(config).await {
        Ok((pending, stored)) => {
            let held = count(stored.groups.len(), "group");
            checks.push(match pending {
                None => Check::good(NAME, held),
                Some(_) => Check::notice(
                    NAME,
                    format!("{held}; it has the form of an earlier version"),
                    "The next start makes a backup, then changes it.",
                ),
            });
            stored
        }
        Err(error) => {
            let is_newer = matches!(error, StoreError::Newer { .. });
            checks.push(database_fault(&error, is_newer));
            Stored::default()
        }
    }
}

async fn read_store(config: &Config) -> Result<(Option<i64>, Stored), StoreError> {
    let file = config.database_file();
    let pending = Store::pending_migration(&file).await?;
    let store = Store::open_to_read(&file).await?;
    let mut reading = store.read().await?;
    let groups = reading.groups().await?;
    let mut stored = Stored::default();
    // Tables of an earlier version may lack columns.
    if pending.is_none() {
        for group in &groups {
            let stop = reading.stop(&group.group_id, &View::public()).await?;
            if let Some(stop) = stop {
                let stop = Stop::from_stored(
                    &stop,
                    Subject {
                        dir: &config.data_dir,
                        label: &group.label,
                    },
                );
                let detail = format!("`{}` signs nothing", group.label);
                stored
                    .stops
                    .push(Check::fault("signing", detail, stop.message));
            } else if config.restored_mark(&group.group_id).exists() {
                stored.stops.push(Check::notice(
                    "signing",
                    format!("`{}` was restored, and waits before it signs", group.label),
                    "It goes on once an aggregator has reported what it holds, or after the \
                     steward's `hedgerow sign --force`.",
                ));
            }
        }
        stored.deliveries = reading.delivery_states().await?;
        for (_, one) in reading.named_aggregators().await? {
            let Ok(address) = Endpoint::parse(&one.address) else {
                continue;
            };
            let is_known = stored.named.iter().any(|(known, _)| *known == address);
            if !is_known && !config.aggregators.contains(&address) {
                let trust = if one.by_host {
                    Trust::Configured
                } else {
                    Trust::Announced
                };
                stored.named.push((address, trust));
            }
        }
    }
    drop(reading);
    store.close().await;
    stored.groups = groups;
    Ok((pending, stored))
}

/// Checks each address by which others reach the node.
async fn examine_addresses(checks: &mut Vec<Check>, config: &Config, server: &Reached<'_>) {
    let domain = config.domain.as_ref().map(Domain::endpoint);
    let addresses = [
        ("domain", domain.as_ref()),
        ("steward_address", config.steward_address.as_ref()),
        ("public_endpoint", config.public_endpoint.as_ref()),
    ];
    for (key, address) in addresses {
        if let Some(address) = address {
            checks.push(check_public_address(server, key, address).await);
        }
    }
    if let Some(origin) = &config.site.origin {
        checks.push(check_origin(server, origin).await);
    }
}

fn no_aggregator(config: &Config, groups: usize) -> Check {
    let detail = "none is configured: what groups publish here reaches nobody";
    let file = config.data_dir.join(FILE_NAME);
    let way_out = format!(
        "Name a directory under `aggregators` in {}.",
        file.display()
    );
    match groups {
        0 => Check::notice("aggregator", detail, way_out),
        _ => Check::fault("aggregator", detail, way_out),
    }
}

fn last_contact(states: &[DeliveryState], address: &str) -> String {
    let Some(state) = states.iter().find(|state| state.aggregator == address) else {
        return "Nothing was delivered there yet.".to_owned();
    };
    let newest = state.newest.map_or_else(
        || "It has acknowledged nothing yet".to_owned(),
        |time: Timestamp| format!("Its last acknowledgement is of {time}"),
    );
    match (state.behind, state.failing) {
        (0, 0) => format!("{newest}."),
        (_, 0) => format!("{newest}; {} to deliver.", count(state.behind, "group")),
        (_, failing) => format!(
            "{newest}; the last delivery of {} failed.",
            count(failing, "group")
        ),
    }
}
