//! A record as a form.

use askama::Template;

use crate::components::{Caption, ControlView, DraftStatus, FieldGroup};
use crate::pages::console::Frame;
use crate::text::Text;
use crate::words::Words;

/// A form to fill in.
#[derive(Clone, Debug, Default)]
pub struct FillInView {
    /// The name of the record, if it has one.
    pub title: Text,
    /// The key of the heading: what is filled in.
    pub heading: &'static str,
    pub groups: Vec<FieldGroup>,
    /// The pages of a long form.
    pub parts: Vec<FormPart>,
    /// Where the form is posted, which is this page.
    pub action: String,
    pub back: String,
    /// Where what was typed is thrown away.
    pub discard: String,
    /// The key under which what was typed is kept after the end of the session.
    pub form_key: String,
    /// The number of times that it was saved.
    pub revision: i64,
    /// Sentences of the rules that are about no single field.
    pub errors: Vec<Text>,
    /// Whether something is saved that is not published.
    pub is_draft: bool,
    /// Whether it shows what was typed and not saved.
    pub is_typed: bool,
}

/// One page of a long form.
#[derive(Clone, Debug)]
pub struct FormPart {
    /// The key of its title.
    pub title: &'static str,
    pub href: String,
    pub is_here: bool,
}

#[derive(Template)]
#[template(path = "pages/console/edit/fill_in.html")]
pub struct FillIn {
    t: Words,
    frame: Frame,
    view: FillInView,
}

impl FillIn {
    pub fn new(frame: Frame, view: FillInView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    fn script(&self) -> &'static str {
        crate::assets::draft_script_path()
    }

    /// The errors with the names of their controls.
    fn errors(&self) -> Vec<(&str, String)> {
        let mut found = Vec::new();
        let groups = self.view.groups.iter();
        for control in groups.flat_map(|group| &group.controls) {
            control.errors(&mut found);
        }
        let errors = found.into_iter();
        errors
            .map(|(name, error): (&str, &Caption)| (name, error.plain(self.t)))
            .collect()
    }

    fn has_errors(&self) -> bool {
        !self.errors().is_empty() || !self.view.errors.is_empty()
    }

    /// Whether a group is shown at once.
    fn is_open(&self, group: &FieldGroup) -> bool {
        group.is_open || group.has_errors()
    }
}
