//! Whether the server can be reached: at its own listener, and at the addresses that others use.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_transport::checks::Check;
use hedgerow_transport::connector::{ConnectReason, Connector, Trust};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::certificate::check_identity;
use super::remote::{call, plain};
use crate::config::ConfigError;
use crate::identity::{Identity, local_endpoint};
use crate::listen::bind;
use crate::lock::Holder;
use crate::server::Origin;

const LISTENER: &str = "listener";
const ADDRESS: &str = "address";
/// Longest wait for a connection.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// What a check needs to reach a server.
#[derive(Debug)]
pub struct Reached<'a> {
    program: &'a str,
    data_dir: &'a Path,
    pub listen: SocketAddr,
    identity: Identity,
    connector: &'a Connector,
}

impl<'a> Reached<'a> {
    /// Reads the certificate of the server in a folder.
    ///
    /// # Errors
    /// With the fault, if there is none or `listen` is invalid.
    pub fn new(
        (program, data_dir): (&'a str, &'a Path),
        listen: Result<SocketAddr, ConfigError>,
        connector: &'a Connector,
    ) -> Result<Self, Check> {
        Ok(Self {
            program,
            data_dir,
            listen: listen.map_err(|error| {
                let way_out = "Correct it in the configuration.";
                Check::fault(LISTENER, error.to_string(), way_out)
            })?,
            identity: check_identity(data_dir)?,
            connector,
        })
    }

    fn is_running(&self) -> bool {
        Holder::find(self.data_dir).is_some()
    }
}

/// Checks that the running server responds, or that a server could listen.
pub async fn check_listener(server: &Reached<'_>) -> Check {
    let listen = server.listen;
    if !server.is_running() {
        return match bind(listen).await {
            Ok(_) => Check::notice(
                LISTENER,
                format!("{listen} is free, and the server does not run"),
                format!(
                    "Start it, such as with `sudo systemctl start {}`.",
                    server.program
                ),
            ),
            Err(error) => Check::fault(
                LISTENER,
                format!("the server does not run, and could not: {error}"),
                format!(
                    "`sudo ss -tlnp` lists which program has port {}.",
                    listen.port()
                ),
            ),
        };
    }
    if listen.port() == 0 {
        return Check::good(LISTENER, "the server runs, at a port that the system chose");
    }
    let local = local_endpoint(listen, server.identity.spki_hash());
    match call(server.connector, &local, Trust::Configured).await {
        Ok(_) => Check::good(LISTENER, format!("the server responds at {listen}")),
        Err(failure) => Check::fault(
            LISTENER,
            format!("the server runs, and does not respond: {}", failure.message),
            format!(
                "If `listen` was changed, restart it: `sudo systemctl restart {0}`. Its log may say \
                 more: `journalctl -u {0} -n 50`.",
                server.program
            ),
        ),
    }
}

/// Checks that an address which others use leads to this server. `key` names it in the
/// configuration.
pub async fn check_public_address(server: &Reached<'_>, key: &str, address: &Endpoint) -> Check {
    let host = plain(address);
    if !server.is_running() {
        let detail = format!("{host} (`{key}`) is not checked, because the server does not run");
        return Check::notice(ADDRESS, detail, "Start the server, then run this again.");
    }
    let own = Endpoint {
        pin: Some(server.identity.spki_hash()),
        ..address.clone()
    };
    let Err(failure) = call(server.connector, &own, Trust::Configured).await else {
        return Check::good(ADDRESS, format!("{host} leads to this server"));
    };
    let way_out = match failure.connect {
        Some(ConnectReason::NameNotFound) => format!(
            "Make a DNS record for {}, or correct `{key}` in the configuration.",
            address.host
        ),
        Some(ConnectReason::PinMismatch | ConnectReason::TlsFailed) => format!(
            "Another server answers there. Let its DNS records, A and AAAA, and port {} lead to \
             this one. A proxy that ends TLS cannot be in between.",
            address.port
        ),
        _ => format!(
            "Let port {} of {} lead to {}: in the firewall, and in the router's settings. Some \
             routers do not lead back from inside: then try the address from another network.",
            address.port, address.host, server.listen
        ),
    };
    Check::fault(ADDRESS, failure.message, way_out)
}

/// Checks that the name of a site behind a reverse proxy leads to something that listens.
pub async fn check_origin(server: &Reached<'_>, origin: &Origin) -> Check {
    let name = Endpoint {
        host: origin.host().to_owned(),
        port: origin.port(),
        pin: None,
    };
    let addresses = match server.connector.resolve(&name, Trust::Configured).await {
        Ok(addresses) => addresses,
        Err(error) => {
            let way_out = "Make a DNS record that leads to the proxy, or correct `site.origin`.";
            return Check::fault(ADDRESS, error.to_string(), way_out);
        }
    };
    for address in addresses {
        if let Ok(Ok(_)) = timeout(MAX_WAIT, TcpStream::connect(address)).await {
            return Check::good(ADDRESS, format!("something listens at {origin}: the proxy"));
        }
    }
    let way_out = "Start the proxy, or let the name lead to it.";
    Check::fault(ADDRESS, format!("nothing listens at {origin}"), way_out)
}
