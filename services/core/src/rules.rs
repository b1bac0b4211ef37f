//! The rules of records: what a node checks and changes before it hashes, and what a
//! receiver refuses.
//!
//! A node tells its steward everything at once, field by field, in words that need no
//! knowledge of the protocol. A receiver refuses only what could harm somebody.

use chrono::DateTime;
use chrono::Datelike;
use hedgerow_proto::v1;
use hedgerow_proto::v1::ContactKind;
use hedgerow_proto::v1::Precision;
use hedgerow_proto::v1::Voice;

use crate::id::GroupId;
use crate::name::Collection;
use crate::name::RecordKey;
use crate::name::collection;
use crate::time::Timestamp;

mod availability;
mod catalogued;
mod commitment;
mod consent;
mod event;
mod fields;
mod forms;
mod known;
mod listing;
mod looks_like;
mod precision;
mod received;
mod resource;
mod same_place;
mod schema;
mod shared;
mod short_kinds;
#[cfg(test)]
mod tests;
mod walk;

pub use catalogued::catalogued_key;
pub use consent::check_consent;
pub use known::Known;
pub use received::Refused;
pub use received::check_received;
pub use same_place::PlaceInUse;
pub use same_place::places_in_use;

/// The language of a record that names none.
const DEFAULT_LANGUAGE: &str = "en";

/// A record as a steward writes it.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The group that publishes it.
    pub group_id: &'a GroupId,
    /// Its kind.
    pub collection: &'a Collection,
    /// The encoded message of its kind.
    pub body: &'a [u8],
    /// The language of its text, BCP 47; `en` where empty.
    pub language: &'a str,
    /// Whom a catalogued listing is about.
    pub subject: Option<&'a v1::Subject>,
    /// Reasons of violations that a person has looked at and confirmed.
    pub confirmed: &'a [String],
    /// The node's clock.
    pub now: Timestamp,
}

/// A record's body as it may be hashed.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// The encoded message, no finer than its places say.
    pub body: Vec<u8>,
    /// The same, decoded.
    pub known: Known,
    /// The language of its text.
    pub language: String,
    /// What was changed, in words for the steward.
    pub adjustments: Vec<String>,
    /// Whether the kind is sensitive: it stays on the node unless the steward says otherwise.
    pub default_node_only: bool,
    /// The key that a catalogued listing has; any other record's is random.
    pub key: Option<RecordKey>,
}

/// Something in a draft that keeps it from being published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which field: `places[0].postcode`. Empty for the record as a whole.
    pub field: String,
    /// The stable name of what is wrong.
    pub reason: &'static str,
    /// What is wrong and what to do about it, for a volunteer.
    pub message: String,
    /// Whether it goes through when the reason is confirmed.
    pub confirmable: bool,
}

/// What the rules have to say about a draft.
#[derive(Debug, Default)]
struct Findings {
    violations: Vec<Violation>,
    adjustments: Vec<String>,
}

impl Findings {
    fn refuse(
        &mut self,
        field: impl Into<String>,
        reason: &'static str,
        message: impl Into<String>,
    ) {
        let (field, message) = (field.into(), message.into());
        self.violations.push(Violation {
            field,
            reason,
            message,
            confirmable: false,
        });
    }

    fn ask(&mut self, field: impl Into<String>, reason: &'static str, message: impl Into<String>) {
        let (field, message) = (field.into(), message.into());
        self.violations.push(Violation {
            field,
            reason,
            message,
            confirmable: true,
        });
    }

    fn adjusted(&mut self, words: String) {
        self.adjustments.push(words);
    }
}

/// What rules look at beside the body.
struct Context<'a> {
    group_id: &'a GroupId,
    subject: Option<&'a v1::Subject>,
    now: Timestamp,
}

impl Context<'_> {
    /// This year.
    fn year(&self) -> u32 {
        let now = DateTime::from_timestamp_millis(self.now.as_millis()).unwrap_or_default();
        u32::try_from(now.year()).unwrap_or_default()
    }
}

/// Whether records of a kind stay on the node unless the steward says otherwise.
/// Stories are for a circle by default, and stay on the node until circles exist.
#[must_use]
pub fn default_node_only(kind: &Collection) -> bool {
    matches!(kind.as_str(), collection::CIRCUMSTANCES | collection::STORY)
}

/// Applies a node's rules to a draft: precision first, then everything else, on what
/// would be published. `neighbours` are the places of the group's other published
/// records, from [`places_in_use`].
///
/// # Errors
/// Every violation at once, but for confirmable ones whose reason was confirmed.
pub fn prepare(draft: &Draft<'_>, neighbours: &[PlaceInUse]) -> Result<Prepared, Vec<Violation>> {
    let mut findings = Findings::default();
    let Some(mut known) = read(draft, &mut findings) else {
        return Err(findings.violations);
    };

    same_place::apply(&mut known, neighbours, draft.confirmed, &mut findings);
    for (path, _, place) in known.places_mut() {
        precision::apply(&path, place, &mut findings);
    }
    if let Known::Commitment(commitment) = &mut known {
        commitment::suppress(commitment, &mut findings);
    }

    let context = Context {
        group_id: draft.group_id,
        subject: draft.subject,
        now: draft.now,
    };
    check_kind(&known, &context, &mut findings);
    check_post(&known, &mut findings);
    // Always encoded anew: what stood twice in the draft would travel unseen.
    let body = known.encode();
    let message = Known::message_name(draft.collection.as_str()).unwrap_or_default();
    match walk::walk(&body, message) {
        Ok(walk) => {
            fields::check(&walk, &mut findings);
            check_texts(&known, &walk, draft.subject, &mut findings);
        }
        Err(walk::NotAMessage) => malformed(&mut findings),
    }
    let language = if draft.language.is_empty() {
        DEFAULT_LANGUAGE
    } else {
        draft.language
    };
    if !forms::is_language(language) {
        findings.refuse(
            "language",
            "language_malformed",
            "Write the language as a code, such as en, ur or bfi.",
        );
    }

    let Findings {
        mut violations,
        adjustments,
    } = findings;
    violations
        .retain(|it| !(it.confirmable && draft.confirmed.iter().any(|reason| reason == it.reason)));
    if !violations.is_empty() {
        return Err(violations);
    }
    Ok(Prepared {
        body,
        known,
        language: language.to_owned(),
        adjustments,
        default_node_only: default_node_only(draft.collection),
        key: draft.subject.and_then(catalogued_key),
    })
}

/// Decodes a draft of which this build knows every part: of what it does not know it
/// cannot say how finely it tells a place.
fn read(draft: &Draft<'_>, findings: &mut Findings) -> Option<Known> {
    let name = draft.collection.as_str();
    let Some(message) = Known::message_name(name) else {
        findings.refuse(
            "collection",
            "unknown_kind",
            format!("This node does not know records of the kind `{name}`. Bring it up to date."),
        );
        return None;
    };
    let Ok(walk) = walk::walk(draft.body, message) else {
        malformed(findings);
        return None;
    };
    for path in &walk.unknown {
        findings.refuse(
            path,
            "unknown_field",
            "This node does not know this field, and so cannot keep it from telling a place too \
             finely. Bring the node up to date, or leave the field out.",
        );
    }
    if draft.body.is_empty() {
        findings.refuse("", "empty_record", "There is nothing in this record yet.");
    }
    match Known::parse(name, draft.body) {
        Ok(known) if findings.violations.is_empty() => Some(known),
        Ok(_) => None,
        Err(_) => {
            malformed(findings);
            None
        }
    }
}

fn malformed(findings: &mut Findings) {
    findings.refuse(
        "",
        "body_malformed",
        "This is no record of its kind: it cannot be read.",
    );
}

fn check_kind(known: &Known, context: &Context<'_>, findings: &mut Findings) {
    match known {
        Known::Listing(body) => listing::check(body, context, findings),
        Known::Circumstances(body) => short_kinds::check_circumstances(body, context, findings),
        Known::Event(body) => event::check(body, context, findings),
        Known::Offer(body) => resource::check_offer(body, context, findings),
        Known::Need(body) => resource::check_need(body, context, findings),
        Known::Vouch(body) => short_kinds::check_vouch(body, context, findings),
        Known::Story(body) => short_kinds::check_story(body, context, findings),
        Known::Commitment(body) => commitment::check(body, context, findings),
        Known::Unknown => {}
    }
}

/// A postal address gives away what a place below exact does not tell.
fn check_post(known: &Known, findings: &mut Findings) {
    let (path, contacts) = known.contacts();
    let below = known.places().iter().any(|(_, used, place)| {
        *used == known::PlaceUse::Where && place.precision() != Precision::Exact
    });
    for (index, contact) in contacts.iter().enumerate() {
        if below && contact.kind() == ContactKind::Post {
            findings.refuse(
                format!("{path}[{index}]"),
                "address_below_exact",
                "A postal address would give the exact place away. Leave it out, or make the \
                 precision exact.",
            );
        }
    }
}

/// Free text, wherever it stands, that looks as if it told more than the places do.
fn check_texts(
    known: &Known,
    walk: &walk::Walk<'_>,
    subject: Option<&v1::Subject>,
    findings: &mut Findings,
) {
    let is_catalogued = matches!(known, Known::Listing(it) if it.voice() == Voice::Catalogued);
    // The fields of an exact place may be exact; a town may be called Church Street.
    let told: Vec<String> = known
        .places()
        .into_iter()
        .filter_map(|(path, _, place)| match place.precision() {
            Precision::Exact => Some(format!("{path}.")),
            Precision::Town => Some(format!("{path}.name")),
            _ => None,
        })
        .collect();
    let below_exact = known.is_below_exact();
    let texts = walk.found.iter().filter_map(|found| match found.value {
        walk::Value::Text(text) => Some((found.path.as_str(), text)),
        _ => None,
    });
    let subject = subject.map(|it| [("subject.name", it.name.as_str()), ("subject.id", &it.id)]);
    for (path, text) in texts.chain(subject.into_iter().flatten()) {
        if is_catalogued {
            catalogued::check_text(path, text, findings);
        }
        let told = told.iter().any(|place| path.starts_with(place.as_str()));
        // What is refused as a field need not be asked about as text.
        let refused = findings.violations.iter().any(|it| it.field == path);
        if below_exact && !told && !refused {
            for (what, part) in looks_like::looks_like(text) {
                findings.ask(
                    path,
                    what.reason(),
                    format!(
                        "`{part}` looks like {}, and this place is not shown exactly. Take it \
                         out, or confirm that it gives nothing away.",
                        what.words()
                    ),
                );
            }
        }
    }
}
