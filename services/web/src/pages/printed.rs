//! The printed directory of a town or an area: contents, entries by place, and indexes. Entries are
//! numbered, because browsers cannot print the page on which something will be.

use askama::Template;
use chrono::NaiveDate;

use crate::components::{CrisisBox, PlaceChoices, VoiceBadge, WhenLine};
use crate::form::Form;
use crate::link::WebLink;
use crate::pages::search::FieldError;
use crate::shell::{CrisisLine, Shell};
use crate::text::Text;
use crate::view::{Choice, Voice, When};
use crate::words::Words;

/// What the page shows.
#[derive(Debug, Default)]
pub struct PrintedView {
    /// The fields `near` and `within`.
    pub form: Form,
    /// For the words that were typed.
    pub crisis: Vec<CrisisLine>,
    pub error: Option<FieldError>,
    /// Places that an unknown name may mean.
    pub guessed_places: Vec<Choice>,
    /// Other places of that name.
    pub other_places: Vec<Choice>,
    pub booklet: Option<Booklet>,
}

/// The directory itself.
#[derive(Debug)]
pub struct Booklet {
    pub place: Text,
    pub is_inside: bool,
    pub made: NaiveDate,
    /// Who runs the site.
    pub run_by: Text,
    pub chapters: Vec<Chapter>,
    /// Numbers of entries by the people whom they are for.
    pub by_people: Vec<(Text, Vec<usize>)>,
    pub by_name: Vec<(Text, usize)>,
    pub count: u64,
    /// Whether there are more than fit.
    pub is_partial: bool,
}

/// The entries of one place.
#[derive(Debug)]
pub struct Chapter {
    /// Absent for groups without a place.
    pub name: Option<Text>,
    pub entries: Vec<Entry>,
}

/// One group, as short as it can be.
#[derive(Debug)]
pub struct Entry {
    pub number: usize,
    pub title: Text,
    pub summary: Text,
    /// When it meets, in the group's words or by its rules.
    pub meets: Vec<Text>,
    pub next: Option<When>,
    /// Whether it can be joined online or by telephone.
    pub online: bool,
    pub join: Option<Text>,
    pub contacts: Vec<WebLink>,
    /// Whose words they are, and other sources that list the same organisation.
    pub voices: Vec<Voice>,
}

#[derive(Template)]
#[template(path = "pages/printed.html")]
pub struct Printed {
    t: Words,
    shell: Shell,
    view: PrintedView,
}

impl Printed {
    pub fn new(shell: Shell, view: PrintedView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    fn near(&self) -> &str {
        self.view.form.get("near")
    }

    fn within(&self) -> &str {
        self.view.form.get("within")
    }

    fn distances(&self) -> [&'static str; 6] {
        crate::components::DISTANCES
    }

    /// The number of miles of a distance that can be chosen.
    fn miles(&self, distance: &str) -> u64 {
        distance.trim_end_matches("mi").parse().unwrap_or_default()
    }

    fn is_chosen(&self, distance: &str) -> bool {
        self.within() == distance
    }

    fn name(&self, chapter: &Chapter) -> Text {
        let name = chapter.name.clone();
        name.unwrap_or_else(|| Text::plain(&self.t.text("printed-elsewhere")))
    }

    /// `1`, or `1–7`.
    fn numbers(&self, chapter: &Chapter) -> String {
        let numbers = |entry: Option<&Entry>| entry.map_or(0, |entry| entry.number);
        let (first, last) = (
            numbers(chapter.entries.first()),
            numbers(chapter.entries.last()),
        );
        match first == last {
            true => first.to_string(),
            false => format!("{first}–{last}"),
        }
    }
}
