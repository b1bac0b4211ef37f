//! Home: what are you looking for, and near where.

use askama::Template;

use crate::components::{CrisisBox, KindLabel, PlaceChoices, SearchBox, ThisWeek};
use crate::form::Form;
use crate::pages::search::FieldError;
use crate::shell::{CrisisLine, Shell};
use crate::text::Text;
use crate::view;
use crate::view::{Choice, Kind};
use crate::words::Words;

/// What the home page shows.
#[derive(Debug, Default)]
pub struct HomeView {
    /// The fields of the search box.
    pub form: Form,
    /// For the words that were typed.
    pub crisis: Vec<CrisisLine>,
    /// Why the place cannot be searched near, and the places that may be meant.
    pub error: Option<FieldError>,
    pub guessed_places: Vec<Choice>,
    /// The events of this week, once they were asked for.
    pub this_week: Option<view::ThisWeek>,
    /// Other places of the name that was typed.
    pub other_places: Vec<Choice>,
    /// The kinds of records, most frequent first, each with the filter that selects it.
    pub kinds: Vec<(Kind, Choice)>,
    /// Who these groups are for, most frequent first.
    pub people: Vec<Choice>,
    /// The name of whoever runs this directory; empty if the configuration does not say.
    pub run_by: Text,
}

#[derive(Template)]
#[template(path = "pages/home.html")]
pub struct Home {
    t: Words,
    shell: Shell,
    view: HomeView,
}

impl Home {
    pub fn new(shell: Shell, view: HomeView) -> Self {
        Self {
            t: shell.words,
            shell,
            view,
        }
    }

    fn is_empty(&self) -> bool {
        self.view.kinds.is_empty()
    }

    fn has_events(&self) -> bool {
        let mut kinds = self.view.kinds.iter();
        kinds.any(|(kind, _)| *kind == Kind::Event)
    }

    fn search_box(&self) -> SearchBox<'_> {
        let form = &self.view.form;
        SearchBox::new(self.t, form.get("q"), form.get("near"), form.get("within"))
    }

    fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.view.form.fields()
    }

    /// The number of records of a kind, in words.
    fn kind_text(&self, kind: &Kind, choice: &Choice) -> String {
        let key = match kind {
            Kind::Group => "home-groups",
            Kind::Event => "home-events",
            Kind::Offer => "home-offers",
            Kind::Need => "home-needs",
            Kind::Story => "home-stories",
            Kind::Commitment => "home-commitments",
            Kind::Vouch => "home-vouches",
            Kind::Other => "home-other",
        };
        self.t.count(key, choice.count.unwrap_or_default())
    }

    fn kind_icon(&self, kind: &Kind) -> crate::Icon {
        KindLabel::icon(*kind)
    }
}
