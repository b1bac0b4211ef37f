//! Free text that could reveal more than the record's places do.

use hedgerow_proto::v1;
use hedgerow_proto::v1::{Precision, Voice};

use super::address_in_text::find_addresses;
use super::body::RecordBody;
use super::catalogued;
use super::violations::Violations;
use super::wire_walk::{Value, Walk};

/// Checks every text of the record and of its subject, in whichever field it is.
pub(super) fn check(
    body: &RecordBody,
    walk: &Walk<'_>,
    subject: Option<&v1::Subject>,
    violations: &mut Violations,
) {
    let is_catalogued = matches!(body, RecordBody::Listing(it) if it.voice() == Voice::Catalogued);
    // The fields of an exact place may be exact; a town may be called Church Street.
    let exempt: Vec<String> = body
        .places()
        .into_iter()
        .filter_map(|(path, _, place)| match place.precision() {
            Precision::Exact => Some(format!("{path}.")),
            Precision::Town => Some(format!("{path}.name")),
            _ => None,
        })
        .collect();
    let below_exact = body.is_below_exact();
    let texts = walk.values.iter().filter_map(|field| match field.value {
        Value::Text(text) => Some((field.path.as_str(), text)),
        _ => None,
    });
    let subject = subject.map(|it| [("subject.name", it.name.as_str()), ("subject.id", &it.id)]);
    for (path, text) in texts.chain(subject.into_iter().flatten()) {
        if is_catalogued {
            catalogued::check_text(path, text, violations);
        }
        let is_exempt = exempt.iter().any(|place| path.starts_with(place.as_str()));
        // A field that must change anyway needs no second violation for its text.
        if below_exact && !is_exempt && !violations.has_field(path) {
            for (kind, part) in find_addresses(text) {
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
