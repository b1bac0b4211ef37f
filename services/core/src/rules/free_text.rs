//! Free text that could reveal more than the record's places do.

use hedgerow_proto::v1;
use hedgerow_proto::v1::{Precision, Voice};

use super::address_in_text::{AddressKind, TextUse, find_addresses, find_certain_address};
use super::body::RecordBody;
use super::catalogued;
use super::violations::Violations;
use super::wire_walk::{FieldValue, Value, Walk};

/// Fields with the name of an organisation or publication, by full name.
const NAMES: [&str; 10] = [
    "hedgerow.v1.Listing.name",
    "hedgerow.v1.Listing.other_names",
    "hedgerow.v1.Subject.name",
    "hedgerow.v1.Source.title",
    "hedgerow.v1.Source.section",
    "hedgerow.v1.GroupReference.name",
    "hedgerow.v1.CrisisSignpost.name",
    "hedgerow.v1.Training.given_by",
    "hedgerow.v1.Training.accredited_by",
    "hedgerow.v1.FundingStream.name",
];

/// Checks every text of the record and of its subject, in whichever field it is.
pub(super) fn check(
    body: &RecordBody,
    walk: &Walk<'_>,
    subject: Option<&v1::Subject>,
    violations: &mut Violations,
) {
    let is_catalogued = matches!(body, RecordBody::Listing(it) if it.voice() == Voice::Catalogued);
    let places = PlacePaths::of(body);
    let below_exact = body.is_below_exact();
    let texts = walk.values.iter().filter_map(|field| match field.value {
        Value::Text(text) => Some((field.path.as_str(), usage_of(field), text)),
        _ => None,
    });
    let subject = subject.map(|it| {
        [
            ("subject.name", TextUse::Name, it.name.as_str()),
            ("subject.id", TextUse::Other, &it.id),
        ]
    });
    for (path, usage, text) in texts.chain(subject.into_iter().flatten()) {
        if is_catalogued {
            catalogued::check_text(path, text, violations);
        }
        // A field that must change anyway needs no second violation for its text.
        if violations.has_field(path) {
            continue;
        }
        if let Some((kind, part)) = find_in_place(&places, path, text) {
            violations.add(
                path,
                "address_below_exact",
                format!(
                    "`{part}` looks like {}, and this place is not shown exactly. Take it out, \
                     or make the precision exact.",
                    kind.description()
                ),
            );
        } else if below_exact && !places.is_exempt(path) {
            for (kind, part) in find_addresses(text, usage) {
                violations.add_confirmable(
                    path,
                    kind.reason(),
                    format!(
                        "`{part}` looks like {}, and this place is not shown exactly. Take it \
                         out, or confirm that it gives nothing away.",
                        kind.description()
                    ),
                );
            }
        }
    }
}

/// Returns whether a field has the name of an organisation, which may be that of a street.
pub(super) fn usage_of(field: &FieldValue<'_>) -> TextUse {
    if NAMES.contains(&field.field.full_name.as_str()) {
        TextUse::Name
    } else {
        TextUse::Other
    }
}

/// Returns what is certainly an address in a text that describes a place below exact. The
/// text speaks of that very place, so a confirmation cannot make it harmless, and a receiver
/// rejects it too.
fn find_in_place(places: &PlacePaths, path: &str, text: &str) -> Option<(AddressKind, String)> {
    let describes = places
        .below_exact
        .iter()
        .any(|place| path.starts_with(place.as_str()));
    describes.then(|| find_certain_address(text)).flatten()
}

/// The paths of a record's places, by what their texts may show.
struct PlacePaths {
    below_exact: Vec<String>,
    /// The fields of an exact place may be exact; a town may be called Church Street.
    exempt: Vec<String>,
}

impl PlacePaths {
    fn of(body: &RecordBody) -> Self {
        let (mut below_exact, mut exempt) = (Vec::new(), Vec::new());
        for (path, _, place) in body.places() {
            match place.precision() {
                Precision::Exact => exempt.push(format!("{path}.")),
                precision => {
                    if precision == Precision::Town {
                        exempt.push(format!("{path}.name"));
                    }
                    below_exact.push(format!("{path}."));
                }
            }
        }
        Self {
            below_exact,
            exempt,
        }
    }

    fn is_exempt(&self, path: &str) -> bool {
        self.exempt
            .iter()
            .any(|place| path.starts_with(place.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::schema::schema;

    #[test]
    fn every_field_of_a_name_exists() {
        for name in NAMES {
            let (message, field) = name.rsplit_once('.').unwrap();
            let fields = schema()
                .fields(message)
                .unwrap_or_else(|| panic!("{message}"));
            assert!(fields.values().any(|it| it.name == field), "{name}");
        }
    }
}
