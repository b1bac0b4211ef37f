//! The form for messages.

use super::*;
use crate::maintenance::clean_up;
use crate::messages;

async fn with_form() -> Site {
    let site = Site::filled().await;
    let shared = site.test.node().shared();
    let mut writing = shared.store.write().await.unwrap();
    writing
        .set_contact_form(&site.steward.group_id, true)
        .await
        .unwrap();
    writing.commit().await.unwrap();
    site
}

impl Site {
    async fn send(&self, text: &str) -> Page {
        let form = format!("message={text}&reply=ring+me");
        self.post(&format!("{}/message", self.group()), &[], &form)
            .await
    }

    async fn received(&self) -> Vec<messages::ReceivedMessage> {
        let shared = self.test.node().shared();
        messages::list(shared, &self.steward.group_id)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_group_has_no_form_until_it_turns_it_on() {
    let site = Site::filled().await;
    let path = format!("{}/message", site.group());
    assert!(!site.get("/").await.body.contains("<form"));
    assert_eq!(site.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.send("Hello").await.status, StatusCode::NOT_FOUND);
    assert!(site.received().await.is_empty());
}

#[tokio::test]
async fn a_message_is_kept_sealed_for_the_group() {
    let site = with_form().await;
    let form = site.get("/").await;
    assert!(form.text("form").contains("You need not say who you are."));
    let sent = site.send("Can+I+bring+my+sister%3F%0D%0AThanks%00").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    let next = sent.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(next, format!("{}/message/kept", site.group()));
    let kept = site.get(&next).await;
    assert!(kept.text("main").contains("After 30 days they are deleted"));
    let received = site.received().await;
    assert_eq!(received.len(), 1);
    let message = received[0].message.clone().unwrap();
    assert_eq!(message.text, "Can I bring my sister?\nThanks");
    assert_eq!(message.reply, "ring me");
    assert!(!received[0].is_read);
    assert_eq!(format!("{message:?}"), "Message { .. }");

    let folder = &site.test.config.data_dir;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let has_words = bytes.windows(6).any(|part| part == b"sister");
            assert!(!has_words, "{}", path.display());
        }
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let key = std::fs::metadata(folder.join("messages.key")).unwrap();
        assert_eq!(key.permissions().mode() & 0o777, 0o600);
    }
    let shared = site.test.node().shared();
    let group = &site.steward.group_id;
    assert!(
        messages::mark_read(shared, group, &received[0].id)
            .await
            .unwrap()
    );
    assert!(site.received().await[0].is_read);
    assert!(
        messages::delete(shared, group, &received[0].id)
            .await
            .unwrap()
    );
    assert!(
        !messages::delete(shared, group, &received[0].id)
            .await
            .unwrap()
    );
    assert!(site.received().await.is_empty());
}

#[tokio::test]
async fn a_message_survives_a_restart_and_not_the_loss_of_its_key() {
    let mut site = with_form().await;
    site.send("Hello").await;
    site.test.stop().await;
    site.test.start().await;
    assert_eq!(
        site.received().await[0].message.as_ref().unwrap().text,
        "Hello"
    );
    site.test.stop().await;
    std::fs::remove_file(site.test.config.data_dir.join("messages.key")).unwrap();
    site.test.start().await;
    assert!(site.received().await[0].message.is_none());
}

#[tokio::test]
async fn a_message_that_cannot_be_kept_comes_back_with_its_words() {
    let site = with_form().await;
    let path = format!("{}/message", site.group());
    let empty = site.send("+%0A+").await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST);
    assert!(empty.text("form").contains("Write your message first."));
    let long = site.send(&"%C3%A9".repeat(2_003)).await;
    assert_eq!(long.status, StatusCode::BAD_REQUEST);
    assert!(long.text("form").contains("3 characters too long"));
    assert!(long.text("textarea").contains("éééé"));
    let form = format!("message=Hello&reply={}", "x".repeat(201));
    let reply = site.post(&path, &[], &form).await;
    assert_eq!(reply.status, StatusCode::BAD_REQUEST);
    assert_eq!(reply.text("textarea"), "Hello");
    assert_eq!(
        site.send(&"é".repeat(2_000)).await.status,
        StatusCode::SEE_OTHER
    );
    let huge = site.send(&"x".repeat(70_000)).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(site.received().await.len(), 1);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let site = with_form().await;
    let path = format!("{}/message", site.group());
    let host = ("host", "group.example");
    for from in [
        ("origin", "https://evil.example"),
        ("origin", "http://group.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let page = site.post(&path, &[host, from], "message=Hello").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{from:?}");
        assert_eq!(page.text("textarea"), "Hello");
    }
    assert!(site.received().await.is_empty());
    // As our own pages are sent, by new browsers and by older ones.
    let null = ("origin", "null");
    let same = ("sec-fetch-site", "same-origin");
    for own in [
        vec![host],
        vec![host, null],
        vec![host, null, same],
        vec![host, ("origin", "https://group.example"), same],
    ] {
        let page = site.post(&path, &own, "message=Hello").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{own:?}");
    }
    let other = [host, null, ("sec-fetch-site", "cross-site")];
    let forged = site.post(&path, &other, "message=x").await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn one_network_leaves_few_messages_and_a_group_keeps_a_bounded_number() {
    let site = with_form().await;
    for _ in 0..6 {
        assert_eq!(site.send("Hello").await.status, StatusCode::SEE_OTHER);
    }
    let refused = site.send("One+more").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.text("textarea"), "One more");
    // Many networks at once fill a day, and many days the box.
    let shared = site.test.node().shared();
    let group = &site.steward.group_id;
    let message = messages::Message {
        text: "x".to_owned(),
        reply: String::new(),
    };
    let fill = async || {
        let mut kept = 0;
        while messages::keep(shared, group, &message).await.is_ok() {
            kept += 1;
            assert!(kept < 1_000);
        }
        kept
    };
    assert_eq!(fill().await, 44);
    let day = Duration::from_secs(24 * 60 * 60);
    for kept in [50, 50, 50, 0] {
        site.test.clock.advance(day);
        assert_eq!(fill().await, kept);
    }
    let full = site.send("Hello").await;
    assert_eq!(full.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(full.text("form").contains("cannot take more messages"));
    assert_eq!(site.received().await.len(), 200);
}

#[tokio::test]
async fn a_message_is_deleted_after_thirty_days() {
    let site = with_form().await;
    site.send("Hello").await;
    let shared = site.test.node().shared();
    let day = Duration::from_secs(24 * 60 * 60);
    site.test.clock.advance(29 * day);
    clean_up(shared, shared.now()).await.unwrap();
    assert_eq!(site.received().await.len(), 1);
    site.test.clock.advance(2 * day);
    clean_up(shared, shared.now()).await.unwrap();
    assert!(site.received().await.is_empty());
}
