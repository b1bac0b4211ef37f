//! The page of a group, and the small map of where it is.

use super::*;

#[tokio::test]
async fn a_group_page_shows_its_own_listing_and_rows_of_its_records() {
    let (visitor, id) = filled().await;
    let page = visitor.get(&format!("/group/{id}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text("h1"), "Low Mood Circle");
    let headings = page.text("article > div > section > h2");
    for part in [
        "About",
        "When and where",
        "Events",
        "Rooms and things to share",
    ] {
        assert!(
            headings.lines().any(|heading| heading == part),
            "{part}: {headings}"
        );
    }
    assert!(
        !headings.contains("Groups"),
        "its own listing is not among the rows: {headings}"
    );
    let events = page.text(".related:nth-of-type(1) .hit");
    let rows = page.text(".hit");
    for part in [
        "Garden walk",
        "Tuesday 22 September",
        "6pm to 8pm",
        "Published by the group itself (not verified)",
        "Quiet room",
    ] {
        assert!(rows.contains(part), "{part}: {rows} {events}");
    }
    // Every text of a group says in which language it is.
    assert_eq!(page.attributes("h1 bdi", "lang"), ["en"]);
    assert!(
        page.attributes(".hit h3 bdi", "lang")
            .iter()
            .all(|lang| lang == "en")
    );
    let boxes = page.text("aside");
    for part in [
        "Can I trust this page?",
        "Is this you?",
        "hello@library.example",
    ] {
        assert!(boxes.contains(part), "{part}: {boxes}");
    }
    assert!(boxes.contains(&format!("hedgerow verify {id}")), "{boxes}");
    let yours = page.attributes("#yours a", "href");
    assert!(
        yours.contains(&format!("/group/{id}/listing/own/yours")),
        "{yours:?}"
    );
    let calendar = page.attributes("header a[download]", "href");
    let file = visitor.get(&calendar[0]).await;
    assert_eq!(file.headers["content-type"], "text/calendar; charset=utf-8");
    for part in ["SUMMARY:Low Mood Circle", "SUMMARY:Garden walk"] {
        assert!(file.html.contains(part), "{part}: {}", file.html);
    }
}

#[tokio::test]
async fn many_records_of_a_group_are_shown_in_pages() {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    for day in 0..25 {
        let start = format!("2026-10-{:02}T18:00", day + 1);
        let walk = weekly(&format!("Walk {day}"), &start, "Leeds");
        group.put("event", &format!("k{:02}", 24 - day), &walk);
    }
    let id = group.id();
    visitor.indexed.publish(&mut group).await;
    let page = visitor.get(&format!("/group/{id}")).await;
    assert_eq!(page.text("h1"), "A group without a listing of its own");
    let shown = page.text(".hit h3");
    assert_eq!(
        shown.lines().collect::<Vec<_>>()[..2],
        ["Walk 0", "Walk 1"],
        "the next first"
    );
    assert_eq!(shown.lines().count(), 5);
    let all = page.attributes(".related > p a", "href");
    assert_eq!(all, [format!("/group/{id}/event")]);
    assert_eq!(page.text(".related > p a"), "Events: all 25");
    let first = visitor.get(&all[0]).await;
    assert_eq!(first.attributes(".hit h3 a", "href").len(), 20);
    let token = &first.attributes(".pager button[name=page]", "value")[0];
    let second = visitor.post(&all[0], &format!("page={token}")).await;
    assert_eq!(
        second.attributes(".hit h3 a", "href").len(),
        5,
        "{}",
        second.html
    );
    assert!(
        second.text(".hit h3").ends_with("Walk 24"),
        "{}",
        second.text(".hit h3")
    );
    for path in ["/offer", "/circumstances", "/zyx"] {
        let none = visitor.get(&format!("/group/{id}{path}")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_page_of_a_cataloguer_says_what_those_it_lists_can_do() {
    let (visitor, _) = filled().await;
    let found = visitor.post("/search", "q=old+group").await;
    let link = found.attributes(".hit h3 a", "href");
    let (group, _) = link[0].split_once("/listing/").unwrap();
    let page = visitor.get(group).await;
    assert_eq!(page.text(".hit h3"), "Old Group");
    assert!(
        page.text(".hit .voice").contains("Recorded in 2013"),
        "{}",
        page.html
    );
    let yours = page.text("#yours");
    assert!(
        yours.contains("Open the entry that speaks of yours."),
        "{yours}"
    );
    assert!(page.attributes(".locator", "viewbox").is_empty());
}

#[tokio::test]
async fn a_map_shows_no_more_than_was_published() {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    let sheffield = town("Sheffield");
    let of = |precision: v1::Precision| v1::Place {
        precision: precision.into(),
        ..sheffield.clone()
    };
    let region = v1::Place {
        point: None,
        geonames_id: 0,
        name: "Yorkshire and the Humber".into(),
        ..of(v1::Precision::Region)
    };
    let hidden = v1::Place {
        precision: v1::Precision::Hidden.into(),
        ..v1::Place::default()
    };
    let exact = v1::Place {
        geonames_id: 0,
        ..of(v1::Precision::Exact)
    };
    for (key, place) in [
        ("town", of(v1::Precision::Town)),
        ("exact", exact),
        ("region", region),
        ("hidden", hidden),
    ] {
        let listing = v1::Listing {
            places: vec![place],
            ..listing("Circle", "", None)
        };
        group.put("listing", key, &listing);
    }
    let id = group.id();
    visitor.indexed.publish(&mut group).await;
    let shown = async |key: &str| {
        let page = visitor.get(&format!("/group/{id}/listing/{key}")).await;
        let marks = page.attributes(".locator .mark", "r").len();
        let links = page.attributes("aside section:first-child > p a", "href");
        (page.text("aside section:first-child"), marks, links)
    };
    let (words, marks, links) = shown("town").await;
    assert!(
        words.contains("Sheffield, in Yorkshire and the Humber"),
        "{words}"
    );
    assert_eq!(
        (marks, links),
        (
            0,
            vec!["/map/yorkshire-and-the-humber/sheffield".to_owned()]
        )
    );
    let (words, marks, _) = shown("exact").await;
    assert!(
        words.contains("Sheffield, in Yorkshire and the Humber"),
        "{words}"
    );
    assert_eq!(marks, 1);
    let (words, marks, links) = shown("region").await;
    assert!(
        words.contains("Somewhere in Yorkshire and the Humber"),
        "{words}"
    );
    assert_eq!(
        (marks, links),
        (0, vec!["/map/yorkshire-and-the-humber".to_owned()])
    );
    let (words, marks, _) = shown("hidden").await;
    assert!(!words.contains("On the map"), "{words}");
    assert_eq!(marks, 0);
}
