//! Where groups are.

use std::collections::BTreeSet;

use hedgerow_places::Places;
use hedgerow_web::map::Maps;

use super::*;
use crate::config::Config;

#[tokio::test]
async fn regions_lead_to_councils_and_councils_to_groups() {
    let (visitor, _) = filled().await;
    let page = visitor.get("/map").await;
    assert_eq!(page.status, StatusCode::OK);
    let yorkshire = "/map/yorkshire-and-the-humber";
    assert_eq!(page.attributes(".map a", "href"), [yorkshire]);
    assert_eq!(page.attributes(".areas-list a", "href"), [yorkshire]);
    assert_eq!(
        page.attributes(".map a", "aria-label"),
        ["Yorkshire and the Humber: 2 groups"]
    );
    assert_eq!(page.text(".numbers text"), "2");
    assert_eq!(page.attributes(".areas path", "d").len(), 12);

    let page = visitor.get(yorkshire).await;
    assert_eq!(page.text("h1"), "Groups in Yorkshire and the Humber");
    let council = page.attributes(".areas-list a", "href");
    assert_eq!(council, [format!("{yorkshire}/sheffield")]);
    assert_eq!(page.text("summary"), "14 areas without a group yet");
    let empty = page.text("details li");
    assert!(empty.starts_with("Barnsley\nBradford\n"), "{empty}");
    assert_eq!(empty.lines().count(), 14);

    let page = visitor.get(&council[0]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text("h1"), "2 results");
    assert!(
        page.text(".chosen").contains("Sheffield"),
        "{}",
        page.text(".chosen")
    );
    assert!(!page.text(".chosen").contains("council:"));
}

#[tokio::test]
async fn an_address_names_published_areas_only() {
    let (visitor, _) = filled().await;
    for path in [
        "/map/atlantis",
        "/map/all",
        "/map/leeds",
        "/map/wales/sheffield",
        "/map/53.8,-1.5",
        "/map/wales/%22zyx",
    ] {
        let page = visitor.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!page.html.contains("zyx"));
    }
    // Nothing is listed there: a page of results says so.
    let page = visitor.get("/map/wales/cardiff").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text("h1"), "Nothing found");
}

#[tokio::test]
async fn the_picture_of_the_counts_can_be_kept_as_a_file() {
    let (visitor, _) = filled().await;
    let page = visitor.get("/coverage").await;
    assert_eq!(page.text(".picture .numbers text"), "2");
    let file = visitor.get("/coverage.svg").await;
    assert_eq!(file.headers["content-type"], "image/svg+xml");
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"coverage.svg\""
    );
    assert!(file.html.starts_with("<svg class=\"map\""), "{}", file.html);
    assert!(file.html.contains("Yorkshire and the Humber: 2 groups"));
    assert!(file.html.contains("Open Government Licence"));
    for outside in ["href=", "<script", "url(http"] {
        assert!(!file.html.contains(outside), "{outside}");
    }
    let survey = visitor.get("/coverage?by=mind-2013").await;
    assert!(
        survey.attributes(".map", "class").is_empty(),
        "{}",
        survey.html
    );
}

#[tokio::test]
async fn the_file_of_councils_has_each_of_them() {
    let (visitor, _) = filled().await;
    let file = visitor.get("/coverage.csv?by=council").await;
    let mut rows = csv::Reader::from_reader(file.html.as_bytes());
    let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 361 + 2);
    assert!(
        rows.iter()
            .any(|row| row.iter().eq(["Sheffield", "2", "1", "1"]))
    );
}

#[test]
fn every_council_of_the_places_is_on_the_map() {
    let maps = Maps::embedded();
    let drawn: BTreeSet<&str> = maps
        .regions()
        .areas
        .iter()
        .flat_map(|region| &maps.view(region.slug).unwrap().areas)
        .map(|council| council.key)
        .collect();
    let counted: BTreeSet<&str> = Places::embedded().councils().into_iter().collect();
    assert_eq!(drawn, counted);
    let gazetteer = hedgerow_core::gazetteer::gazetteer();
    let regions: BTreeSet<&str> = maps
        .regions()
        .areas
        .iter()
        .map(|region| region.key)
        .collect();
    assert_eq!(regions, gazetteer.regions().collect());
}

/// A file with one area for each council of a region.
fn boundaries(region: &str) -> String {
    let maps = Maps::embedded();
    let councils = &maps.view(region).unwrap().areas;
    let features = councils.iter().enumerate().map(|(at, council)| {
        let (west, east) = (-3.0 + 0.1 * at as f64, -2.9 + 0.1 * at as f64);
        serde_json::json!({
            "type": "Feature",
            "properties": { "LAD24CD": format!("E0800{at:04}"), "LAD24NM": council.key },
            "geometry": { "type": "Polygon", "coordinates":
                [[[west, 53.0], [east, 53.0], [east, 54.0], [west, 54.0], [west, 53.0]]] },
        })
    });
    let features: Vec<_> = features.collect();
    serde_json::json!({ "type": "FeatureCollection", "features": features }).to_string()
}

#[tokio::test]
async fn boundaries_of_the_operator_replace_hexagons() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("councils.geojson");
    std::fs::write(&file, boundaries("yorkshire-and-the-humber")).unwrap();
    let mut config = Config::new(folder.path());
    config.site.map_boundaries = Some("councils.geojson".into());
    config.site.map_credit = "Contains OS data.".to_owned();
    config.check().unwrap();
    let (mut visitor, _) = filled().await;
    let path = "/map/yorkshire-and-the-humber";
    let hexagons = visitor.get(path).await;
    visitor.with_maps(crate::site::maps(&config).unwrap());
    let page = visitor.get(path).await;
    let shapes = page.attributes(".areas path", "d");
    assert_eq!(shapes.len(), 15);
    for (shape, hexagon) in shapes.iter().zip(hexagons.attributes(".areas path", "d")) {
        // Four sides, as in the file.
        assert_eq!(shape.matches(['l', ' ', '-']).count() + 1, 8, "{shape}");
        assert_ne!(*shape, hexagon);
    }
    assert!(page.html.contains("Contains OS data."));
    assert!(!page.html.contains("Royal Mail"));
    assert_eq!(page.text(".numbers text"), "2");
    // The file has no other region.
    let page = visitor.get("/map").await;
    assert!(page.html.contains("Royal Mail"));
}

#[test]
fn a_file_of_boundaries_that_cannot_be_drawn_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.site.map_boundaries = Some("councils.geojson".into());
    config.site.map_credit = "Contains OS data.".to_owned();
    let error = crate::site::maps(&config).unwrap_err().to_string();
    assert!(error.contains("councils.geojson"), "{error}");
    std::fs::write(folder.path().join("councils.geojson"), "{}").unwrap();
    let error = crate::site::maps(&config).unwrap_err().to_string();
    assert!(error.contains("councils.geojson"), "{error}");
}
