//! Two records of one group at one location. The coarser precision applies to both unless
//! the steward confirms otherwise: a listing that shows only its town would be undone by
//! an event that gives the street.
//!
//! Each confirmation names the record that it is about, so that it cannot silence a record
//! that the steward was not shown.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;

use super::address_in_text::find_addresses;
use super::body::{PlaceUse, RecordBody};
use super::precision;
use super::precision::address_fields;
use super::violations::{Violations, is_confirmed};
use concealed::COARSER;
use neighbour::{PlaceOwner, place_owner, precision_name, texts_of};
use overlap::{Overlap, overlap};

mod concealed;
mod neighbour;
mod overlap;
#[cfg(test)]
mod tests;

pub use concealed::Concealed;
pub use neighbour::Neighbour;

/// The reason to confirm to publish a location more exactly than another record does.
const FINER: &str = "finer_than_other_record";

/// Lowers the precision of each place that another record certainly shows less exactly, and
/// adds a confirmable violation for every other record that shows what may be the same
/// location more or less exactly.
pub(super) fn apply(
    collection: &str,
    body: &mut RecordBody,
    neighbours: &[Neighbour],
    confirmed: &[String],
    violations: &mut Violations,
) {
    let owner = place_owner(body);
    if owner == PlaceOwner::Other {
        return;
    }
    for (path, usage, place) in body.places_mut() {
        if usage == PlaceUse::Location && place.precision() != Precision::Unspecified {
            compare(&path, place, neighbours, owner, confirmed, violations);
        }
    }
    if body.is_below_exact() {
        compare_texts(collection, body, neighbours, violations);
    }
}

fn compare(
    path: &str,
    place: &mut v1::Place,
    neighbours: &[Neighbour],
    owner: PlaceOwner,
    confirmed: &[String],
    violations: &mut Violations,
) {
    // An address cannot be rounded, and must never be dropped silently.
    if address_fields(place).is_empty() {
        lower(path, place, neighbours, confirmed, violations);
    }
    let resolved = resolve(place);
    let place = resolved.as_ref().unwrap_or(place);
    let field = format!("{path}.precision");
    for neighbour in neighbours {
        if let Some(theirs) = coarsest_overlap(place, neighbour, owner) {
            let theirs = precision_name(theirs);
            let message = format!(
                "`{}` shows its place only as {theirs}. If this is the same place, choose \
                 {theirs} here too; if it is another place, or may be shown, confirm.",
                neighbour.title()
            );
            violations.add_about(&field, FINER, neighbour.handle(), message);
        }
        if let Some(what) = neighbour.shows_finer_than(place, owner) {
            let message = format!(
                "`{}` still shows {what}. If that is the same place, change it first or in the \
                 same request; if it is another place, or may be shown, confirm.",
                neighbour.title()
            );
            violations.add_about(&field, COARSER, neighbour.handle(), message);
        }
    }
}

/// Returns a place that will be published as a town or region, with the town's id and regions. A
/// town that is only named would be compared as if it could be anywhere: with an event in
/// another part of the country, and at each edit again. A point that the draft has is kept: it
/// says more than the town's.
fn resolve(place: &v1::Place) -> Option<v1::Place> {
    let mut resolved = place.clone();
    // `prepare` reports its violations.
    precision::apply("", &mut resolved, &mut Violations::default());
    matches!(resolved.precision(), Precision::Town | Precision::Region).then(|| v1::Place {
        point: place.point.or(resolved.point),
        ..resolved
    })
}

/// Lowers the precision to the coarsest one with which another record certainly shows the
/// place: that needs no question.
fn lower(
    path: &str,
    place: &mut v1::Place,
    neighbours: &[Neighbour],
    confirmed: &[String],
    violations: &mut Violations,
) {
    let own = place.precision();
    let certain = neighbours.iter().flat_map(|neighbour| {
        let places = neighbour.places.iter().filter(|theirs| {
            theirs.precision() > own && overlap(place, theirs) == Overlap::Certain
        });
        places.map(move |theirs| (neighbour, theirs.precision()))
    });
    let open = certain.filter(|(it, _)| !is_confirmed(confirmed, FINER, it.handle()));
    if let Some((neighbour, precision)) = open.max_by_key(|(_, precision)| *precision) {
        place.precision = precision as i32;
        let theirs = precision_name(precision);
        violations.add_adjustment(format!(
            "{path}: shown as {theirs}, as `{}` shows it. Confirm `{FINER}:{}` to show it more \
             exactly.",
            neighbour.title(),
            neighbour.handle()
        ));
    }
}

/// Returns the coarsest precision below a place's own with which another record may show the
/// same location.
fn coarsest_overlap(
    place: &v1::Place,
    neighbour: &Neighbour,
    owner: PlaceOwner,
) -> Option<Precision> {
    let coarser = neighbour.places.iter().filter(|theirs| {
        theirs.precision() > place.precision()
            && match overlap(place, theirs) {
                Overlap::Certain => true,
                Overlap::Possible => owner == PlaceOwner::Publisher,
                Overlap::None => false,
            }
    });
    coarser.map(v1::Place::precision).max()
}

/// An address in a text is finer than any place below exact that it may be about.
fn compare_texts(
    collection: &str,
    body: &RecordBody,
    neighbours: &[Neighbour],
    violations: &mut Violations,
) {
    let is_coarse = |place: &v1::Place| place.precision() > Precision::Exact;
    let mut coarse = neighbours
        .iter()
        .filter(|it| it.owner == PlaceOwner::Publisher && it.places.iter().any(is_coarse))
        .peekable();
    if coarse.peek().is_none() {
        return;
    }
    let texts = texts_of(collection, &body.encode());
    let found = texts.iter().find_map(|field| {
        let mut found = find_addresses(&field.text, field.usage).into_iter();
        found.next().map(|(_, part)| (&field.path, part))
    });
    let Some((path, part)) = found else { return };
    for neighbour in coarse {
        let message = format!(
            "`{}` does not show its place exactly, and this says `{part}`. If that is the same \
             place, take it out; if it is another place, or may be shown, confirm.",
            neighbour.title()
        );
        violations.add_about(path, FINER, neighbour.handle(), message);
    }
}
