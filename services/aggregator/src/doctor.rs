//! `hedgerow-aggregator doctor`: what is checked of an aggregator.

use std::path::Path;
use std::sync::Arc;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_input::labels::count;
use hedgerow_server::acme::Domain;
use hedgerow_server::doctor::{
    Reached, Remote, begin, check_backups, check_certificate, check_clocks, check_disk,
    check_files, check_listener, check_origin, check_public_address, check_remotes, database_fault,
};
use hedgerow_server::program::command;
use hedgerow_store::{Store, StoreError};
use hedgerow_store_sqlite::pending_migration;
use hedgerow_transport::checks::{Check, causes};
use hedgerow_transport::clock::{SystemClock, SystemRandom};
use hedgerow_transport::connector::{Connector, Trust};

use crate::aggregator::open_store;
use crate::config::{Config, PROGRAM};
use crate::keys::Keys;

/// Checks the aggregator of a folder.
pub(crate) async fn examine(dir: &Path) -> Vec<Check> {
    let now = || SystemClock.now();
    let folder = (PROGRAM, dir);
    let loaded = Config::load(dir);
    let mut checks = begin(folder, loaded.as_ref().err(), now());
    let Ok(config) = loaded else { return checks };
    checks.push(check_files(dir));
    checks.push(check_disk(dir, &config.database_file()));
    checks.push(check_certificate(folder, config.domain.as_ref(), now()));
    let keys = examine_keys(&mut checks, &config);
    let store = match &keys {
        Some(keys) => examine_store(&mut checks, &config, keys).await,
        None => None,
    };
    let connector = Connector::new(config.connector.clone());
    match Reached::new(folder, config.listen_address(), &connector) {
        Ok(server) => {
            checks.push(check_listener(&server).await);
            examine_addresses(&mut checks, &config, &server).await;
        }
        Err(fault) => checks.push(fault),
    }
    let mut remotes = Vec::new();
    for address in &config.sources {
        remotes.push(Remote {
            last_contact: last_contact(store.as_deref(), address).await,
            address: address.clone(),
            trust: Trust::Configured,
        });
    }
    let (remotes, offsets) = check_remotes("source", &connector, remotes, now).await;
    checks.extend(remotes);
    checks.extend(check_clocks(&offsets));
    checks.push(check_backups(folder, &config.backup, now()));
    if let Some(store) = store {
        store.close().await;
    }
    checks
}

fn examine_keys(checks: &mut Vec<Check>, config: &Config) -> Option<Keys> {
    const NAME: &str = "keys";
    match Keys::load(&config.keys_file()) {
        Ok(keys) => {
            checks.push(Check::good(
                NAME,
                format!("of the aggregator {}", keys.id()),
            ));
            Some(keys)
        }
        Err(error) => {
            let way_out = "Bring keys.json back from a backup. Without it this is another \
                           aggregator: nodes that pinned it reject its receipts.";
            checks.push(Check::fault(NAME, causes(&error), way_out));
            None
        }
    }
}

/// Checks the database, and opens it if that changes nothing.
async fn examine_store(
    checks: &mut Vec<Check>,
    config: &Config,
    keys: &Keys,
) -> Option<Arc<dyn Store>> {
    const NAME: &str = "database";
    let file = config.database_file();
    if !file.exists() {
        checks.push(Check::good(NAME, "none yet: the first start makes it"));
        return None;
    }
    let opened = async {
        if pending_migration(&file).await?.is_some() {
            return Ok(None);
        }
        let store = open_store(config, keys, &SystemRandom).await?;
        let waiting = store.list_objections().await?.len();
        Ok::<_, StoreError>(Some((store, waiting)))
    };
    match opened.await {
        Ok(Some((store, waiting))) => {
            checks.push(Check::good(NAME, "readable"));
            if waiting > 0 {
                checks.push(Check::notice(
                    "requests",
                    format!("{} about entries", count(waiting, "request")),
                    format!(
                        "`{} objections list`. They are deleted after 30 days.",
                        command(PROGRAM, &config.data_dir)
                    ),
                ));
            }
            Some(store)
        }
        Ok(None) => {
            checks.push(Check::notice(
                NAME,
                "it has the form of an earlier version",
                "The next start makes a backup, then changes it.",
            ));
            None
        }
        Err(error) => {
            let is_newer = matches!(error, StoreError::Newer { .. });
            checks.push(database_fault(&error, is_newer));
            None
        }
    }
}

/// Checks each address by which others reach the aggregator.
async fn examine_addresses(checks: &mut Vec<Check>, config: &Config, server: &Reached<'_>) {
    const NAME: &str = "address";
    let domain = config.domain.as_ref().map(Domain::endpoint);
    if let Some(domain) = &domain {
        checks.push(check_public_address(server, "domain", domain).await);
    }
    match config
        .public_name
        .as_ref()
        .map(|name| Endpoint::parse(&format!("https://{name}")))
    {
        Some(Ok(name)) => checks.push(check_public_address(server, "public_name", &name).await),
        Some(Err(error)) => {
            let way_out = "Write `public_name` as HOST:PORT.";
            checks.push(Check::fault(
                NAME,
                format!("`public_name`: {error}"),
                way_out,
            ));
        }
        None if domain.is_none() && server.listen.ip().is_loopback() => {
            let detail = format!("{} is reached from this machine only", server.listen);
            let way_out = "For nodes elsewhere, set `listen` and `domain`, as \
                           docs/guides/directory-operator.md describes.";
            checks.push(Check::notice(NAME, detail, way_out));
        }
        None => {}
    }
    if let Some(origin) = &config.site.origin {
        checks.push(check_origin(server, origin).await);
    }
}

async fn last_contact(store: Option<&dyn Store>, address: &Endpoint) -> String {
    let row = match store {
        Some(store) => store.source(&address.to_string()).await.ok().flatten(),
        None => None,
    };
    let Some(row) = row else {
        return "It was not followed yet.".to_owned();
    };
    let answered = row.answered_at.map_or_else(
        || "It has never responded".to_owned(),
        |time: Timestamp| format!("It last responded at {time}"),
    );
    match row.failures {
        0 => format!("{answered}."),
        failures => {
            let failures = count(failures, "failure");
            format!("{answered}, with {failures} since then.")
        }
    }
}
