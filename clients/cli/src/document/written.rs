//! A record as a person wrote it.

use std::fmt;

use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::title_of;
use hedgerow_proto::steward_v1::{RecordAudience, RecordDraft, StoryConsent, record_audience};
use hedgerow_proto::v1::Subject;

/// The audience of a record, as a document names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    Public,
    /// The record stays on the node.
    NodeOnly,
}

impl Audience {
    pub fn to_proto(self) -> RecordAudience {
        RecordAudience {
            audience: Some(match self {
                Self::Public => record_audience::Audience::Public(true),
                Self::NodeOnly => record_audience::Audience::NodeOnly(true),
            }),
        }
    }
}

/// The position of a document, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file's name as typed.
    pub file: String,
    /// Its number in the file, from 1.
    pub number: usize,
    /// The number of documents in the file.
    pub count: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count > 1 {
            write!(
                f,
                "{}, document {} of {}",
                self.file, self.number, self.count
            )
        } else {
            f.write_str(&self.file)
        }
    }
}

/// One record as a person wrote it.
#[derive(Debug, Clone)]
pub struct Document {
    pub origin: Origin,
    /// Its kind, which is its collection.
    pub kind: String,
    /// If absent, the node uses its default for the kind.
    pub audience: Option<Audience>,
    pub language: String,
    /// The key of the record that it replaces. Absent for a new record.
    pub key: Option<String>,
    /// The version that it replaces. Absent to replace any.
    pub etag: Option<String>,
    /// The group that a catalogued listing is about.
    pub subject: Option<Subject>,
    /// The consent of the people in a story.
    pub consent: Option<StoryConsent>,
    /// Reasons of violations that a person has checked and confirmed.
    pub confirmed: Vec<String>,
    /// The kind's message, encoded.
    pub body: Vec<u8>,
}

impl Document {
    /// The record's title or name. `None` if it has none.
    pub fn title(&self) -> Option<String> {
        let body = RecordBody::parse(&self.kind, &self.body).ok()?;
        title_of(&body)
            .map(str::to_owned)
            .filter(|title| !title.is_empty())
    }

    pub fn to_draft(&self) -> RecordDraft {
        RecordDraft {
            body: self.body.clone(),
            language: self.language.clone(),
            audience: self.audience.map(Audience::to_proto),
            subject: self.subject.clone(),
            confirmed: self.confirmed.clone(),
            consent: self.consent.clone(),
        }
    }
}
