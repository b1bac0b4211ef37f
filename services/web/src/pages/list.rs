//! A list of one kind of things: rooms, training, funding, promises and so on, each with the
//! filters and facts that matter there.

use askama::Template;

use crate::components::{CrisisBox, PlaceChoices, ResultRow, SearchBox};
use crate::form::Form;
use crate::icon::Icon;
use crate::pages::search::FieldError;
use crate::shell::{CrisisLine, Shell};
use crate::text::Text;
use crate::view::{Choice, Details, FilterGroup, Hit};
use crate::words::Words;

/// Rows of a page of a list, which say more than those of results.
pub const LIST_ROWS: i32 = 12;

/// The lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    Rooms,
    Helps,
    Training,
    Documents,
    Funding,
    Commitments,
    Stories,
}

impl List {
    pub const ALL: [Self; 7] = [
        Self::Rooms,
        Self::Helps,
        Self::Training,
        Self::Documents,
        Self::Funding,
        Self::Commitments,
        Self::Stories,
    ];

    pub fn path(self) -> &'static str {
        match self {
            Self::Rooms => "/rooms",
            Self::Helps => "/who-helps-whom",
            Self::Training => "/training",
            Self::Documents => "/documents",
            Self::Funding => "/funding",
            Self::Commitments => "/promises",
            Self::Stories => "/stories",
        }
    }

    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::Rooms => "list-rooms",
            Self::Helps => "list-helps",
            Self::Training => "list-training",
            Self::Documents => "list-documents",
            Self::Funding => "list-funding",
            Self::Commitments => "list-commitments",
            Self::Stories => "list-stories",
        }
    }

    pub(crate) fn lead(self) -> &'static str {
        match self {
            Self::Rooms => "list-rooms-lead",
            Self::Helps => "list-helps-lead",
            Self::Training => "list-training-lead",
            Self::Documents => "list-documents-lead",
            Self::Funding => "list-funding-lead",
            Self::Commitments => "list-commitments-lead",
            Self::Stories => "list-stories-lead",
        }
    }

    /// The key of the examples below the field for words.
    fn hint(self) -> &'static str {
        match self {
            Self::Rooms => "list-rooms-hint",
            Self::Helps => "list-helps-hint",
            Self::Training => "list-training-hint",
            Self::Documents => "list-documents-hint",
            Self::Funding => "list-funding-hint",
            Self::Commitments => "list-commitments-hint",
            Self::Stories => "list-stories-hint",
        }
    }

    pub(crate) fn icon(self) -> Icon {
        match self {
            Self::Rooms => Icon::Room,
            Self::Helps | Self::Funding => Icon::Hand,
            Self::Training => Icon::People,
            Self::Documents => Icon::Archive,
            Self::Commitments => Icon::Seal,
            Self::Stories => Icon::Voice,
        }
    }

    /// What has no distance from anywhere needs no place to search near.
    fn has_places(self) -> bool {
        !matches!(self, Self::Documents | Self::Stories)
    }
}

/// What the page shows.
#[derive(Debug)]
pub struct ListView {
    pub list: List,
    /// The fields of the search, to be posted again by every button.
    pub form: Form,
    /// For the words that were typed.
    pub crisis: Vec<CrisisLine>,
    pub error: Option<FieldError>,
    /// Places that an unknown name may mean.
    pub guessed_places: Vec<Choice>,
    pub near: Option<(Text, bool)>,
    /// Other places of that name.
    pub other_places: Vec<Choice>,
    pub total: u64,
    pub chosen: Vec<Choice>,
    pub filters: Vec<FilterGroup>,
    pub rows: Vec<(Hit, Details)>,
    /// The token of the next page; empty on the last.
    pub next_page: String,
    pub is_later_page: bool,
}

impl ListView {
    pub fn new(list: List) -> Self {
        Self {
            list,
            form: Form::default(),
            crisis: Vec::new(),
            error: None,
            guessed_places: Vec::new(),
            near: None,
            other_places: Vec::new(),
            total: 0,
            chosen: Vec::new(),
            filters: Vec::new(),
            rows: Vec::new(),
            next_page: String::new(),
            is_later_page: false,
        }
    }
}

#[derive(Template)]
#[template(path = "pages/list.html")]
pub struct ListPage {
    t: Words,
    shell: Shell,
    view: ListView,
}

/// Fields that have an input of their own.
const BOX: [&str; 3] = ["q", "near", "within"];

impl ListPage {
    pub fn new(shell: Shell, view: ListView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    fn search_box(&self) -> SearchBox<'_> {
        let form = &self.view.form;
        let (near, within) = (form.get("near"), form.get("within"));
        let search_box = SearchBox::new(self.t, form.get("q"), near, within);
        let search_box = search_box.hint(self.view.list.hint());
        match self.view.list.has_places() {
            true => search_box,
            false => search_box.without_place(),
        }
    }

    fn is_rooms(&self) -> bool {
        self.view.list == List::Rooms
    }

    fn field(&self, name: &str) -> &str {
        self.view.form.get(name)
    }

    fn all_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.view.form.fields()
    }

    /// The fields besides those of the box.
    fn other_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all_fields().filter(|(name, _)| !BOX.contains(name))
    }

    /// The fields besides those of the filters.
    fn box_fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all_fields().filter(|(name, _)| BOX.contains(name))
    }

    fn has_filters(&self) -> bool {
        // An empty list has nothing to narrow.
        let is_empty = self.view.total == 0 && !self.is_narrowed();
        !is_empty && (self.is_rooms() || !self.view.filters.is_empty())
    }

    fn is_narrowed(&self) -> bool {
        self.all_fields().any(|(name, _)| name != "within")
    }

    /// The names of all fields, for the button that leaves out everything.
    fn names(&self) -> String {
        let mut names: Vec<&str> = self.all_fields().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        names.join(" ")
    }
}
