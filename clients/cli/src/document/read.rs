//! Files to documents.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use hedgerow_proto::v1;
use prost::Message as _;
use prost_reflect::DynamicMessage;
use serde::Deserialize as _;
use serde_yaml_ng::Mapping;
use serde_yaml_ng::Value;

use super::nearest::nearest;
use super::schema::KINDS;
use super::schema::message_of_kind;
use super::to_proto::Problem;
use super::to_proto::to_message;

/// Who may see a record, as a document says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everyone.
    Public,
    /// Nobody: it stays on the node.
    NodeOnly,
}

impl Audience {
    /// The same as the node takes it.
    pub fn to_proto(self) -> v1::RecordAudience {
        v1::RecordAudience {
            audience: Some(match self {
                Self::Public => v1::record_audience::Audience::Public(true),
                Self::NodeOnly => v1::record_audience::Audience::NodeOnly(true),
            }),
        }
    }
}

/// Where a document stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file's name as given.
    pub file: String,
    /// Its number in the file, from 1.
    pub number: usize,
    /// How many the file has.
    pub of: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.of > 1 {
            write!(f, "{}, document {} of {}", self.file, self.number, self.of)
        } else {
            f.write_str(&self.file)
        }
    }
}

/// One record as somebody wrote it.
#[derive(Debug, Clone)]
pub struct Document {
    /// Where it stands.
    pub origin: Origin,
    /// Its kind, which is its collection.
    pub kind: String,
    /// Who may see it; absent: as the node does by default for the kind.
    pub audience: Option<Audience>,
    /// The language of the text.
    pub language: String,
    /// The record that it replaces; absent: a new one.
    pub key: Option<String>,
    /// Whom a catalogued listing is about.
    pub subject: Option<v1::Subject>,
    /// With a story: that its people agreed to it.
    pub consent: Option<v1::StoryConsent>,
    /// Violations that a person has looked at and confirmed.
    pub confirmed: Vec<String>,
    /// Bytes of the kind's message.
    pub body: Vec<u8>,
}

impl Document {
    /// The draft that the node takes.
    pub fn to_draft(&self) -> v1::RecordDraft {
        v1::RecordDraft {
            body: self.body.clone(),
            language: self.language.clone(),
            audience: self.audience.map(Audience::to_proto),
            subject: self.subject.clone(),
            confirmed: self.confirmed.clone(),
            consent: self.consent.clone(),
        }
    }
}

/// Why a file gave no documents.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The file could not be read.
    #[error("cannot read {file}: {}", unreadable(source))]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The text is not YAML or JSON.
    #[error("{origin}: this is not valid {form}: {detail}")]
    Malformed {
        /// Where.
        origin: Origin,
        /// `YAML` or `JSON`.
        form: &'static str,
        /// What the parser said, with line and column.
        detail: String,
    },
    /// Nothing is in it.
    #[error(
        "{file} is empty: `hedgerow template listing > listing.yaml` writes an example to start \
         from"
    )]
    Empty {
        /// The file.
        file: String,
    },
    /// Fields are wrong.
    #[error("{origin}: {}", list(problems))]
    Wrong {
        /// Where.
        origin: Origin,
        /// All that is wrong.
        problems: Vec<Problem>,
    },
}

/// What the system said, with the way out.
fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder: name the files in it".to_owned(),
        io::ErrorKind::InvalidData => {
            "it is no text: documents are YAML or JSON, and `hedgerow template` prints one"
                .to_owned()
        }
        _ => error.to_string(),
    }
}

fn list(problems: &[Problem]) -> String {
    match problems {
        [only] => only.to_string(),
        many => many.iter().fold(
            format!("{} things to put right", many.len()),
            |text, problem| format!("{text}\n  - {problem}"),
        ),
    }
}

/// Reads every document of a file: `-` is the standard input.
///
/// # Errors
/// Where the file cannot be read, or anything in it is wrong.
pub fn read_file(path: &Path) -> Result<Vec<Document>, DocumentError> {
    let file = path.display().to_string();
    let (file, text) = if file == "-" {
        ("standard input".to_owned(), io::read_to_string(io::stdin()))
    } else {
        let text = fs::read_to_string(path);
        (file, text)
    };
    let text = text.map_err(|source| DocumentError::Unreadable {
        file: file.clone(),
        source,
    })?;
    parse_text(&file, &text)
}

/// Reads every document of a text. It is taken for JSON where it starts like JSON.
///
/// # Errors
/// As [`read_file`].
pub fn parse_text(file: &str, text: &str) -> Result<Vec<Document>, DocumentError> {
    let values = if text.trim_start().starts_with(['{', '[']) {
        json_values(file, text)?
    } else {
        yaml_values(file, text)?
    };
    if values.is_empty() {
        return Err(DocumentError::Empty {
            file: file.to_owned(),
        });
    }
    let of = values.len();
    values
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            let origin = Origin {
                file: file.to_owned(),
                number: index + 1,
                of,
            };
            document(origin.clone(), value)
                .map_err(|problems| DocumentError::Wrong { origin, problems })
        })
        .collect()
}

fn yaml_values(file: &str, text: &str) -> Result<Vec<Value>, DocumentError> {
    let mut values = Vec::new();
    for (index, part) in serde_yaml_ng::Deserializer::from_str(text).enumerate() {
        let value = Value::deserialize(part).map_err(|error| DocumentError::Malformed {
            origin: Origin {
                file: file.to_owned(),
                number: index + 1,
                of: 1,
            },
            form: "YAML",
            detail: error.to_string(),
        })?;
        if !value.is_null() {
            values.push(value);
        }
    }
    Ok(values)
}

fn json_values(file: &str, text: &str) -> Result<Vec<Value>, DocumentError> {
    let value: Value = serde_json::from_str(text).map_err(|error| DocumentError::Malformed {
        origin: Origin {
            file: file.to_owned(),
            number: 1,
            of: 1,
        },
        form: "JSON",
        detail: error.to_string(),
    })?;
    Ok(match value {
        Value::Sequence(values) => values,
        one => vec![one],
    })
}

/// Kinds of resource, which people may take for kinds of record.
const RESOURCES: [&str; 8] = [
    "space",
    "equipment",
    "skills",
    "training",
    "documents",
    "funding",
    "volunteer-time",
    "time-credits",
];

fn document(origin: Origin, value: Value) -> Result<Document, Vec<Problem>> {
    let Value::Mapping(mut fields) = value else {
        return Err(vec![problem(
            "",
            "a document is made of `field: value` lines",
        )]);
    };
    let kind = kind(&mut fields).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let mut take = |name: &str| match fields.remove(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.trim().to_owned()),
        Some(_) => {
            problems.push(problem(name, "write a word here"));
            None
        }
    };
    let language = take("language").unwrap_or_else(|| "en".to_owned());
    let key = take("key");
    let audience = take("audience");
    let audience = match audience.as_deref() {
        None => None,
        Some("public") => Some(Audience::Public),
        Some("node-only" | "node_only") => Some(Audience::NodeOnly),
        Some(other) => {
            let message = format!("“{other}” is not an audience: write public, or node-only");
            problems.push(problem("audience", &message));
            None
        }
    };
    let confirmed = confirmed(&mut fields, &mut problems);
    let mut beside = |kind_with_it: &str, field, message, takes| {
        (kind == kind_with_it)
            .then(|| part_beside(&mut fields, field, message, takes, &mut problems))
            .flatten()
    };
    let subject = beside("listing", "subject", "Subject", "`scheme`, `id` and `name`")
        .and_then(|part| part.transcode_to().ok());
    let consent = beside(
        "story",
        "consent",
        "StoryConsent",
        "`given_on` and `review_on`",
    )
    .and_then(|part| part.transcode_to().ok());
    let descriptor = message_of_kind(&kind)
        .ok_or_else(|| vec![problem("kind", "this build does not know the kind")])?;
    match to_message(&fields, &descriptor) {
        Ok(message) if problems.is_empty() => Ok(Document {
            origin,
            kind,
            audience,
            language,
            key,
            subject,
            consent,
            confirmed,
            body: message.encode_to_vec(),
        }),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

fn problem(path: &str, message: &str) -> Problem {
    Problem {
        path: path.to_owned(),
        message: message.to_owned(),
    }
}

fn kind(fields: &mut Mapping) -> Result<String, Problem> {
    let names = || KINDS.map(|(kind, _)| kind).join(", ");
    match fields.remove("kind") {
        None => Err(problem(
            "kind",
            &format!(
                "say what this is with a line such as `kind: listing`; there are {}",
                names()
            ),
        )),
        Some(Value::String(kind)) if message_of_kind(&kind).is_some() => Ok(kind),
        Some(Value::String(kind)) if RESOURCES.contains(&kind.as_str()) => Err(problem(
            "kind",
            &format!(
                "a {kind} is a kind of offer or need: write `kind: offer` and put the rest under \
                 `resource:`, as `hedgerow template {kind}` shows"
            ),
        )),
        Some(Value::String(kind)) => {
            let hint = nearest(&kind, KINDS.map(|(kind, _)| kind)).map_or_else(
                || format!("there are {}", names()),
                |near| format!("did you mean `{near}`?"),
            );
            Err(problem(
                "kind",
                &format!("there is no kind “{kind}”; {hint}"),
            ))
        }
        Some(_) => Err(problem("kind", &format!("write one of {}", names()))),
    }
}

fn confirmed(fields: &mut Mapping, problems: &mut Vec<Problem>) -> Vec<String> {
    let items = match fields.remove("confirmed") {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Sequence(items)) => items,
        Some(one) => vec![one],
    };
    let read: Vec<_> = items
        .iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect();
    if read.len() != items.len() {
        problems.push(problem("confirmed", "write the reasons as a list of words"));
    }
    read
}

/// A message that stands beside the record's own fields, and is no part of it.
fn part_beside(
    fields: &mut Mapping,
    field: &str,
    message: &str,
    takes: &str,
    problems: &mut Vec<Problem>,
) -> Option<DynamicMessage> {
    let written = match fields.remove(field) {
        None | Some(Value::Null) => return None,
        Some(Value::Mapping(written)) => written,
        Some(_) => {
            problems.push(problem(field, &format!("this takes {takes} below it")));
            return None;
        }
    };
    let descriptor =
        super::schema::pool().get_message_by_name(&format!("hedgerow.v1.{message}"))?;
    match to_message(&written, &descriptor) {
        Ok(message) => Some(message),
        Err(wrong) => {
            problems.extend(wrong.into_iter().map(|wrong| Problem {
                path: format!("{field}.{}", wrong.path),
                ..wrong
            }));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_may_have_many_documents_in_yaml_or_json() {
        let yaml = "kind: listing\nname: A\n---\nkind: event\naudience: node-only\ntitle: B\n---\n";
        let documents = parse_text("a.yaml", yaml).expect("documents");
        assert_eq!(documents.len(), 2);
        assert_eq!(documents[0].audience, None);
        assert_eq!(documents[1].audience, Some(Audience::NodeOnly));
        assert_eq!(documents[1].origin.to_string(), "a.yaml, document 2 of 2");
        let json = r#"[{"kind": "listing", "name": "A"}, {"kind": "story", "key": "ab"}]"#;
        let documents = parse_text("a.json", json).expect("documents");
        assert_eq!(documents[1].key.as_deref(), Some("ab"));
        assert_eq!(documents[0].language, "en");
    }

    #[test]
    fn a_room_without_its_offer_is_told_how_to_be_one() {
        let error = parse_text("a.yaml", "kind: space\ntitle: Hall\n").expect_err("no kind");
        assert!(
            error.to_string().contains("hedgerow template space"),
            "{error}"
        );
    }

    #[test]
    fn a_message_names_file_document_path_and_way_out() {
        let yaml = "kind: listing\nname: A\n---\nkind: listing\nplaces: [{precison: town}]\n";
        let error = parse_text("groups.yaml", yaml)
            .expect_err("a slip")
            .to_string();
        assert!(
            error.starts_with("groups.yaml, document 2 of 2: places[0].precison:"),
            "{error}"
        );
        assert!(error.contains("did you mean `precision`?"), "{error}");
    }

    #[test]
    fn a_storys_consent_stands_beside_the_record_and_not_in_it() {
        let yaml = "kind: story\ntitle: A\ntext: B\nconsent:\n  given_on: 2026-01-05\n  review_on: '2027-01-05'\n";
        let documents = parse_text("story.yaml", yaml).expect("it reads");
        let consent = documents[0].to_draft().consent.expect("consent");
        assert_eq!(
            (consent.given_on.as_str(), consent.review_on.as_str()),
            ("2026-01-05", "2027-01-05")
        );
        assert!(
            parse_text(
                "listing.yaml",
                "kind: listing\nname: A\nconsent: {given_on: x}\n"
            )
            .is_err()
        );
    }

    #[test]
    fn a_vouch_keeps_its_own_subject() {
        let id = "00".repeat(32);
        let yaml = format!("kind: vouch\nsubject: {{group_id: {id}, name: A}}\ngrade: endorsed\n");
        let documents = parse_text("a.yaml", &yaml).expect("a vouch");
        assert!(documents[0].subject.is_none());
        let vouch = v1::Vouch::decode(documents[0].body.as_slice()).expect("a vouch");
        assert_eq!(vouch.subject.expect("a subject").name, "A");
    }

    #[test]
    fn broken_yaml_is_told_with_its_line() {
        let error = parse_text("a.yaml", "kind: listing\nname: [a\n").expect_err("broken");
        assert!(error.to_string().contains("line"), "{error}");
        assert!(
            parse_text("a.yaml", "\n")
                .expect_err("empty")
                .to_string()
                .contains("template")
        );
    }
}
