//! What all pages share.

use std::sync::Arc;

use hedgerow_core::time::Clock;
use hedgerow_record_views::crisis::at_foot;
use hedgerow_web::{Nav, Site};

use super::press::Press;
use super::request_pace::RequestPace;
use crate::config::SiteConfig;
use crate::directory::Directory;

#[derive(Clone)]
pub(crate) struct SiteState {
    pub(super) directory: Directory,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) config: Arc<SiteConfig>,
    /// The directory's id, in hexadecimal digits.
    pub(super) id: String,
    /// Its address for programs.
    pub(super) address: String,
    pub(super) site: Site,
    pub(super) press: Press,
    pub(super) pace: Arc<RequestPace>,
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
            clock,
            site: site(&config.name),
            press: Press::default(),
            pace: Arc::default(),
            config: Arc::new(config.clone()),
            id,
            address,
        }
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
