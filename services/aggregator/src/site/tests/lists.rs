//! The lists, and what fits.

use hedgerow_proto::v1;
use hedgerow_proto::v1::resource::Detail;
use hedgerow_store::contract::StoredGroup;
use hedgerow_testkit::samples::{room, town};
use http::StatusCode;

use super::Visitor;

fn offer(title: &str, detail: Detail) -> v1::Offer {
    v1::Offer {
        resource: Some(v1::Resource {
            title: title.into(),
            place: Some(town("Sheffield")),
            detail: Some(detail),
            ..v1::Resource::default()
        }),
        ..v1::Offer::default()
    }
}

fn fund(title: &str, unconstituted: bool, by_talk: bool) -> v1::Offer {
    let funding = v1::Funding {
        largest: Some(v1::Money {
            currency: "GBP".into(),
            minor_units: 50_000,
        }),
        who_decides: "A panel of local groups".into(),
        open_to_unconstituted_groups: Some(unconstituted),
        apply_by_talk: by_talk,
        ..v1::Funding::default()
    };
    offer(title, Detail::Funding(funding))
}

fn need(title: &str, place: &str) -> v1::Need {
    v1::Need {
        resource: Some(v1::Resource {
            title: title.into(),
            place: Some(town(place)),
            detail: Some(Detail::Space(v1::Space {
                capacity: 8,
                ..v1::Space::default()
            })),
            ..v1::Resource::default()
        }),
        purpose: "To meet in the evening".into(),
        ..v1::Need::default()
    }
}

fn promise() -> v1::Commitment {
    let figure = |value| {
        Some(v1::Figure {
            value: Some(value),
            fewer_than: 0,
            unit: "groups".into(),
        })
    };
    v1::Commitment {
        title: "Forty groups for men".into(),
        target_words: "Forty new groups for men".into(),
        target: figure(40.0),
        due_date: "2027-03-31".into(),
        progress: vec![v1::Progress {
            report_date: "2026-06-01".into(),
            figure: figure(12.0),
            words: "Twelve began.".into(),
        }],
        ..v1::Commitment::default()
    }
}

fn story() -> v1::Story {
    v1::Story {
        title: "The first evening".into(),
        summary: "How a garden helped".into(),
        content_note: "Speaks of loss".into(),
        perspective: "a member".into(),
        experiences: vec!["experience:bereavement-by-suicide".into()],
        ..v1::Story::default()
    }
}

async fn filled() -> (Visitor, String) {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    group.put("offer", "room", &room("Quiet room", 12, "Sheffield"));
    let training = v1::Training {
        topics: vec!["listening".into()],
        given_by: "The college".into(),
        ..v1::Training::default()
    };
    group.put(
        "offer",
        "course",
        &offer("Learn to listen", Detail::Training(training)),
    );
    let documents = v1::Documents {
        kinds: vec!["constitution".into()],
        licence: "Copy and change it".into(),
        ..v1::Documents::default()
    };
    group.put(
        "offer",
        "paper",
        &offer("A short constitution", Detail::Documents(documents)),
    );
    group.put("offer", "small", &fund("Small grants", true, true));
    group.put("offer", "large", &fund("Large grants", false, true));
    group.put("commitment", "men", &promise());
    group.put("story", "first", &story());
    let id = group.id().to_string();
    visitor.indexed.publish(&mut group).await;
    let mut other = StoredGroup::new(2);
    other.put("need", "near", &need("A room for eight", "Sheffield"));
    other.put("need", "far", &need("A room by the sea", "Plymouth"));
    visitor.indexed.publish(&mut other).await;
    (visitor, id)
}

#[tokio::test]
async fn each_list_has_its_own_kind_with_the_facts_that_matter_there() {
    let (visitor, _) = filled().await;
    for (path, titles, facts) in [
        ("/rooms", vec!["Quiet room"], "12"),
        (
            "/who-helps-whom",
            vec!["A room by the sea", "A room for eight"],
            "To meet in the evening",
        ),
        ("/training", vec!["Learn to listen"], "The college"),
        (
            "/documents",
            vec!["A short constitution"],
            "Copy and change it",
        ),
        (
            "/funding",
            vec!["Large grants", "Small grants"],
            "A panel of local groups",
        ),
        ("/promises", vec!["Forty groups for men"], "12 of 40 groups"),
        (
            "/stories",
            vec!["The first evening"],
            "Before you read: Speaks of loss",
        ),
    ] {
        let page = visitor.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let found = page.text(".hit h3");
        let mut found: Vec<&str> = found.lines().collect();
        found.sort_unstable();
        assert_eq!(found, titles, "{path}");
        let text = page.text(".hits");
        assert!(text.contains(facts), "{path}: {text}");
        assert_eq!(
            page.attributes("nav a[aria-current]", "href"),
            ["/more"],
            "{path}"
        );
    }
}

#[tokio::test]
async fn more_links_to_every_list() {
    let visitor = Visitor::new().await;
    let page = visitor.get("/more").await;
    for link in page.attributes("main a", "href") {
        let there = visitor.get(&link).await;
        assert_eq!(there.status, StatusCode::OK, "{link}");
    }
    let empty = visitor.get("/rooms").await;
    assert!(
        empty.text(".empty").contains("Nothing is listed here yet"),
        "{}",
        empty.html
    );
}

#[tokio::test]
async fn money_is_narrowed_by_how_to_apply_with_true_counts() {
    let (visitor, _) = filled().await;
    let all = visitor.get("/funding").await;
    assert_eq!(all.text("form.results > h2"), "2 entries");
    let filters = all.text(".narrow label");
    for expected in [
        "Open to groups without a constitution (1)",
        "Apply by talking to someone (2)",
        "Apply by video or recording (0)",
    ] {
        assert!(filters.contains(expected), "{expected}: {filters}");
    }
    let open = visitor.post("/funding", "apply=unconstituted").await;
    assert_eq!(open.text(".hit h3"), "Small grants");
    let chips = open.attributes(".chosen button", "value");
    assert_eq!(chips, ["apply=unconstituted"]);
    let removed = "apply=unconstituted&without=apply%3Dunconstituted";
    let removed = visitor.post("/funding", removed).await;
    assert_eq!(removed.text("form.results > h2"), "2 entries");
    let none = visitor
        .post("/funding", "apply=unconstituted&apply=video")
        .await;
    let empty = none.text(".empty");
    assert!(empty.contains("Nothing here fits all of that"), "{empty}");
    let button = &none.attributes(".empty button", "value")[0];
    let shown = visitor
        .post(
            "/funding",
            &format!("apply=unconstituted&apply=video&without-fields={button}"),
        )
        .await;
    assert_eq!(shown.text("form.results > h2"), "2 entries");
    let unknown = visitor.post("/funding", "apply=nothing-known").await;
    assert_eq!(unknown.text("form.results > h2"), "2 entries");
}

/// The links of all pages of a list, of which there is more than one.
async fn all_links(visitor: &Visitor, path: &str, form: &str) -> Vec<String> {
    let mut page = visitor.post(path, form).await;
    let mut links = page.attributes(".hit h3 a", "href");
    let mut pages = 1;
    while let Some(next) = page.attributes(".pager button[name=page]", "value").first() {
        let next = format!("{form}&page={}", next.replace('+', "%2B"));
        page = visitor.post(path, &next).await;
        links.extend(page.attributes(".hit h3 a", "href"));
        pages += 1;
    }
    assert!(pages > 1, "{path}");
    links
}

#[tokio::test]
async fn all_funds_are_compared_however_many_there_are() {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(7);
    for number in 0..340 {
        let title = format!("Fund {number}");
        group.put(
            "offer",
            &format!("f{number}"),
            &fund(&title, number >= 310, false),
        );
    }
    visitor.indexed.publish(&mut group).await;
    visitor.indexed.wait_for_latest().await;
    let all = visitor.get("/funding").await;
    let open = "Open to groups without a constitution (30)";
    assert!(all.text(".narrow label").contains(open), "{}", all.html);
    let open = visitor.post("/funding", "apply=unconstituted").await;
    assert_eq!(open.text("form.results > h2"), "30 entries");
    let links = all_links(&visitor, "/funding", "apply=unconstituted").await;
    assert_eq!(links.len(), 30);
}

#[tokio::test]
async fn rooms_are_narrowed_by_size_time_and_place() {
    let (visitor, _) = filled().await;
    let fits = visitor
        .post("/rooms", "near=Sheffield&within=5mi&room-for=10")
        .await;
    assert_eq!(fits.text(".hit h3"), "Quiet room");
    assert!(fits.text(".near").contains("Sheffield"), "{}", fits.html);
    let large = visitor.post("/rooms", "room-for=100").await;
    assert_eq!(large.text("form.results > h2"), "0 entries");
    for (form, field) in [
        ("free-at=whenever+it+suits", "#free-at"),
        ("room-for=many", "#room-for"),
        ("near=Qqqqqqqq", "#near"),
    ] {
        let page = visitor.post("/rooms", form).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{form}");
        assert_eq!(page.attributes(".errors a", "href"), [field], "{form}");
        assert_eq!(page.attributes(field, "id").len(), 1, "{form}");
    }
    // Kinds of other lists are not let in.
    let money = visitor.post("/rooms", "resource=funding").await;
    assert_eq!(money.text(".hit h3"), "Quiet room");
    let offered = money.attributes(".narrow input[name=resource]", "value");
    assert_eq!(offered, ["space"]);
}

#[tokio::test]
async fn needs_stand_with_what_fits_and_both_ways_lead_to_the_other() {
    let (visitor, id) = filled().await;
    let needs = visitor.get("/who-helps-whom").await;
    let text = needs.text(".hits > li");
    let near = text.lines().find(|row| row.contains("for eight")).unwrap();
    assert!(near.contains("This may fit: Quiet room"), "{near}");
    let far = text.lines().find(|row| row.contains("by the sea")).unwrap();
    assert!(far.contains("Nothing that is published here fits"), "{far}");
    let rooms = visitor.get("/rooms").await;
    let row = rooms.text(".hits > li");
    assert!(
        row.contains("Needed by groups nearby: A room for eight"),
        "{row}"
    );
    assert!(!row.contains("by the sea"), "{row}");
    let links = needs.attributes(".hits a", "href");
    let fits = links.iter().find(|link| link.ends_with("/fits")).unwrap();
    let page = visitor.get(fits).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text("h1"), "What fits this need");
    assert_eq!(page.text("section:first-child .hit h3"), "A room for eight");
    assert!(page.text(".fits").starts_with("Fits: "), "{}", page.html);
    let room = format!("/group/{id}/offer/room/fits");
    let page = visitor.get(&room).await;
    assert_eq!(page.text("h1"), "Which needs this fits");
    assert_eq!(page.text(".hits .hit h3"), "A room for eight");
    assert_eq!(visitor.post(&room, "page=nonsense").await.status, 400);
    for gone in [
        format!("/group/{id}/offer/none/fits"),
        format!("/group/{id}/story/first/fits"),
        "/group/xyz/offer/room/fits".to_owned(),
    ] {
        let page = visitor.get(&gone).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{gone}");
    }
}

#[tokio::test]
async fn a_promise_is_shown_as_a_picture_with_its_text() {
    let (visitor, id) = filled().await;
    let page = visitor.get("/promises").await;
    assert_eq!(page.attributes(".progress .own", "width"), ["30"]);
    let text = page.text(".progress");
    assert!(text.contains("To be done by 31 March 2027"), "{text}");
    assert!(text.contains("on 1 June 2026"), "{text}");
    let record = visitor.get(&format!("/group/{id}/commitment/men")).await;
    assert_eq!(record.status, StatusCode::OK);
}

#[tokio::test]
async fn stories_are_narrowed_by_what_they_are_about() {
    let (visitor, _) = filled().await;
    let all = visitor.get("/stories").await;
    let about = all.attributes(".narrow input", "value");
    assert_eq!(about, ["experience:bereavement-by-suicide"], "{}", all.html);
    let about = visitor
        .post("/stories", "tag=experience%3Abereavement-by-suicide")
        .await;
    assert_eq!(about.text(".hit h3"), "The first evening");
    let other = visitor
        .post("/stories", "tag=experience%3Adepression")
        .await;
    assert_eq!(other.text("form.results > h2"), "0 entries");
}

#[tokio::test]
async fn long_lists_have_pages_that_are_posted() {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    for number in 0..25 {
        let key = format!("k{number}");
        group.put("offer", &key, &fund(&format!("Fund {number}"), true, true));
        let title = format!("Room {number}");
        group.put("offer", &format!("r{number}"), &room(&title, 5, "Leeds"));
    }
    visitor.indexed.publish(&mut group).await;
    for path in ["/funding", "/rooms"] {
        let mut links = all_links(&visitor, path, "").await;
        assert_eq!(links.len(), 25, "{path}");
        links.sort();
        links.dedup();
        assert_eq!(links.len(), 25, "{path}: none is repeated");
        let far = visitor.post(path, "page=99999999999999999999").await;
        assert_ne!(far.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
    }
}

#[tokio::test]
async fn filters_of_yes_and_no_say_how_many_are_left() {
    let (visitor, _) = super::filled().await;
    let page = visitor.post("/search", "q=depression").await;
    let filters = page.text(".narrow label");
    for expected in [
        "Free (1)",
        "First time free (1)",
        "Open to new people (1)",
        "Online or by phone (0)",
        "In person only (2)",
    ] {
        assert!(
            filters.lines().any(|it| it == expected),
            "{expected}: {filters}"
        );
    }
    let free = visitor.post("/search", "q=depression&free=yes").await;
    assert_eq!(free.text("h1"), "1 result");
    let filters = free.text(".narrow label");
    assert!(filters.lines().any(|it| it == "Free (1)"), "{filters}");
    let rooms = filled().await.0.get("/rooms").await;
    let filters = rooms.text(".narrow .check");
    assert_eq!(filters, "Rooms (1)\nFree (1)");
}
