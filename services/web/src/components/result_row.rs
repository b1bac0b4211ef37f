//! A row of a list of records.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::icon::Icon;
use crate::view::{Area, Details, Hit, Kind, Place, Precision};
use crate::words::Words;

/// A record in a list: what it is, where, when next, how to join, whose voice, how fresh.
#[derive(Template)]
#[template(path = "components/result_row.html")]
pub struct ResultRow<'a> {
    t: Words,
    hit: &'a Hit,
    details: Option<&'a Details>,
    /// Its position on the page, from which the ids of its title and links are made.
    number: Option<usize>,
}

impl<'a> ResultRow<'a> {
    pub fn new(t: Words, hit: &'a Hit) -> Self {
        Self {
            t,
            hit,
            details: None,
            number: None,
        }
    }

    /// With an id of its title, `t` and this number, by which other elements of the page are named.
    #[must_use]
    pub fn numbered(mut self, number: usize) -> Self {
        self.number = Some(number);
        self
    }

    /// With what a list adds.
    #[must_use]
    pub fn with(mut self, details: &'a Details) -> Self {
        self.details = Some(details);
        self
    }
}

impl HtmlSafe for ResultRow<'_> {}

/// The kind of a record, with its icon.
pub struct KindLabel {
    t: Words,
    kind: Kind,
}

impl KindLabel {
    pub fn new(t: Words, kind: &Kind) -> Self {
        Self { t, kind: *kind }
    }

    pub(crate) fn key(kind: Kind) -> &'static str {
        match kind {
            Kind::Group => "kind-group",
            Kind::Event => "kind-event",
            Kind::Offer => "kind-offer",
            Kind::Need => "kind-need",
            Kind::Story => "kind-story",
            Kind::Commitment => "kind-commitment",
            Kind::Vouch => "kind-vouch",
            Kind::Other => "kind-other",
        }
    }

    pub(crate) fn icon(kind: Kind) -> Icon {
        match kind {
            Kind::Group => Icon::People,
            Kind::Event => Icon::Calendar,
            Kind::Offer => Icon::Room,
            Kind::Need | Kind::Vouch => Icon::Hand,
            Kind::Story | Kind::Commitment | Kind::Other => Icon::Voice,
        }
    }
}

impl std::fmt::Display for KindLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<span class=\"kind\">{}", Self::icon(self.kind))?;
        crate::escape::write_escaped(f, &self.t.text(Self::key(self.kind)))?;
        f.write_str("</span>")
    }
}

impl HtmlSafe for KindLabel {}

/// A place with its distance, and how exactly it is known.
#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% if let Some(Area::Serves) = place.area %}{{ t.text("place-serves") }} {% endif %}{{ place.name }}{% if let Some(metres) = place.distance %}, <span class="distance">{{ t.distance(**metres, self.is_exact()) }}</span>{% endif %}{% if let Some(key) = self.precision_key() %} <span class="quiet">({{ t.text(key) }})</span>{% endif %}"#
)]
pub struct PlaceLine<'a> {
    t: Words,
    place: &'a Place,
}

impl<'a> PlaceLine<'a> {
    pub fn new(t: Words, place: &'a Place) -> Self {
        Self { t, place }
    }

    fn is_exact(&self) -> bool {
        matches!(
            self.place.precision,
            Precision::Exact | Precision::Neighbourhood
        )
    }

    /// Of an exact place and of a town there is nothing to add: a name of a town says it.
    fn precision_key(&self) -> Option<&'static str> {
        match self.place.precision {
            Precision::Exact | Precision::Town | Precision::Hidden => None,
            Precision::Neighbourhood => Some("precision-neighbourhood"),
            // It serves all of it, wherever it is.
            Precision::Region if self.place.area == Some(Area::Serves) => None,
            Precision::Region => Some("precision-region"),
        }
    }
}

impl HtmlSafe for PlaceLine<'_> {}
