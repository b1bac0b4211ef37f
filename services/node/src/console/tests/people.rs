//! People of several groups on one node.

use super::{PASSPHRASE, host, join, link_on};
use crate::testing::browser::Browser;
use crate::testing::{TestNode, phrase};

/// A node with two groups, running.
async fn two_groups() -> TestNode {
    let mut test = TestNode::new(&[]).await;
    let node = test.open().await;
    node.add_group("them", &phrase(2)).await.unwrap();
    node.close().await;
    test.start().await;
    test
}

#[tokio::test]
async fn a_person_sees_the_own_group_only() {
    let test = two_groups().await;
    let (us, them) = (test.steward().group_id, test.steward_of("them").group_id);
    let mut host = host(&test).await;
    assert_eq!(host.get("/console").await.location(), "/console/groups");
    let people = format!("/console/g/{us}/people");
    let invited = host
        .fill_in(&people, &[("do", "invite"), ("role", "steward")])
        .await;
    let mut ama = join(&test, &link_on(&invited), "Ama").await;
    assert_eq!(
        ama.get("/console").await.location(),
        format!("/console/g/{us}")
    );
    assert_eq!(ama.get(&format!("/console/g/{us}")).await.status, 200);
    let unknown = "00".repeat(32);
    for id in [them.to_string(), unknown, "x".to_owned()] {
        for page in ["", "/people", "/history", "/history/5", "/published"] {
            let path = format!("/console/g/{id}{page}");
            assert_eq!(ama.get(&path).await.status, 404, "{path}");
        }
        let token = ama.get("/console/account").await.value("token").unwrap();
        let path = format!("/console/g/{id}/people");
        let fields = [("token", token.as_str()), ("do", "invite")];
        assert_eq!(ama.post(&path, &fields).await.status, 404, "{path}");
    }
    assert_eq!(
        ama.get("/console/first").await.status,
        404,
        "was not invited to add one"
    );
    // A person of the other group cannot be named in this one's forms.
    let invited = host
        .fill_in(&format!("/console/g/{them}/people"), &[("do", "invite")])
        .await;
    join(&test, &link_on(&invited), "Bea").await;
    let bea = {
        let mut reading = test.node().shared().store.read().await.unwrap();
        reading.credentials("bea").await.unwrap().unwrap().0
    };
    let fields = [("do", "remove"), ("person", &bea.to_string())];
    assert_eq!(ama.fill_in(&people, &fields).await.status, 404);
}

#[tokio::test]
async fn a_person_who_is_signed_in_joins_a_second_group_under_the_same_name() {
    let test = two_groups().await;
    let (us, them) = (test.steward().group_id, test.steward_of("them").group_id);
    let mut host = host(&test).await;
    let mut invite = async |group: &hedgerow_core::id::GroupId| {
        let people = format!("/console/g/{group}/people");
        link_on(&host.fill_in(&people, &[("do", "invite")]).await)
    };
    let mut ama = join(&test, &invite(&us).await, "Ama").await;
    let path = invite(&them).await;
    assert!(ama.get(&path).await.has("You are signed in here as"));
    let page = ama.post(&path, &[]).await;
    assert_eq!(
        page.location(),
        format!("/console/g/{them}"),
        "{}",
        page.body
    );
    assert_eq!(ama.get("/console").await.location(), "/console/groups");
    assert_eq!(ama.get(&format!("/console/g/{us}")).await.status, 200);
}

#[tokio::test]
async fn an_editor_invites_nobody_and_a_removed_person_is_out_at_once() {
    let test = TestNode::running(&[]).await;
    let us = test.steward().group_id;
    let mut host = host(&test).await;
    let people = format!("/console/g/{us}/people");
    let home = format!("/console/g/{us}");
    let invited = host
        .fill_in(&people, &[("do", "invite"), ("role", "editor")])
        .await;
    let path = link_on(&invited);
    let mut ama = join(&test, &path, "Ama").await;
    assert_eq!(ama.get(&people).await.status, 404);
    assert!(!ama.get(&home).await.has("/people\""));
    let used = Browser::new(test.address().port)
        .post(&path, &[("name", "Eve"), ("passphrase", PASSPHRASE)])
        .await;
    assert_eq!(used.status, 422, "the invitation was used");
    let id = host.get(&people).await.value("person").unwrap();
    let page = host
        .fill_in(&people, &[("do", "make-steward"), ("person", &id)])
        .await;
    assert_eq!(page.status, 303);
    assert!(host.get(&people).await.has("The role is changed."));
    assert!(
        !host.get(&people).await.has("The role is changed."),
        "said once"
    );
    assert_eq!(ama.get(&people).await.status, 200);
    let page = host
        .fill_in(&people, &[("do", "remove"), ("person", &id)])
        .await;
    assert_eq!(page.status, 303);
    assert_eq!(
        ama.get(&home).await.status,
        401,
        "the person is gone, with the session"
    );
}

#[tokio::test]
async fn the_last_steward_stays_and_links_can_be_called_back() {
    let test = TestNode::running(&[]).await;
    let us = test.steward().group_id;
    let people = format!("/console/g/{us}/people");
    let mut host = host(&test).await;
    let steward = [("do", "invite"), ("role", "steward")];
    let mut ama = join(
        &test,
        &link_on(&host.fill_in(&people, &steward).await),
        "Ama",
    )
    .await;
    let invited = ama.fill_in(&people, &steward).await;
    let path = link_on(&invited);
    let link = ama.get(&people).await.value("link").unwrap();
    assert!(!path.contains(&link));
    let page = ama
        .fill_in(&people, &[("do", "call-back"), ("link", &link)])
        .await;
    assert_eq!(page.status, 303);
    let late = Browser::new(test.address().port).get(&path).await;
    assert!(late.has("no longer works"));
    let mut bea = join(
        &test,
        &link_on(&ama.fill_in(&people, &steward).await),
        "Bea",
    )
    .await;
    // Bea makes Ama an editor, and cannot become one herself.
    let find = async |browser: &mut Browser| browser.get(&people).await.value("person");
    let id = find(&mut bea).await.unwrap();
    let page = bea
        .fill_in(&people, &[("do", "make-editor"), ("person", &id)])
        .await;
    assert_eq!(page.status, 303);
    let own = {
        let mut reading = test.node().shared().store.read().await.unwrap();
        reading.credentials("bea").await.unwrap().unwrap().0
    };
    let fields = [("do", "remove"), ("person", &own.to_string())];
    let page = bea.fill_in(&people, &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.has("The group needs one steward"));
}

#[tokio::test]
async fn names_are_taken_once_and_passphrases_change() {
    let test = TestNode::running(&[]).await;
    let us = test.steward().group_id;
    let people = format!("/console/g/{us}/people");
    let mut host = host(&test).await;
    let invite = [("do", "invite"), ("role", "editor")];
    let mut ama = join(
        &test,
        &link_on(&host.fill_in(&people, &invite).await),
        "Ama",
    )
    .await;
    let path = link_on(&host.fill_in(&people, &invite).await);
    let mut other = Browser::new(test.address().port);
    for (name, passphrase, status) in [
        ("AMA", PASSPHRASE, 422),
        ("", PASSPHRASE, 422),
        ("Bea", "short", 422),
        ("Bea", PASSPHRASE, 303),
    ] {
        let fields = [("name", name), ("passphrase", passphrase)];
        assert_eq!(other.post(&path, &fields).await.status, status, "{name}");
    }
    let mut second = Browser::new(test.address().port);
    let sign_in = async |browser: &mut Browser, passphrase: &str| {
        let fields = [("name", "Ama"), ("passphrase", passphrase)];
        browser.post("/console/sign-in", &fields).await.status
    };
    assert_eq!(sign_in(&mut second, PASSPHRASE).await, 303);
    let new = "lantern orchard six";
    let change = |old: &'static str, new: &'static str| {
        [
            ("do", "passphrase"),
            ("passphrase", old),
            ("new_passphrase", new),
        ]
    };
    for (old, new) in [("wrong wrong wrong", new), (PASSPHRASE, "short")] {
        let page = ama.fill_in("/console/account", &change(old, new)).await;
        assert_eq!(page.status, 422, "{old}");
    }
    let page = ama
        .fill_in("/console/account", &change(PASSPHRASE, new))
        .await;
    assert_eq!(page.status, 303);
    assert_eq!(second.get("/console").await.status, 401, "signed out");
    assert_eq!(ama.get("/console").await.status, 303);
    assert_eq!(sign_in(&mut second, PASSPHRASE).await, 422);
    assert_eq!(sign_in(&mut second, new).await, 303);
}
