//! Every page of the console, and of the group, in the language that a reader chose.

use std::collections::BTreeSet;

use hedgerow_testkit::pages::not_in_welsh;
use hedgerow_testkit::samples::{listing, room, weekly};

use super::*;

/// Pages are followed no further: records have many.
const MAX_PAGES: usize = 120;
/// Names that are the same in every language, and words of the records within sentences of ours.
const NAMES: [&str; 25] = [
    // The name of a node's pages.
    "Groups",
    "We",
    "meet",
    "over",
    "tea",
    "Hedgerow",
    "Sheffield",
    "Low",
    "Mood",
    "Circle",
    "For",
    "women",
    "with",
    "depression",
    "Garden",
    "walk",
    "Quiet",
    "room",
    "us",
    "host",
    "https",
    "http",
    "GB",
    "en",
    "group",
];

async fn publish(test: &TestNode, collection: &str, body: &impl prost::Message) {
    let draft = steward_v1::RecordDraft {
        body: body.encode_to_vec(),
        language: "en-GB".to_owned(),
        ..steward_v1::RecordDraft::default()
    };
    let request_id = crate::testing::request_id();
    let steward = test.steward();
    let created = steward.try_create_of(collection, &request_id, draft).await;
    created.unwrap();
}

/// The addresses of a page's links within this site.
fn links(page: &Page) -> Vec<String> {
    let html = Html::parse_document(&page.body);
    let selector = Selector::parse("a[href^='/']:not([hreflang])").unwrap();
    let links = html
        .select(&selector)
        .filter_map(|link| link.value().attr("href"));
    let paths = links.map(|link| link.split('#').next().unwrap_or_default().to_owned());
    paths.collect()
}

#[tokio::test]
async fn every_page_that_links_lead_to_is_in_welsh_and_stays_there() {
    let mut visit = visit().await;
    let listing = v1::Listing {
        description: "We meet over tea.".into(),
        activities: vec!["activity:gardening".into()],
        schedules: weekly("", "2026-05-05T18:00", "Sheffield")
            .schedule
            .into_iter()
            .collect(),
        ..listing(
            "Low Mood Circle",
            "For women with depression",
            Some("Sheffield"),
        )
    };
    publish(&visit.test, "listing", &listing).await;
    let walk = weekly("Garden walk", "2026-05-05T18:00", "Sheffield");
    publish(&visit.test, "event", &walk).await;
    publish(&visit.test, "offer", &room("Quiet room", 12, "Sheffield")).await;
    let start = format!("/cy{}", visit.base);
    let mut seen = BTreeSet::from([start.clone()]);
    let mut waiting = vec![start];
    let mut english = BTreeSet::new();
    let mut opened = 0;
    while let Some(path) = waiting.pop() {
        if opened == MAX_PAGES {
            break;
        }
        opened += 1;
        let page = visit.browser.get(&path).await;
        if page.status == 303 {
            let location = page.location().to_owned();
            assert!(location.starts_with("/cy/"), "{path}: {location}");
            if seen.insert(location.clone()) {
                waiting.push(location);
            }
            continue;
        }
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        if !page
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"))
        {
            continue;
        }
        assert!(page.has("<html lang=\"cy\""), "{path}");
        let words = not_in_welsh(&page.body, &NAMES);
        let path_of_kind = path.replace(&visit.base, "");
        english.extend(
            words
                .into_iter()
                .map(|word| format!("{word} ({path_of_kind})")),
        );
        for link in links(&page) {
            assert!(link.starts_with("/cy"), "{path}: {link}");
            if seen.insert(link.clone()) {
                waiting.push(link);
            }
        }
    }
    assert!(opened > 30, "{seen:?}");
    assert!(english.is_empty(), "{english:#?}");
}
