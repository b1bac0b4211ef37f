//! Two versions of one record, and the controls that messages of the rules are about.

use super::{blank, text, typed};
use crate::{Chosen, changes, choose, detail_of, locate, merge};

#[test]
fn two_versions_are_put_together_and_only_conflicts_are_asked_about() {
    let (form, body) = blank("event", "");
    let base = typed(
        &form,
        &body,
        &[("title", "Tea"), ("summary", "Tea."), ("capacity", "5")],
    )
    .unwrap();
    let mine = typed(&form, &base, &[("title", "My tea"), ("capacity", "6")]).unwrap();
    let theirs = typed(
        &form,
        &base,
        &[("title", "Their tea"), ("summary", "Toast.")],
    )
    .unwrap();
    let listed: Vec<String> = changes(&form, &base, &mine)
        .into_iter()
        .map(|it| it.path)
        .collect();
    assert_eq!(listed, ["title", "capacity"]);
    let mut merged = merge(&form, &base, &mine, &theirs);
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(merged.conflicts[0].path, "title");
    assert_eq!(text(&merged.body, "title"), "Their tea");
    assert_eq!(text(&merged.body, "summary"), "Toast.");
    assert_eq!(text(&merged.body, "capacity"), "6");
    choose(&mut merged.body, &mine, "title", Chosen::Mine);
    assert_eq!(text(&merged.body, "title"), "My tea");
}

#[test]
fn a_rules_message_finds_its_control() {
    let (form, body) = blank("event", "");
    let event = typed(
        &form,
        &body,
        &[
            ("place.precision", "3"),
            ("activities", "activity:gardening"),
        ],
    )
    .unwrap();
    let groups = form.pages()[0].controls(&event);
    for (path, control) in [
        ("title", "title"),
        ("place.name", "place.name"),
        ("schedule.start", "schedule.day"),
        ("schedule.rrules[0]", "schedule.repeat"),
        ("activities[0]", "activities"),
        ("place", "place"),
    ] {
        assert_eq!(locate(&groups, path).as_deref(), Some(control), "{path}");
    }
    assert_eq!(locate(&groups, "draft.body"), None);
    assert_eq!(
        form.page_of("schedule.day").map(|page| page.name),
        Some("all")
    );
    let (listing, _) = blank("listing", "");
    assert_eq!(
        listing.page_of("contacts.0.value").map(|page| page.name),
        Some("join")
    );
    assert_eq!(detail_of(&blank("need", "funding").1), Some("funding"));
}
