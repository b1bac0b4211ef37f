//! What a receiver refuses in a record whose envelope is in order. The record stays a
//! leaf with the reason beside it; its body is neither kept nor shown.
//!
//! Only what could harm somebody or pass for something else is refused here. Whether a
//! record says everything that it should is its writer's business.

use hedgerow_proto::v1;
use hedgerow_proto::v1::ContactKind;
use hedgerow_proto::v1::Precision;
use hedgerow_proto::v1::Voice;

use super::Known;
use super::catalogued;
use super::commitment;
use super::known::PlaceUse;
use super::precision::address_fields;
use super::walk::NotAMessage;
use super::walk::Walk;
use super::walk::walk_for_twice;
use crate::gazetteer::gazetteer;
use crate::name::collection;
use crate::place::is_in_range;
use crate::place::is_on_grid;
use crate::record::ParsedRecord;

/// Why a receiver refuses a record's body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refused {
    /// The stable name of the refusal.
    pub reason: &'static str,
    /// What and where, for the operator.
    pub detail: String,
}

impl Refused {
    /// The stable name of the refusal.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        self.reason
    }
}

fn refused<T>(reason: &'static str, detail: impl Into<String>) -> Result<T, Refused> {
    Err(Refused {
        reason,
        detail: detail.into(),
    })
}

/// Looks into a record as a receiver. Unknown kinds pass unseen, and so do unknown
/// fields of known kinds.
///
/// # Errors
/// The first thing for which the record is refused.
pub fn check_received(record: &ParsedRecord) -> Result<Known, Refused> {
    let message = record.message();
    let name = record.name().collection.as_str();
    let Some(kind) = Known::message_name(name) else {
        return Ok(Known::Unknown);
    };
    once(
        "record",
        walk_for_twice(record.bytes(), "hedgerow.v1.Record"),
    )?;
    once("body", walk_for_twice(&message.body, kind))?;
    let known = Known::parse(name, &message.body)
        .or_else(|error| refused("body_malformed", format!("the body is no {name}: {error}")))?;
    check_whose(record, &known)?;
    for (path, used, place) in known.places() {
        check_place(&path, place)?;
        check_post(&known, used, place)?;
    }
    let fine = match &known {
        Known::Listing(listing) if listing.voice() == Voice::Catalogued => {
            catalogued::too_fine(listing)
        }
        Known::Commitment(commitment) => commitment::too_fine(commitment),
        _ => Vec::new(),
    };
    match fine.first() {
        Some(path) => refused("place_too_fine", format!("{path} is finer than town")),
        None => Ok(known),
    }
}

/// Nothing may stand twice where one is read: the other would travel unseen.
fn once(part: &str, walk: Result<Walk<'_>, NotAMessage>) -> Result<(), Refused> {
    match walk {
        Err(NotAMessage) => refused(
            "body_malformed",
            format!("the {part} is no message of its kind"),
        ),
        Ok(walk) => match walk.twice.first() {
            Some(path) => refused("field_twice", format!("{path} stands in the {part} twice")),
            None => Ok(()),
        },
    }
}

fn check_whose(record: &ParsedRecord, known: &Known) -> Result<(), Refused> {
    let subject = record.message().subject.as_ref();
    let key = &record.name().key;
    match known {
        Known::Listing(listing) => match listing.voice() {
            Voice::Unspecified => {
                return refused("voice_missing", "the listing has no known voice");
            }
            Voice::Catalogued => return check_catalogued(listing, subject, key.as_str()),
            Voice::Itself | Voice::OnBehalf => {}
        },
        Known::Vouch(vouch) => {
            let subject = vouch
                .subject
                .as_ref()
                .map(|subject| subject.group_id.as_slice());
            if subject == Some(record.message().group_id.as_slice()) {
                return refused("vouch_of_itself", "the group vouches for itself");
            }
        }
        _ => {}
    }
    match subject {
        Some(_) => refused(
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
) -> Result<(), Refused> {
    let Some(subject) = subject else {
        return refused("subject_missing", "a catalogued listing names its subject");
    };
    let expected = catalogued::catalogued_key(subject);
    if expected.is_none_or(|expected| expected.as_str() != key) {
        return refused(
            "subject_mismatch",
            "the key is not the subject's scheme and id",
        );
    }
    if listing
        .source
        .as_ref()
        .is_none_or(|source| source.title.trim().is_empty())
    {
        return refused("source_missing", "a catalogued listing names its source");
    }
    if !listing.contacts.is_empty() {
        return refused(
            "contact_in_catalogued",
            "a catalogued listing has no contact but a website",
        );
    }
    Ok(())
}

fn check_place(path: &str, place: &v1::Place) -> Result<(), Refused> {
    let Ok(precision) = Precision::try_from(place.precision) else {
        // A precision of a later version: nothing can be said of what it carries.
        let carries = place.point.is_some() || !address_fields(place).is_empty();
        return if carries {
            refused("precision_unknown", path)
        } else {
            Ok(())
        };
    };
    if let Some(point) = place.point
        && !is_in_range(&point)
    {
        return refused("point_out_of_range", path);
    }
    if precision != Precision::Exact
        && let Some(field) = address_fields(place).first()
    {
        return refused("address_below_exact", format!("{path}.{field}"));
    }
    match precision {
        Precision::Unspecified => refused("precision_missing", path),
        Precision::Exact => Ok(()),
        Precision::Neighbourhood => match place.point {
            Some(point) if !is_on_grid(&point) => refused("point_off_grid", path),
            _ => Ok(()),
        },
        Precision::Town => check_town(path, place),
        Precision::Region if place.point.is_some() || place.geonames_id != 0 => {
            refused("region_with_point", path)
        }
        Precision::Region => Ok(()),
        Precision::Hidden => {
            let told = place.point.is_some()
                || place.geonames_id != 0
                || !place.name.is_empty()
                || !place.regions.is_empty()
                || !place.country.is_empty();
            if told {
                refused("hidden_place_told", path)
            } else {
                Ok(())
            }
        }
    }
}

/// A town carries an id, and its point is the gazetteer's; where the id is not known
/// here, the point cannot be judged.
fn check_town(path: &str, place: &v1::Place) -> Result<(), Refused> {
    if place.geonames_id == 0 {
        return refused("town_without_id", path);
    }
    match (gazetteer().by_id(u64::from(place.geonames_id)), place.point) {
        (Some(town), Some(point)) if town.point() != point => refused("point_not_the_towns", path),
        _ => Ok(()),
    }
}

/// A postal address gives away what the place does not tell.
fn check_post(known: &Known, used: PlaceUse, place: &v1::Place) -> Result<(), Refused> {
    let (path, contacts) = known.contacts();
    let post = contacts
        .iter()
        .any(|contact| contact.kind() == ContactKind::Post);
    let below = used == PlaceUse::Where && place.precision() != Precision::Exact;
    if post && below {
        return refused("address_below_exact", format!("{path}: a postal address"));
    }
    Ok(())
}
