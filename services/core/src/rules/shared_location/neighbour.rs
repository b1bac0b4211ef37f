//! Another published record, as far as it can show a location.

use std::sync::OnceLock;

use hedgerow_proto::v1;
use hedgerow_proto::v1::{Precision, Voice};

use super::overlap::{Overlap, is_same_point, overlap};
use crate::rules::address_in_text::{TextUse, find_addresses};
use crate::rules::body::{PlaceUse, RecordBody};
use crate::rules::free_text::usage_of;
use crate::rules::wire_walk::{Value, walk};
use crate::summary::title_of;

/// Another published record to compare a draft with: its places, and the texts that may
/// contain an address.
#[derive(Debug, Clone)]
pub struct Neighbour {
    handle: String,
    title: String,
    /// Whether the group that edits publishes this record.
    pub(super) is_own: bool,
    pub(super) is_listing: bool,
    pub(super) owner: PlaceOwner,
    /// The locations, and the exact ones among the areas that it serves.
    pub(super) places: Vec<v1::Place>,
    pub(super) texts: Vec<TextField>,
    is_below_exact: bool,
    /// Found when first needed: the search is costly, and most edits hide nothing.
    addresses: OnceLock<Vec<(String, String)>>,
}

/// A text with its path.
#[derive(Debug, Clone)]
pub(super) struct TextField {
    pub(super) path: String,
    pub(super) usage: TextUse,
    pub(super) text: String,
}

/// The group whose places a record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaceOwner {
    Publisher,
    Branch,
    Other,
}

pub(super) fn place_owner(body: &RecordBody) -> PlaceOwner {
    match body {
        RecordBody::Listing(listing) => match listing.voice() {
            Voice::Catalogued => PlaceOwner::Other,
            Voice::OnBehalf => PlaceOwner::Branch,
            Voice::Itself | Voice::Unspecified => PlaceOwner::Publisher,
        },
        // The place of a need is where the group looks for something, not where it meets.
        RecordBody::Need(_) => PlaceOwner::Other,
        _ => PlaceOwner::Publisher,
    }
}

impl Neighbour {
    /// Parses a record of the group itself. A confirmation names it by `handle`. `None` if
    /// the body is not of its kind, or is about another group.
    #[must_use]
    pub fn own(handle: String, collection: &str, body: &[u8]) -> Option<Self> {
        Self::parse(handle, true, collection, body)
    }

    /// Parses a published record of another group on the same node. Give all records of that
    /// group one handle: the steward cannot change any of them.
    #[must_use]
    pub fn of_another_group(handle: String, collection: &str, body: &[u8]) -> Option<Self> {
        Self::parse(handle, false, collection, body)
    }

    fn parse(handle: String, is_own: bool, collection: &str, bytes: &[u8]) -> Option<Self> {
        let body = RecordBody::parse(collection, bytes).ok()?;
        let owner = place_owner(&body);
        let is_catalogued =
            matches!(&body, RecordBody::Listing(it) if it.voice() == Voice::Catalogued);
        if is_catalogued || body == RecordBody::Unknown {
            return None;
        }
        Some(Self {
            title: title_of(&body).unwrap_or(collection).to_owned(),
            handle,
            is_own,
            is_listing: matches!(body, RecordBody::Listing(_)),
            owner,
            places: places_of(&body, owner),
            texts: texts_of(collection, bytes),
            is_below_exact: body.is_below_exact(),
            addresses: OnceLock::new(),
        })
    }

    /// Returns whether the record shows a location, or states how exactly it shows one.
    #[must_use]
    pub fn has_location(&self) -> bool {
        !self.places.is_empty() || !self.addresses().is_empty()
    }

    /// The name of the record in a confirmation.
    #[must_use]
    pub fn handle(&self) -> &str {
        &self.handle
    }

    /// The title by which a steward knows the record.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// Returns the addresses in texts, with their paths. A record at an exact place shows
    /// that place, so its texts are not searched.
    pub(super) fn addresses(&self) -> &[(String, String)] {
        self.addresses.get_or_init(|| {
            if !self.is_below_exact {
                return Vec::new();
            }
            let found = self.texts.iter().flat_map(|field| {
                find_addresses(&field.text, field.usage)
                    .into_iter()
                    .map(|(_, part)| (field.path.clone(), part))
            });
            found.collect()
        })
    }

    /// Returns in words what the record shows more exactly than a precision.
    pub(super) fn finer_than(&self, coarse: Precision) -> Option<String> {
        let mut places = self.places.iter();
        let finer = places.find(|place| {
            place.precision() < coarse && place.precision() != Precision::Unspecified
        });
        finer.map(describe).or_else(|| {
            let (path, part) = self.addresses().first()?;
            Some(format!("`{part}` in {path}"))
        })
    }

    /// Returns in words what the record shows more exactly than a place that may be the
    /// same, whatever their distance.
    pub(super) fn shows_finer_than(&self, coarse: &v1::Place, owner: PlaceOwner) -> Option<String> {
        if coarse.precision() <= Precision::Exact {
            return None;
        }
        // Places of branches are other groups' places, unless they are evidently the same.
        let is_about_branch = owner == PlaceOwner::Branch || self.owner == PlaceOwner::Branch;
        let finer = self.places.iter().find(|place| {
            let is_finer = place.precision() < coarse.precision()
                && place.precision() != Precision::Unspecified;
            is_finer
                && match overlap(place, coarse) {
                    Overlap::Certain => true,
                    Overlap::Possible => !is_about_branch || is_same_point(place, coarse),
                    Overlap::None => false,
                }
        });
        if let Some(place) = finer {
            return Some(describe(place));
        }
        let (path, part) = self.addresses().first().filter(|_| !is_about_branch)?;
        Some(format!("`{part}` in {path}"))
    }
}

/// Returns the places of a record that show where its group is: none of a catalogued listing
/// or a need, and only those of a branch that are exact enough to compare.
fn places_of(body: &RecordBody, owner: PlaceOwner) -> Vec<v1::Place> {
    let places = body.places().into_iter().filter(|(_, usage, place)| {
        let is_exact = place.precision() == Precision::Exact;
        let is_comparable = match owner {
            PlaceOwner::Publisher => true,
            PlaceOwner::Branch => is_exact || place.precision() == Precision::Neighbourhood,
            PlaceOwner::Other => false,
        };
        is_comparable && (*usage == PlaceUse::Location || is_exact)
    });
    places.map(|(.., place)| place.clone()).collect()
}

/// Returns every text of a record.
pub(super) fn texts_of(collection: &str, body: &[u8]) -> Vec<TextField> {
    let message = RecordBody::message_name(collection).unwrap_or_default();
    let Ok(walk) = walk(body, message) else {
        return Vec::new();
    };
    let texts = walk.values.iter().filter_map(|field| match field.value {
        Value::Text(text) if !text.is_empty() => Some(TextField {
            path: field.path.clone(),
            usage: usage_of(field),
            text: text.to_owned(),
        }),
        _ => None,
    });
    texts.collect()
}

/// Describes a place by its most exact words.
fn describe(place: &v1::Place) -> String {
    let venue = place.venue.as_ref().map_or("", |venue| venue.name.as_str());
    let words = [
        &place.street,
        &place.postcode,
        &place.plus_code,
        venue,
        &place.name,
    ];
    let words = words.into_iter().find(|text| !text.is_empty());
    let precision = precision_name(place.precision());
    words.map_or_else(
        || format!("its place as {precision}"),
        |words| format!("`{words}` ({precision})"),
    )
}

pub(super) fn precision_name(precision: Precision) -> &'static str {
    match precision {
        Precision::Unspecified => "unspecified",
        Precision::Exact => "exact",
        Precision::Neighbourhood => "neighbourhood",
        Precision::Town => "town",
        Precision::Region => "region",
        Precision::Hidden => "hidden",
    }
}
