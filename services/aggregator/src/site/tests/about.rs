//! Who runs a directory, what it decided, and how it is audited.

use hedgerow_core::time::Clock as _;
use hedgerow_store::{Exclude, FeedReader as _, Moderation as _, RevisionStream as _};

use super::*;

#[tokio::test]
async fn a_new_directory_has_decided_nothing_and_shows_no_head() {
    let page = Visitor::new().await.get("/about").await;
    assert_eq!(page.status, StatusCode::OK);
    let decisions = page.text("#decisions");
    assert!(
        decisions.contains("no group and no entry is left out"),
        "{decisions}"
    );
    assert!(page.text("#state").contains("It shows no group yet."));
    let text = page.text("main");
    assert!(text.contains("The Test Library"), "{text}");
    assert!(text.contains("What it keeps about you Nothing."), "{text}");
}

#[tokio::test]
async fn decisions_are_counted_by_reason_without_the_groups() {
    let (visitor, id) = filled().await;
    let (store, now) = (&visitor.indexed.store, visitor.indexed.clock.now());
    let sellers = [7, 8].map(|number| StoredGroup::new(number).id());
    for group_id in sellers {
        let reason = "sells <something>".to_owned();
        let change = Exclude {
            group_id,
            reason,
            now,
        };
        store.exclude(change).await.unwrap();
    }
    let name = hedgerow_core::name::RecordName::parse("event", "walk").unwrap();
    let group = id.parse().unwrap();
    assert!(store.hide_entry(&group, &name, now).await.unwrap());
    let page = visitor.get("/about").await;
    let decisions = page.text("#decisions");
    for part in [
        "2 groups are left out.",
        "1 single entry is taken out.",
        "The newest of these is from 21 September 2026: sells <something>",
    ] {
        assert!(decisions.contains(part), "{part}: {decisions}");
    }
    assert_eq!(page.text("#decisions tbody tr"), "sells <something>2");
    for group in sellers {
        assert!(!page.html.contains(&group.to_string()));
    }
}

#[tokio::test]
async fn the_newest_head_and_the_commands_of_an_audit_are_shown() {
    let (visitor, _) = filled().await;
    let page = visitor.get("/about").await;
    let state = page.text("#state");
    let rows = visitor.indexed.store.list_feed(0, 9).await.unwrap();
    let heads = rows.iter().filter_map(|row| row.head.as_ref());
    let newest = heads.max_by_key(|head| head.facts.issue_time).unwrap();
    assert!(state.contains(&newest.facts.hash.to_string()), "{state}");
    assert!(state.contains(&"ab".repeat(32)), "the id: {state}");
    let stream = visitor.indexed.store.stream_id().await.unwrap();
    assert!(state.contains(&stream), "{state}");
    let commands = page.text("#audit pre");
    assert!(
        commands.contains("hedgerow watch --once --ids"),
        "{commands}"
    );
    assert!(commands.contains("hedgerow verify GROUP"), "{commands}");
    let group = page.attributes("#state a", "href");
    assert_eq!(visitor.get(&group[0]).await.status, StatusCode::OK);
}
