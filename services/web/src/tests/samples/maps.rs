//! Maps, and the page of what the directory has by region.

use crate::map::{Area, Maps};
use crate::pages::*;
use crate::tests::samples::Add;
use crate::tests::samples::basics::*;
use crate::tests::samples::rows::choice;
use crate::view::Choice;

fn coverage(words: &str) -> CoverageView {
    let region = |listings, own| Region {
        name: text(words),
        key: "Wales".to_owned(),
        listings,
        own,
    };
    let counts = || vec![(text(words), text(words))];
    CoverageView {
        regions: vec![region(12, 3), region(1_000_000, 1), region(0, 0)],
        elsewhere: 2,
        total: 14,
        division: Division::Survey,
        people: vec![Choice {
            is_chosen: false,
            ..choice(words)
        }],
        table: Some(PeopleTable {
            people: (0..6).map(|_| text(words)).collect(),
            regions: vec![(text(words), vec![1_234_567, 0, 3, 4, 5, 6])],
        }),
        before: Some(Before {
            title: text(words),
            year: "2013".to_owned(),
            note: text(words),
            regions: vec![(text(words), counts())],
            nationally: counts(),
        }),
    }
}

/// A map with small and large counts.
fn map<'a>(maps: &'a Maps, region: Option<&'a Area>) -> MapView<'a> {
    let all = maps.regions();
    let view = region.map_or(all, |region| maps.view(region.slug).unwrap());
    let counts = (0..).map(|at: u64| at.pow(4) % 5_003);
    MapView {
        view,
        region,
        counts: counts.take(view.areas.len()).collect(),
        total: 12_345,
    }
}

pub(super) fn add_maps(words: &str, add: Add<'_>) {
    let maps = Maps::embedded();
    add("coverage", &Coverage::new(shell(), &maps, coverage(words)));
    let drawn = CoverageView {
        division: Division::Official,
        ..coverage(words)
    };
    add("coverage picture", &Coverage::new(shell(), &maps, drawn));
    let chosen = CoverageView {
        division: Division::Official,
        people: vec![choice(words)],
        table: None,
        ..coverage(words)
    };
    add("coverage for some", &Coverage::new(shell(), &maps, chosen));
    add("map", &Map::new(shell(), &map(&maps, None)));
    let region = &maps.regions().areas[7];
    add(
        "map of a region",
        &Map::new(shell(), &map(&maps, Some(region))),
    );
}
