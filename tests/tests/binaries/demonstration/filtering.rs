//! The filters that the README shows, for groups, rooms and events.

use serde_json::Value;

use super::demo::{Demo, code, text};

pub(super) fn filtering(demo: &Demo) {
    let groups = demo.results(&[
        "search",
        "depression",
        "--who",
        "women",
        "--near",
        "Sheffield",
        "--within",
        "20mi",
        "--on",
        "weekday",
        "--between",
        "evening",
        "--json",
    ]);
    assert_eq!(groups[0]["collection"], "listing", "{groups}");
    assert!(groups[0]["next_start"].is_string(), "{groups}");
    let room = |day: &str, json: &[&str]| {
        let free_at = format!("{day} 19:00");
        let room = ["search", "--room-for", "12", "--step-free", "--free"];
        let then = ["--free-at", &free_at, "--near", "Leeds"];
        demo.run(&[&room[..], &then, json].concat())
    };
    let found = room("thursday", &["--json"]);
    let mut rooms: Value = serde_json::from_slice(&found.stdout).unwrap();
    let rooms = rooms["hits"].take();
    assert_eq!(rooms.as_array().unwrap().len(), 1, "{rooms}");
    assert_eq!(rooms[0]["collection"], "offer");
    assert_eq!(rooms[0]["unaltered"], true);
    let none = room("friday", &[]);
    assert_eq!(code(&none), 3);
    let advice = text(&none.stderr);
    assert!(advice.contains("Without --free-at: "), "{advice}");

    let partly = demo.run(&["search", "hearing", "voices", "tractor"]);
    assert_eq!(code(&partly), 0);
    let notes = text(&partly.stderr);
    assert!(
        notes.contains("No record has “tractor”, so it was left out"),
        "{notes}"
    );
    let neither = demo.run(&["search", "zeppelin", "xylophone"]);
    assert_eq!(code(&neither), 3);
    let notes = text(&neither.stderr);
    assert!(notes.contains("Without the words: "), "{notes}");
    assert!(!notes.contains(": 0 found"), "{notes}");

    let counted = demo.json(&["search", "--facets", "weekday,community", "--json"]);
    assert!(counted["facets"]["community"]["community:women"].as_u64() > Some(0));
    assert!(counted["hits"].as_array().unwrap().len() > 1);
    let wrong = demo.run(&["search", "--on", "someday"]);
    assert_eq!(code(&wrong), 2);

    let events = demo.results(&[
        "events",
        "--on",
        "weekday",
        "--between",
        "evening",
        "--json",
    ]);
    let events = events.as_array().unwrap();
    assert!(events.len() > 1);
    let starts: Vec<_> = events.iter().map(|row| row["start"].as_str()).collect();
    assert!(starts.is_sorted(), "{starts:?}");
    let near = demo.run(&["events", "--near", "Newport", "--within", "20mi"]);
    let notes = text(&near.stderr);
    assert!(notes.contains("near Newport, Gwent (not "), "{notes}");
    let table = text(&near.stdout);
    assert!(table.contains("From one source only."), "{table}");
    for row in events {
        assert_eq!(row["in_schedule"], true, "{row}");
        assert_eq!(row["unaltered"], true, "{row}");
        let hour = row["local_start"].as_str().unwrap();
        assert!(("17:00".."22:00").contains(&&hour[11..]), "{hour}");
    }
}
