//! The people of a group: who they are, inviting and removing them.

use askama::Template;
use chrono::NaiveDate;

use super::frame::Frame;
use crate::components::{Choices, ErrorSummary, Errors, FieldChoice};
use crate::text::Text;
use crate::words::Words;

/// A person of the group.
#[derive(Clone, Debug)]
pub struct PersonRow {
    /// What the forms name the person by.
    pub id: String,
    pub name: Text,
    pub is_steward: bool,
    pub is_you: bool,
    /// The day on which one of the person's browsers was last used.
    pub used: Option<NaiveDate>,
}

/// A link that nobody has used yet.
#[derive(Clone, Debug)]
pub struct InvitationRow {
    pub id: String,
    pub is_steward: bool,
    /// Whom it lets in again; empty for a new person.
    pub returning: Text,
    pub until: NaiveDate,
}

#[derive(Clone, Debug, Default)]
pub struct PeopleView {
    pub people: Vec<PersonRow>,
    pub invitations: Vec<InvitationRow>,
    /// A link that was made just now. It is shown once.
    pub link: Option<String>,
    pub errors: Errors,
}

#[derive(Template)]
#[template(path = "pages/console/people.html")]
pub struct People {
    t: Words,
    frame: Frame,
    view: PeopleView,
}

impl People {
    pub fn new(frame: Frame, view: PeopleView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    fn roles(&self) -> Choices<'static> {
        let option = |value, key, hint, is_chosen| {
            FieldChoice::new(value, Text::plain(&self.t.text(key)), is_chosen)
                .hint(self.t.text(hint))
        };
        let choices = vec![
            option("editor", "people-editor", "people-editor-may", true),
            option("steward", "people-steward", "people-steward-may", false),
        ];
        Choices::one("role", self.t.text("people-invite-role"), choices)
    }

    fn day(&self, day: &NaiveDate) -> String {
        self.t.date(*day)
    }
}
