//! Where something is, as a small picture: a region with one part of it marked.

use super::outlines::projected;
use super::shapes::{Area, Frame, Maps, View};

/// The radius of a mark, of the longer side of the picture: some miles, so that it shows no street.
const MARK: f64 = 0.035;

/// A place no finer than published: a council's area or a region, and a mark in it for a place of
/// which the position is published.
#[derive(Debug)]
pub struct Locator {
    /// The marked area.
    pub(crate) area: &'static str,
    /// The region in which it lies, if that is not the marked one.
    pub(crate) region: Option<&'static str>,
    /// The page of what else is there.
    pub(crate) href: String,
    pub(crate) view_box: String,
    /// Where the steps of the paths lie in the picture.
    pub(crate) transform: String,
    /// Everything in the picture, and the marked area.
    pub(crate) outline: String,
    pub(crate) marked: String,
    pub(crate) mark: Option<Mark>,
}

/// A circle.
#[derive(Debug)]
pub(crate) struct Mark {
    pub(crate) x: String,
    pub(crate) y: String,
    pub(crate) radius: String,
}

impl Maps {
    /// A council's area in its region, by their names in the directory's counts, with a mark at this
    /// longitude and latitude × 10⁷. The region alone if the council is not known. `None` for a
    /// region that is not on the map.
    pub fn locator(
        &self,
        region: &str,
        council: Option<&str>,
        position: Option<[i32; 2]>,
    ) -> Option<Locator> {
        let of_key = |view: &'_ View, key: &str| view.areas.iter().position(|it| it.key == key);
        let regions = self.regions();
        let region = &regions.areas[of_key(regions, region)?];
        let councils = self.view(region.slug);
        let found = councils.zip(council).and_then(|(councils, council)| {
            let at = of_key(councils, council)?;
            Some((councils, &councils.areas[at]))
        });
        let whole = format!("/map/{}", region.slug);
        Some(match found {
            Some((councils, council)) => Locator {
                region: Some(region.name),
                href: format!("{whole}/{}", council.slug),
                mark: position.and_then(|position| mark(&councils.frame, position)),
                ..picture(councils, council)
            },
            None => Locator {
                href: whole,
                ..picture(regions, region)
            },
        })
    }
}

fn picture(view: &View, area: &Area) -> Locator {
    Locator {
        area: area.name,
        region: None,
        href: String::new(),
        view_box: view.frame.view_box(),
        transform: view.grid.transform(),
        outline: view.outline.clone(),
        marked: area.path.clone(),
        mark: None,
    }
}

/// `None` for a position outside of the picture.
fn mark(frame: &Frame, position: [i32; 2]) -> Option<Mark> {
    let (x, y) = projected(position);
    let is_inside =
        (frame.west..frame.east).contains(&x) && (frame.north..frame.south).contains(&y);
    is_inside.then(|| Mark {
        x: format!("{x:.0}"),
        y: format!("{y:.0}"),
        radius: format!("{:.1}", MARK * frame.width().max(frame.height())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Longitude and latitude of the middle of Sheffield.
    const SHEFFIELD: [i32; 2] = [-14_659_000, 533_830_000];

    #[test]
    fn a_council_is_marked_in_its_region_and_a_region_in_the_whole() {
        let maps = Maps::embedded();
        let yorkshire = "Yorkshire and the Humber";
        let town = maps.locator(yorkshire, Some("Sheffield"), None).unwrap();
        assert_eq!((town.area, town.region), ("Sheffield", Some(yorkshire)));
        assert_eq!(town.href, "/map/yorkshire-and-the-humber/sheffield");
        assert!(town.mark.is_none());
        let view = maps.view("yorkshire-and-the-humber").unwrap();
        assert_eq!(town.marked, view.area("sheffield").unwrap().path);
        let region = maps.locator("Eastern", None, Some(SHEFFIELD)).unwrap();
        assert_eq!((region.area, region.region), ("East of England", None));
        assert_eq!(region.href, "/map/east-of-england");
        assert!(region.mark.is_none(), "no point in a region");
        // A council of another region is not known there.
        let other = maps.locator("Wales", Some("Sheffield"), None).unwrap();
        assert_eq!(other.area, "Wales");
        assert!(maps.locator("Atlantis", None, None).is_none());
    }

    #[test]
    fn a_mark_lies_in_its_area_and_covers_miles() {
        let maps = Maps::embedded();
        let yorkshire = "Yorkshire and the Humber";
        let at = |position| {
            let locator = maps.locator(yorkshire, Some("Sheffield"), Some(position));
            locator.unwrap().mark
        };
        let mark = at(SHEFFIELD).unwrap();
        let number = |text: &str| text.parse::<f64>().unwrap();
        let sheffield = maps.view("yorkshire-and-the-humber").unwrap();
        let (x, y) = sheffield.area("sheffield").unwrap().label;
        let away = (number(&mark.x) - x).hypot(number(&mark.y) - y);
        assert!(away < 25.0, "{away} from the middle of the area");
        assert!(number(&mark.radius) > 8.0, "four kilometres: {mark:?}");
        assert!(at([22_000_000, 488_000_000]).is_none(), "Paris");
    }

    #[test]
    fn a_picture_is_small() {
        let maps = Maps::embedded();
        for region in &maps.regions().areas {
            let view = maps.view(region.slug).unwrap();
            for council in &view.areas {
                let locator = maps.locator(region.key, Some(council.key), None).unwrap();
                let bytes = locator.outline.len() + locator.marked.len();
                assert!(bytes < 6_000, "{}: {bytes}", council.name);
            }
            let locator = maps.locator(region.key, None, None).unwrap();
            let bytes = locator.outline.len() + locator.marked.len();
            assert!(bytes < 6_000, "{}: {bytes}", region.name);
        }
    }
}
