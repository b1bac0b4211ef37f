//! Pages of records, and their files.

use super::*;

#[tokio::test]
async fn a_record_answers_a_newcomers_questions_in_order() {
    let (visitor, id) = filled().await;
    let page = visitor.get(&format!("/group/{id}/listing/own")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text("h1"), "Low Mood Circle");
    let headings = page.text("article > div > section > h2");
    let headings: Vec<&str> = headings.lines().collect();
    let expected = [
        "About",
        "Is it for me?",
        "When and where",
        "How do I join?",
        "What happens the first time?",
        "Getting in and taking part",
        "What does it cost?",
        "Staying safe",
        "Who runs it?",
    ];
    assert_eq!(headings[..expected.len()], expected);
    let text = page.text("main");
    for part in [
        "Only for",
        "Tuesdays at seven",
        "Every week on Tuesday",
        "Next 5 times",
        "7pm to 8:30pm",
        "New people can come without asking first.",
        "group.example",
        "Free",
        "Garden walk",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        !page.text("title").contains("Mood"),
        "a title that says nothing"
    );
}

#[tokio::test]
async fn a_catalogued_record_says_so_and_how_to_correct_or_remove_it() {
    let (visitor, _) = filled().await;
    let found = visitor.post("/search", "q=old+group").await;
    let link = found.attributes(".hit h3 a", "href");
    let page = visitor.get(&link[0]).await;
    assert!(
        page.text(".care").contains("A printed report"),
        "{}",
        page.html
    );
    let yours = page.text("#yours");
    assert!(yours.contains("Have this entry removed"), "{yours}");
    assert!(yours.contains("hello@library.example"), "{yours}");
    assert!(!page.html.contains("said nothing about access"));
}

#[tokio::test]
async fn a_record_and_its_proof_can_be_kept_and_a_record_that_is_gone_is_not_there() {
    let (visitor, id) = filled().await;
    let record = format!("/group/{id}/listing/own");
    for file in ["record", "proof"] {
        let page = visitor.get(&format!("{record}/{file}")).await;
        assert_eq!(page.status, StatusCode::OK, "{file}");
        assert_eq!(page.headers["content-type"], "application/octet-stream");
        assert!(!page.html.is_empty());
    }
    let unknown = format!("/group/{id}/listing/none");
    for path in [
        unknown.as_str(),
        "/group/xyz",
        "/group/xyz/listing/a",
        "/nothing",
    ] {
        let page = visitor.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text("h1").contains("not here"), "{path}");
    }
    let stranger = format!("/group/{}", "00".repeat(32));
    assert_eq!(visitor.get(&stranger).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_a_hidden_place_says_is_no_place() {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    let mut hidden = listing("Refuge circle", "", None);
    hidden.places = vec![v1::Place {
        precision: v1::Precision::Hidden.into(),
        ..v1::Place::default()
    }];
    group.put("listing", "a", &hidden);
    let mut region = listing("Regional circle", "", None);
    region.places = vec![town("Leeds")];
    group.put("listing", "b", &region);
    let id = group.id().to_string();
    visitor.indexed.publish(&mut group).await;
    let page = visitor.get(&format!("/group/{id}/listing/a")).await;
    assert!(
        page.text("main").contains("The place is not shown."),
        "{}",
        page.html
    );
}
