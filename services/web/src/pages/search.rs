//! The results of a search, and what to do if there are none.

use askama::Template;

use crate::components::{CrisisBox, PlaceChoices, ResultRow, SearchBox, ThisWeek};
use crate::form::Form;
use crate::icon::Icon;
use crate::shell::{CrisisLine, Shell};
use crate::text::Text;
use crate::view;
use crate::view::{Choice, FilterGroup, Hit};
use crate::words::Words;

/// Rows of a page of results: as many as keep it small.
pub const SEARCH_ROWS: i32 = 12;

/// What the page of a search shows.
#[derive(Debug, Default)]
pub struct SearchView {
    /// The fields of the search, to be posted again by every button.
    pub form: Form,
    /// For the words that were typed.
    pub crisis: Vec<CrisisLine>,
    /// Sentences on what was cut off before searching, such as half a postcode.
    pub notes: Vec<Text>,
    /// Why it could not be searched, by field. Then there are no results.
    pub error: Option<FieldError>,
    /// Places that an unknown name may mean.
    pub guessed_places: Vec<Choice>,
    pub found: Option<Found>,
    /// The pages of the records that were ticked for a sheet, on earlier pages of results too.
    pub picked: Vec<String>,
    /// Whether the search is in the address of the page.
    pub is_by_link: bool,
}

/// A field that cannot be read, and what to type instead.
pub type FieldError = (&'static str, Text);

/// Results.
#[derive(Debug, Default)]
pub struct Found {
    pub hits: Vec<Hit>,
    pub total: u64,
    /// The place that was searched near, and whether it was searched inside.
    pub near: Option<(Text, bool)>,
    /// Other places of that name.
    pub other_places: Vec<Choice>,
    pub notices: Vec<Notice>,
    /// The filters in force, to be removed.
    pub chosen: Vec<Choice>,
    /// Days to choose with one press, if none is chosen.
    pub days: Vec<Choice>,
    pub filters: Vec<FilterGroup>,
    /// What is on this week near the place, if anything is.
    pub this_week: Option<view::ThisWeek>,
    /// If nothing matches: organisations of other roles that do.
    pub other_roles: Option<Choice>,
    /// If nothing matches: what to leave out.
    pub relaxations: Vec<Relaxation>,
    /// The next wider distance at which there are hits.
    pub wider: Option<Choice>,
    /// The token of the next page; empty on the last.
    pub next_page: String,
    /// Whether this is not the first page.
    pub is_later_page: bool,
}

/// How the words were read.
#[derive(Debug, PartialEq, Eq)]
pub enum Notice {
    /// Words that no record has.
    LeftOut(Vec<Text>),
    /// Words for what the person does not want.
    Refused(Vec<Text>),
    /// A word that is perhaps misspelt, and what was searched instead.
    Guess { typed: Text, instead: Vec<Text> },
    /// A word, and what was searched as well.
    Also { typed: Text, others: Vec<Text> },
    /// A value of a filter that nothing has, and the nearest ones that something has.
    Unknown { typed: Text, nearest: Vec<Text> },
    /// Not every word is in these hits.
    SomeWordsOnly,
    /// A place among the words, and the words without it.
    PlaceAmongWords { place: Text, query: String },
}

/// A filter to leave out.
#[derive(Debug, PartialEq, Eq)]
pub struct Relaxation {
    /// The fields to remove.
    pub without: Vec<String>,
    /// What they say. Absent if they are all fields besides the words.
    pub label: Option<Text>,
    pub count: u64,
}

#[derive(Template)]
#[template(path = "pages/search.html")]
pub struct Search {
    t: Words,
    shell: Shell,
    view: SearchView,
}

/// Fields that have an input of their own in the search box.
const BOX: [&str; 3] = ["q", "near", "within"];

impl Search {
    pub fn new(shell: Shell, view: SearchView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    fn search_box(&self) -> SearchBox<'_> {
        let form = &self.view.form;
        SearchBox::new(self.t, form.get("q"), form.get("near"), form.get("within"))
    }

    /// The fields besides those of the box.
    fn other_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.view
            .form
            .fields()
            .filter(|(name, _)| !BOX.contains(name))
    }

    /// The fields that no filter of the page shows: choosing filters keeps them.
    fn kept_fields<'a>(&'a self, found: &'a Found) -> impl Iterator<Item = (&'a str, &'a str)> {
        let choices = || found.filters.iter().flat_map(|group| &group.choices);
        let is_shown = move |name: &str| choices().any(|choice| choice.name == name);
        self.all_fields().filter(move |(name, _)| !is_shown(name))
    }

    /// Whether only a place was typed: then what is on there comes first.
    fn is_place_only(&self) -> bool {
        self.view.form.get("q").is_empty()
    }

    fn all_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.view.form.fields()
    }

    /// Ticked records that have no box on this page.
    fn picked_elsewhere(&self) -> impl Iterator<Item = &String> {
        let hits = self.view.found.iter().flat_map(|found| &found.hits);
        let here: Vec<&String> = hits.map(|hit| &hit.href).collect();
        let picked = self.view.picked.iter();
        picked.filter(move |href| !here.contains(href))
    }

    fn is_picked(&self, hit: &Hit) -> bool {
        self.view.picked.contains(&hit.href)
    }

    fn heading(&self) -> String {
        match &self.view.found {
            None => self.t.text("search-heading-error"),
            Some(found) if found.total == 0 => self.t.text("search-heading-none"),
            Some(found) => self.t.count("search-heading", found.total),
        }
    }

    /// What a button that leaves out fields posts: their names.
    fn fields_of(&self, relaxation: &Relaxation) -> String {
        relaxation.without.join(" ")
    }

    fn relaxation_text(&self, relaxation: &Relaxation) -> String {
        match &relaxation.label {
            Some(label) => format!("{} {}", self.t.text("none-without"), label.as_str()),
            None => self.t.text("none-all"),
        }
    }
}
