//! Catalogued listings: what a cataloguer repeats about somebody else from a named
//! source. No finer than town, no contact but a website.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;

use super::Findings;
use super::forms;
use super::shared;
use crate::name::RecordKey;

/// The key of a catalogued listing, `<scheme>.<source id>`; `None` where the subject's
/// scheme and id make no key.
#[must_use]
pub fn catalogued_key(subject: &v1::Subject) -> Option<RecordKey> {
    let scheme = subject.scheme.as_str();
    // A dot in the scheme would leave two readings of the key.
    if scheme.is_empty() || scheme.contains('.') || subject.id.is_empty() {
        return None;
    }
    RecordKey::parse(&format!("{scheme}.{}", subject.id)).ok()
}

pub(super) fn check(listing: &v1::Listing, subject: Option<&v1::Subject>, findings: &mut Findings) {
    match subject {
        Some(subject) => check_subject(subject, findings),
        None => findings.refuse(
            "subject",
            "subject_required",
            "Say whom this listing is about: the source's short name, its id there, and its name.",
        ),
    }
    match &listing.source {
        Some(source) => check_source("source", source, findings),
        None => findings.refuse(
            "source",
            "source_required",
            "Name the source: its title and when it is from.",
        ),
    }
    for (index, source) in listing.other_sources.iter().enumerate() {
        check_source(&format!("other_sources[{index}]"), source, findings);
    }
    if !listing.contacts.is_empty() {
        findings.refuse(
            "contacts",
            "contact_in_catalogued",
            "A catalogued listing gives no contact but the website: nobody has agreed to be rung.",
        );
    }
    for field in too_fine(listing) {
        findings.refuse(
            field,
            "catalogued_too_fine",
            "A catalogued listing tells a place no finer than its town.",
        );
    }
}

/// Paths of places that are finer than a catalogued listing may tell.
pub(super) fn too_fine(listing: &v1::Listing) -> Vec<String> {
    let lists = [
        ("places", &listing.places),
        ("areas_served", &listing.areas_served),
    ];
    let places = lists.into_iter().flat_map(|(name, places)| {
        places
            .iter()
            .enumerate()
            .map(move |(index, place)| (name, index, place))
    });
    places
        .filter(|(.., place)| {
            matches!(
                place.precision(),
                Precision::Exact | Precision::Neighbourhood
            )
        })
        .map(|(name, index, _)| format!("{name}[{index}].precision"))
        .collect()
}

/// E-mail addresses in the free text of a catalogued listing.
pub(super) fn check_text(path: &str, text: &str, findings: &mut Findings) {
    if forms::email_within(text).is_some() {
        findings.refuse(
            path,
            "contact_in_catalogued",
            "A catalogued listing gives no contact but the website. Take the e-mail address out.",
        );
    }
}

fn check_subject(subject: &v1::Subject, findings: &mut Findings) {
    if catalogued_key(subject).is_none() {
        findings.refuse(
            "subject.id",
            "subject_malformed",
            "The source's short name and the id there are written in a–z, 0–9, - and (in the \
             id) dots, together at most 63 characters: jigsaw-2013 and sodit.",
        );
    }
    shared::required(
        "subject.name",
        &subject.name,
        "Write the name as the source gives it: a group's or organisation's, never a person's.",
        findings,
    );
    if subject.name.chars().count() > 300 {
        findings.refuse(
            "subject.name",
            "too_long",
            "At most 300 characters are taken. Shorten it.",
        );
    }
    if subject.group_id.as_ref().is_some_and(|id| id.len() != 32) {
        findings.refuse(
            "subject.group_id",
            "group_id_malformed",
            "A group id has 32 bytes: 64 digits and letters from a to f.",
        );
    }
}

fn check_source(path: &str, source: &v1::Source, findings: &mut Findings) {
    shared::required(
        &format!("{path}.title"),
        &source.title,
        "Give the source's title, not a file's name.",
        findings,
    );
    // "Recorded in ‹year›" needs one; a source without any says so in its note.
    if source.recorded_year == 0 && source.date.is_empty() && source.note.trim().is_empty() {
        findings.refuse(
            format!("{path}.date"),
            "source_date_required",
            "Say when the source is from, or in the note that it has no date.",
        );
    }
    if !source.date.is_empty() && !forms::is_partial_date(&source.date) {
        findings.refuse(
            format!("{path}.date"),
            "date_malformed",
            "Write the date as in 2013, 2013-11 or 2013-11-30.",
        );
    }
    let year = source
        .date
        .get(..4)
        .and_then(|year| year.parse::<u32>().ok());
    let disagree = source.recorded_year != 0 && year.is_some_and(|y| y != source.recorded_year);
    if disagree || (source.recorded_year != 0 && !(1_900..2_200).contains(&source.recorded_year)) {
        findings.refuse(
            format!("{path}.recorded_year"),
            "year_out_of_bounds",
            "Write the year of the source, the same as in its date.",
        );
    }
}
