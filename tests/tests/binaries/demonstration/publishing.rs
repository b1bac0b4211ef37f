//! A record from its template to taken back, and what is refused.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::demo::{Demo, code, run, text};

pub(super) fn publishing(demo: &Demo, folder: &Path) {
    let file = folder.join("event.yaml");
    let path = file.to_str().unwrap();
    let template = text(&run(&["template", "event"]).stdout);
    fs::write(&file, &template).unwrap();
    let refused = demo.run(&["publish", path]);
    assert_eq!(code(&refused), 2, "the template is not published as it is");
    assert!(
        text(&refused.stderr).contains("title: this is the template's own text"),
        "{}",
        text(&refused.stderr)
    );
    fs::write(&file, template.replace(" (example)", "")).unwrap();
    let published = demo.run(&[
        "publish",
        "--keep-keys",
        "--confirm",
        "example_unchanged",
        path,
    ]);
    assert_eq!(code(&published), 0, "{}", text(&published.stderr));
    let printed = text(&published.stdout);
    assert!(printed.contains("has the newest head"), "{printed}");
    assert!(printed.contains("    Next: Tue "), "{printed}");
    let written = fs::read_to_string(&file).unwrap();
    let key = written
        .lines()
        .find_map(|line| line.strip_prefix("key: "))
        .unwrap();

    let without_key = folder.join("twice.yaml");
    fs::write(&without_key, written.replace(&format!("key: {key}\n"), "")).unwrap();
    let twice = demo.run(&[
        "publish",
        "--confirm",
        "example_unchanged",
        without_key.to_str().unwrap(),
    ]);
    assert_eq!(code(&twice), 2, "a duplicate asks first");
    assert!(
        text(&twice.stderr).contains("you have one like it"),
        "{}",
        text(&twice.stderr)
    );
    let changed = written.replace("Tuesday table", "Tuesday supper");
    fs::write(&file, changed).unwrap();
    let confirm = ["--confirm", "example_unchanged"];
    let json = demo.json(&[&["publish", path, "--json"], &confirm[..]].concat());
    assert_eq!(
        json["records"][0]["next_times"].as_array().unwrap().len(),
        3
    );
    // With --json it does not wait for the aggregators.
    assert_eq!(
        code(&demo.run(&[&["publish", path], &confirm[..]].concat())),
        0
    );
    let found = demo.results(&["search", "tuesday", "supper", "--in", "event", "--json"]);
    assert_eq!(found[0]["key"], key);
    assert_eq!(found[0]["voice"], "itself");

    let group = found[0]["group_id"].as_str().unwrap();
    let name = format!("{group}/event/{key}");
    let yaml = text(&demo.run(&["show", &name, "--yaml"]).stdout);
    assert!(yaml.starts_with("kind: event\nkey: "), "{yaml}");
    let again = folder.join("again.yaml");
    fs::write(&again, yaml).unwrap();
    let again = again.to_str().unwrap();
    let dry = demo.json(&[
        "publish",
        "--dry-run",
        "--json",
        again,
        "--confirm",
        "example_unchanged",
    ]);
    assert_eq!(dry["valid"], 1);

    mixed_up_tokens(demo, folder);
    let status = demo.json(&["status", "--json"]);
    assert_eq!(status["deliveries"][0]["up_to_date"], true);
    assert_eq!(status["deliveries"][0]["status"], "active");
    let needless = demo.run(&["sign", "--force"]);
    assert_eq!(code(&needless), 0);
    assert!(text(&needless.stdout).contains("No change waits for an aggregator"));
    let taken = demo.json(&["take-back", "event", key, "--json"]);
    assert_eq!(taken["records"][0]["key"], key);
    assert_eq!(code(&demo.run(&["show", &name])), 3);
    assert_eq!(code(&demo.run(&["take-back", "event", key])), 3);

    let wrong = folder.join("wrong.yaml");
    fs::write(&wrong, "kind: listing\nname: A\nvioce: itself\n").unwrap();
    let refused = demo.run(&["publish", wrong.to_str().unwrap()]);
    assert_eq!(code(&refused), 2);
    assert!(
        text(&refused.stderr).contains("did you mean `voice`?"),
        "{}",
        text(&refused.stderr)
    );
    fs::write(&wrong, "kind: listing\nname: A\nvoice: itself\n").unwrap();
    let refused = demo.run(&["publish", wrong.to_str().unwrap()]);
    assert_eq!(code(&refused), 2, "{}", text(&refused.stderr));
    assert!(
        text(&refused.stderr).contains("roles"),
        "{}",
        text(&refused.stderr)
    );
}

/// A token of another group and an unknown token are refused for different reasons.
fn mixed_up_tokens(demo: &Demo, folder: &Path) {
    let own = Path::new(&demo.steward);
    let read = |path: &Path| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    let other = fs::read_dir(own.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path != own)
        .unwrap();
    let mixed = folder.join("mixed.json");
    for (token, reason) in [
        (read(&other)["token"].clone(), "(token_of_another_group)"),
        (Value::from("00"), "(token_unknown)"),
    ] {
        let mut file = read(own);
        file["token"] = token;
        fs::write(&mixed, file.to_string()).unwrap();
        let refused = demo.run(&["--steward", mixed.to_str().unwrap(), "status"]);
        assert_eq!(code(&refused), 6);
        assert!(
            text(&refused.stderr).contains(reason),
            "{}",
            text(&refused.stderr)
        );
    }
}
