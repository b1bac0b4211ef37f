//! What all pages share.

use std::sync::Arc;

use hedgerow_core::crisis::crisis_services;
use hedgerow_core::time::Clock;
use hedgerow_web::{CrisisLine, Nav, Site, Text, view};

use crate::config::SiteConfig;
use crate::directory::Directory;

/// Words for which every country's services for despair are listed.
const DESPAIR: &str = "suicide";
/// Services of one country at the foot of a page: the rest is on a page of its own.
const MAX_AT_FOOT: usize = 4;

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
            config: Arc::new(config.clone()),
            id,
            address,
        }
    }
}

/// The frame of the pages.
pub(super) fn site(name: &str) -> Site {
    let mut crisis = services(DESPAIR);
    for line in &mut crisis {
        line.services.truncate(MAX_AT_FOOT);
    }
    Site {
        name: name.to_owned(),
        nav: vec![Nav::Home, Nav::Events, Nav::Safety, Nav::About],
        crisis,
    }
}

/// The services for a person who types these words, by country.
pub(super) fn services(words: &str) -> Vec<CrisisLine> {
    let services = crisis_services(words).into_iter();
    CrisisLine::by_country(services.map(|service| view::CrisisService {
        country: service.country.to_owned(),
        name: Text::plain(service.name),
        phone: service.phone.to_owned(),
        text: Text::plain(service.text),
        words: Text::plain(service.words),
    }))
}
