//! A group on a node that somebody else runs: the words stay with its steward.

use std::fs;

use hedgerow_tests::program;

use super::machines::{Machines, assert_has, printed};

#[test]
fn a_steward_keeps_the_words_and_the_host_never_sees_them() {
    let machines = Machines::new();
    let aggregator = machines.aggregator("aggregator");
    machines.init("node", &[&aggregator]);
    let phrase = machines.phrase_file();
    let commitment = machines.path("commitment.txt").display().to_string();
    let make = [
        "group",
        "new",
        "--phrase-file",
        phrase,
        "--commitment-file",
        &commitment,
    ];
    program::run_well("hedgerow", &make);
    let add = ["group", "add", "kettle", "--commitment", &commitment];
    machines.on_node_well("node", &add);
    let node = machines.start("node");
    let id = machines.group_id("node");
    machines.publish("node", &aggregator, "Kettle");
    machines.until_published("node", &aggregator, "Kettle");

    let rotate = ["group", "rotate", "--phrase-file", phrase];
    let output = machines.hedgerow("node", &aggregator, &rotate);
    assert!(output.status.success(), "{}", printed(&output));
    assert_has(&printed(&output), &["key event 1"]);
    machines.until_published("node", &aggregator, "Kettle");
    machines.publish_well("node", &aggregator, "Teapot");
    machines.until_found(&aggregator, "teapot");
    machines.assert_phrase_is_nowhere("node", &[&node]);
    node.kill();
    fs::remove_dir_all(machines.path("node")).expect("the host's machine is lost");

    // Another host takes the group over, with the commitment alone.
    machines.init("new", &[&aggregator]);
    let recover = [
        "group",
        "recover",
        "kettle",
        "--commitment",
        &commitment,
        "--yes",
    ];
    let output = machines.on_node_well("new", &recover);
    assert_has(&output, &["hedgerow group rotate"]);
    let node = machines.start("new");
    let output = machines.publish("new", &aggregator, "Too early");
    assert!(!output.status.success());
    assert_has(&printed(&output), &["wait for its steward"]);
    let output = machines.hedgerow("new", &aggregator, &rotate);
    assert!(output.status.success(), "{}", printed(&output));
    assert_eq!(machines.group_id("new"), id);
    machines.until_published("new", &aggregator, "Teapot");

    let end = [
        "group",
        "deactivate",
        "--confirm",
        "kettle",
        "--phrase-file",
        phrase,
    ];
    let output = machines.hedgerow("new", &aggregator, &end);
    assert!(output.status.success(), "{}", printed(&output));
    machines.until_absent(&aggregator, "teapot");
    machines.assert_phrase_is_nowhere("new", &[&node]);
    node.stop();
}

#[test]
fn a_stewards_file_has_the_address_that_other_devices_use() {
    let machines = Machines::new();
    let folder = machines.path("node");
    let listen = format!("0.0.0.0:{}", program::free_port());
    let output = program::run_in(&folder, "hedgerow-node", &["init", "--listen", &listen]);
    assert_has(&output, &["`steward_address`"]);
    let file = folder.join("hedgerow-node.toml");
    let config = fs::read_to_string(&file).expect("a configuration");
    let address = "https://node.example.org:7440";
    fs::write(&file, format!("steward_address = \"{address}\"\n{config}")).expect("a file");
    program::add_group(&folder, "kettle");
    let steward = fs::read_to_string(folder.join("stewards/kettle.json")).expect("a file");
    assert_has(&steward, &[&format!("{address}#sha256=")]);
    let node = machines.start("node");
    assert!(node.address.starts_with(address), "{}", node.address);
    let steward = fs::read_to_string(folder.join("stewards/kettle.json")).expect("a file");
    assert!(
        steward.contains(address),
        "a start keeps the address: {steward}"
    );
}
