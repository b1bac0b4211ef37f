//! The rules that a receiver applies to a record whose envelope is valid. A rejected
//! record stays a leaf with the reason; its body is neither stored nor shown.
//!
//! A receiver rejects only what could harm a person or pass for something else. Whether a
//! record is complete is up to its publisher.

use hedgerow_proto::v1;
use hedgerow_proto::v1::{ContactKind, Precision, Voice};

use super::address_in_text::find_certain_address;
use super::body::{PlaceUse, RecordBody};
use super::precision::{address_fields, has_location};
use super::wire_walk::{Excess, InvalidMessage, Value, Walk, walk, walk_for_receiver};
use super::{catalogued, commitment};
use crate::gazetteer::gazetteer;
use crate::name::collection;
use crate::place::{is_in_range, is_on_grid};
use crate::record::ParsedRecord;

/// The rejection of a record's body by a receiver.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Rejection {
    /// The stable name of the problem.
    pub reason: &'static str,
    /// The field and the problem, for the operator.
    pub detail: String,
}

impl Rejection {
    /// The stable name of the problem.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

fn reject<T>(reason: &'static str, detail: impl Into<String>) -> Result<T, Rejection> {
    Err(Rejection {
        reason,
        detail: detail.into(),
    })
}

/// Checks a received record and decodes its body. Unknown kinds pass unchecked, and so do
/// unknown fields of known kinds.
///
/// # Errors
/// The first problem for which the record is rejected.
pub fn check_received(record: &ParsedRecord) -> Result<RecordBody, Rejection> {
    let message = record.message();
    let name = record.name().collection.as_str();
    let Some(kind) = RecordBody::message_name(name) else {
        return Ok(RecordBody::Unknown);
    };
    check_fields(
        "record",
        walk_for_receiver(record.bytes(), "hedgerow.v1.Record"),
    )?;
    check_fields("body", walk_for_receiver(&message.body, kind))?;
    let body = RecordBody::parse(name, &message.body).or_else(|error| {
        reject(
            "body_malformed",
            format!("cannot decode the body as {name}: {error}"),
        )
    })?;
    check_subject(record, &body)?;
    if matches!(&body, RecordBody::Listing(it) if it.voice() == Voice::Catalogued) {
        check_no_contacts(record, kind)?;
    }
    for (path, usage, place) in body.places() {
        check_place(&path, place)?;
        check_place_texts(&path, place)?;
        check_postal_contacts(&body, usage, place)?;
    }
    let fine = match &body {
        RecordBody::Listing(listing) if listing.voice() == Voice::Catalogued => {
            catalogued::too_fine(listing)
        }
        RecordBody::Commitment(commitment) => commitment::too_fine(commitment),
        _ => Vec::new(),
    };
    match fine.first() {
        Some(path) => reject("place_too_fine", format!("{path} is finer than town")),
        None => Ok(body),
    }
}

/// Rejects duplicated fields, because a reader sees only the last of them and the others would
/// travel unchecked, and texts and lists over their limits.
fn check_fields(part: &str, walk: Result<Walk<'_>, InvalidMessage>) -> Result<(), Rejection> {
    match walk {
        Err(InvalidMessage) => reject(
            "body_malformed",
            format!("the {part} is not a message of its kind"),
        ),
        Ok(walk) => match (
            walk.duplicates.first(),
            walk.excesses.first(),
            walk.unsuitable.first(),
        ) {
            (Some(path), ..) => reject("field_twice", format!("{path} occurs in the {part} twice")),
            (None, Some(Excess { path, reason, max }), _) => reject(
                reason,
                format!("{path} of the {part} is over its limit of {max}"),
            ),
            (None, None, Some((path, reason))) => reject(
                reason,
                format!("{path} of the {part} has a line break or a character that hides text"),
            ),
            (None, None, None) => Ok(()),
        },
    }
}

/// Rejects a place below exact whose texts contain an address. Only what cannot be anything
/// else: a street is a guess, and a receiver must not reject an honest text.
fn check_place_texts(path: &str, place: &v1::Place) -> Result<(), Rejection> {
    if place.precision() == Precision::Exact {
        return Ok(());
    }
    let own = [
        ("name", &place.name),
        ("directions", &place.directions),
        ("words", &place.words),
        ("country", &place.country),
    ];
    let regions = place.regions.iter();
    let regions = regions.flat_map(|it| [("regions", &it.scheme), ("regions", &it.name)]);
    for (field, text) in own.into_iter().chain(regions) {
        if let Some((found, _)) = find_certain_address(text) {
            let detail = format!("{path}.{field} contains {}", found.description());
            return reject("address_below_exact", detail);
        }
    }
    Ok(())
}

/// Rejects contacts in the texts of a catalogued listing.
fn check_no_contacts(record: &ParsedRecord, kind: &'static str) -> Result<(), Rejection> {
    let Ok(walk) = walk(&record.message().body, kind) else {
        return Ok(());
    };
    let texts = walk.values.iter().filter_map(|field| match field.value {
        Value::Text(text) => Some((field.path.as_str(), text)),
        _ => None,
    });
    let subject = record.message().subject.as_ref();
    let subject = subject.map(|subject| ("subject.name", subject.name.as_str()));
    for (path, text) in texts.chain(subject) {
        if let Some((found, _)) = catalogued::contact_in(path, text) {
            let detail = format!("{path} contains {}", found.description());
            return reject("contact_in_catalogued", detail);
        }
    }
    Ok(())
}

/// Checks that the record is about a group that it may be about.
fn check_subject(record: &ParsedRecord, body: &RecordBody) -> Result<(), Rejection> {
    let subject = record.message().subject.as_ref();
    let key = &record.name().key;
    match body {
        RecordBody::Listing(listing) => match listing.voice() {
            Voice::Unspecified => {
                return reject("voice_missing", "the listing has no known voice");
            }
            Voice::Catalogued => return check_catalogued(listing, subject, key.as_str()),
            Voice::Itself | Voice::OnBehalf => {}
        },
        RecordBody::Vouch(vouch) => {
            let subject = vouch
                .subject
                .as_ref()
                .map(|subject| subject.group_id.as_slice());
            if subject == Some(record.message().group_id.as_slice()) {
                return reject("vouch_of_itself", "the group vouches for itself");
            }
        }
        _ => {}
    }
    match subject {
        Some(_) => reject(
            "subject_unexpected",
            format!("only a catalogued {} has a subject", collection::LISTING),
        ),
        None => Ok(()),
    }
}

fn check_catalogued(
    listing: &v1::Listing,
    subject: Option<&v1::Subject>,
    key: &str,
) -> Result<(), Rejection> {
    let Some(subject) = subject else {
        return reject(
            "subject_missing",
            "a catalogued listing must name its subject",
        );
    };
    let expected = catalogued::catalogued_key(subject);
    if expected.is_none_or(|expected| expected.as_str() != key) {
        return reject(
            "subject_mismatch",
            "the key is not the subject's scheme and id",
        );
    }
    if listing
        .source
        .as_ref()
        .is_none_or(|source| source.title.trim().is_empty())
    {
        return reject(
            "source_missing",
            "a catalogued listing must name its source",
        );
    }
    if !listing.contacts.is_empty() {
        return reject(
            "contact_in_catalogued",
            "a catalogued listing may have no contact except a website",
        );
    }
    Ok(())
}

fn check_place(path: &str, place: &v1::Place) -> Result<(), Rejection> {
    let Ok(precision) = Precision::try_from(place.precision) else {
        // A precision of a later version: how exact the place may be is unknown.
        let has_location = place.point.is_some() || !address_fields(place).is_empty();
        return if has_location {
            reject("value_unknown", path)
        } else {
            Ok(())
        };
    };
    if let Some(point) = place.point
        && !is_in_range(&point)
    {
        return reject("point_out_of_range", path);
    }
    if precision != Precision::Exact
        && let Some(field) = address_fields(place).first()
    {
        return reject("address_below_exact", format!("{path}.{field}"));
    }
    match precision {
        Precision::Unspecified => reject("precision_missing", path),
        Precision::Exact => Ok(()),
        Precision::Neighbourhood => match place.point {
            Some(point) if !is_on_grid(&point) => reject("point_off_grid", path),
            _ => Ok(()),
        },
        Precision::Town => check_town(path, place),
        Precision::Region if place.point.is_some() || place.geonames_id != 0 => {
            reject("region_with_point", path)
        }
        Precision::Region => Ok(()),
        Precision::Hidden if has_location(place) => reject("hidden_place_told", path),
        Precision::Hidden => Ok(()),
    }
}

/// A town must have an id, and the gazetteer's point. If the gazetteer does not contain the
/// id, nothing shows that a point is the town's and not a house's, so there must be none.
fn check_town(path: &str, place: &v1::Place) -> Result<(), Rejection> {
    if place.geonames_id == 0 {
        return reject("town_without_id", path);
    }
    match (gazetteer().by_id(u64::from(place.geonames_id)), place.point) {
        (Some(town), Some(point)) if town.point() != point => reject("point_not_the_towns", path),
        (None, Some(_)) => reject("point_of_unknown_town", path),
        _ => Ok(()),
    }
}

/// Rejects postal contacts if a location is below exact: the address would reveal it.
fn check_postal_contacts(
    body: &RecordBody,
    usage: PlaceUse,
    place: &v1::Place,
) -> Result<(), Rejection> {
    let (path, contacts) = body.contacts();
    let has_postal_contact = contacts
        .iter()
        .any(|contact| contact.kind() == ContactKind::Post);
    let below_exact = usage == PlaceUse::Location && place.precision() != Precision::Exact;
    if has_postal_contact && below_exact {
        return reject("address_below_exact", format!("{path}: a postal address"));
    }
    Ok(())
}
