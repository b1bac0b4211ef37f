//! Where groups are: the regions, or the councils of one region.

use askama::Template;

use crate::map::{Area, MapPicture, PictureWords, View};
use crate::shell::Shell;
use crate::words::Words;

/// What the page shows.
#[derive(Debug)]
pub struct MapView<'a> {
    pub view: &'a View,
    /// The region whose councils they are; none for all regions.
    pub region: Option<&'a Area>,
    /// The count of each area, in the order of the view.
    pub counts: Vec<u64>,
    /// Groups in the region, or in all.
    pub total: u64,
}

#[derive(Template)]
#[template(path = "pages/map.html")]
pub struct Map<'a> {
    t: Words,
    shell: Shell,
    region: Option<&'a Area>,
    picture: MapPicture<'a>,
    credit: String,
    areas: Vec<ListedArea>,
    /// Areas without a group.
    empty: Vec<&'static str>,
    total: u64,
}

/// An area of the list.
struct ListedArea {
    name: &'static str,
    count: u64,
    href: String,
}

impl<'a> Map<'a> {
    pub fn new(shell: Shell, view: &MapView<'a>) -> Self {
        let t = shell.words;
        let count = |area: &Area| {
            let at = view.view.areas.iter().position(|own| own.slug == area.slug);
            at.and_then(|at| view.counts.get(at).copied())
                .unwrap_or_default()
        };
        let href = |area: &Area| {
            let path = match view.region {
                Some(region) => format!("/map/{}/{}", region.slug, area.slug),
                None => format!("/map/{}", area.slug),
            };
            (count(area) > 0).then_some(path)
        };
        let all = view.view.areas.iter();
        let listed = all.clone().filter_map(|area| {
            Some(ListedArea {
                name: area.name,
                count: count(area),
                href: href(area)?,
            })
        });
        let mut areas: Vec<ListedArea> = listed.collect();
        areas.sort_by_key(|area| area.name);
        let without = all.filter(|area| count(area) == 0).map(|area| area.name);
        let mut empty: Vec<&'static str> = without.collect();
        empty.sort_unstable();
        let words = picture_words(t, view.view, view.region);
        let labelled = |area: &Area| (count(area), picture_label(t, area, count(area)));
        Self {
            t,
            shell,
            region: view.region,
            credit: words.credit.clone(),
            picture: MapPicture::new(t, view.view, words, labelled, href),
            areas,
            empty,
            total: view.total,
        }
    }
}

impl Map<'_> {
    fn empty_heading(&self) -> String {
        let count = self.empty.len().try_into().unwrap_or_default();
        self.t.count("map-empty", count)
    }
}

/// What a picture of groups says.
pub(super) fn picture_words(t: Words, view: &View, region: Option<&Area>) -> PictureWords {
    PictureWords {
        title: match region {
            Some(region) => t.with("map-heading-in", &[("region", region.name)]),
            None => t.text("map-heading"),
        },
        description: t.text("map-description"),
        none: t.text("map-none"),
        and_more: t.text("map-and-more"),
        credit: match &view.credit {
            Some(credit) => t.with("map-credit-loaded", &[("credit", credit)]),
            None => t.text("map-credit"),
        },
    }
}

/// `Sheffield: 46 groups`.
pub(super) fn picture_label(t: Words, area: &Area, count: u64) -> String {
    let count = match count {
        0 => t.text("map-none"),
        _ => t.count("home-groups", count),
    };
    format!("{}: {count}", area.name)
}
