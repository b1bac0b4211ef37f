//! What a person has written on the first pages, as drafts.

use hedgerow_web::form::Form;
use hedgerow_web::pages::console::first::FirstStep;
use sha2::{Digest as _, Sha256};

use crate::console::draft::Drafts;
use crate::console::failed::Failed;
use crate::console::steward::Steward;
use crate::store::StoreError;

/// The forms of the five pages; empty for those not sent yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    pub(super) about: Form,
    pub(super) who: Form,
    pub(super) place: Form,
    pub(super) when: Form,
    pub(super) join: Form,
}

impl Answers {
    pub(super) fn of(&self, step: FirstStep) -> &Form {
        match step {
            FirstStep::About => &self.about,
            FirstStep::Who => &self.who,
            FirstStep::Where => &self.place,
            FirstStep::When => &self.when,
            FirstStep::Join => &self.join,
        }
    }

    /// A hash of all answers, in their order.
    pub(super) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for step in FirstStep::ALL {
            let form = self.of(step).encode();
            hash.update(form.len().to_be_bytes());
            hash.update(form);
        }
        hex::encode(hash.finalize())
    }

    pub(super) fn set(&mut self, step: FirstStep, form: Form) {
        let own = match step {
            FirstStep::About => &mut self.about,
            FirstStep::Who => &mut self.who,
            FirstStep::Where => &mut self.place,
            FirstStep::When => &mut self.when,
            FirstStep::Join => &mut self.join,
        };
        *own = form;
    }
}

/// Only a person who may add a group has these pages.
pub(super) fn require_right(steward: &Steward) -> Result<(), Failed> {
    let person = steward.person();
    if person.is_host || person.may_add.is_some() {
        Ok(())
    } else {
        Err(Failed::not_found())
    }
}

fn key(step: FirstStep) -> String {
    format!("first-{}", step.name())
}

pub(super) async fn read(steward: &Steward) -> Result<Answers, StoreError> {
    let drafts = Drafts::new(steward, None);
    let mut answers = Answers::default();
    for step in FirstStep::ALL {
        if let Some(draft) = drafts.read(&key(step)).await? {
            answers.set(step, draft.form);
        }
    }
    Ok(answers)
}

/// A page as a person left it.
#[derive(Clone, Debug, Default)]
pub(super) struct Typed {
    pub(super) form: Form,
    /// The number of times that the page was sent.
    pub(super) revision: i64,
    /// Whether it was typed and not sent.
    pub(super) is_typed: bool,
}

/// The key of what is typed and not sent. It counts as no answer yet.
fn typed_key(step: FirstStep) -> String {
    format!("typed-first-{}", step.name())
}

pub(super) async fn read_typed(steward: &Steward, step: FirstStep) -> Result<Typed, StoreError> {
    let drafts = Drafts::new(steward, None);
    let sent = drafts.read(&key(step)).await?.unwrap_or_default();
    let typed = drafts.read(&typed_key(step)).await?;
    Ok(Typed {
        revision: sent.revision,
        is_typed: typed.is_some(),
        form: typed.map_or(sent.form, |typed| typed.form),
    })
}

/// Keeps what is typed. Returns false if the page was sent since it was shown.
pub(super) async fn keep_typed(
    steward: &Steward,
    step: FirstStep,
    form: &Form,
) -> Result<bool, Failed> {
    let drafts = Drafts::new(steward, None);
    let sent = drafts.read(&key(step)).await?.unwrap_or_default();
    if form.get("revision").parse() != Ok(sent.revision) {
        return Ok(false);
    }
    drafts.put(&typed_key(step), form).await?;
    Ok(true)
}

/// Saves an answer, and returns its revision.
pub(super) async fn save(steward: &Steward, step: FirstStep, form: &Form) -> Result<i64, Failed> {
    let drafts = Drafts::new(steward, None);
    let mut form = form.clone();
    // It is the number of a window and no part of the answer.
    form.remove("revision", None);
    let revision = drafts.put(&key(step), &form).await?;
    drafts.delete(&typed_key(step)).await?;
    Ok(revision)
}

pub(super) async fn forget(steward: &Steward) -> Result<(), StoreError> {
    let drafts = Drafts::new(steward, None);
    for step in FirstStep::ALL {
        drafts.delete(&key(step)).await?;
        drafts.delete(&typed_key(step)).await?;
    }
    Ok(())
}
