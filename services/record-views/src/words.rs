//! Values of the protocol as people speak of them.

use chrono::{DateTime, NaiveDate};
use hedgerow_core::language::languages;
use hedgerow_core::name::collection;
use hedgerow_core::time::Timestamp;
use hedgerow_web::view::Kind;

/// The kind of a collection's records; [`Kind::Other`] for a collection that is not known here.
pub fn kind(collection_name: &str) -> Kind {
    match collection_name {
        collection::LISTING => Kind::Group,
        collection::EVENT => Kind::Event,
        collection::OFFER => Kind::Offer,
        collection::NEED => Kind::Need,
        collection::STORY => Kind::Story,
        collection::COMMITMENT => Kind::Commitment,
        collection::VOUCH => Kind::Vouch,
        _ => Kind::Other,
    }
}

/// A UTC time as its day.
pub fn day(time: Timestamp) -> NaiveDate {
    let utc = DateTime::from_timestamp_millis(time.as_millis()).unwrap_or_default();
    utc.date_naive()
}

/// The name of a language by its tag, or the tag.
pub fn language(tag: &str) -> String {
    let primary = tag.split('-').next().unwrap_or_default();
    let mut named = languages().filter(|(other, _)| *other == tag || *other == primary);
    let exact = languages().find(|(other, _)| *other == tag);
    let found = exact.or_else(|| named.next());
    found.map_or_else(|| tag.to_owned(), |(_, name)| capitalised(name))
}

/// A text with its first letter as a capital.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}
