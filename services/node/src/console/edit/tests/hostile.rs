//! Other groups’ records, and records full of markup.

use hedgerow_proto::{steward_v1, v1};
use prost::Message as _;
use scraper::{Html, Selector};

use super::super::super::super::testing::browser::Browser;
use super::super::super::super::testing::{TestNode, phrase};
use super::super::super::table;
use super::{NEW_EVENT, Visit, main_of, signed_in, tea, visit};

#[tokio::test]
async fn no_page_shows_another_groups_records() {
    let mut test = TestNode::new(&[]).await;
    let node = test.open().await;
    node.add_group("them", &phrase(2)).await.unwrap();
    node.close().await;
    test.start().await;
    let mut visit = Visit {
        browser: signed_in(&test).await,
        base: format!("/console/g/{}", test.steward().group_id),
        test,
    };
    let path = visit.publish(NEW_EVENT, &tea()).await;
    let invited = {
        let them = visit.test.steward_of("them").group_id;
        let path = format!("/console/g/{them}/people");
        visit
            .browser
            .fill_in(&path, &[("do", "invite"), ("role", "steward")])
            .await
    };
    let at = invited.body.find("/console/link/").expect("a link");
    let link = invited.body[at..].split('<').next().unwrap().to_owned();
    let mut bea = Browser::new(visit.test.address().port);
    bea.get(&link).await;
    let fields = [("name", "Bea"), ("passphrase", "kettle harbour nine")];
    assert_eq!(bea.post(&link, &fields).await.status, 303);
    let token = bea.get("/console/account").await.value("token").unwrap();
    let them = format!("/console/g/{}", visit.test.steward_of("them").group_id);
    let key = path.rsplit('/').next().unwrap();
    let mut tried = 0;
    for (page, _) in table() {
        let Some(page) = page.strip_prefix("/console/g/{group}") else {
            continue;
        };
        // With the parts of a record that is there.
        let mut page = page.to_owned();
        for (part, value) in [
            ("{kind}", "event"),
            ("{key}", key),
            ("{page}", "all"),
            ("{entry}", "1"),
            ("{before}", "5"),
            ("{after}", "0"),
        ] {
            page = page.replace(part, value);
        }
        assert!(!page.contains('{'), "a value for {page}");
        tried += 1;
        let own = format!("{}{page}", visit.base);
        let status = bea.get(&own).await.status;
        assert!([404, 405].contains(&status), "{own}: {status}");
        let fields = [("token", &*token), ("do", "delete")];
        let status = bea.post(&own, &fields).await.status;
        assert!([404, 405].contains(&status), "{own}: {status}");
    }
    assert!(tried > 25, "{tried}");
    // Nor by the key of another group's record in the own console.
    for page in [
        path.clone(),
        format!("{path}/form/all"),
        format!("{path}/take-back"),
    ] {
        assert_eq!(
            bea.get(&format!("{them}{page}")).await.status,
            404,
            "{page}"
        );
    }
    assert_eq!(bea.get(&format!("{them}/undo/1")).await.status, 404);
    assert_eq!(visit.events().await.len(), 1);
}

#[tokio::test]
async fn a_hostile_record_is_only_text_on_every_page() {
    let mut visit = visit().await;
    let hostile = format!(
        "</textarea></script><script>alert(1)</script>\" onx=\"1\u{202e}{}",
        "x".repeat(15)
    );
    let mut event = v1::Event {
        title: hostile.clone(),
        summary: format!("{hostile} {}", "x".repeat(150)),
        how_to_join_words: hostile.clone(),
        activities: vec![hostile.clone(), "x:<b>".to_owned()],
        ..v1::Event::default()
    };
    event.schedule = Some(v1::Schedule {
        words: hostile.clone(),
        start: "2026-05-05T19:00".to_owned(),
        time_zone: "Europe/London".to_owned(),
        rrules: vec!["FREQ=WEEKLY".to_owned()],
        ..v1::Schedule::default()
    });
    event.online = Some(v1::Online {
        available: true,
        ..v1::Online::default()
    });
    let draft = steward_v1::RecordDraft {
        body: event.encode_to_vec(),
        ..steward_v1::RecordDraft::default()
    };
    let created = visit
        .test
        .steward()
        .try_create_of("event", "one", draft.clone())
        .await;
    let created = match created {
        Ok(created) => created,
        // The rules refuse the controls; the rest must pass.
        Err(_) => {
            let plain = hostile.replace('\u{202e}', "");
            event.title.clone_from(&plain);
            event.summary = event.summary.replace('\u{202e}', "");
            event.how_to_join_words.clone_from(&plain);
            event.activities = vec![plain.clone()];
            if let Some(schedule) = &mut event.schedule {
                schedule.words = plain;
            }
            let draft = steward_v1::RecordDraft {
                body: event.encode_to_vec(),
                ..draft
            };
            visit
                .test
                .steward()
                .try_create_of("event", "two", draft)
                .await
                .unwrap()
        }
    };
    let key = created.record.unwrap().name.unwrap().key;
    let path = format!("/edit/event/{key}");
    visit
        .fill(&format!("{path}/form/all"), &[("capacity", "5")])
        .await;
    for page in [
        "/events".to_owned(),
        path.clone(),
        format!("{path}/form/all"),
        format!("{path}/check"),
        format!("{path}/dates"),
        format!("{path}/take-back"),
        "/history".to_owned(),
    ] {
        let page_body = visit.get(&page).await;
        assert_eq!(page_body.status, 200, "{page}");
        let html = Html::parse_document(&page_body.body);
        for tag in ["main script", "main [onx]", "main svg[onload]"] {
            let found = html.select(&Selector::parse(tag).unwrap()).count();
            assert_eq!(found, 0, "{page}: {tag}");
        }
        let is_there = ["&lt;/script&gt;", "&#60;/script&#62;"]
            .iter()
            .any(|words| page_body.has(words));
        assert!(is_there, "{page}: the words are there");
    }
    // Posted as it is shown, nothing of it changes.
    let check = visit.get(&format!("{path}/check")).await;
    let page = visit.send(&check, &format!("{path}/check"), &[]).await;
    assert_eq!(page.status, 303, "{}", main_of(&page));
    let after = &visit.events().await[0];
    assert_eq!(after.title, event.title);
    assert_eq!(after.activities, event.activities);
    assert_eq!(after.capacity, 5);
}
