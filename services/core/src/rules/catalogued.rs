//! Rules of catalogued listings: facts that a cataloguer repeats about another group
//! from a named source. Places are no finer than town, and the only contact is a website.

use hedgerow_proto::v1;

use super::contact_in_text::{ContactFound, find_contact};
use super::precision::finer_than_town;
use super::violations::Violations;
use super::{format, parts};
use crate::name::RecordKey;

/// Returns the key of a catalogued listing, `<scheme>.<source id>`; `None` if the
/// subject's scheme and id do not form a valid key.
#[must_use]
pub fn catalogued_key(subject: &v1::Subject) -> Option<RecordKey> {
    let scheme = subject.scheme.as_str();
    // A dot in the scheme would make the key ambiguous.
    if scheme.is_empty() || scheme.contains('.') || subject.id.is_empty() {
        return None;
    }
    RecordKey::parse(&format!("{scheme}.{}", subject.id)).ok()
}

pub(super) fn check(
    listing: &v1::Listing,
    subject: Option<&v1::Subject>,
    violations: &mut Violations,
) {
    match subject {
        Some(subject) => check_subject(subject, violations),
        None => violations.add(
            "subject",
            "subject_missing",
            "Say which group this listing is about: the source's short name, its id there, and its name.",
        ),
    }
    match &listing.source {
        Some(source) => check_source("source", source, violations),
        None => violations.add(
            "source",
            "source_missing",
            "Name the source: its title and when it is from.",
        ),
    }
    for (index, source) in listing.other_sources.iter().enumerate() {
        check_source(&format!("other_sources[{index}]"), source, violations);
    }
    if !listing.contacts.is_empty() {
        violations.add(
            "contacts",
            "contact_in_catalogued",
            "A catalogued listing may have no contact but the website: nobody has agreed to be rung.",
        );
    }
    for field in too_fine(listing) {
        violations.add(
            field,
            "place_too_fine",
            "A catalogued listing shows a place by its town at most. Choose town, region or hidden.",
        );
    }
}

/// Returns the paths of places that are finer than a town.
pub(super) fn too_fine(listing: &v1::Listing) -> Vec<String> {
    let mut fine = finer_than_town("places", &listing.places);
    fine.extend(finer_than_town("areas_served", &listing.areas_served));
    fine
}

/// Rejects telephone numbers and e-mail addresses in the texts of a catalogued listing.
pub(super) fn check_text(path: &str, text: &str, violations: &mut Violations) {
    if let Some((kind, part)) = contact_in(path, text) {
        violations.add(
            path,
            "contact_in_catalogued",
            format!(
                "`{part}` looks like {}. A catalogued listing may have no contact but the \
                 website: nobody has agreed to be rung. Take it out.",
                kind.description()
            ),
        );
    }
}

/// Returns the contact that a text of a catalogued listing contains. The numbers of crisis
/// services and the ids of registers are not contacts, a web address may have digits, and
/// the field of contacts has its own rule.
pub(super) fn contact_in(path: &str, text: &str) -> Option<(ContactFound, String)> {
    let is_crisis_number = path.starts_with("crisis_signposts[")
        && (path.ends_with(".phone") || path.ends_with(".text_number"));
    let is_register = path.starts_with("identifiers[") && path.ends_with(".id");
    if is_crisis_number || is_register || path.starts_with("contacts[") {
        return None;
    }
    let is_address = path == "website" || path.ends_with("url");
    find_contact(text).filter(|(kind, _)| !(is_address && *kind == ContactFound::Phone))
}

fn check_subject(subject: &v1::Subject, violations: &mut Violations) {
    if catalogued_key(subject).is_none() {
        violations.add(
            "subject.id",
            "subject_malformed",
            "The source's short name and the id there are written in a–z, 0–9, - and (in the \
             id) dots, together at most 63 characters: jigsaw-2013 and sodit.",
        );
    }
    parts::require_text(
        "subject.name",
        &subject.name,
        "Write the name as the source gives it: a group's or organisation's, never a person's.",
        violations,
    );
    if subject.name.chars().count() > 300 {
        violations.add(
            "subject.name",
            "too_long",
            "At most 300 characters are allowed. Shorten it.",
        );
    }
    if subject.group_id.as_ref().is_some_and(|id| id.len() != 32) {
        violations.add(
            "subject.group_id",
            "id_malformed",
            "A group id has 32 bytes: 64 digits and letters from a to f.",
        );
    }
}

fn check_source(path: &str, source: &v1::Source, violations: &mut Violations) {
    parts::require_text(
        &format!("{path}.title"),
        &source.title,
        "Give the source's title, not a file's name.",
        violations,
    );
    // Readers are shown "Recorded in ‹year›"; a source without a date says so in its note.
    if source.recorded_year == 0 && source.date.is_empty() && source.note.trim().is_empty() {
        violations.add(
            format!("{path}.date"),
            "source_date_required",
            "Say when the source is from, or in the note that it has no date.",
        );
    }
    if !source.date.is_empty() && !format::is_partial_date(&source.date) {
        violations.add(
            format!("{path}.date"),
            "date_malformed",
            "Write the date as in 2013, 2013-11 or 2013-11-30.",
        );
    }
    let year = source
        .date
        .get(..4)
        .and_then(|year| year.parse::<u32>().ok());
    let years_differ = source.recorded_year != 0 && year.is_some_and(|y| y != source.recorded_year);
    if years_differ
        || (source.recorded_year != 0 && !(1_900..2_200).contains(&source.recorded_year))
    {
        violations.add(
            format!("{path}.recorded_year"),
            "year_out_of_bounds",
            "Write the year of the source, the same as in its date.",
        );
    }
}
