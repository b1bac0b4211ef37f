//! How many groups are listed in each region.

use super::*;

/// The cells of each row of a table, on a line.
fn rows(page: &Page, table: usize) -> Vec<String> {
    let html = Html::parse_document(&page.html);
    let select = |selector| Selector::parse(selector).unwrap();
    let tables = select("table");
    let table = html.select(&tables).nth(table).unwrap();
    let (rows, cells) = (select("tbody tr"), select("th, td"));
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let rows = table.select(&rows).map(|row| {
        let cells = row.select(&cells);
        let cells = cells.map(|cell| words(cell.text().collect()));
        cells.collect::<Vec<_>>().join(" | ")
    });
    rows.collect()
}

#[tokio::test]
async fn every_region_is_shown_with_what_is_listed_in_it() {
    let (visitor, _) = filled().await;
    let page = visitor.get("/coverage").await;
    assert_eq!(page.status, StatusCode::OK);
    let rows = rows(&page, 0);
    assert_eq!(rows.len(), 12, "{rows:?}");
    let yorkshire = "Yorkshire and the Humber | 2 | 1";
    assert!(rows.contains(&yorkshire.to_owned()), "{rows:?}");
    assert!(
        rows.contains(&"Wales | None listed yet | 0".to_owned()),
        "{rows:?}"
    );
    let bars = page.attributes("tr:last-child .bar rect", "width");
    assert_eq!(bars, ["100", "50"], "of the region with most listings");
    let text = page.text("main");
    assert!(text.contains("A low number does not mean"), "{text}");
    assert!(text.contains("2 groups are listed in all."), "{text}");
    assert!(!text.to_lowercase().contains("gap"), "{text}");
    assert!(!text.contains("2013 counted"), "{text}");
}

#[tokio::test]
async fn the_counts_of_a_survey_are_next_to_those_of_today() {
    let (visitor, _) = filled().await;
    let page = visitor.get("/coverage?by=mind-2013").await;
    assert_eq!(rows(&page, 0).len(), 8);
    let before = rows(&page, 2);
    let north_east = before
        .iter()
        .find(|row| row.starts_with("North East"))
        .unwrap();
    assert!(
        north_east.contains("hearing voices groups: 15-16 (estimate)"),
        "{north_east}"
    );
    assert!(
        before.last().unwrap().starts_with("The whole country"),
        "{before:?}"
    );
    let text = page.text("main");
    assert!(text.contains("cannot be compared one to one"), "{text}");
    let current = page.attributes(".chips [aria-current]", "href");
    assert_eq!(current, ["/coverage?by=mind-2013"]);
    // An unknown division is the usual one, and shown nowhere.
    let unknown = visitor.get("/coverage?by=%22zyx").await;
    assert_eq!(unknown.status, StatusCode::OK);
    assert!(!unknown.html.contains("zyx"), "{}", unknown.html);
}

#[tokio::test]
async fn the_numbers_can_be_kept_as_a_file() {
    let (visitor, _) = filled().await;
    for page in ["/coverage", "/coverage?by=mind-2013"] {
        let link = &visitor
            .get(page)
            .await
            .attributes("a[download][href*=csv]", "href")[0];
        let file = visitor.get(link).await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
        let disposition = "attachment; filename=\"coverage.csv\"";
        assert_eq!(file.headers["content-disposition"], disposition);
        let mut rows = csv::Reader::from_reader(file.html.as_bytes());
        let rows: Vec<_> = rows.records().map(Result::unwrap).collect();
        let total = rows.last().unwrap();
        assert_eq!(
            total.iter().take(2).collect::<Vec<_>>(),
            ["all, each once", "2"]
        );
        let counted = rows
            .iter()
            .any(|row| row.iter().any(|cell| cell == "15-16 (estimate)"));
        assert_eq!(counted, page.contains("2013"), "{page}");
    }
}

/// The cells of the table of people, without the regions in which nothing is listed.
async fn people_of_regions(visitor: &Visitor) -> (Vec<String>, Page) {
    let page = visitor.get("/coverage").await;
    let rows = rows(&page, 1);
    (
        rows.into_iter()
            .filter(|row| !row.ends_with("| 0"))
            .collect(),
        page,
    )
}

#[tokio::test]
async fn a_table_says_who_is_served_where_and_does_not_call_it_a_gap() {
    let (visitor, _) = filled().await;
    let (counted, page) = people_of_regions(&visitor).await;
    assert_eq!(page.text("table.counts thead th"), "Region\nWomen");
    assert_eq!(counted, ["Yorkshire and the Humber | 1"]);
    assert_eq!(page.attributes(".counts td.none", "class").len(), 11);
    let text = page.text("main");
    assert!(text.contains("no proof that there are none"), "{text}");
    assert!(!text.to_lowercase().contains("gap"), "{text}");
}

#[tokio::test]
async fn the_counts_can_be_those_of_groups_for_some_people() {
    let (visitor, _) = filled().await;
    let page = visitor.get("/coverage").await;
    let people = page.attributes("#who option", "value");
    assert_eq!(people, ["", "community:women"]);
    let form = "by=&who=community%3Awomen";
    let page = visitor.post("/coverage", form).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text("h1"), "Groups in each region for: Women");
    assert_eq!(
        page.attributes("#who option[selected]", "value"),
        ["community:women"]
    );
    let yorkshire = "Yorkshire and the Humber | 1 | 1".to_owned();
    assert!(rows(&page, 0).contains(&yorkshire), "{:?}", rows(&page, 0));
    assert_eq!(page.text(".picture .numbers text"), "1");
    // The choice is in no address, so that it stays in no history.
    for address in page.attributes("[href], [action]", "href") {
        assert!(!address.contains("women"), "{address}");
    }
    let file = visitor.post("/coverage.csv", form).await;
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert!(
        file.html.contains("\r\nYorkshire and the Humber,1,1,1\r\n"),
        "{}",
        file.html
    );
    let all = visitor.get("/coverage.csv").await;
    assert!(
        all.html
            .starts_with("region,listings,own_listings,for: Women\r\n"),
        "{}",
        all.html
    );
    assert!(
        all.html.contains("\r\nYorkshire and the Humber,2,1,1\r\n"),
        "{}",
        all.html
    );
    let picture = visitor.post("/coverage.svg", form).await;
    assert!(picture.html.contains("for: Women"), "{}", picture.html);
    // What is not among the choices is not counted, and shown nowhere.
    let unknown = visitor.post("/coverage", "who=zyx").await;
    assert_eq!(unknown.status, StatusCode::OK);
    assert!(!unknown.html.contains("zyx"), "{}", unknown.html);
    assert_eq!(unknown.text("h1"), "Who is listed where");
}
