//! The form of one record.

use chrono::NaiveDate;
use hedgerow_web::components::{Caption, FieldGroup};

use crate::field::{Field, Group};
use crate::posted::Posted;
use crate::record::{Body, detail_of, new_body, read_body};
use crate::tables::{detail, event, listing, other, outer, resource};
use crate::{apply, show};

/// The fields of one kind of record.
#[derive(Clone, Debug)]
pub struct Form {
    kind: &'static str,
    detail: &'static str,
    pages: Vec<FormPage>,
}

/// Groups of fields that are filled in together.
#[derive(Clone, Debug)]
pub struct FormPage {
    /// For its address.
    pub name: &'static str,
    /// The key of its title; empty if it is the only one.
    pub title: &'static str,
    pub groups: Vec<Group>,
}

impl Form {
    /// The form of a kind; of an offer or a need, with the kind of thing. `None` if there is none.
    pub fn new(kind: &str, thing: &str) -> Option<Self> {
        let (kind, pages) = match kind {
            "listing" => ("listing", listing::LISTING),
            "event" => ("event", event::EVENT),
            "story" => ("story", other::STORY),
            "commitment" => ("commitment", other::COMMITMENT),
            "vouch" => ("vouch", other::VOUCH),
            "circumstances" => ("circumstances", other::CIRCUMSTANCES),
            "offer" => return Self::of_thing("offer", outer::OFFER, thing),
            "need" => return Self::of_thing("need", outer::NEED, thing),
            _ => return None,
        };
        let pages = pages.iter().map(|page| FormPage {
            name: page.name,
            title: page.title,
            groups: page.groups.to_vec(),
        });
        Some(Self {
            kind,
            detail: "",
            pages: pages.collect(),
        })
    }

    fn of_thing(kind: &'static str, outer: Group, thing: &str) -> Option<Self> {
        let (thing, of_thing) = match thing {
            "space" => ("space", detail::SPACE),
            "equipment" => ("equipment", detail::EQUIPMENT),
            "skills" => ("skills", detail::SKILLS),
            "training" => ("training", detail::TRAINING),
            "documents" => ("documents", detail::DOCUMENTS),
            "funding" => ("funding", detail::FUNDING),
            "volunteer_time" => ("volunteer_time", detail::VOLUNTEER_TIME),
            "time_credits" => ("time_credits", detail::TIME_CREDITS),
            _ => return None,
        };
        let groups = vec![
            resource::THING,
            of_thing,
            resource::PLACE,
            resource::HOURS,
            outer,
            resource::COST,
            resource::ACCESS,
            resource::RULES,
            resource::SERIES,
            resource::MORE,
        ];
        Some(Self {
            kind,
            detail: thing,
            pages: vec![FormPage {
                name: "all",
                title: "",
                groups,
            }],
        })
    }

    /// The form that fits a record. `None` for a kind that this build does not know, or a body
    /// that a form would alter.
    pub fn of_record(kind: &str, bytes: &[u8]) -> Option<(Self, Body)> {
        let body = read_body(kind, bytes)?;
        let form = Self::new(kind, detail_of(&body).unwrap_or_default())?;
        Some((form, body))
    }

    /// The empty body of a new record.
    pub fn new_body(&self) -> Option<Body> {
        new_body(self.kind, self.detail)
    }

    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The kind of thing of an offer or a need, by its name in the protocol; empty for others.
    pub fn detail(&self) -> &'static str {
        self.detail
    }

    pub fn pages(&self) -> &[FormPage] {
        &self.pages
    }

    /// A page by its name.
    pub fn page(&self, name: &str) -> Option<&FormPage> {
        self.pages.iter().find(|page| page.name == name)
    }

    /// The page that has a control.
    pub fn page_of(&self, control: &str) -> Option<&FormPage> {
        self.pages.iter().find(|page| {
            page.fields().any(|field| {
                let rest = control.strip_prefix(field.path);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        })
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.pages.iter().flat_map(FormPage::fields)
    }

    /// Changes a body as a form says.
    ///
    /// # Errors
    /// What cannot be read, by the names of the controls. The body is as it was.
    pub fn apply(
        &self,
        body: &mut Body,
        posted: &Posted,
        today: NaiveDate,
    ) -> Result<(), Vec<(String, Caption)>> {
        let mut after = body.clone();
        let mut problems = Vec::new();
        for field in self.fields() {
            apply::apply(field, &mut after, "", posted, today, &mut problems);
        }
        if problems.is_empty() {
            *body = after;
            Ok(())
        } else {
            Err(problems)
        }
    }
}

impl FormPage {
    fn fields(&self) -> impl Iterator<Item = &'static Field> {
        self.groups.iter().flat_map(|group| group.fields.iter())
    }

    /// The controls of a body.
    pub fn controls(&self, body: &Body) -> Vec<FieldGroup> {
        // What was not posted leaves no question open, on whatever day.
        self.groups(body, &Posted::default(), "", NaiveDate::default())
    }

    /// The controls of a body as they were posted, with one more part in the list `more`.
    pub fn posted(
        &self,
        body: &Body,
        posted: &Posted,
        more: &str,
        today: NaiveDate,
    ) -> Vec<FieldGroup> {
        let mut groups = self.groups(body, posted, more, today);
        for control in groups.iter_mut().flat_map(|group| &mut group.controls) {
            posted.fill(&control.name, &mut control.input);
        }
        groups
    }

    fn groups(
        &self,
        body: &Body,
        posted: &Posted,
        more: &str,
        today: NaiveDate,
    ) -> Vec<FieldGroup> {
        let blank = show::Blank {
            posted,
            more,
            is_editing: true,
            today,
        };
        self.groups
            .iter()
            .map(|group| FieldGroup {
                heading: group.heading,
                is_open: group.is_open,
                controls: group
                    .fields
                    .iter()
                    .map(|field| show::control(field, Some(body), "", &blank))
                    .collect(),
            })
            .collect()
    }
}
