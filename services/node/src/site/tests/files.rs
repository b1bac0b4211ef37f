//! Calendars and feeds.

use super::*;
use icalendar::Component as _;

#[tokio::test]
async fn all_dates_of_a_group_are_one_calendar() {
    let site = Site::filled().await;
    let choir = weekly("Choir", "2026-05-07T19:00", "Sheffield");
    site.publish("event", &choir).await;
    let page = site.get("/").await;
    let path = format!("{}/events.ics", site.group());
    assert!(page.links("aside a").contains(&path));
    let file = site.get(&path).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-type"], "text/calendar; charset=utf-8");
    let calendar: icalendar::Calendar = file.body.parse().unwrap();
    assert_eq!(calendar.get_name(), Some("Low Mood Circle"));
    let titles: Vec<_> = calendar
        .events()
        .filter_map(|it| it.get_summary())
        .collect();
    assert_eq!(titles.len(), 2);
    assert!(titles.contains(&"Choir") && titles.contains(&"Garden walk"));
    let tag = file.headers["etag"].to_str().unwrap();
    let again = Request::builder().uri(&path).header("if-none-match", tag);
    let again = site.request(again.body(Body::empty()).unwrap()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.body.is_empty());
}

#[tokio::test]
async fn a_group_without_events_has_a_calendar_of_the_meetings_in_its_listing() {
    let site = Site::new().await;
    let schedule = weekly("", "2026-05-05T18:00", "Sheffield").schedule;
    let mut own = v1::Listing {
        schedules: schedule.into_iter().collect(),
        ..own_listing()
    };
    let name = site.publish("listing", &own).await;
    let calendar = format!("{}/events.ics", site.group());
    assert!(site.get("/").await.links("aside a").contains(&calendar));
    let one = format!("{}/event.ics", path_of(&site, &name));
    for path in [&calendar, &one] {
        let calendar: icalendar::Calendar = site.get(path).await.body.parse().unwrap();
        let titles: Vec<_> = calendar.events().map(|it| it.get_summary()).collect();
        assert_eq!(titles, [Some("Low Mood Circle")], "{path}");
    }
    // What has a pause does not meet.
    own.activity_state = v1::ActivityState::Paused.into();
    let stored = site.steward.list().await.remove(0);
    let draft = steward_v1::RecordDraft {
        body: own.encode_to_vec(),
        ..steward_v1::RecordDraft::default()
    };
    site.steward
        .update(name, &stored.etag, draft)
        .await
        .unwrap();
    assert_eq!(site.get(&one).await.status, StatusCode::NOT_FOUND);
    assert!(!site.get("/").await.links("aside a").contains(&calendar));
}

#[tokio::test]
async fn one_event_is_a_file() {
    let site = Site::filled().await;
    let event = site.get("/").await.links(".hits a")[0].clone();
    let link = site.get(&event).await.links("aside a[download]")[0].clone();
    let file = site.get(&link).await;
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"event.ics\""
    );
    let calendar: icalendar::Calendar = file.body.parse().unwrap();
    let event = calendar.events().next().unwrap();
    assert_eq!(event.get_summary(), Some("Garden walk"));
    let of_offer = site.get("/").await.links(".links a")[0].clone() + "/event.ics";
    assert_eq!(site.get(&of_offer).await.status, StatusCode::NOT_FOUND);
}

/// The child elements of an XML element by their names, and its text: enough of a parser for a feed
/// in which every element is on a line of its own.
fn lines<'a>(feed: &'a str, name: &str) -> Vec<&'a str> {
    let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
    let lines = feed.lines();
    lines
        .filter_map(|line| line.strip_prefix(&*begin)?.strip_suffix(&*end))
        .collect()
}

#[tokio::test]
async fn a_feed_has_what_rfc_4287_requires() {
    let site = Site::filled().await;
    let path = format!("{}/feed.atom", site.group());
    let request = Request::builder()
        .uri(&path)
        .header("host", "group.example:8443");
    let feed = site.request(request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        feed.headers["content-type"],
        "application/atom+xml; charset=utf-8"
    );
    let feed = feed.body;
    assert!(feed.starts_with(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
    ));
    assert!(feed.ends_with("</feed>\n"));
    let entries = feed.matches("<entry ").count();
    assert_eq!(entries, 3);
    // One of the feed and one of each entry: id, title, updated, and a link to the page.
    for name in ["id", "title", "updated"] {
        assert_eq!(lines(&feed, name).len(), entries + 1, "{name}: {feed}");
    }
    let ids = lines(&feed, "id");
    for id in &ids {
        let uuid = id.strip_prefix("urn:uuid:").unwrap();
        let parts: Vec<usize> = uuid.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert!(uuid[14..].starts_with('8') && uuid[19..].starts_with(['8', '9', 'a', 'b']));
        assert_eq!(ids.iter().filter(|other| *other == id).count(), 1);
    }
    for updated in lines(&feed, "updated") {
        assert_eq!(updated, "2026-05-01T12:00:00Z");
    }
    assert_eq!(lines(&feed, "name"), ["Low Mood Circle"], "an author");
    let base = "https://group.example:8443";
    let own = format!("<link rel=\"self\" type=\"application/atom+xml\" href=\"{base}{path}\"/>");
    assert!(feed.contains(&own), "{feed}");
    let to_pages = format!(
        "<link rel=\"alternate\" type=\"text/html\" href=\"{base}{}",
        site.group()
    );
    assert_eq!(feed.matches(&to_pages).count(), entries + 1);
    let open = feed.matches('<').count() - feed.matches("</").count() - 1;
    let closed = feed.matches("</").count() + feed.matches("/>").count();
    assert_eq!(open, closed, "every element is closed");
}

#[tokio::test]
async fn words_in_a_feed_stay_words_and_its_ids_stay_the_same() {
    let site = Site::new().await;
    let hostile = "</title><script>alert(1)</script> & \"x\"";
    let body = listing(hostile, hostile, None);
    let name = site.publish("listing", &body).await;
    let path = format!("{}/feed.atom", site.group());
    let before = site.get(&path).await.body;
    assert!(!before.contains("<script"));
    assert!(before.contains("&lt;script&gt;"), "{before}");
    site.test.clock.advance(Duration::from_secs(3_600));
    let stored = site.steward.list().await.remove(0);
    let draft = steward_v1::RecordDraft {
        body: listing("Renamed", "", None).encode_to_vec(),
        ..steward_v1::RecordDraft::default()
    };
    site.steward
        .update(name, &stored.etag, draft)
        .await
        .unwrap();
    let after = site.get(&path).await.body;
    assert_eq!(lines(&before, "id"), lines(&after, "id"));
    assert_ne!(lines(&before, "updated"), lines(&after, "updated"));
}
