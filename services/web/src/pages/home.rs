//! Home: what are you looking for, and near where.

use askama::Template;

use crate::components::{KindLabel, SearchBox};
use crate::shell::Shell;
use crate::text::Text;
use crate::view::{Choice, Kind};
use crate::words::Words;

/// What the home page shows.
#[derive(Debug)]
pub struct HomeView {
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
