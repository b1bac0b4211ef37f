//! Matches of a need, and counts by region.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::demo::{Demo, code, text};

pub(super) fn fitting(demo: &Demo) {
    let needs = demo.results(&["search", "--in", "need", "--json"]);
    let name = |one: &Value| {
        let part = |field: &str| one[field].as_str().unwrap().to_owned();
        format!(
            "{}/{}/{}",
            part("group_id"),
            part("collection"),
            part("key")
        )
    };
    let none = demo.run(&["matches", &name(&needs[0])]);
    assert_eq!(code(&none), 3, "no group near shares a minibus");
    let offers = demo.results(&["search", "--in", "offer", "--limit", "1", "--json"]);
    assert_eq!(code(&demo.run(&["matches", &name(&offers[0])])), 3);
    let group = needs[0]["group_id"].as_str().unwrap();
    assert_eq!(code(&demo.run(&["matches", group])), 2);
    let printed = demo.run(&["matches", &name(&needs[0]), "--json"]);
    let object = demo.checked(&printed.stdout);
    assert_eq!(object["shown"], 0, "{object}");

    let counts = demo.json(&["coverage", "--count", "community", "--json"]);
    assert_eq!(counts["scheme"], "mind-2013");
    let regions = counts["regions"].as_array().unwrap();
    let north_east = regions.iter().find(|one| one["region"] == "North East");
    let north_east = north_east.unwrap();
    assert!(north_east["listings"].as_u64() > Some(10), "{north_east}");
    assert!(
        north_east["facets"]["community"].is_object(),
        "{north_east}"
    );
    assert_eq!(counts["source"]["year"], 2013);
    let before = north_east["counted_before"].as_array().unwrap();
    let voices = before.iter().find(|one| one["kind"] == "hearing_voices");
    let voices = voices.unwrap();
    assert_eq!((&voices["low"], &voices["high"]), (&15.into(), &16.into()));
    let table = text(&demo.run(&["coverage"]).stdout);
    assert!(table.contains("Counted in 2013, not named"), "{table}");
    assert!(table.contains("cannot be compared one to one"), "{table}");
}

/// What the command remembers and how its servers are, and a need that an offer fits.
pub(super) fn further_objects(demo: &Demo, folder: &Path) {
    let settings = demo.json(&["settings", "--json"]);
    assert!(settings["settings"]["aggregator"].is_object(), "{settings}");
    let doctor = demo.json(&["doctor", "--json"]);
    assert_eq!(doctor["healthy"], true, "{doctor}");
    let file = folder.join("need.yaml");
    let need = "kind: need\naudience: public\nresource:\n  title: Room for ten on Thursdays\n  \
                tags: [space-offer:meeting-room]\n  \
                place: {precision: town, name: Leeds, geonames_id: 2644688, country: GB}\n  \
                space: {capacity: 2}\npurpose: weekly meeting\nwithin_km: 100\n";
    fs::write(&file, need).unwrap();
    // Without --json it waits until the aggregator has it.
    let published = demo.run(&["publish", "--keep-keys", file.to_str().unwrap()]);
    assert_eq!(code(&published), 0, "{}", text(&published.stderr));
    let written = fs::read_to_string(&file).unwrap();
    let key = written.lines().find_map(|line| line.strip_prefix("key: "));
    let key = key.unwrap();
    let own: Value = serde_json::from_slice(&fs::read(&demo.steward).unwrap()).unwrap();
    let name = format!("{}/need/{key}", own["group_id"].as_str().unwrap());
    let matches = demo.json(&["matches", &name, "--json"]);
    assert_ne!(matches["matches"], Value::Array(Vec::new()), "{matches}");
}
