//! Searches: places that were misspelt, choices of one press, words of a crisis, and organisations
//! that several sources list.

use super::*;

/// Forms that search near a place, by their pages.
const NEAR_A_PLACE: [&str; 5] = ["/", "/search", "/rooms", "/whats-on", "/printed"];

#[tokio::test]
async fn a_misspelt_place_becomes_buttons_on_every_page_that_searches_near_one() {
    let (visitor, _) = filled().await;
    for path in NEAR_A_PLACE {
        let form = "near=Sheffeild&within=20mi";
        let page = visitor.post(path, form).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
        let error = page.text(".errors li");
        assert_eq!(error, "We do not know a place of that name.", "{path}");
        let places = page.attributes("form .chips button[name=set-near]", "value");
        let place = places.iter().find(|it| it.starts_with("Sheffield"));
        let place = place.unwrap_or_else(|| panic!("{path}: {places:?}"));
        let chosen = format!("{form}&set-near={}", place.replace(' ', "+"));
        let page = visitor.post(path, &chosen).await;
        assert_eq!(
            page.status,
            StatusCode::OK,
            "{path}: {}",
            page.text(".errors")
        );
        assert!(page.text("main").contains("Sheffield"), "{path}");
        assert_eq!(
            page.attributes("#near", "value"),
            [place.as_str()],
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_place_of_several_gets_buttons_for_the_others_on_every_page() {
    let (visitor, _) = filled().await;
    for path in NEAR_A_PLACE {
        let page = visitor.post(path, "near=Newport").await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let places = page.attributes("form .chips button[name=set-near]", "value");
        assert!(places.iter().any(|it| it.starts_with("Newport")), "{path}");
    }
}

#[tokio::test]
async fn days_are_chosen_with_one_press_and_say_what_they_give() {
    let (visitor, _) = filled().await;
    let mut group = StoredGroup::new(5);
    let saturday = weekly("Walk in the wood", "2026-09-26T10:00", "Sheffield");
    group.put("event", "wood", &saturday);
    visitor.indexed.publish(&mut group).await;
    let page = visitor.post("/search", "q=walk").await;
    let days = page.text("button[name=set-on]");
    assert_eq!(days, "This weekend (1)\nThis week (2)", "none is today");
    let page = visitor
        .post("/search", "q=walk&on=tuesday&set-on=this+weekend")
        .await;
    assert_eq!(page.text("h1"), "1 result");
    assert_eq!(page.text(".hit h3"), "Walk in the wood");
    let chips = page.attributes(".chosen button", "value");
    assert_eq!(chips, ["on=this weekend"]);
    assert!(page.text(".chosen").contains("This weekend"));
    // Other filters keep the day, and no day of the week can be added to it.
    let kept = page.attributes(".narrow input[type=hidden][name=on]", "value");
    assert_eq!(kept, ["this weekend"]);
    let weekdays = page.attributes(".narrow input[type=checkbox][name=on]", "value");
    assert!(weekdays.is_empty(), "{weekdays:?}");
    assert_eq!(page.text("button[name=set-on]"), "");
    let nothing = visitor.post("/search", "q=depression&near=Inverness").await;
    assert_eq!(nothing.text("button[name=set-on]"), "");
}

#[tokio::test]
async fn other_organisations_say_what_they_add() {
    let (visitor, _) = filled().await;
    let count = async |form: &str| {
        let page = visitor.post("/search", form).await;
        let labels = page.text(".narrow label");
        let label = labels.lines().find(|it| it.starts_with("Other org"));
        (page.text("h1"), label.map(str::to_owned))
    };
    let (found, label) = count("q=depression").await;
    assert_eq!(
        (found.as_str(), label),
        ("2 results", None),
        "they add none"
    );
    let mut group = StoredGroup::new(6);
    let network = v1::Listing {
        roles: vec![v1::Role::Network.into()],
        ..listing(
            "Northern umbrella",
            "A network for depression",
            Some("Leeds"),
        )
    };
    group.put("listing", "own", &network);
    visitor.indexed.publish(&mut group).await;
    let expected = Some("Other organisations too (1)".to_owned());
    let two = ("2 results".to_owned(), expected.clone());
    assert_eq!(count("q=depression").await, two);
    let three = ("3 results".to_owned(), expected);
    assert_eq!(count("q=depression&any-role=yes").await, three);
    let none = visitor.post("/search", "q=umbrella").await;
    assert_eq!(none.text("h1"), "Nothing found");
    let buttons = none.text(".empty button[name=any-role]");
    assert_eq!(
        buttons, "Other organisations too (1 result)",
        "{}",
        none.html
    );
    let found = visitor.post("/search", "q=umbrella&any-role=yes").await;
    assert_eq!(found.text("h1"), "1 result");
}

#[tokio::test]
async fn words_of_a_crisis_show_services_wherever_they_are_typed() {
    let (visitor, _) = filled().await;
    for path in ["/", "/search", "/stories", "/rooms", "/who-helps-whom"] {
        for words in ["tonight", "feeling+suicidal"] {
            let page = visitor.post(path, &format!("q={words}")).await;
            let services = page.text("main > .care:first-child");
            assert!(services.contains("Samaritans: 116 123"), "{path} {words}");
        }
        let page = visitor.post(path, "q=knitting").await;
        assert_eq!(page.text("main > .care"), "", "{path}");
    }
    // People type what is on their mind into the first field that they see.
    for path in ["/whats-on", "/printed"] {
        let page = visitor.post(path, "near=suicide").await;
        assert!(page.text("main .care").contains("Samaritans"), "{path}");
    }
}

/// An organisation in Sheffield as a source lists it.
fn listed(source: &str, year: u32) -> v1::Listing {
    v1::Listing {
        voice: v1::Voice::Catalogued.into(),
        source: Some(v1::Source {
            title: source.into(),
            recorded_year: year,
            ..v1::Source::default()
        }),
        ..listing("Trafford Carers Centre", "For carers.", Some("Sheffield"))
    }
}

#[tokio::test]
async fn one_organisation_from_two_sources_is_shown_once_with_both() {
    let visitor = Visitor::new().await;
    for (number, source, year) in [(1, "A", 2013), (2, "B", 2024)] {
        let mut group = StoredGroup::new(number);
        let key = source.to_lowercase();
        group.put_catalogued(&key, "one", &listed(source, year));
        visitor.indexed.publish(&mut group).await;
    }
    let council = "/map/yorkshire-and-the-humber/sheffield";
    for page in [
        visitor.post("/search", "q=carers").await,
        visitor.get(council).await,
    ] {
        assert_eq!(page.text("h1"), "1 result");
        assert_eq!(page.attributes(".hit", "class").len(), 1);
        let voices = page.text(".hit .voice");
        assert!(
            voices.contains("2013") && voices.contains("2024"),
            "{voices}"
        );
        assert_eq!(page.text(".twins a"), "Trafford Carers Centre");
    }
    let booklet = visitor.post("/printed", "near=Sheffield&within=3mi").await;
    assert_eq!(booklet.text(".listed h3"), "1 Trafford Carers Centre");
    let voices = booklet.text(".listed .voice");
    assert_eq!(voices.lines().count(), 2, "{voices}");
    assert!(
        voices.contains("2013") && voices.contains("2024"),
        "{voices}"
    );
}

#[tokio::test]
async fn a_search_shows_place_voice_and_freshness_and_links_to_the_record() {
    let (visitor, id) = filled().await;
    let page = visitor
        .post("/search", "q=depression&near=Sheffield&within=20mi")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.text("h1"), "2 results");
    assert!(page.text(".near").contains("Sheffield"), "{}", page.html);
    let voices = page.text(".voice");
    assert!(
        voices.contains("Published by the group itself (not verified)"),
        "{voices}"
    );
    assert!(
        voices.contains("Recorded in 2013; may no longer exist."),
        "{voices}"
    );
    let classes = page.attributes(".voice", "class");
    assert!(
        classes.contains(&"voice voice-catalogued".to_owned()),
        "{classes:?}"
    );
    let links = page.attributes(".hit h3 a", "href");
    assert!(
        links.contains(&format!("/group/{id}/listing/own")),
        "{links:?}"
    );
    let facts = page.text(".hit");
    assert!(
        facts.contains("Sheffield") && facts.contains("Just turn up."),
        "{facts}"
    );
}

#[tokio::test]
async fn every_chosen_filter_can_be_removed() {
    let (visitor, _) = filled().await;
    let form = "q=depression&who=community%3Awomen&free=yes";
    let page = visitor.post("/search", form).await;
    assert_eq!(page.text("h1"), "1 result");
    let chips = page.attributes(".chosen button", "value");
    assert_eq!(chips, ["who=community:women", "free=yes"]);
    let checked = page.attributes(".narrow input[checked]", "value");
    assert!(
        checked.contains(&"community:women".to_owned()),
        "{checked:?}"
    );
    let removed = format!("{form}&without=who%3Dcommunity%3Awomen&without=free%3Dyes");
    assert_eq!(
        visitor.post("/search", &removed).await.text("h1"),
        "2 results"
    );
}

#[tokio::test]
async fn without_hits_the_page_says_what_to_leave_out_and_how_to_look_further() {
    let (visitor, _) = filled().await;
    let page = visitor
        .post("/search", "q=depression&near=Plymouth&within=5mi")
        .await;
    assert_eq!(page.text("h1"), "Nothing found");
    let buttons = page.text(".empty button");
    assert!(
        !buttons.contains("within"),
        "100 miles reach nobody: {buttons}"
    );
    let near = visitor
        .post("/search", "q=depression&near=Leeds&within=5mi")
        .await;
    let buttons_near = near.text(".empty button");
    assert!(
        buttons_near.contains("within 50 miles (2 results)"),
        "{buttons_near}"
    );
    assert!(
        buttons.contains("Leave out: Plymouth (2 results)"),
        "{buttons}"
    );
    let wider = "q=depression&near=Plymouth&within=5mi&without-fields=near+within";
    assert_eq!(visitor.post("/search", wider).await.text("h1"), "2 results");
}

#[tokio::test]
async fn an_unreadable_field_is_named_with_what_to_type() {
    let (visitor, _) = filled().await;
    for (form, expected) in [
        ("near=Qqqqqqqq", "unknown place"),
        ("near=Leeds&within=far", "Write a distance"),
        ("age=old", "Write a whole number"),
    ] {
        let page = visitor.post("/search", form).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{form}");
        let error = page.text(".errors").to_lowercase();
        assert!(error.contains(&expected.to_lowercase()), "{form}: {error}");
        let target = &page.attributes(".errors a", "href")[0];
        assert_eq!(page.attributes(target, "id").len(), 1, "{form}: {target}");
    }
}

#[tokio::test]
async fn words_of_a_crisis_show_services_first() {
    let (visitor, _) = filled().await;
    let page = visitor.post("/search", "q=i+want+to+die").await;
    let services = page.text("main > .care:first-child");
    assert!(services.contains("Samaritans: 116 123"), "{}", page.html);
    let page = visitor.post("/search", "q=knitting").await;
    assert_eq!(page.text("main > .care"), "");
    assert!(page.text("footer").contains("116 123"));
}

#[tokio::test]
async fn what_a_visitor_does_not_want_is_left_out_and_named() {
    let (visitor, _) = filled().await;
    let refusing = "q=depression+group+but+no+church";
    let page = visitor.post("/search", refusing).await;
    assert_eq!(page.text("h1"), "2 results");
    let notices = page.text(".also");
    let (_, named) = notices.split_once("You do not want these").unwrap();
    assert!(named.contains("“church”"), "{notices}");
    let page = visitor.post("/search", "q=depression+group").await;
    assert!(!page.text(".also").contains("do not want"));
}

#[tokio::test]
async fn pages_of_results_are_posted() {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    for number in 0..17 {
        let name = format!("Circle {number}");
        group.put(
            "listing",
            &format!("k{number}"),
            &listing(&name, "", Some("Leeds")),
        );
    }
    visitor.indexed.publish(&mut group).await;
    let first = visitor.post("/search", "q=circle").await;
    assert_eq!(first.text("h1"), "17 results");
    assert_eq!(first.attributes(".hit h3 a", "href").len(), 12);
    let token = &first.attributes(".pager button[name=page]", "value")[0];
    let second = visitor
        .post("/search", &format!("q=circle&page={token}"))
        .await;
    let rest = second.attributes(".hit h3 a", "href");
    assert_eq!(rest.len(), 5, "{}", second.html);
    assert!(
        rest.iter()
            .all(|link| !first.html.contains(&format!("{link}\"")))
    );
    assert!(
        second
            .attributes(".pager button[name=page]", "value")
            .is_empty()
    );
}

#[tokio::test]
async fn what_was_typed_is_in_no_address_and_no_header() {
    let (visitor, _) = filled().await;
    let marker = "zyxmarker";
    for form in [
        format!("q={marker}&near=Leeds"),
        format!("q=depression&near={marker}"),
        format!("q=depression&who={marker}"),
        format!("q={marker}&page={marker}"),
    ] {
        let page = visitor.post("/search", &form).await;
        for (selector, attribute) in [("[href]", "href"), ("[action]", "action"), ("[src]", "src")]
        {
            let addresses = page.attributes(selector, attribute);
            assert!(
                addresses.iter().all(|one| !one.contains(marker)),
                "{addresses:?}"
            );
        }
        let headers = format!("{:?}", page.headers);
        assert!(!headers.contains(marker), "{headers}");
        assert!(!page.text("title").contains(marker));
    }
}
