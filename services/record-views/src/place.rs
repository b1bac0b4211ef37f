//! Places, no finer than published.

use hedgerow_proto::v1;
use hedgerow_web::view::{Place, Precision};
use hedgerow_web::{Text, WebLink};

pub fn precision(precision: v1::Precision) -> Precision {
    match precision {
        v1::Precision::Exact => Precision::Exact,
        v1::Precision::Neighbourhood => Precision::Neighbourhood,
        v1::Precision::Town => Precision::Town,
        v1::Precision::Region => Precision::Region,
        v1::Precision::Hidden | v1::Precision::Unspecified => Precision::Hidden,
    }
}

/// A place of a record. `None` for a hidden one without words.
pub fn place(place: &v1::Place, language: &str) -> Option<Place> {
    let text = |text: &str| Text::new(text, language);
    let region = place.regions.first().map(|region| region.name.as_str());
    let name = Some(place.name.as_str()).filter(|name| !name.is_empty());
    let name = name.or(region).unwrap_or_default();
    // The room of a partner in which it is.
    let venue = place.venue.as_ref().map_or("", |venue| venue.name.as_str());
    let words: Vec<Text> = [venue, &place.directions, &place.words]
        .into_iter()
        .map(text)
        .filter(|words| !words.is_empty())
        .collect();
    if name.is_empty() && words.is_empty() {
        return None;
    }
    let mut shown = Place::named(text(name), precision(place.precision()));
    shown.words = words;
    // Below exact these fields must be empty, and a receiver refuses a record where they are not.
    if place.precision() == v1::Precision::Exact {
        let parts = [place.street.as_str(), place.postcode.as_str()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        shown.address = Some(text(&parts.join(", "))).filter(|address| !address.is_empty());
        shown.map = WebLink::web(&place.map_link);
    }
    Some(shown)
}
