//! What all pages share.

use std::sync::Arc;

use hedgerow_record_views::crisis::at_foot;
use hedgerow_server::limits::NetworkPace;
use hedgerow_web::{Nav, Site};
use tokio::sync::Semaphore;

use crate::shared::Shared;

/// Pages whose records are decoded and whose dates are computed at once. A small machine has few
/// cores, and signing and delivery need one too.
const MAX_AT_WORK: usize = 2;
/// Messages from one network in an hour, for all groups together. A library has one address for
/// everyone in it.
const MAX_MESSAGES_AN_HOUR: u32 = 6;

#[derive(Clone)]
pub(super) struct SiteState {
    pub(super) shared: Arc<Shared>,
    pub(super) site: Site,
    pub(super) turns: Arc<Semaphore>,
    pub(super) pace: Arc<NetworkPace>,
}

impl SiteState {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            site: site(),
            turns: Arc::new(Semaphore::new(MAX_AT_WORK)),
            pace: Arc::new(NetworkPace::an_hour(MAX_MESSAGES_AN_HOUR)),
        }
    }
}

/// The frame of the pages. Its name says nothing about the groups: it is in lists of open pages.
pub(super) fn site() -> Site {
    Site {
        name: "Groups".to_owned(),
        nav: vec![Nav::Safety],
        crisis: at_foot(),
    }
}
