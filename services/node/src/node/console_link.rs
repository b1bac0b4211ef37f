//! Links that open the console, for the person at the terminal.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hedgerow_server::acme::HTTPS_PORT;
use hedgerow_server::listen::local_pages;

use super::{Deps, Node, NodeError};
use crate::config::Config;
use crate::console::{life_of, make_link};
use crate::new_group::check_label;
use crate::pages_address::write_pages_address;
use crate::store::{HostedGroup, Opens, Role, Store};

impl Node {
    /// The address of the pages for browsers: by the node's proxy or name, or else on this machine.
    /// `None` if it serves none that a browser accepts.
    pub fn pages_address(&self, listener: SocketAddr) -> Option<String> {
        if let Some(origin) = &self.config().site.origin {
            return Some(format!("{origin}/"));
        }
        if let Some(address) = self.address_on_local_network() {
            return Some(format!("http://{address}/"));
        }
        match self.public_address() {
            Some(public) if public.port == HTTPS_PORT => Some(format!("https://{}/", public.host)),
            Some(public) => Some(format!("https://{}:{}/", public.host, public.port)),
            None => local_pages(listener),
        }
    }

    /// The address by which browsers on a private network reach the pages, if they may and the host
    /// has named it: a name is not served to them.
    fn address_on_local_network(&self) -> Option<SocketAddr> {
        let config = self.config();
        let named = config.steward_address.as_ref();
        let named = named.filter(|_| config.console_on_local_network)?;
        let address = named.host.parse::<IpAddr>().ok()?;
        Some(SocketAddr::new(address, named.port))
    }

    /// Makes a link that opens the console of the person who runs this machine, once, and returns
    /// its path.
    pub async fn console_link(&self, life: Duration) -> Result<String, NodeError> {
        let shared = self.shared();
        let random = shared.random.as_ref();
        let link = make_link(
            &shared.store,
            random,
            (Opens::Host, ""),
            (shared.now(), life),
        );
        Ok(link.await?)
    }

    /// Writes where the pages are, for commands that run beside this node.
    pub(super) fn write_pages_address(&self, listener: SocketAddr) -> Result<(), NodeError> {
        let address = self.pages_address(listener).unwrap_or_default();
        Ok(write_pages_address(self.config(), &address)?)
    }

    /// Makes a link for the host of a folder's node, also while another process runs it.
    pub async fn make_console_link(config: &Config, deps: &Deps) -> Result<String, NodeError> {
        make_beside(config, deps, |_| Opens::Host).await
    }

    /// Makes an invitation: to a group, if there is one of this label, or else to add one.
    pub async fn make_invitation(
        config: &Config,
        deps: &Deps,
        label: &str,
    ) -> Result<String, NodeError> {
        check_label(label)?;
        make_beside(config, deps, |groups| {
            let group = groups.iter().find(|group| group.label == label);
            match group {
                Some(group) => Opens::Join {
                    group: group.group_id,
                    role: Role::Steward,
                },
                None => Opens::NewGroup {
                    label: label.to_owned(),
                },
            }
        })
        .await
    }
}

async fn make_beside(
    config: &Config,
    deps: &Deps,
    opens: impl FnOnce(&[HostedGroup]) -> Opens,
) -> Result<String, NodeError> {
    let store = Store::open_beside(&config.database_file()).await?;
    let groups = store.read().await?.groups().await?;
    let opens = opens(&groups);
    let life = life_of(&opens);
    let now = deps.clock.now();
    let link = make_link(&store, deps.random.as_ref(), (opens, ""), (now, life)).await;
    store.close().await;
    Ok(link?)
}
