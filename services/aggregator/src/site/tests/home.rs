//! The home page with a place, and what is on there.

use super::*;

/// A visitor of a directory with a weekly walk in Sheffield and a swim in Plymouth.
async fn with_events() -> Visitor {
    let (visitor, _) = filled().await;
    let mut group = StoredGroup::new(3);
    let swim = weekly("Sea swim", "2026-09-24T10:00", "Plymouth");
    group.put("event", "swim", &swim);
    visitor.indexed.publish(&mut group).await;
    visitor
}

#[tokio::test]
async fn home_shows_this_weeks_events_near_the_place_that_was_given() {
    let visitor = with_events().await;
    let page = visitor.get("/").await;
    assert_eq!(page.text("#this-week"), "", "no place was given");
    assert_eq!(
        page.attributes(".hero button[formaction]", "formaction"),
        ["/"]
    );
    let page = visitor
        .post("/", "q=grief&near=Sheffield&within=20mi")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    let heading = page.text("#this-week");
    assert!(heading.contains("near Sheffield"), "{heading}");
    let events = page.text("[aria-labelledby=this-week] li");
    assert!(events.starts_with("Garden walk"), "{events}");
    assert!(events.contains("6pm to 8pm"), "{events}");
    assert!(!events.contains("Sea swim"), "{events}");
    assert_eq!(page.attributes("#q", "value"), ["grief"], "kept");
    let all = page.attributes("[aria-labelledby=this-week] button", "formaction");
    assert_eq!(all, ["/whats-on"]);
    let everywhere = visitor.post("/", "q=&near=&within=").await;
    let events = everywhere.text("[aria-labelledby=this-week] li a");
    assert_eq!(events, "Garden walk\nSea swim");
    let nothing = visitor.post("/", "near=Inverness").await;
    let text = nothing.text("[aria-labelledby=this-week]");
    assert!(text.contains("No events are listed"), "{text}");
    let unread = visitor.post("/", "near=Leeds&within=far").await;
    assert_eq!(unread.status, StatusCode::BAD_REQUEST);
    assert_eq!(unread.attributes(".errors a", "href"), ["#within"]);
}

#[tokio::test]
async fn a_search_near_a_place_shows_what_is_on_there_this_week() {
    let visitor = with_events().await;
    let week = "[aria-labelledby=this-week] li a";
    let page = visitor.post("/search", "q=depression&near=Sheffield").await;
    assert_eq!(page.text(week), "Garden walk", "{}", page.html);
    let place_only = visitor.post("/search", "near=Sheffield").await;
    assert_eq!(place_only.text(week), "Garden walk");
    let first = place_only.html.find("this-week").unwrap();
    assert!(first < place_only.html.find("class=\"hits\"").unwrap());
    for form in [
        "q=depression",
        "q=depression&near=Inverness",
        "near=Sheffield&in=event",
        "near=Sheffield&on=today",
    ] {
        let page = visitor.post("/search", form).await;
        assert_eq!(page.text(week), "", "{form}");
    }
}

#[tokio::test]
async fn an_empty_directory_says_what_to_do() {
    let page = Visitor::new().await.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    let empty = page.text(".empty");
    assert!(empty.contains("nothing here yet"), "{empty}");
    assert!(page.text("main").contains("run by The Test Library"));
}

#[tokio::test]
async fn home_counts_what_a_search_finds() {
    let (visitor, _) = filled().await;
    let page = visitor.get("/").await;
    let tiles = page.text(".tiles button");
    assert!(
        tiles.contains("2 groups") && tiles.contains("1 event"),
        "{tiles}"
    );
    let names = page.attributes(".tiles button", "name");
    assert!(names.iter().all(|name| name == "in"), "{names:?}");
    let found = visitor.post("/search", "in=listing").await;
    assert_eq!(found.text("h1"), "2 results");
}
