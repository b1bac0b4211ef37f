//! What is on.

use super::*;

#[tokio::test]
async fn what_is_on_goes_by_day_week_and_month() {
    let (visitor, id) = filled().await;
    let week = visitor.get("/whats-on").await;
    assert_eq!(week.status, StatusCode::OK);
    assert_eq!(
        week.attributes(".hit h3 a", "href"),
        [format!("/group/{id}/event/walk")]
    );
    assert!(
        week.text(".hit time").contains("6pm to 8pm"),
        "{}",
        week.html
    );
    let next = &week.attributes(".week button[name=from]", "value")[1];
    let later = visitor.post("/whats-on", &format!("from={next}")).await;
    assert_eq!(
        later.attributes(".hit h3 a", "href").len(),
        1,
        "{}",
        later.html
    );
    let october = visitor
        .post("/whats-on", "range=month&from=2026-10-15")
        .await;
    assert_eq!(october.text(".week h2"), "October 2026");
    assert_eq!(
        october.attributes(".hit h3 a", "href").len(),
        4,
        "{}",
        october.html
    );
    let elsewhere = visitor.post("/whats-on", "near=Plymouth").await;
    assert!(
        elsewhere.text(".empty").contains("No events"),
        "{}",
        elsewhere.html
    );
    let unknown = visitor.post("/whats-on", "near=Qqqqqqqq").await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    assert!(
        unknown
            .text(".errors")
            .to_lowercase()
            .contains("unknown place")
    );
    let long_ago = visitor.post("/whats-on", "from=1900-01-01&range=day").await;
    assert_eq!(
        long_ago.status,
        StatusCode::OK,
        "an impossible day is today"
    );
}
