//! The file of an event for a calendar.

use super::*;

#[tokio::test]
async fn an_event_can_be_added_to_a_calendar() {
    let (visitor, id) = filled().await;
    let page = visitor.get(&format!("/group/{id}/event/walk")).await;
    let link = &page.attributes("header a[download]", "href")[0];
    let file = visitor.get(link).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-type"], "text/calendar; charset=utf-8");
    let disposition = "attachment; filename=\"event.ics\"";
    assert_eq!(file.headers["content-disposition"], disposition);
    assert_eq!(file.headers["cache-control"], "no-store");
    let calendar: icalendar::Calendar = file.html.parse().unwrap();
    let event = calendar.events().next().unwrap();
    let value = |name| icalendar::Component::property_value(event, name).map(str::to_owned);
    assert_eq!(value("SUMMARY").unwrap(), "Garden walk");
    assert_eq!(value("UID").unwrap(), format!("walk@{id}"));
    assert_eq!(value("RRULE").unwrap(), "FREQ=WEEKLY");
}

#[tokio::test]
async fn the_meetings_that_a_listing_states_can_be_added_to_a_calendar() {
    let (visitor, id) = filled().await;
    let page = visitor.get(&format!("/group/{id}/listing/own")).await;
    let link = &page.attributes("header a[download]", "href")[0];
    let file = visitor.get(link).await;
    assert_eq!(file.status, StatusCode::OK);
    let calendar: icalendar::Calendar = file.html.parse().unwrap();
    let events: Vec<_> = calendar.events().collect();
    let value = |name| icalendar::Component::property_value(events[0], name).map(str::to_owned);
    assert_eq!(events.len(), 1);
    assert_eq!(value("SUMMARY").unwrap(), "Low Mood Circle");
    assert_eq!(value("UID").unwrap(), format!("0-own@{id}"));
    assert_eq!(value("RRULE").unwrap(), "FREQ=WEEKLY;BYDAY=TU");
    assert_eq!(value("DTSTART").unwrap(), "20260922T190000");
}

#[tokio::test]
async fn only_records_with_dates_that_are_shown_have_a_calendar_file() {
    let (visitor, id) = filled().await;
    let room = visitor.get(&format!("/group/{id}/offer/room")).await;
    assert!(room.attributes("header a[download]", "href").is_empty());
    for path in [
        format!("/group/{id}/offer/room/event.ics"),
        format!("/group/{id}/event/none/event.ics"),
        "/group/xyz/event/walk/event.ics".to_owned(),
    ] {
        assert_eq!(
            visitor.get(&path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}
