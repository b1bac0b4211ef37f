//! The working copy of a record: what a person has typed and not sent yet, with the version that it
//! was made from. It is one of the drafts.

use hedgerow_forms::{Body, Envelope, Form, prefill};
use hedgerow_proto::{steward_v1, v1};
use hedgerow_web::Text;
use hedgerow_web::form::Form as Fields;
use prost::Message as _;
use steward_v1::record_change::Change;

use super::super::draft::Drafts;
use super::super::failed::Failed;
use super::super::steward::InGroup;
use super::stored::{Stored, draft, title};
use super::target::Target;
use crate::audience::Audience;

/// A record as it is being changed.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub(super) form: Form,
    pub(super) base: Base,
    pub(super) body: Body,
    pub(super) envelope: Envelope,
    /// The version of another window, until the person has chosen.
    pub(super) window: Option<Body>,
    /// The number of times that it was saved; 0 if nothing was.
    pub(super) revision: i64,
    subject: Option<v1::Subject>,
}

/// What a working copy was made from: empty for a new record.
#[derive(Clone, Debug)]
pub(super) struct Base {
    pub(super) body: Body,
    pub(super) envelope: Envelope,
    /// Names the stored version. Empty for a new record.
    pub(super) etag: String,
}

impl Work {
    /// Reads the working copy, or makes one of the record as it is.
    pub(super) async fn read(visit: &InGroup, target: &Target) -> Result<Self, Failed> {
        let fresh = Self::fresh(visit, target).await?;
        let drafts = Drafts::new(&visit.steward, Some(&visit.group.id));
        let saved = drafts.read(&target.draft_key()).await?;
        Ok(match saved {
            Some(saved) => fresh
                .with_saved(&saved.form, saved.revision)
                .unwrap_or(fresh),
            None => fresh,
        })
    }

    /// The record as it is stored, or an empty one.
    pub(super) async fn fresh(visit: &InGroup, target: &Target) -> Result<Self, Failed> {
        let Some(name) = &target.name else {
            let form = target.form().ok_or_else(Failed::not_found)?;
            let empty = form.new_body().ok_or_else(Failed::not_found)?;
            let mut body = empty.clone();
            if let Some(listing) = own_listing(visit).await? {
                prefill(&mut body, &listing);
            }
            let envelope = Envelope::new(target.kind);
            return Ok(Self {
                form,
                base: Base {
                    body: empty,
                    envelope: envelope.clone(),
                    etag: String::new(),
                },
                body,
                envelope,
                window: None,
                revision: 0,
                subject: None,
            });
        };
        let stored = Stored::read(visit, name).await?;
        Self::of_stored(&stored.ok_or_else(Failed::not_found)?)
    }

    pub(super) fn of_stored(stored: &Stored) -> Result<Self, Failed> {
        let (form, body) = stored.form().ok_or_else(Failed::not_found)?;
        let envelope = stored.envelope();
        Ok(Self {
            form,
            base: Base {
                body: body.clone(),
                envelope: envelope.clone(),
                etag: stored.record.etag(),
            },
            body,
            envelope,
            window: None,
            revision: 0,
            subject: stored.subject.clone(),
        })
    }

    /// The copy that a draft has. `None` if it cannot be read.
    fn with_saved(&self, saved: &Fields, revision: i64) -> Option<Self> {
        let body = |name: &str| {
            let bytes = hex::decode(saved.get(name)).ok()?;
            let (_, body) = Form::of_record(self.form.kind(), &bytes)?;
            Some(body)
        };
        Some(Self {
            body: body("body")?,
            envelope: read_envelope(saved, "")?,
            base: Base {
                body: body("base")?,
                envelope: read_envelope(saved, "base.")?,
                etag: saved.get("etag").to_owned(),
            },
            window: saved.all("window").next().and_then(|_| body("window")),
            revision,
            ..self.clone()
        })
    }

    /// Saves the working copy. `next` is the page on which to go on.
    pub(super) async fn save(
        &mut self,
        visit: &InGroup,
        target: &Target,
        next: &str,
    ) -> Result<(), Failed> {
        let mut fields = Fields::default();
        fields.push("next", next);
        fields.push("etag", &self.base.etag);
        fields.push("body", &hex::encode(self.body.encode_to_vec()));
        fields.push("base", &hex::encode(self.base.body.encode_to_vec()));
        write_envelope(&mut fields, "", &self.envelope);
        write_envelope(&mut fields, "base.", &self.base.envelope);
        if let Some(window) = &self.window {
            fields.push("window", &hex::encode(window.encode_to_vec()));
        }
        let drafts = Drafts::new(&visit.steward, Some(&visit.group.id));
        self.revision = drafts.put(&target.draft_key(), &fields).await?;
        Ok(())
    }

    /// Forgets a working copy, and the pages that were kept after the end of a session.
    pub(super) async fn discard(visit: &InGroup, target: &Target) -> Result<(), Failed> {
        let drafts = Drafts::new(&visit.steward, Some(&visit.group.id));
        drafts.delete(&target.draft_key()).await?;
        for page in drafts.list(&target.page_key("")).await? {
            drafts.delete(&page).await?;
        }
        Ok(())
    }

    /// The forms of a record that were typed into and not saved, by the names of their pages.
    pub(super) async fn typed(visit: &InGroup, target: &Target) -> Result<Vec<String>, Failed> {
        let drafts = Drafts::new(&visit.steward, Some(&visit.group.id));
        let prefix = target.page_key("");
        let typed = drafts.list(&prefix).await?.into_iter();
        Ok(typed
            .filter_map(|key| Some(key.strip_prefix(&prefix)?.to_owned()))
            .collect())
    }

    pub(super) fn is_new(&self) -> bool {
        self.base.etag.is_empty()
    }

    pub(super) fn is_saved(&self) -> bool {
        self.revision > 0
    }

    pub(super) fn title(&self) -> Text {
        let body = self.body.encode_to_vec();
        title(self.form.kind(), &body, &self.envelope.language)
    }

    /// The request that publishes it.
    pub(super) fn request(
        &self,
        target: &Target,
        request_id: &str,
        confirmed: &[String],
    ) -> steward_v1::PublishRecordsRequest {
        let mut draft = draft(
            self.body.encode_to_vec(),
            &self.envelope,
            self.subject.clone(),
        );
        draft.confirmed = confirmed.to_vec();
        let change = match &target.name {
            None => Change::Put(steward_v1::NewRecord {
                collection: target.kind.to_owned(),
                draft: Some(draft),
            }),
            Some(name) => Change::Replace(steward_v1::ReplacedRecord {
                name: Some(name.to_proto()),
                draft: Some(draft),
                etag: self.base.etag.clone(),
            }),
        };
        steward_v1::PublishRecordsRequest {
            request_id: request_id.to_owned(),
            changes: vec![steward_v1::RecordChange {
                change: Some(change),
            }],
            confirmed: Vec::new(),
        }
    }
}

/// The group's public listing. `None` if there is none, or several: no one knows which is meant.
async fn own_listing(visit: &InGroup) -> Result<Option<v1::Listing>, Failed> {
    let (listings, _) = Stored::list(visit, "listing", "", 2).await?;
    let [only] = listings.as_slice() else {
        return Ok(None);
    };
    let is_public = only.record.entry.audience == Audience::Public;
    let listing = v1::Listing::decode(only.body.as_slice()).ok();
    Ok(listing.filter(|_| is_public))
}

fn write_envelope(fields: &mut Fields, prefix: &str, envelope: &Envelope) {
    for (name, value) in [
        ("audience", &envelope.audience),
        ("language", &envelope.language),
        ("given", &envelope.given),
        ("review", &envelope.review),
        ("consent", &envelope.consent),
    ] {
        fields.push(&format!("{prefix}{name}"), value);
    }
}

fn read_envelope(fields: &Fields, prefix: &str) -> Option<Envelope> {
    let value = |name: &str| fields.get(&format!("{prefix}{name}")).to_owned();
    let envelope = Envelope {
        audience: value("audience"),
        language: value("language"),
        given: value("given"),
        review: value("review"),
        consent: value("consent"),
    };
    (!envelope.audience.is_empty()).then_some(envelope)
}
