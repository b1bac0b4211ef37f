//! `/undo/{entry}`: an earlier version of a record, as a working copy to check and publish.

use axum::extract::Path;
use hedgerow_core::record::ParsedRecord;
use hedgerow_forms::{Envelope, Form};
use hedgerow_web::pages::console::ConsoleNav;
use hedgerow_web::pages::console::edit::{Ask, AskView, Sentence};

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, page, see_other};
use super::super::steward::InGroup;
use super::outcome::first_page;
use super::stored::{Stored, title};
use super::target::Target;
use super::work::Work;

/// `GET`.
pub(super) async fn show(visit: InGroup, Path((_, entry)): Path<(String, i64)>) -> Shown {
    let before = Earlier::read(&visit, entry).await?;
    let view = AskView {
        heading: "undo-heading",
        title: title(before.form.kind(), &before.body, &before.envelope.language),
        sentences: vec![Sentence::Key("undo-about")],
        button: "undo-button",
        action: format!("{}/undo/{entry}", visit.base()),
        back: format!("{}/history", visit.base()),
        ..AskView::default()
    };
    page(&Ask::new(visit.frame(ConsoleNav::Home), view))
}

/// `POST`: makes it the working copy, and shows what would change.
pub(super) async fn undo(
    visit: InGroup,
    Path((_, entry)): Path<(String, i64)>,
    _: ConsoleForm,
) -> Shown {
    let before = Earlier::read(&visit, entry).await?;
    let mut work = Work::fresh(&visit, &before.target).await?;
    let (_, body) =
        Form::of_record(before.form.kind(), &before.body).ok_or_else(Failed::not_found)?;
    work.body = body;
    work.envelope = before.envelope;
    let next = before.target.form_path(&visit, first_page(&work.form));
    work.save(&visit, &before.target, &next).await?;
    see_other(&format!("{}/check", before.target.path(&visit)))
}

/// An earlier version, and the record that it would become.
struct Earlier {
    /// The record, or a new one if it was taken back: its key is not used again.
    target: Target,
    form: Form,
    body: Vec<u8>,
    envelope: Envelope,
}

impl Earlier {
    async fn read(visit: &InGroup, entry: i64) -> Result<Self, Failed> {
        let mut reading = visit.shared().store.read().await?;
        let kept = reading.history_before(&visit.group.id, entry).await?;
        drop(reading);
        let (name, before) = kept.ok_or_else(Failed::not_found)?;
        let length = before.bytes.len();
        let record = ParsedRecord::parse_within(&before.bytes, &visit.group.id, length)
            .map_err(|_| Failed::not_found())?;
        let message = record.message();
        let kind = name.collection.as_str();
        let (form, _) = Form::of_record(kind, &message.body).ok_or_else(Failed::not_found)?;
        let exists = Stored::read(visit, &name).await?.is_some();
        let target = if exists {
            Target::of_record(&name)
        } else {
            let thing = form.detail().replace('_', "-");
            let key = if thing.is_empty() {
                "new".to_owned()
            } else {
                format!("new-{thing}")
            };
            Target::new(kind, &key)
        };
        Ok(Self {
            target: target.ok_or_else(Failed::not_found)?,
            form,
            body: message.body.clone(),
            envelope: Envelope {
                audience: before.audience,
                language: message.language.clone(),
                ..Envelope::new(kind)
            },
        })
    }
}
