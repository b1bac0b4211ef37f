//! Cases that need a node and an aggregator.

use std::fs;
use std::process::Output;

use hedgerow_tests::program;
use hedgerow_tests::program::Server;

use super::{all, path, text};

/// A node with one group, which publishes to one aggregator.
struct Node {
    folder: tempfile::TempDir,
    _aggregator: Server,
    _node: Server,
}

impl Node {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let [aggregator, node] = ["aggregator", "node"].map(|name| folder.path().join(name));
        program::init_aggregator(&aggregator);
        let aggregator = Server::start("hedgerow-aggregator", &aggregator);
        program::init_node(&node, &[&aggregator.address]);
        program::add_group(&node, "kettle");
        let node = Server::start("hedgerow-node", &node);
        Self {
            folder,
            _aggregator: aggregator,
            _node: node,
        }
    }

    fn hedgerow(&self, arguments: &[&str]) -> Output {
        let steward = self.folder.path().join("node/stewards/kettle.json");
        let steward = steward.display().to_string();
        program::run("hedgerow", &[arguments, &["--steward", &steward]].concat())
    }

    fn import(&self, file: &str, options: &[&str]) -> (bool, String) {
        let file = path(file).display().to_string();
        let output = self.hedgerow(&[&["import", "csv", &file], options].concat());
        (output.status.success(), all(&output))
    }

    fn publish(&self, case: &str, options: &[&str]) -> (bool, String) {
        let file = self.folder.path().join(case);
        fs::write(&file, text(case)).expect("a file");
        let file = file.display().to_string();
        let output = self.hedgerow(&[&["publish", &file], options].concat());
        (output.status.success(), all(&output))
    }
}

#[test]
fn a_row_that_the_table_no_longer_has_is_listed_and_taken_back() {
    let node = Node::new();
    let (succeeds, output) = node.import("C11-first-import.csv", &[]);
    assert!(
        succeeds && output.contains("2 catalogued listings"),
        "{output}"
    );
    let second = "C11-second-import-without-alpha.csv";
    let (succeeds, output) = node.import(second, &["--dry-run"]);
    assert!(
        succeeds && output.contains("RR Alpha closed club"),
        "{output}"
    );
    assert!(output.contains("--replace takes them back"), "{output}");
    let (succeeds, output) = node.import(second, &["--replace"]);
    assert!(
        succeeds && output.contains("Taken back: 1 record"),
        "{output}"
    );
    let (succeeds, output) = node.import(second, &["--dry-run"]);
    assert!(succeeds && !output.contains("RR Alpha"), "{output}");
    assert!(output.contains("the same as before: 1"), "{output}");
}

#[test]
fn an_event_that_shows_the_street_of_a_hidden_group_is_named_before_publishing() {
    for (listing, confirms) in [
        ("V01-then-hidden-listing.yaml", "hidden"),
        ("V01-then-region-listing.yaml", "region"),
    ] {
        let node = Node::new();
        let (succeeds, output) = node.publish("V01-event-with-street-first.yaml", &[]);
        assert!(succeeds, "{output}");
        let (succeeds, output) = node.publish(listing, &[]);
        assert!(!succeeds, "{confirms}: {output}");
        assert!(output.contains("O1 circle evening"), "{confirms}: {output}");
        assert!(output.contains("--confirm"), "{confirms}: {output}");
    }
}

#[test]
fn the_same_event_again_is_asked_about() {
    let node = Node::new();
    let case = "E10-same-event-twice.yaml";
    let (succeeds, output) = node.publish(case, &[]);
    assert!(succeeds, "{output}");
    let (succeeds, output) = node.publish(case, &[]);
    assert!(
        !succeeds && output.contains("you have one like it"),
        "{output}"
    );
    let (succeeds, output) = node.publish(case, &["--confirm", "duplicate"]);
    assert!(succeeds, "{output}");
}
