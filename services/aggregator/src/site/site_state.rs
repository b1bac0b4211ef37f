//! What all pages share.

use std::sync::Arc;

use hedgerow_core::time::Clock;
use hedgerow_record_views::crisis::at_foot;
use hedgerow_server::limits::NetworkPace;
use hedgerow_web::map::Maps;
use hedgerow_web::{Nav, Site};

use super::press::Press;
use crate::config::SiteConfig;
use crate::directory::Directory;
use crate::inbox::Inbox;

/// Requests about entries from one network in a day. A library has one address for everyone in it.
const MAX_REQUESTS_A_DAY: u32 = 10;

#[derive(Clone)]
pub(crate) struct SiteState {
    pub(super) directory: Directory,
    /// Takes messages for groups. Absent where only pages are tested.
    pub(super) inbox: Option<Inbox>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) config: Arc<SiteConfig>,
    /// The directory's id, in hexadecimal digits.
    pub(super) id: String,
    /// Its address for programs.
    pub(super) address: String,
    pub(super) site: Site,
    pub(super) maps: Arc<Maps>,
    pub(super) press: Press,
    pub(super) pace: Arc<NetworkPace>,
}

impl SiteState {
    pub(crate) fn new(
        directory: Directory,
        clock: Arc<dyn Clock>,
        config: &SiteConfig,
        id: String,
        address: String,
    ) -> Self {
        Self {
            directory,
            inbox: None,
            clock,
            site: site(&config.name),
            maps: Maps::embedded(),
            press: Press::default(),
            pace: Arc::new(NetworkPace::a_day(MAX_REQUESTS_A_DAY)),
            config: Arc::new(config.clone()),
            id,
            address,
        }
    }

    /// With forms for messages to groups.
    pub(crate) fn with_inbox(self, inbox: Inbox) -> Self {
        Self {
            inbox: Some(inbox),
            ..self
        }
    }

    /// With these shapes instead of the embedded ones.
    pub(crate) fn with_maps(self, maps: Arc<Maps>) -> Self {
        Self { maps, ..self }
    }
}

/// The frame of the pages.
pub(super) fn site(name: &str) -> Site {
    Site {
        name: name.to_owned(),
        nav: vec![Nav::Home, Nav::Events, Nav::More, Nav::Safety, Nav::About],
        crisis: at_foot(),
    }
}
