//! Searches for words near a place, and checks of what they found.

use std::fs;

use serde_json::Value;

use super::demo::{Demo, code, text};

pub(super) fn searching(demo: &Demo) {
    let found = demo.results(&[
        "search",
        "hearing",
        "voices",
        "--near",
        "Manchester",
        "--within",
        "10mi",
        "--json",
    ]);
    let hit = &found[0];
    assert_eq!(hit["voice"], "catalogued");
    assert_eq!(hit["identity"], "unconfirmed");
    assert_eq!(hit["unaltered"], true);
    assert_eq!(hit["source_date"], "2013");
    assert!(
        hit["source"]
            .as_str()
            .unwrap()
            .contains("Piecing together the jigsaw")
    );
    assert!(hit["distance_km"].as_f64().unwrap() < 17.0);
    assert!(hit["confirm_time"].is_null());
    assert!(hit["head_age_s"].is_u64());

    let text_of = hit["snippet"].as_str().unwrap();
    let first = &hit["highlights"][0];
    let index = |name: &str| usize::try_from(first[name].as_u64().unwrap()).unwrap();
    let (start, end) = (index("start"), index("end"));
    let marked: String = text_of.chars().take(end).skip(start).collect();
    assert_eq!(marked, "hear");

    let output = demo.run(&["search", "depression", "--near", "Leeds", "--open", "1"]);
    // Lines end where the terminal does.
    let shown = text(&output.stdout)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(shown.contains('“'), "a snippet: {shown}");
    assert!(shown.contains("From one source only."), "{shown}");
    assert!(
        shown.contains("recorded in 2013; may no longer exist"),
        "{shown}"
    );
    assert!(!shown.contains('\u{1b}'), "colours only on terminals");

    let nothing = demo.run(&["search", "xyzzyplugh"]);
    assert_eq!(code(&nothing), 3);
    let cut = demo.run(&["search", "--near", "LS6 2AB"]);
    assert!(
        text(&cut.stderr).contains("only LS6 was sent"),
        "{}",
        text(&cut.stderr)
    );

    let cut = demo.run(&["search", "hearing", "LS6 2AB"]);
    assert!(
        text(&cut.stderr).contains("only LS6 was sent"),
        "{}",
        text(&cut.stderr)
    );
    let unknown = demo.run(&["search", "--near", "Nowhereville"]);
    assert_eq!(code(&unknown), 6);
    assert!(
        text(&unknown.stderr).contains("--near Nowhereville: "),
        "{}",
        text(&unknown.stderr)
    );

    let group = hit["group_id"].as_str().unwrap();
    let whole = demo.json(&["verify", group, "--json"]);
    let count = whole["count"].as_u64().unwrap();
    assert_eq!(whole["records"].as_array().unwrap().len() as u64, count);
    let shown = demo.json(&["show", group, "--json"]);
    assert_eq!(shown["checked"]["count"], count);
    let name = format!("{group}/listing/{}", hit["key"].as_str().unwrap());
    let own: Value = serde_json::from_slice(&fs::read(&demo.steward).unwrap()).unwrap();
    let node = own["address"].as_str().unwrap();
    let publisher = own["group_id"].as_str().unwrap();
    let shown = demo.json(&["show", &name, "--json"]);
    assert_eq!(shown["checked"]["sources"]["responded"], 1);
    let record = demo.json(&[
        "verify",
        group,
        "listing",
        hit["key"].as_str().unwrap(),
        "--json",
    ]);
    assert_eq!(record["kind"], "verify-record", "{record}");
    let shown = demo.json(&["show", publisher, "--also", node, "--json"]);
    assert_eq!(shown["checked"]["sources"]["agreed"], 2, "{shown}");
    let unreachable = format!("https://127.0.0.1:1#sha256={}", "ab".repeat(32));
    let alone = demo.run(&["verify", group, "--also", &unreachable, "--json"]);
    assert!(
        text(&alone.stderr).contains("Not compared with https://127.0.0.1:1: "),
        "{}",
        text(&alone.stderr)
    );
    let alone: Value = serde_json::from_slice(&alone.stdout).unwrap();
    assert_eq!(alone["sources"]["queried"], 2);
    assert_eq!(alone["sources"]["responded"], 1);
    let absent = demo.run(&["verify", group, "event", "0a"]);
    assert_eq!(code(&absent), 3);
    assert!(
        text(&absent.stdout).contains("proved"),
        "{}",
        text(&absent.stdout)
    );

    let watched = demo.run(&["watch", "--once", "--json"]);
    for line in text(&watched.stdout).lines() {
        demo.checked(line.as_bytes());
    }
    assert_eq!(text(&watched.stdout).lines().count(), 24);
    assert!(
        text(&watched.stdout)
            .lines()
            .all(|row| row.contains("\"signature_holds\":true"))
    );
}
