//! Records as they are stored, decoded for forms and pages.

use hedgerow_core::name::RecordName;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::Summary;
use hedgerow_forms::{Body, Envelope, Form};
use hedgerow_proto::{steward_v1, v1};
use hedgerow_web::Text;

use super::super::steward::InGroup;
use crate::store::{StoreError, StoredRecord, Transaction};

/// A record of the group.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) record: StoredRecord,
    /// The whole record, for views.
    pub(super) bytes: Vec<u8>,
    /// The encoded message of its kind.
    pub(super) body: Vec<u8>,
    pub(super) language: String,
    pub(super) subject: Option<v1::Subject>,
}

impl Stored {
    /// Reads a record. `None` if there is none, or its bytes are erased.
    pub(super) async fn read(
        visit: &InGroup,
        name: &RecordName,
    ) -> Result<Option<Self>, StoreError> {
        let mut reading = visit.shared().store.read().await?;
        match reading.record(&visit.group.id, name).await? {
            Some(record) => Self::with_body(visit, &mut reading, record).await,
            None => Ok(None),
        }
    }

    /// Reads a page of the records of a kind, and whether there are more.
    pub(super) async fn list(
        visit: &InGroup,
        kind: &str,
        after: &str,
        limit: u32,
    ) -> Result<(Vec<Self>, bool), StoreError> {
        let mut reading = visit.shared().store.read().await?;
        let after = (if after.is_empty() { "" } else { kind }, after);
        let mut records = reading
            .records(&visit.group.id, kind, after, limit + 1)
            .await?;
        let has_more = records.len() > limit as usize;
        records.truncate(limit as usize);
        let mut list = Vec::with_capacity(records.len());
        for record in records {
            list.extend(Self::with_body(visit, &mut reading, record).await?);
        }
        Ok((list, has_more))
    }

    async fn with_body(
        visit: &InGroup,
        reading: &mut Transaction,
        record: StoredRecord,
    ) -> Result<Option<Self>, StoreError> {
        let bytes = reading.body(&visit.group.id, &record.entry.hash).await?;
        Ok(bytes.and_then(|bytes| Self::parse(visit, record, bytes)))
    }

    fn parse(visit: &InGroup, record: StoredRecord, bytes: Vec<u8>) -> Option<Self> {
        let parsed = ParsedRecord::parse_within(&bytes, &visit.group.id, bytes.len()).ok()?;
        let message = parsed.message();
        Some(Self {
            body: message.body.clone(),
            language: message.language.clone(),
            subject: message.subject.clone(),
            record,
            bytes,
        })
    }

    pub(super) fn kind(&self) -> &str {
        self.record.entry.name.collection.as_str()
    }

    pub(super) fn title(&self) -> Text {
        title(self.kind(), &self.body, &self.language)
    }

    /// Its form and its body. `None` for a record that only a later version of this program can
    /// change without a loss.
    pub(super) fn form(&self) -> Option<(Form, Body)> {
        Form::of_record(self.kind(), &self.body)
    }

    pub(super) fn envelope(&self) -> Envelope {
        let consent = self.record.entry.consent.clone().unwrap_or_default();
        Envelope {
            audience: self.record.entry.audience.to_text(),
            language: self.language.clone(),
            given: consent.given_date,
            review: consent.review_date,
            consent: consent.words,
        }
    }
}

/// The title of a record's body; empty if it has none.
pub(super) fn title(kind: &str, body: &[u8], language: &str) -> Text {
    let body = RecordBody::parse(kind, body).ok();
    let summary = body.as_ref().and_then(Summary::from_body);
    let title = summary.map_or_else(String::new, |summary| summary.title);
    Text::new(&title, language)
}

/// What a steward publishes, without what must be confirmed.
pub(super) fn draft(
    body: Vec<u8>,
    envelope: &Envelope,
    subject: Option<v1::Subject>,
) -> steward_v1::RecordDraft {
    use steward_v1::record_audience::Audience;
    let audience = match envelope.audience.as_str() {
        hedgerow_forms::PUBLIC => Some(Audience::Public(true)),
        hedgerow_forms::NODE_ONLY => Some(Audience::NodeOnly(true)),
        // Another audience is kept by saying nothing.
        _ => None,
    };
    let has_consent = [&envelope.given, &envelope.review, &envelope.consent]
        .iter()
        .any(|text| !text.is_empty());
    steward_v1::RecordDraft {
        body,
        language: envelope.language.clone(),
        audience: audience.map(|audience| steward_v1::RecordAudience {
            audience: Some(audience),
        }),
        subject,
        consent: has_consent.then(|| steward_v1::StoryConsent {
            given_date: envelope.given.clone(),
            review_date: envelope.review.clone(),
            words: envelope.consent.clone(),
        }),
        confirmed: Vec::new(),
    }
}
