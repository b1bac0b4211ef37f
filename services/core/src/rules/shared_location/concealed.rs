//! What an edit hides that was public, and the records that still show it.

use std::collections::BTreeMap;

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;

use super::neighbour::{Neighbour, PlaceOwner, TextField, place_owner, texts_of};
use super::overlap::is_same_point;
use crate::gazetteer::gazetteer;
use crate::recurrence::{Budget, upcoming};
use crate::rules::address_in_text::find_addresses;
use crate::rules::body::{PlaceUse, RecordBody};
use crate::rules::plain_text::fold;
use crate::rules::violations::{Violation, Violations};
use crate::time::Timestamp;

/// The reason to confirm to publish a location less exactly than another record does.
pub(super) const COARSER: &str = "other_record_is_finer";
/// The reason to confirm to hide a record whose sentences another one repeats.
const REPEATS: &str = "other_record_repeats_it";
/// The reason to confirm that a record's own texts still show the place that it hides.
const OWN_TEXT: &str = "text_shows_hidden_place";
/// Characters of the shortest phrase that is searched for.
const MIN_PHRASE_CHARS: usize = 5;
/// Words of the shortest sentence that counts as repeated.
const MIN_SENTENCE_WORDS: usize = 8;

/// What an edit hides: the location that a public record showed, and, if the record becomes
/// private, its sentences.
#[derive(Debug, Clone, Default)]
pub struct Concealed {
    places: Vec<v1::Place>,
    /// Normalised: streets, venues and addresses in texts.
    phrases: Vec<String>,
    /// Normalised and without spaces: postcodes and other codes.
    codes: Vec<String>,
    sentences: Vec<String>,
    /// The key of an offer, to which a venue may refer.
    key: String,
    /// Whether a listing of the group that shows the place decides that it is no secret.
    yields_to_listing: bool,
    /// The precision to which a listing becomes coarser. A group that begins to hide where it
    /// is must see every place that its other records show more exactly, however far away: an
    /// event in another town can be where its members are met too.
    lowered_to: Option<Precision>,
}

impl Concealed {
    /// Returns what a public record hides by becoming `after`; `None` if it hides nothing.
    #[must_use]
    pub fn by_edit(collection: &str, key: &str, before: &[u8], after: &RecordBody) -> Option<Self> {
        // A place that moved is not hidden.
        if !after.is_below_exact() {
            return None;
        }
        let kept = after.places();
        let is_kept = |place: &v1::Place| {
            let mut same = kept
                .iter()
                .filter(|(.., kept)| kept.precision() <= place.precision());
            same.any(|(.., kept)| is_same_address(place, kept))
        };
        let mut concealed = Self::of(collection, key, before, |place| !is_kept(place))?;
        concealed.lowered_to =
            lowered_to(collection, before, coarsest(after), |place| !is_kept(place));
        (!concealed.places.is_empty() || concealed.lowered_to.is_some()).then_some(concealed)
    }

    /// Returns what a public record hides by becoming private.
    #[must_use]
    pub fn by_narrowing(collection: &str, key: &str, before: &[u8]) -> Option<Self> {
        let mut concealed = Self::of(collection, key, before, |_| true)?;
        concealed.lowered_to = lowered_to(collection, before, Some(Precision::Hidden), |_| true);
        let texts = texts_of(collection, before);
        let sentences = texts
            .iter()
            .flat_map(|field| field.text.split(['.', '!', '?', '\n']).map(normalise));
        concealed.sentences = sentences
            .filter(|sentence| sentence.split_whitespace().count() >= MIN_SENTENCE_WORDS)
            .collect();
        Some(concealed)
    }

    /// Returns what a public record hides by its withdrawal; `None` for an event that is over.
    #[must_use]
    pub fn by_withdrawal(
        collection: &str,
        key: &str,
        before: &[u8],
        now: Timestamp,
    ) -> Option<Self> {
        let body = RecordBody::parse(collection, before).ok()?;
        if let RecordBody::Event(event) = &body {
            let next = upcoming(event.schedule.as_slice(), now, &Budget::default());
            if next.is_ok_and(|next| next.occurrences.is_empty() && !next.continues) {
                return None;
            }
        }
        let mut concealed = Self::of(collection, key, before, |_| true)?;
        concealed.yields_to_listing = !matches!(body, RecordBody::Listing(_));
        Some(concealed)
    }

    fn of(
        collection: &str,
        key: &str,
        before: &[u8],
        is_hidden: impl Fn(&v1::Place) -> bool,
    ) -> Option<Self> {
        let body = RecordBody::parse(collection, before).ok()?;
        if place_owner(&body) == PlaceOwner::Other {
            return None;
        }
        let places = body.places().into_iter().filter(|(_, usage, place)| {
            let is_exact = place.precision() == Precision::Exact;
            (is_exact || (*usage == PlaceUse::Location && is_fine(place))) && is_hidden(place)
        });
        let mut concealed = Self {
            places: places.map(|(.., place)| place.clone()).collect(),
            key: key.to_owned(),
            ..Self::default()
        };
        for place in concealed.places.clone() {
            concealed.add_words(&place);
        }
        for field in texts_of(collection, before) {
            for (_, part) in find_addresses(&field.text, field.usage) {
                concealed.add_phrase(&part);
            }
        }
        Some(concealed)
    }

    fn add_words(&mut self, place: &v1::Place) {
        let venue = place.venue.as_ref().map_or("", |venue| venue.name.as_str());
        for text in [&place.street, &place.directions, &place.map_link, venue] {
            self.add_phrase(text);
        }
        // "12 Example Road" is also shown by "in Example Road".
        let street = place
            .street
            .trim_start_matches(|c: char| !c.is_alphabetic());
        if street.split_whitespace().count() > 1 {
            self.add_phrase(street);
        }
        // A venue, but not the town in which it is.
        let town = place.name.split(',').next().unwrap_or_default();
        let is_town = gazetteer().is_place_name(town) || gazetteer().region(&place.name).is_some();
        if place.precision() == Precision::Exact && !is_town {
            self.add_phrase(&place.name);
        }
        for code in [&place.postcode, &place.plus_code] {
            let code = normalise(code).replace(' ', "");
            if code.len() >= MIN_PHRASE_CHARS {
                self.codes.push(code);
            }
        }
    }

    fn add_phrase(&mut self, text: &str) {
        let phrase = normalise(text);
        if phrase.trim().chars().count() >= MIN_PHRASE_CHARS && !self.phrases.contains(&phrase) {
            self.phrases.push(phrase);
        }
    }

    /// Returns whether another group's record shows the same location.
    #[must_use]
    pub fn is_shown_by(&self, neighbour: &Neighbour) -> bool {
        self.shown_by(neighbour).is_some()
    }

    /// Returns whether another record has a place at the hidden location.
    fn is_at(&self, neighbour: &Neighbour) -> bool {
        neighbour.places.iter().any(|theirs| {
            let is_venue = theirs
                .venue
                .as_ref()
                .is_some_and(|venue| !self.key.is_empty() && venue.offer_key == self.key);
            let is_same = |own: &v1::Place| is_same_point(own, theirs) && is_fine(theirs);
            is_venue || self.places.iter().any(is_same)
        })
    }

    /// Returns in words what of the hidden location another record shows.
    fn shown_by(&self, neighbour: &Neighbour) -> Option<String> {
        if self.is_at(neighbour) {
            return Some("the same place".to_owned());
        }
        let found = neighbour
            .texts
            .iter()
            .find_map(|field| self.shown_in(field));
        let found = found.map(|(path, part)| format!("`{part}` in {path}"));
        let is_own = neighbour.is_own && neighbour.owner == PlaceOwner::Publisher;
        found.or_else(|| neighbour.finer_than(self.lowered_to.filter(|_| is_own)?))
    }

    fn shown_in(&self, field: &TextField) -> Option<(String, String)> {
        let text = normalise(&field.text);
        let compact = text.replace(' ', "");
        let phrase = self.phrases.iter().find(|phrase| text.contains(*phrase));
        let code = self.codes.iter().find(|code| compact.contains(*code));
        let part = phrase
            .map(|phrase| phrase.trim())
            .or(code.map(String::as_str));
        part.map(|part| (field.path.clone(), part.to_owned()))
    }

    /// Adds a confirmable violation for each record that still shows what is hidden, at the
    /// given field.
    #[must_use]
    pub fn still_shown<'n>(
        &self,
        field: &str,
        neighbours: impl Iterator<Item = &'n Neighbour> + Clone,
    ) -> Vec<Violation> {
        // A listing that shows the place decides that it is no secret; its texts do not.
        let shows_place = |it: &Neighbour| {
            let mut fields = it.texts.iter();
            let mut is_named = || {
                fields.any(|text| text.path.starts_with("places[") && self.shown_in(text).is_some())
            };
            it.is_own && it.is_listing && (self.is_at(it) || is_named())
        };
        if self.yields_to_listing && neighbours.clone().any(shows_place) {
            return Vec::new();
        }
        let mut violations = Violations::default();
        let mut others: BTreeMap<&str, (String, usize)> = BTreeMap::new();
        for neighbour in neighbours {
            if let Some(what) = self.shown_by(neighbour) {
                if neighbour.is_own {
                    let message = format!(
                        "`{}` still shows {what}. Change it or take it back first or in the same \
                         request, or confirm that it may stay.",
                        neighbour.title()
                    );
                    violations.add_about(field, COARSER, neighbour.handle(), message);
                } else {
                    let title = neighbour.title().to_owned();
                    others.entry(neighbour.handle()).or_insert((title, 0)).1 += 1;
                }
            } else if let Some(sentence) = self.repeated_by(neighbour) {
                let message = format!(
                    "`{}` still says `{sentence}`. Change it first or in the same request, or \
                     confirm that it may stay.",
                    neighbour.title()
                );
                violations.add_about(field, REPEATS, neighbour.handle(), message);
            }
        }
        for (handle, (title, count)) in others {
            let more = match count {
                1 => String::new(),
                count => format!(" and {} more", count - 1),
            };
            let message = format!(
                "Another group on this node publishes this place too, in `{title}`{more}. You \
                 cannot change that: speak with them, or confirm that it may stay."
            );
            violations.add_about(field, COARSER, handle, message);
        }
        violations.list
    }

    fn repeated_by(&self, neighbour: &Neighbour) -> Option<String> {
        if self.sentences.is_empty() || !neighbour.is_own {
            return None;
        }
        let texts = neighbour.texts.iter().map(|field| normalise(&field.text));
        texts.into_iter().find_map(|text| {
            let repeated = self.sentences.iter().find(|it| text.contains(*it));
            repeated.map(|sentence| sentence.trim().to_owned())
        })
    }

    /// Adds a confirmable violation for each text of the record itself that still shows what
    /// the record hides.
    #[must_use]
    pub fn in_own_texts(&self, collection: &str, after: &[u8]) -> Vec<Violation> {
        let mut violations = Violations::default();
        for field in texts_of(collection, after) {
            if let Some((path, part)) = self.shown_in(&field) {
                violations.add_confirmable(
                    path,
                    OWN_TEXT,
                    format!(
                        "This still says `{part}`, which the place no longer shows. Take it out, \
                         or confirm that it may stay."
                    ),
                );
            }
        }
        violations.list
    }
}

/// Returns the coarsest precision of the locations of a record.
fn coarsest(body: &RecordBody) -> Option<Precision> {
    locations(body).map(v1::Place::precision).max()
}

fn locations(body: &RecordBody) -> impl Iterator<Item = &v1::Place> {
    let places = body.places().into_iter();
    let locations = places.filter(|(_, usage, _)| *usage == PlaceUse::Location);
    locations.map(|(.., place)| place)
}

/// Returns `after` if it is coarser than a location that the group's own listing showed and
/// does not show any more.
fn lowered_to(
    collection: &str,
    before: &[u8],
    after: Option<Precision>,
    is_hidden: impl Fn(&v1::Place) -> bool,
) -> Option<Precision> {
    let before = RecordBody::parse(collection, before).ok()?;
    let is_own_listing =
        matches!(before, RecordBody::Listing(_)) && place_owner(&before) == PlaceOwner::Publisher;
    let hidden = locations(&before).filter(|place| is_hidden(place));
    let finest = hidden
        .map(v1::Place::precision)
        .filter(|precision| *precision != Precision::Unspecified)
        .min()?;
    after.filter(|after| is_own_listing && *after > finest)
}

/// Returns whether two places of one precision are the same to a reader.
fn is_same_address(a: &v1::Place, b: &v1::Place) -> bool {
    let words = |place: &v1::Place| {
        let place = [
            &place.street,
            &place.postcode,
            &place.plus_code,
            &place.name,
        ];
        place.map(|text| normalise(text))
    };
    let has_point = a.point.is_some() || b.point.is_some();
    words(a) == words(b) && a.venue == b.venue && (!has_point || is_same_point(a, b))
}

fn is_fine(place: &v1::Place) -> bool {
    matches!(
        place.precision(),
        Precision::Exact | Precision::Neighbourhood
    )
}

/// Returns a text as words in small letters with single spaces, also at both ends.
fn normalise(text: &str) -> String {
    let folded = fold(text).to_lowercase();
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let words = words.map(|word| word.replace('\'', ""));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        String::new()
    } else {
        format!(" {} ", words.join(" "))
    }
}
