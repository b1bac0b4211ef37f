//! The frame of the console's pages.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::escape::write_escaped;
use crate::text::Text;
use crate::words::Words;

/// An entry of the console's navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsoleNav {
    Home,
    Listing,
    Events,
    Offers,
    Messages,
    Shown,
    People,
    Settings,
}

impl ConsoleNav {
    pub const ALL: [Self; 8] = [
        Self::Home,
        Self::Listing,
        Self::Events,
        Self::Offers,
        Self::Messages,
        Self::Shown,
        Self::People,
        Self::Settings,
    ];

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Home => "console-nav-home",
            Self::Listing => "console-nav-listing",
            Self::Events => "console-nav-events",
            Self::Offers => "console-nav-offers",
            Self::Messages => "console-nav-messages",
            Self::Shown => "console-nav-shown",
            Self::People => "console-nav-people",
            Self::Settings => "console-nav-settings",
        }
    }

    /// The address under that of the group.
    pub fn path(self) -> &'static str {
        match self {
            Self::Home => "",
            Self::Listing => "/listing",
            Self::Events => "/events",
            Self::Offers => "/offers",
            Self::Messages => "/messages",
            Self::Shown => "/shown",
            Self::People => "/people",
            Self::Settings => "/settings",
        }
    }
}

/// The group that a page is about.
#[derive(Clone, Debug, Default)]
pub struct FrameGroup {
    pub name: Text,
    /// The address of its pages, such as `/console/g/…`.
    pub base: String,
    /// The entries that this person may open.
    pub nav: Vec<ConsoleNav>,
    /// The group's public page.
    pub page: Option<String>,
}

/// What the frame of one page needs.
#[derive(Clone, Debug)]
pub struct Frame {
    pub words: Words,
    /// The signed-in person; `None` on pages before that.
    pub person: Option<Text>,
    pub group: Option<FrameGroup>,
    /// Whether this person may open other groups too.
    pub has_other_groups: bool,
    /// The entry that this page belongs to.
    pub here: Option<ConsoleNav>,
    /// What makes a form one of this session.
    pub token: String,
    /// What the last form did.
    pub flash: Option<String>,
}

impl Frame {
    /// The frame before sign-in.
    pub fn outside(words: Words) -> Self {
        Self {
            words,
            person: None,
            group: None,
            has_other_groups: false,
            here: None,
            token: String::new(),
            flash: None,
        }
    }

    #[must_use]
    pub fn at(mut self, here: ConsoleNav) -> Self {
        self.here = Some(here);
        self
    }

    /// The address of the group's pages; that of the console without a group.
    pub fn base(&self) -> &str {
        self.group.as_ref().map_or("/console", |group| &group.base)
    }

    pub(crate) fn is_at(&self, nav: &ConsoleNav) -> bool {
        self.here == Some(*nav)
    }

    /// The field that every form needs.
    pub(crate) fn token_field(&self) -> Hidden<'_> {
        Hidden("token", &self.token)
    }

    pub(crate) fn stylesheet(&self) -> &'static str {
        crate::assets::stylesheet_path()
    }

    pub(crate) fn favicon(&self) -> &'static str {
        crate::assets::favicon_path()
    }
}

/// A field that is not shown.
pub(crate) struct Hidden<'a>(pub(crate) &'a str, pub(crate) &'a str);

impl fmt::Display for Hidden<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<input type=\"hidden\" name=\"")?;
        write_escaped(f, self.0)?;
        f.write_str("\" value=\"")?;
        write_escaped(f, self.1)?;
        f.write_str("\">")
    }
}

impl HtmlSafe for Hidden<'_> {}
