//! Pages in the language that a reader chose.

use hedgerow_testkit::pages::not_in_welsh;
use hedgerow_web::pages::List;

use super::*;

/// Names that are the same in every language: of this site, of places, of the records' groups
/// where a title alone is known, and of hosts.
const NAMES: [&str; 26] = [
    "Devon",
    "far",
    "Community",
    "support",
    "directory",
    "Test",
    "Library",
    "The",
    "hello",
    "example",
    "Sheffield",
    "Leeds",
    "Plymouth",
    "Low",
    "Mood",
    "Circle",
    "Garden",
    "walk",
    "Quiet",
    "room",
    "Old",
    "Group",
    "depression",
    "https",
    "hedgerow",
    "Qqqqqqqq",
];
/// Names of regions, on the pages of the map and of counts.
const REGIONS: [&str; 16] = [
    "Yorkshire",
    "Humber",
    "and",
    "the",
    "North",
    "South",
    "East",
    "West",
    "Midlands",
    "of",
    "England",
    "Wales",
    "Scotland",
    "Northern",
    "Ireland",
    "London",
];

async fn filled_for_welsh() -> (Visitor, String) {
    let visitor = Visitor::new().await;
    let mut group = StoredGroup::new(1);
    group.put("listing", "own", &full_listing());
    let walk = weekly("Garden walk", "2026-09-22T18:00", "Sheffield");
    group.put("event", "walk", &walk);
    let mut hall = room("Quiet room", 12, "Sheffield");
    let resource = hall.resource.as_mut().unwrap();
    resource.notice_hours = 48;
    resource.tags = vec!["space-offer:meeting-room".into()];
    resource.accessibility = Some(v1::Accessibility {
        tags: vec!["accessibility:hearing-loop".into()],
        ..v1::Accessibility::default()
    });
    group.put("offer", "room", &hall);
    let need = v1::Need {
        resource: Some(v1::Resource {
            title: "Quiet room".into(),
            place: Some(town("Sheffield")),
            detail: Some(v1::resource::Detail::Space(v1::Space {
                capacity: 8,
                ..v1::Space::default()
            })),
            ..v1::Resource::default()
        }),
        needed_by: "2027-03-31".into(),
        within_km: 10,
        ..v1::Need::default()
    };
    let id = group.id().to_string();
    visitor.indexed.publish(&mut group).await;
    let mut other = StoredGroup::new(3);
    other.put("need", "room", &need);
    visitor.indexed.publish(&mut other).await;
    let mut cataloguer = StoredGroup::new(2);
    cataloguer.put_catalogued("test", "old", &catalogued());
    visitor.indexed.publish(&mut cataloguer).await;
    (visitor, id)
}

#[tokio::test]
async fn no_page_in_welsh_has_an_english_word_of_ours() {
    let (visitor, id) = filled_for_welsh().await;
    let record = format!("/cy/group/{id}");
    let lists = List::ALL.map(|list| format!("/cy{}", list.path()));
    let pages = [
        "/cy",
        "/cy/about",
        "/cy/more",
        "/cy/map",
        "/cy/coverage",
        "/cy/whats-on",
        "/cy/staying-safe",
        "/cy/printed",
        "/cy/no-such-page",
    ];
    let records = [
        record.clone(),
        format!("{record}/listing/own"),
        format!("{record}/listing/own/yours"),
        format!("{record}/event/walk"),
        format!("{record}/offer/room"),
        format!("{record}/offer/room/fits"),
    ];
    let mut shown = Vec::new();
    let opened = pages.iter().map(|path| (*path).to_owned());
    for path in opened.chain(lists).chain(records) {
        shown.push((path.clone(), visitor.get(&path).await));
    }
    let ticked = format!("pick=%2Fgroup%2F{id}%2Flisting%2Fown");
    for (path, form) in [
        ("/cy/search", "q=depression&near=Sheffield&within=20mi"),
        (
            "/cy/search",
            "who=community%3Awomen&language=pl&access=accessibility%3Ahearing-loop",
        ),
        ("/cy/search", "q=depression&near=Plymouth&within=5mi"),
        ("/cy/search", "near=Qqqqqqqq"),
        ("/cy/search", "near=Leeds&within=far"),
        ("/cy/search", "age=old"),
        ("/cy/search", "in=offer&free-at=thursday+7pm"),
        ("/cy/rooms", "near=Sheffield"),
        ("/cy/whats-on", "range=month&near=Sheffield"),
        ("/cy/printed", "near=Sheffield"),
        ("/cy/share", "q=depression"),
        ("/cy/sheet", &ticked),
    ] {
        shown.push((format!("{path} {form}"), visitor.post(path, form).await));
    }
    let mut english = Vec::new();
    for (path, page) in &shown {
        assert!(
            page.html.contains("<html lang=\"cy\""),
            "{path}: {}",
            page.html
        );
        let known = [NAMES.as_slice(), REGIONS.as_slice()].concat();
        let mut words = not_in_welsh(&page.html, &known);
        // Addresses of records, to type.
        words.retain(|word| !word.contains("/group/"));
        english.extend(words.into_iter().map(|words| format!("{path}: {words}")));
    }
    assert!(english.is_empty(), "{english:#?}");
    let (visitor, id) = filled().await;
    let page = visitor.get(&format!("/group/{id}/listing/own")).await;
    assert!(not_in_welsh(&page.html, &NAMES).len() > 50);
}

#[tokio::test]
async fn a_choice_of_language_stays_in_every_link_and_keeps_nothing() {
    let (visitor, id) = filled().await;
    let page = visitor.get(&format!("/group/{id}/listing/own")).await;
    let welsh = page.attributes("footer a[hreflang]", "href");
    assert_eq!(welsh, [format!("/cy/group/{id}/listing/own")]);
    let page = visitor.get(&welsh[0]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.attributes("html", "lang"), ["cy"]);
    assert!(page.headers.get(http::header::SET_COOKIE).is_none());
    for link in page.attributes("body a[href^='/']:not([hreflang])", "href") {
        assert!(link.starts_with("/cy"), "{link}");
        assert_eq!(visitor.get(&link).await.status, StatusCode::OK, "{link}");
    }
    let back = page.attributes("footer a[hreflang]", "href");
    assert_eq!(back, [format!("/en/group/{id}/listing/own")]);
    let search = visitor.get("/cy").await;
    let action = search.attributes("main form", "action");
    assert!(action.contains(&"/cy/search".to_owned()), "{action:?}");
    let found = visitor.post("/cy/search", "q=depression").await;
    assert_eq!(found.attributes("html", "lang"), ["cy"]);
    // What was typed is in no address of a page of results.
    let links = found.attributes("footer a[hreflang]", "href");
    assert_eq!(links, ["/en/search"]);
}
