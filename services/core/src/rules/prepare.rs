//! Applies a node's rules to a draft before anything is hashed.

use std::collections::BTreeSet;

use hedgerow_proto::v1::{ContactKind, Precision};

use super::body::{PlaceUse, RecordBody};
use super::catalogued::catalogued_key;
use super::draft::Draft;
use super::named_place::NamedPlace;
use super::shared_location::Neighbour;
use super::violations::{Violation, Violations};
use super::wire_walk::InvalidMessage;
use super::{
    circumstances, commitment, event, fields, format, free_text, language_names, listing,
    named_place, personal_contact, precision, resource, shared_location, story, vouch, wire_walk,
};
use crate::name::{Collection, RecordKey, collection};

/// The language of a record that names no language.
const DEFAULT_LANGUAGE: &str = "en";

/// A record's body, ready to be hashed.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// The encoded message, with each place reduced to its stated precision.
    pub body: Vec<u8>,
    /// The same message, decoded.
    pub decoded: RecordBody,
    /// The language of its text.
    pub language: String,
    /// The changes that were made, in words for the steward.
    pub adjustments: Vec<String>,
    /// Whether the kind is sensitive: it stays on the node unless the steward decides otherwise.
    pub default_node_only: bool,
    /// The key of a catalogued listing; any other record has a random key.
    pub key: Option<RecordKey>,
}

/// Returns whether records of a kind stay on the node unless the steward decides
/// otherwise. Stories are for a circle by default, and stay on the node until circles
/// exist.
#[must_use]
pub fn default_node_only(kind: &Collection) -> bool {
    matches!(kind.as_str(), collection::CIRCUMSTANCES | collection::STORY)
}

/// Applies a node's rules to a draft: precision first, then everything else, on the body
/// that would be published. `neighbours` are the group's other published records, except the
/// one that is being replaced. `resolve` returns what the names of towns and areas mean.
///
/// # Errors
/// Every violation at once, except confirmable ones whose reason was confirmed.
pub fn prepare(
    draft: &Draft<'_>,
    neighbours: &[Neighbour],
    resolve: &dyn Fn(&str) -> NamedPlace,
) -> Result<Prepared, Vec<Violation>> {
    let mut violations = Violations::default();
    let Some(mut decoded) = decode(draft, &mut violations) else {
        return Err(violations.list);
    };
    named_place::apply(&mut decoded, resolve, &mut violations);
    language_names::apply(&mut decoded, &mut violations);

    shared_location::apply(
        draft.collection.as_str(),
        &mut decoded,
        neighbours,
        draft.confirmed,
        &mut violations,
    );
    for (path, _, place) in decoded.places_mut() {
        precision::apply(&path, place, &mut violations);
    }
    if let RecordBody::Commitment(commitment) = &mut decoded {
        commitment::suppress(commitment, &mut violations);
    }

    check_kind(&decoded, draft, &mut violations);
    check_postal_contacts(&decoded, &mut violations);
    // Always encoded again: decoding keeps only the last of a duplicated field, and the
    // draft's own bytes would publish the others unchecked.
    let body = decoded.encode();
    let message = RecordBody::message_name(draft.collection.as_str()).unwrap_or_default();
    match wire_walk::walk(&body, message) {
        Ok(walk) => {
            fields::check(&walk, &mut violations);
            // Last, so that it can skip fields that already have a violation.
            free_text::check(&decoded, &walk, draft.subject, &mut violations);
            // After it: a confirmed contact must not skip the search for addresses.
            personal_contact::check(&decoded, &mut violations);
        }
        Err(InvalidMessage) => add_malformed(&mut violations),
    }
    let language = if draft.language.is_empty() {
        DEFAULT_LANGUAGE
    } else {
        draft.language
    };
    if !format::is_language(language) {
        violations.add(
            "language",
            "language_malformed",
            "Write the language as a code, such as en, ur or bfi.",
        );
    }

    let Violations {
        list: mut violations,
        adjustments,
    } = violations;
    // A name that the resolver has already rejected needs no second message.
    let mut rejected = BTreeSet::new();
    let is_about_a_town = |it: &Violation| ["town_ambiguous", "town_unknown"].contains(&it.reason);
    violations.retain(|it| !is_about_a_town(it) || rejected.insert(it.field.clone()));
    violations.retain(|it| !it.is_confirmed(draft.confirmed));
    if !violations.is_empty() {
        return Err(violations);
    }
    Ok(Prepared {
        body,
        decoded,
        language: language.to_owned(),
        adjustments,
        default_node_only: default_node_only(draft.collection),
        key: draft.subject.and_then(catalogued_key),
    })
}

/// Decodes a draft. Unknown kinds and fields are violations: this build cannot check how
/// exactly they show a place.
fn decode(draft: &Draft<'_>, violations: &mut Violations) -> Option<RecordBody> {
    let name = draft.collection.as_str();
    let Some(message) = RecordBody::message_name(name) else {
        violations.add(
            "collection",
            "unknown_kind",
            format!("This node does not support records of the kind `{name}`. Update the node."),
        );
        return None;
    };
    let Ok(walk) = wire_walk::walk(draft.body, message) else {
        add_malformed(violations);
        return None;
    };
    for path in &walk.unknown {
        violations.add(
            path,
            "unknown_field",
            "This node does not support this field, so it cannot keep the field from showing a \
             place too exactly. Update the node, or leave the field out.",
        );
    }
    if draft.body.is_empty() {
        violations.add("", "empty_record", "There is nothing in this record yet.");
    }
    match RecordBody::parse(name, draft.body) {
        Ok(decoded) if violations.list.is_empty() => Some(decoded),
        Ok(_) => None,
        Err(_) => {
            add_malformed(violations);
            None
        }
    }
}

fn add_malformed(violations: &mut Violations) {
    violations.add(
        "",
        "body_malformed",
        "This is not a record of its kind: it cannot be read.",
    );
}

fn check_kind(body: &RecordBody, draft: &Draft<'_>, violations: &mut Violations) {
    match body {
        RecordBody::Listing(body) => listing::check(body, draft, violations),
        RecordBody::Circumstances(body) => circumstances::check(body, draft, violations),
        RecordBody::Event(body) => event::check(body, draft, violations),
        RecordBody::Offer(body) => resource::check_offer(body, draft, violations),
        RecordBody::Need(body) => resource::check_need(body, draft, violations),
        RecordBody::Vouch(body) => vouch::check(body, draft, violations),
        RecordBody::Story(body) => story::check(body, draft, violations),
        RecordBody::Commitment(body) => commitment::check(body, draft, violations),
        RecordBody::Unknown => {}
    }
}

/// Rejects postal contacts if the record has a place below exact: the address would
/// reveal it.
fn check_postal_contacts(body: &RecordBody, violations: &mut Violations) {
    let (path, contacts) = body.contacts();
    let below_exact = body.places().iter().any(|(_, usage, place)| {
        *usage == PlaceUse::Location && place.precision() != Precision::Exact
    });
    for (index, contact) in contacts.iter().enumerate() {
        if below_exact && contact.kind() == ContactKind::Post {
            violations.add(
                format!("{path}[{index}]"),
                "address_below_exact",
                "A postal address would give the exact place away. Leave it out, or make the \
                 precision exact.",
            );
        }
    }
}
