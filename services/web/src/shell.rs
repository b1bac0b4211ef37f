//! The frame of every page.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use chrono::NaiveDate;

use crate::view::CrisisService;
use crate::words::Words;

/// The names and addresses of a site, the same on all its pages.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The name in the head of every page. It should not say what people come for, because others
    /// may see it in a list of open pages.
    pub name: String,
    pub nav: Vec<Nav>,
    /// Services for a person in a crisis, shown at the foot of every page.
    pub crisis: Vec<CrisisLine>,
}

/// An entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nav {
    Home,
    Events,
    More,
    Safety,
    About,
}

impl Nav {
    pub fn href(self) -> &'static str {
        match self {
            Self::Home => "/",
            Self::Events => "/whats-on",
            Self::More => "/more",
            Self::Safety => "/staying-safe",
            Self::About => "/about",
        }
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Home => "nav-home",
            Self::Events => "nav-events",
            Self::More => "nav-more",
            Self::Safety => "nav-safety",
            Self::About => "nav-about",
        }
    }
}

/// The services of one country.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrisisLine {
    /// ISO 3166-1 code.
    pub country: String,
    pub services: Vec<CrisisService>,
}

impl CrisisLine {
    /// Groups services by country, in their order.
    pub fn by_country(services: impl IntoIterator<Item = CrisisService>) -> Vec<Self> {
        let mut lines: Vec<Self> = Vec::new();
        for service in services {
            match lines
                .iter_mut()
                .find(|line| line.country == service.country)
            {
                Some(line) => line.services.push(service),
                None => lines.push(Self {
                    country: service.country.clone(),
                    services: vec![service],
                }),
            }
        }
        lines
    }

    /// The key of the country's heading.
    pub(crate) fn key(&self) -> &'static str {
        match self.country.as_str() {
            "IE" => "crisis-country-ie",
            _ => "crisis-country-gb",
        }
    }
}

/// What the frame of one page needs.
#[derive(Clone, Debug)]
pub struct Shell {
    pub words: Words,
    pub site: Site,
    /// The entry of the navigation that this page belongs to.
    pub here: Option<Nav>,
}

impl Shell {
    /// A frame in the language that the request's headers prefer.
    pub fn new(site: Site, headers: &HeaderMap, today: NaiveDate) -> Self {
        let languages = headers.get(ACCEPT_LANGUAGE);
        let languages = languages.and_then(|value| value.to_str().ok());
        Self {
            words: Words::new(languages.unwrap_or_default(), today),
            site,
            here: None,
        }
    }

    #[must_use]
    pub fn at(mut self, here: Nav) -> Self {
        self.here = Some(here);
        self
    }

    pub(crate) fn is_at(&self, nav: &Nav) -> bool {
        self.here == Some(*nav)
    }

    pub(crate) fn stylesheet(&self) -> &'static str {
        crate::assets::stylesheet_path()
    }

    pub(crate) fn script(&self) -> &'static str {
        crate::assets::page_script_path()
    }

    pub(crate) fn favicon(&self) -> &'static str {
        crate::assets::favicon_path()
    }
}
