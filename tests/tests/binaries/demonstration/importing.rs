//! Records from tables of other directories.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::demo::{Demo, code};

pub(super) fn importing(demo: &Demo, folder: &Path) {
    let counts = demo.json(&["import", "jigsaw", "--dry-run", "--json"]);
    assert_eq!(counts["listings"], 277);
    assert_eq!(counts["unmapped"].as_array().unwrap().len(), 48);
    let table = folder.join("table.csv");
    let rows = "scheme,id,name,source_title,source_year,place\n\
                town-2020,tea,Tea and talk (example),A town directory,2020,Leeds\n";
    fs::write(&table, rows).unwrap();
    let path = table.to_str().unwrap();
    assert_eq!(code(&demo.run(&["import", "csv", path])), 0);
    let again = demo.json(&["import", "csv", path, "--json"]);
    assert_eq!(
        (&again["new"], &again["same"]),
        (&json!(0), &json!(1)),
        "{again}"
    );
    let found = demo.results(&["search", "tea and talk", "--json"]);
    let ours: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .filter(|hit| hit["key"] == "town-2020.tea")
        .collect();
    assert_eq!(ours.len(), 1, "{found}");
    assert_eq!(ours[0]["voice"], "catalogued");
    replacing(demo, &table);
}

/// A row that the source no longer has is listed, and taken back with `--replace`. A wrong row
/// stops nothing but itself.
fn replacing(demo: &Demo, table: &Path) {
    let rows = "scheme,id,name,source_title,source_year,place\n\
                town-2020,walk,Walk and talk (example),A town directory,2020,Leeds\n\
                town-2020,lost,Lost (example),A town directory,2020,Atlantis\n";
    fs::write(table, rows).unwrap();
    let path = table.to_str().unwrap();
    assert_eq!(code(&demo.run(&["import", "csv", path])), 2);
    let dry = demo.json(&["import", "csv", path, "--skip-wrong", "--dry-run", "--json"]);
    assert_eq!(dry["missing"][0]["id"], "tea", "{dry}");
    assert_eq!(dry["problems"][0]["row"], 3, "{dry}");
    fs::write(table, rows.lines().take(2).collect::<Vec<_>>().join("\n")).unwrap();
    let refused = demo.run(&["import", "csv", path, "--replace"]);
    assert_eq!(code(&refused), 2);
    let confirmed = ["--replace", "--confirm", "takes_back_most"];
    let line = [&["import", "csv", path][..], &confirmed].concat();
    assert_eq!(code(&demo.run(&line)), 0);
    let after = demo.json(&["import", "csv", path, "--dry-run", "--json"]);
    assert_eq!(
        (&after["same"], &after["missing"]),
        (&json!(1), &json!([])),
        "{after}"
    );
}
