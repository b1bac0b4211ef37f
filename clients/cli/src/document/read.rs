//! Reads files as documents.

use std::path::Path;
use std::{fs, io};

use hedgerow_input::descriptors::{KINDS, message_of_kind, pool};
use hedgerow_proto::v1::ResourceKind;
use hedgerow_proto::words::from_word;
use prost::Message;
use prost_reflect::MessageDescriptor;
use serde::Deserialize as _;
use serde_yaml_ng::{Mapping, Value};

use super::error::DocumentError;
use super::nearest::nearest;
use super::to_proto::{Problem, to_message};
use super::written::{Audience, Document, Origin};

/// Reads every document of a file. `-` is standard input.
///
/// # Errors
/// If the file cannot be read, or anything in it is wrong.
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

/// Reads every document of a text, as JSON if it starts with a brace or a bracket.
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
    let count = values.len();
    values
        .into_iter()
        .enumerate()
        .map(|(index, value)| {
            let origin = Origin {
                file: file.to_owned(),
                number: index + 1,
                count,
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
                count: 1,
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
            count: 1,
        },
        form: "JSON",
        detail: error.to_string(),
    })?;
    Ok(match value {
        Value::Sequence(values) => values,
        one => vec![one],
    })
}

/// Reads one document, in order: what it is, the keys that describe it, and the record's
/// fields, which are all that is left.
fn document(origin: Origin, value: Value) -> Result<Document, Vec<Problem>> {
    let Value::Mapping(mut fields) = value else {
        return Err(vec![problem(
            "",
            "write a document as `field: value` lines",
        )]);
    };
    let (kind, descriptor) = kind(&mut fields).map_err(|problem| vec![problem])?;
    let mut header = Header {
        fields: &mut fields,
        problems: Vec::new(),
    };
    let audience = header.audience();
    let language = header.word("language").unwrap_or_else(|| "en".to_owned());
    let key = header.word("key");
    let etag = header.word("etag");
    let confirmed = header.confirmed();
    // Other kinds have fields of their own with these names.
    let subject = (kind == "listing")
        .then(|| {
            header.attachment(
                "subject",
                "hedgerow.v1.Subject",
                "`scheme`, `id` and `name`",
            )
        })
        .flatten();
    let consent = (kind == "story")
        .then(|| {
            header.attachment(
                "consent",
                "hedgerow.steward.v1.StoryConsent",
                "`given_date` and `review_date`",
            )
        })
        .flatten();
    let mut problems = header.problems;
    let message = to_message(&fields, &descriptor);
    let body = message.map_or_else(
        |wrong| {
            problems.extend(wrong);
            Vec::new()
        },
        |message| message.encode_to_vec(),
    );
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Document {
        origin,
        kind,
        audience,
        language,
        key,
        etag,
        subject,
        consent,
        confirmed,
        body,
    })
}

fn problem(path: &str, message: &str) -> Problem {
    Problem {
        path: path.to_owned(),
        message: message.to_owned(),
    }
}

/// Takes the kind out of the fields, with the message of its body.
fn kind(fields: &mut Mapping) -> Result<(String, MessageDescriptor), Problem> {
    let names = KINDS.map(|(kind, _)| kind).join(", ");
    let message = match fields.remove("kind") {
        None => format!("add a line such as `kind: listing`; the kinds are {names}"),
        Some(Value::String(kind)) => {
            if let Some(descriptor) = message_of_kind(&kind) {
                return Ok((kind, descriptor));
            }
            // People may mistake a kind of resource for a kind of record.
            if from_word::<ResourceKind>(&kind).is_some() {
                format!(
                    "a {kind} is a kind of offer or need: write `kind: offer` and put the rest \
                     under `resource:`, as `hedgerow template {kind}` shows"
                )
            } else {
                match nearest(&kind, KINDS.map(|(kind, _)| kind)) {
                    Some(near) => format!("there is no kind “{kind}”; did you mean `{near}`?"),
                    None => format!("there is no kind “{kind}”; the kinds are {names}"),
                }
            }
        }
        Some(_) => format!("write one of {names}"),
    };
    Err(problem("kind", &message))
}

/// The keys that describe a document. Each is taken out of its fields.
struct Header<'a> {
    fields: &'a mut Mapping,
    problems: Vec<Problem>,
}

impl Header<'_> {
    fn take(&mut self, key: &str) -> Option<Value> {
        self.fields.remove(key).filter(|value| !value.is_null())
    }

    fn wrong(&mut self, key: &str, message: &str) {
        self.problems.push(problem(key, message));
    }

    fn word(&mut self, key: &str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text.trim().to_owned()),
            _ => {
                self.wrong(key, "write a word here");
                None
            }
        }
    }

    fn audience(&mut self) -> Option<Audience> {
        match self.word("audience")?.as_str() {
            "public" => Some(Audience::Public),
            "node-only" | "node_only" => Some(Audience::NodeOnly),
            other => {
                let message = format!("“{other}” is not an audience: write public, or node-only");
                self.wrong("audience", &message);
                None
            }
        }
    }

    fn confirmed(&mut self) -> Vec<String> {
        let items = match self.take("confirmed") {
            None => return Vec::new(),
            Some(Value::Sequence(items)) => items,
            Some(one) => vec![one],
        };
        let words = items.iter().map(|item| item.as_str().map(str::to_owned));
        words.collect::<Option<_>>().unwrap_or_else(|| {
            self.wrong("confirmed", "write the reasons as a list of words");
            Vec::new()
        })
    }

    /// A message next to the record's fields: it is sent with the record, not in it.
    fn attachment<M: Message + Default>(
        &mut self,
        key: &str,
        message: &str,
        fields_in_it: &str,
    ) -> Option<M> {
        let Value::Mapping(written) = self.take(key)? else {
            let message = format!("write {fields_in_it} on indented lines below");
            self.wrong(key, &message);
            return None;
        };
        let descriptor = pool().get_message_by_name(message)?;
        match to_message(&written, &descriptor) {
            Ok(message) => message.transcode_to().ok(),
            Err(wrong) => {
                self.problems.extend(wrong.into_iter().map(|wrong| Problem {
                    path: format!("{key}.{}", wrong.path),
                    ..wrong
                }));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1;

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
    fn a_room_without_an_offer_is_rejected_with_the_way_out() {
        let error = parse_text("a.yaml", "kind: space\ntitle: Hall\n").expect_err("no kind");
        assert!(
            error.to_string().contains("hedgerow template space"),
            "{error}"
        );
    }

    #[test]
    fn an_error_names_file_document_field_and_way_out() {
        let yaml = "kind: listing\nname: A\n---\nkind: listing\nplaces: [{precison: town}]\n";
        let error = parse_text("groups.yaml", yaml)
            .expect_err("a misspelt field")
            .to_string();
        assert!(
            error.starts_with("groups.yaml, document 2 of 2: places[0].precison:"),
            "{error}"
        );
        assert!(error.contains("did you mean `precision`?"), "{error}");
    }

    #[test]
    fn the_consent_to_a_story_is_not_in_the_record() {
        let yaml = "kind: story\ntitle: A\ntext: B\nconsent:\n  given_date: 2026-01-05\n  review_date: '2027-01-05'\n";
        let documents = parse_text("story.yaml", yaml).expect("it reads");
        let consent = documents[0].to_draft().consent.expect("consent");
        assert_eq!(
            (consent.given_date.as_str(), consent.review_date.as_str()),
            ("2026-01-05", "2027-01-05")
        );
        assert!(
            parse_text(
                "listing.yaml",
                "kind: listing\nname: A\nconsent: {given_date: x}\n"
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
    fn broken_yaml_is_rejected_with_its_line() {
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
