//! How many groups are listed in each region, and how many of them speak for themselves.

use askama::Template;

use super::map::{picture_label, picture_words};
use crate::map::{Area, MapPicture, Maps};
use crate::shell::Shell;
use crate::text::Text;
use crate::view::Choice;
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct CoverageView {
    /// Every region, also one in which nothing is listed.
    pub regions: Vec<Region>,
    /// Listings in none of the regions, or in a place that is not shown. They are no gap.
    pub elsewhere: u64,
    /// Each listing once.
    pub total: u64,
    pub division: Division,
    /// The people to choose from, with the chosen ones. The counts are of groups for them.
    pub people: Vec<Choice>,
    /// Whom groups are for in each region. Absent if people are chosen.
    pub table: Option<PeopleTable>,
    /// What was counted before, without names.
    pub before: Option<Before>,
}

/// How many groups are for whom in each region.
#[derive(Debug)]
pub struct PeopleTable {
    /// The people of the columns, most groups first.
    pub people: Vec<Text>,
    /// The counts of each region, in the order of the people.
    pub regions: Vec<(Text, Vec<u64>)>,
}

/// How the country is divided into regions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Division {
    /// The regions of official statistics, of all nations.
    Official,
    /// The areas of councils. There are too many for the page: only the file has them.
    Councils,
    /// The regions of the survey of 2013, with what it counted.
    Survey,
}

impl Division {
    pub const ALL: [Self; 3] = [Self::Official, Self::Survey, Self::Councils];
    /// Those that the page shows.
    const SHOWN: [Self; 2] = [Self::Official, Self::Survey];

    /// The value of the field `by`.
    pub(crate) fn value(self) -> &'static str {
        self.query().strip_prefix("?by=").unwrap_or_default()
    }

    /// The query of the addresses of the page and the file.
    pub fn query(self) -> &'static str {
        match self {
            Self::Official => "",
            Self::Councils => "?by=council",
            Self::Survey => "?by=mind-2013",
        }
    }

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Official | Self::Councils => "coverage-by-official",
            Self::Survey => "coverage-by-survey",
        }
    }
}

/// The counts of one region.
#[derive(Debug)]
pub struct Region {
    pub name: Text,
    /// Its name in the counts, by which its shape is found.
    pub key: String,
    pub listings: u64,
    /// Listings in which a group speaks itself, or another with its permission.
    pub own: u64,
}

/// The counts of an earlier survey. They are never subtracted from those of today.
#[derive(Debug)]
pub struct Before {
    pub title: Text,
    pub year: String,
    /// What to know about the counts.
    pub note: Text,
    /// The counts of each region, each with what was counted.
    pub regions: Vec<(Text, Vec<(Text, Text)>)>,
    /// Counts of the whole country.
    pub nationally: Vec<(Text, Text)>,
}

#[derive(Template)]
#[template(path = "pages/coverage.html")]
pub struct Coverage<'a> {
    t: Words,
    shell: Shell,
    view: CoverageView,
    /// Of the regions whose shapes are known.
    picture: Option<MapPicture<'a>>,
    credit: String,
}

impl<'a> Coverage<'a> {
    pub fn new(shell: Shell, maps: &'a Maps, view: CoverageView) -> Self {
        let t = shell.words;
        let is_drawn = view.division == Division::Official;
        let people = view.people.iter().find(|choice| choice.is_chosen);
        let people = people.map(|choice| choice.label.as_str());
        Self {
            t,
            credit: picture_words(t, maps.regions(), None).credit,
            picture: is_drawn.then(|| region_picture(t, maps, &view.regions, people)),
            shell,
            view,
        }
    }

    /// The picture of the regions as a file, of groups for these people or of all.
    pub fn picture_file(t: Words, maps: &Maps, regions: &[Region], people: Option<&str>) -> String {
        region_picture(t, maps, regions, people).file()
    }

    fn chosen(&self) -> Option<&Choice> {
        self.view.people.iter().find(|choice| choice.is_chosen)
    }

    fn heading(&self) -> String {
        match self.chosen() {
            Some(chosen) => for_people(self.t, chosen.label.as_str()),
            None => self.t.text("coverage-heading"),
        }
    }

    fn divisions(&self) -> [Division; 2] {
        Division::SHOWN
    }

    /// The length of a bar, of 100 for the region with most listings.
    fn length(&self, count: &u64) -> u64 {
        let most = self.view.regions.iter().map(|region| region.listings);
        let most = most.max().unwrap_or_default().max(1);
        // A few are still to be seen next to very many.
        (count.saturating_mul(100) / most).max((*count).min(1))
    }
}

fn for_people(t: Words, people: &str) -> String {
    t.with("coverage-heading-for", &[("people", people)])
}

fn region_picture<'a>(
    t: Words,
    maps: &'a Maps,
    counted: &[Region],
    people: Option<&str>,
) -> MapPicture<'a> {
    let count = |area: &Area| {
        let region = counted.iter().find(|region| region.key == area.key);
        region.map_or(0, |region| region.listings)
    };
    let labelled = |area: &Area| (count(area), picture_label(t, area, count(area)));
    let href = |area: &Area| (count(area) > 0).then(|| format!("/map/{}", area.slug));
    let mut words = picture_words(t, maps.regions(), None);
    if let Some(people) = people {
        words.title = for_people(t, people);
    }
    MapPicture::new(t, maps.regions(), words, labelled, href)
}
