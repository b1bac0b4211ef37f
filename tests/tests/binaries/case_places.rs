//! Places with which people had trouble, in tables, records and searches, by files as people wrote
//! them.

use std::fs;
use std::time::{Duration, Instant};

use hedgerow_tests::program;
use hedgerow_tests::program::Server;
use serde_json::Value;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/inputs");
const REGION: &str = r#"
kind: listing
language: en
audience: public
name: "Walkers of the whole region"
voice: itself
roles: [support-group]
contacts:
  - {kind: phone, value: "0300 123 4568"}
confirmed: [duplicate]
areas_served:
  - {precision: region, name: Yorkshire and the Humber, country: GB}
"#;

fn path(name: &str) -> String {
    format!("{CASES}/{name}")
}

#[test]
fn a_table_never_settles_a_name_of_several_places() {
    let file = path("P01-name-of-a-suburb-goes-elsewhere.csv");
    let run = |options: &[&str]| {
        let arguments = [&["import", "csv", &file, "--dry-run"], options].concat();
        let output = program::run("hedgerow", &arguments);
        let text = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&text).into_owned(),
        )
    };
    let (succeeds, output) = run(&[]);
    assert!(!succeeds, "{output}");
    for row in ["row 2: Chorlton", "row 3: Clapham", "row 4: Cheadle"] {
        assert!(
            output.contains(&format!("{row} may be several places")),
            "{row}: {output}"
        );
    }
    assert!(output.contains("Clapham, London, Lambeth"), "{output}");
    // Wales is an area, and one row in four is right as it is.
    assert!(!output.contains("row 5:"), "{output}");
    // With the area of the source, what lies outside is not placed elsewhere, and that is said.
    let (_, output) = run(&["--area", "Greater Manchester"]);
    let is_said =
        output.contains("row 3: “Clapham” is not a known place: placed in Greater Manchester");
    assert!(is_said, "{output}");
    assert!(
        !output.contains("row 2:") && !output.contains("row 4:"),
        "{output}"
    );
}

struct Network {
    folder: tempfile::TempDir,
    aggregator: Server,
    _node: Server,
}

impl Network {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [aggregator, node] = ["aggregator", "node"].map(|name| folder.path().join(name));
        program::init_aggregator(&aggregator);
        let aggregator = Server::start("hedgerow-aggregator", &aggregator);
        program::init_node(&node, &[&aggregator.address]);
        program::add_group(&node, "walkers");
        Self {
            _node: Server::start("hedgerow-node", &node),
            folder,
            aggregator,
        }
    }

    fn publish(&self, name: &str, text: &str) {
        let file = self.folder.path().join(name);
        fs::write(&file, text).expect("a file");
        let file = file.display().to_string();
        let steward = self.folder.path().join("node/stewards/walkers.json");
        let steward = steward.display().to_string();
        let arguments = ["publish", &file, "--steward", &steward, "--wait", "30"];
        program::run_well("hedgerow", &arguments);
    }

    /// Standard output and errors of a search.
    fn search(&self, arguments: &[&str]) -> (Vec<u8>, String) {
        let both = [
            &["search"],
            arguments,
            &["--aggregator", &self.aggregator.address],
        ]
        .concat();
        let output = program::run("hedgerow", &both);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.stdout, errors)
    }

    fn hits(&self, arguments: &[&str]) -> Vec<Value> {
        let (output, errors) = self.search(&[arguments, &["--json"]].concat());
        let json: Value = serde_json::from_slice(&output).unwrap_or_else(|_| panic!("{errors}"));
        json["hits"].as_array().expect("hits").clone()
    }

    fn wait_for(&self, arguments: &[&str], hits: usize) {
        let began = Instant::now();
        while self.hits(arguments).len() < hits {
            assert!(began.elapsed() < Duration::from_secs(60), "{arguments:?}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

#[test]
fn searches_show_the_place_and_the_area_that_match() {
    let network = Network::new();
    let towns = fs::read_to_string(path("P05-three-towns-shown-as-the-first.yaml"));
    // A website for examples is refused, as it should be.
    let towns = towns
        .expect("a case")
        .replace("website: https://example.org/\n", "");
    network.publish("towns.yaml", &towns);
    network.publish("region.yaml", REGION);
    network.wait_for(&[], 2);

    for town in ["Lerwick", "Penzance", "Aberystwyth"] {
        let hits = network.hits(&["--near", town]);
        assert_eq!(hits.len(), 1, "{town}: {hits:?}");
        assert_eq!(hits[0]["place"], town);
        assert!(
            hits[0]["distance_km"].as_f64().expect("a distance") < 0.1,
            "{town}"
        );
    }

    // It states no town; the area that it serves contains this one.
    let hits = network.hits(&["--near", "West Yorkshire"]);
    assert_eq!(hits.len(), 1, "{hits:?}");
    assert_eq!(hits[0]["area_match"], "serves");
    let (shown, _) = network.search(&["--near", "West Yorkshire"]);
    let shown = String::from_utf8_lossy(&shown).into_owned();
    assert!(
        shown.contains("covers the whole of Yorkshire and the Humber"),
        "{shown}"
    );
    assert!(network.hits(&["--near", "Kent"]).is_empty());

    let regions = fs::read_to_string(path("P06-regions-that-silently-find-nothing.txt"));
    let regions = regions.expect("a case");
    let names: Vec<&str> = regions.lines().collect();
    assert_eq!(
        names,
        [
            "East of England",
            "yorkshire and humber",
            "England",
            "Midlands"
        ]
    );
    assert!(network.hits(&["--region", names[0]]).is_empty());
    assert_eq!(network.hits(&["--region", names[1]]).len(), 1);
    for unknown in &names[2..] {
        let (_, errors) = network.search(&["--region", unknown]);
        assert!(
            errors.contains("Yorkshire and the Humber"),
            "{unknown}: {errors}"
        );
    }
}
