//! Forms that are not sent yet.

use hedgerow_core::id::GroupId;
use hedgerow_web::form::{Form, MAX_RECORD_BYTES};

use super::failed::Failed;
use super::steward::Steward;
use crate::store::{DraftKey, StoreError};

/// Maximum characters of a form's key.
const MAX_KEY: usize = 200;

/// A form as it was last saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Draft {
    /// Grows with each save; 0 before the first.
    pub(crate) revision: i64,
    pub(crate) form: Form,
}

/// The drafts of one person in one group, or before there is a group.
pub(crate) struct Drafts<'a> {
    steward: &'a Steward,
    group: Option<&'a GroupId>,
}

impl<'a> Drafts<'a> {
    pub(crate) fn new(steward: &'a Steward, group: Option<&'a GroupId>) -> Self {
        Self { steward, group }
    }

    fn key<'k>(&'k self, form: &'k str) -> DraftKey<'k> {
        DraftKey {
            group: self.group,
            person: &self.steward.person().id,
            form,
        }
    }

    pub(crate) async fn read(&self, form: &str) -> Result<Option<Draft>, StoreError> {
        let mut reading = self.steward.shared().store.read().await?;
        let stored = reading.draft(self.key(form)).await?;
        Ok(stored.map(|stored| Draft {
            revision: stored.revision,
            form: Form::parse(&stored.bytes),
        }))
    }

    /// Keys of the drafts that begin with a prefix, the newest first.
    pub(crate) async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let mut reading = self.steward.shared().store.read().await?;
        let forms = reading.draft_forms(self.key(prefix)).await?;
        Ok(forms.into_iter().map(|(form, _)| form).collect())
    }

    /// Saves a form and returns its revision.
    pub(crate) async fn put(&self, form: &str, fields: &Form) -> Result<i64, Failed> {
        let bytes = fields.encode();
        let is_key = !form.is_empty()
            && form.len() <= MAX_KEY
            && form.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_key || bytes.len() > MAX_RECORD_BYTES {
            return Err(Failed::new(http::StatusCode::PAYLOAD_TOO_LARGE));
        }
        let mut writing = self.steward.shared().store.write().await?;
        let now = self.steward.now();
        let revision = writing
            .put_draft(self.key(form), bytes.as_bytes(), now)
            .await?;
        writing.commit().await?;
        Ok(revision)
    }

    pub(crate) async fn delete(&self, form: &str) -> Result<(), StoreError> {
        let mut writing = self.steward.shared().store.write().await?;
        writing.delete_draft(self.key(form)).await?;
        writing.commit().await
    }
}
