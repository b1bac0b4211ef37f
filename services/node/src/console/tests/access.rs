//! Who gets in, and who does not.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{PASSPHRASE, host, join, link, link_on, open};
use crate::testing::TestNode;
use crate::testing::browser::Browser;

#[tokio::test]
async fn a_link_opens_the_console_once_and_reading_it_does_not_use_it() {
    let test = TestNode::running(&[]).await;
    let mut browser = Browser::new(test.address().port);
    let page = browser.get("/console").await;
    assert_eq!(page.status, 401);
    let path = link(&test).await;
    for _ in 0..3 {
        // As a program that checks mail does.
        assert_eq!(
            Browser::new(test.address().port).get(&path).await.status,
            200
        );
    }
    let page = browser.post(&path, &[]).await;
    assert_eq!((page.status, page.location()), (303, "/console"));
    let page = browser.get("/console").await;
    assert_eq!(page.status, 303, "the only group");
    let home = page.location().to_owned();
    let page = browser.get(&home).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    let again = Browser::new(test.address().port).post(&path, &[]).await;
    assert_eq!(again.status, 422, "it was used");
    assert!(again.has("no longer works"));
    let page = browser.fill_in(&home, &[]).await;
    assert_eq!(page.status, 405, "a page without a form");
    let token = browser.get(&home).await.value("token").unwrap();
    let page = browser
        .post("/console/sign-out", &[("token", &token)])
        .await;
    assert_eq!(page.status, 303);
    assert!(browser.cookies.is_empty());
    assert_eq!(browser.get(&home).await.status, 401);
}

#[tokio::test]
async fn a_link_expires() {
    let test = TestNode::running(&[]).await;
    let path = link(&test).await;
    test.clock.advance(Duration::from_secs(15 * 60));
    let mut browser = Browser::new(test.address().port);
    assert_eq!(browser.post(&path, &[]).await.status, 422);
    for guessed in ["0".repeat(64), "x".to_owned(), "0".repeat(5_000)] {
        let path = format!("/console/link/{guessed}");
        let status = browser.post(&path, &[]).await.status;
        assert!([422, 404, 431].contains(&status), "{status}");
    }
}

#[tokio::test]
async fn a_session_is_never_one_that_somebody_else_chose() {
    let test = TestNode::running(&[]).await;
    let mut browser = Browser::new(test.address().port);
    let planted = "ab".repeat(32);
    let name = "hedgerow-console".to_owned();
    browser.cookies.insert(name.clone(), planted.clone());
    assert_eq!(browser.get("/console").await.status, 401);
    open(&test, &mut browser).await;
    let first = browser.cookies[&name].clone();
    assert_ne!(first, planted);
    let mut thief = Browser::new(test.address().port);
    thief.cookies.insert(name.clone(), planted);
    assert_eq!(thief.get("/console").await.status, 401);
    // A second sign-in in the same browser ends the first session.
    open(&test, &mut browser).await;
    assert_ne!(browser.cookies[&name], first);
    thief.cookies.insert(name.clone(), first);
    assert_eq!(thief.get("/console").await.status, 401);
    thief.cookies.insert(name, "x; y".to_owned());
    assert_eq!(thief.get("/console").await.status, 401);
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let test = TestNode::running(&[]).await;
    let mut browser = host(&test).await;
    for _ in 0..4 {
        test.clock.advance(Duration::from_secs(11 * 60 * 60));
        assert_eq!(browser.get("/console").await.status, 303, "it is in use");
    }
    test.clock.advance(Duration::from_secs(12 * 60 * 60));
    assert_eq!(browser.get("/console").await.status, 401, "idle");
    let mut browser = host(&test).await;
    for _ in 0..65 {
        test.clock.advance(Duration::from_secs(11 * 60 * 60));
        browser.get("/console").await;
    }
    assert_eq!(browser.get("/console").await.status, 303);
    test.clock.advance(Duration::from_secs(11 * 60 * 60));
    assert_eq!(browser.get("/console").await.status, 401, "after 30 days");
}

#[tokio::test]
async fn forged_forms_change_nothing() {
    let test = TestNode::running(&[]).await;
    let mut browser = host(&test).await;
    let own = browser
        .get("/console/account")
        .await
        .value("token")
        .unwrap();
    let mut other = host(&test).await;
    let others = other.get("/console/account").await.value("token").unwrap();
    for token in ["", "00", &others] {
        let fields = [("token", token), ("do", "end-others")];
        let page = browser.post("/console/account", &fields).await;
        assert_eq!(page.status, 403, "{token}");
    }
    let fields = [("token", own.as_str()), ("do", "end-others")];
    for origin in ["http://example.org", "null", "http://127.0.0.1:1"] {
        browser.origin = Some(origin.to_owned());
        let page = browser.post("/console/account", &fields).await;
        assert_eq!(page.status, 403, "{origin}");
        let page = browser.post(&link(&test).await, &[]).await;
        assert_eq!(page.status, 403, "sign-in by somebody else's link");
        let page = browser.post("/console/sign-in", &[("name", "a")]).await;
        assert_eq!(page.status, 403, "sign-in as somebody else");
    }
    browser.origin = None;
    assert_eq!(other.get("/console").await.status, 303, "it was not ended");
    let page = browser.post("/console/account", &fields).await;
    assert_eq!(page.status, 303);
    assert_eq!(other.get("/console").await.status, 401, "now it was");
}

#[tokio::test]
async fn a_form_whose_session_has_ended_is_kept_until_after_sign_in() {
    let test = TestNode::running(&[]).await;
    let mut host = host(&test).await;
    let group = test.steward().group_id;
    let people = format!("/console/g/{group}/people");
    let invited = host
        .fill_in(&people, &[("do", "invite"), ("role", "editor")])
        .await;
    let mut ama = join(&test, &link_on(&invited), "Ama").await;
    let next = format!("/console/g/{group}");
    let token = ama.get(&next).await.value("token").unwrap();
    test.clock.advance(Duration::from_secs(25 * 60 * 60));
    let fields = [
        ("token", token.as_str()),
        ("form_key", "event:new"),
        ("next", &next),
        ("title", "Tea & “toast”"),
        ("passphrase", "secret"),
    ];
    let page = ama.post(&people, &fields).await;
    assert_eq!(page.status, 401);
    let kept = page.value("kept").unwrap();
    assert!(!kept.contains("secret") && !kept.contains(&token));
    let fields = [
        ("name", "ama"),
        ("passphrase", PASSPHRASE),
        ("kept", &kept),
        ("next", &next),
    ];
    let page = ama.post("/console/sign-in", &fields).await;
    assert_eq!((page.status, page.location()), (303, next.as_str()));
    let person = {
        let mut reading = test.node().shared().store.read().await.unwrap();
        let found = reading.credentials("Ama").await.unwrap();
        found.unwrap().0
    };
    let key = crate::store::DraftKey {
        group: Some(&group),
        person: &person,
        form: "event:new",
    };
    let mut reading = test.node().shared().store.read().await.unwrap();
    let draft = reading.draft(key).await.unwrap().unwrap();
    let form = hedgerow_web::form::Form::parse(&draft.bytes);
    assert_eq!(form.get("title"), "Tea & “toast”");
}

#[tokio::test]
async fn guessing_a_passphrase_is_bounded_and_says_nothing_about_names() {
    let test = TestNode::running(&[]).await;
    let mut host = host(&test).await;
    let group = test.steward().group_id;
    let people = format!("/console/g/{group}/people");
    let invited = host.fill_in(&people, &[("do", "invite")]).await;
    join(&test, &link_on(&invited), "Ama").await;
    let mut stranger = Browser::new(test.address().port);
    let mut answers = Vec::new();
    let (mut wrong, mut refused) = (0, 0);
    for number in 0..60 {
        let name = if number % 2 == 0 { "Ama" } else { "Nobody" };
        let fields = [("name", name), ("passphrase", "not this one")];
        let page = stranger.post("/console/sign-in", &fields).await;
        match page.status {
            422 => {
                wrong += 1;
                answers.push(page.body.replace(name, "…"));
            }
            429 => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert!(wrong <= 12 && refused >= 48, "{wrong} {refused}");
    answers.dedup();
    assert_eq!(
        answers.len(),
        1,
        "a wrong name and a wrong passphrase look alike"
    );
    // The person still gets in by a link.
    let link = host
        .fill_in(&people, &[("do", "invite"), ("role", "editor")])
        .await;
    assert_eq!(link.status, 200);
}

#[tokio::test]
async fn huge_and_slow_forms_are_bounded() {
    let test = TestNode::running(&[]).await;
    let mut browser = host(&test).await;
    let token = browser
        .get("/console/account")
        .await
        .value("token")
        .unwrap();
    let huge = "x".repeat(70_000);
    let page = browser
        .post("/console/account", &[("token", &token), ("do", &huge)])
        .await;
    assert_eq!(page.status, 413);
    let many: Vec<(&str, &str)> = std::iter::repeat_n(("a", ""), 10_000).collect();
    assert_eq!(browser.post("/console/account", &many).await.status, 413);
    let page = browser
        .send("POST", "/console/account", "{}", Some("application/json"))
        .await;
    assert_eq!(page.status, 415);
}

#[tokio::test]
async fn a_form_that_comes_too_slowly_is_ended_and_holds_up_nobody() {
    let mut test = TestNode::new(&[]).await;
    test.config.limits.call_seconds = 2;
    test.start().await;
    let mut browser = host(&test).await;
    let mut slow = TcpStream::connect(("127.0.0.1", test.address().port))
        .await
        .unwrap();
    let head = format!(
        "POST /console/sign-in HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: \
         application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\nname=",
        test.address().port
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(browser.get("/console").await.status, 303);
    // A byte now and then does not keep it open.
    let (mut reading, mut writing) = slow.into_split();
    let drip = tokio::spawn(async move {
        while writing.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut response = vec![0; 4_096];
    let read = tokio::time::timeout(Duration::from_secs(30), reading.read(&mut response)).await;
    let read = read.expect("it is ended").unwrap();
    let response = String::from_utf8_lossy(&response[..read]);
    assert!(response.starts_with("HTTP/1.1 408 "), "{response}");
    drip.abort();
}

#[tokio::test]
async fn ten_thousand_sign_ins_are_few_tries() {
    const TRIES: usize = 10_000;
    let test = TestNode::running(&[]).await;
    let port = test.address().port;
    let body = "name=Ama&passphrase=not+this+one";
    let request = format!(
        "POST /console/sign-in HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: \
         http://127.0.0.1:{port}\r\nSec-Fetch-Site: same-origin\r\nContent-Type: \
         application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let stranger = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let (mut reading, mut writing) = stranger.into_split();
    // One after the other on one connection, without waiting for the responses.
    tokio::spawn(async move {
        for number in 0..TRIES {
            let last = number + 1 == TRIES;
            let close = "\r\nConnection: close\r\nContent-Length";
            let request = match last {
                true => request.replacen("\r\nContent-Length", close, 1),
                false => request.clone(),
            };
            writing.write_all(request.as_bytes()).await.unwrap();
        }
        // Open until the server closes.
        std::future::pending::<()>().await;
    });
    let (mut wrong, mut refused) = (0, 0);
    let mut rest = Vec::new();
    let mut part = vec![0; 64 * 1024];
    loop {
        let read = reading.read(&mut part).await.unwrap();
        if read == 0 {
            break;
        }
        rest.extend_from_slice(&part[..read]);
        while let Some(at) = rest.windows(13).position(|it| it.starts_with(b"HTTP/1.1 ")) {
            match &rest[at + 9..at + 12] {
                b"422" => wrong += 1,
                b"429" => refused += 1,
                other => panic!("{}", String::from_utf8_lossy(other)),
            }
            rest.drain(..at + 13);
        }
        // A status line may be cut in two.
        let keep = rest.len().min(12);
        rest.drain(..rest.len() - keep);
    }
    assert_eq!(wrong + refused, TRIES);
    // The argon2 hash of each takes time, in which one more may be tried.
    assert!(wrong <= 12, "{wrong}");
    let mut host = host(&test).await;
    assert_eq!(host.get("/console").await.status, 303, "it still answers");
}
