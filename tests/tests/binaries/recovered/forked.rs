//! Two machines of one group: rival branches and rival heads.

use hedgerow_tests::program::Server;
use hedgerow_tests::{copy_folder, program};

use super::machines::{Machines, assert_has, printed};

/// A group that was recovered at two aggregators, each of which holds a branch of its own. The
/// first machine then gets to know the second aggregator.
fn forked() -> (Machines, Server, Server) {
    let machines = Machines::new();
    let (one, two) = (machines.aggregator("one"), machines.aggregator("two"));
    let lost = machines.node(&[&one, &two]);
    machines.publish("node", &one, "Kettle");
    machines.until_found(&one, "kettle");
    machines.until_found(&two, "kettle");
    lost.kill();
    // Two people recover at the same time, each at an aggregator that the other does not reach.
    machines.recover("left", &[&one]);
    machines.recover("right", &[&two]);
    let both = format!("\"{}\", \"{}\"", one.address, two.address);
    machines.configure("left", &format!("\"{}\"", one.address), &both);
    (machines, one, two)
}

#[test]
fn a_fork_by_two_recoveries_is_shown_and_a_rotation_sets_it_aside() {
    let (machines, one, two) = forked();
    let left = machines.start("left");
    let status = machines.until_stopped("left", &one);
    assert_has(&status, &["forked", "group rotate kettle"]);
    left.stop();

    let output = machines.group_well("left", &["rotate", "kettle", "--yes"]);
    assert_has(&output, &["sets 1 rival branch"]);
    let _left = machines.start("left");
    machines.until(("left", &one), &["status"], |output| {
        output.status.success() && printed(output).matches('✓').count() == 2
    });
    let id = machines.group_id("node");
    let shown = machines.until(("left", &two), &["show", &id], |output| {
        output.status.success() && printed(output).contains("Kettle")
    });
    assert!(!shown.contains("frozen"), "{shown}");
    // The other machine has lost, and says so.
    let _right = machines.start("right");
    let status = machines.until_stopped("right", &two);
    assert_has(&status, &["rotated"]);
}

#[test]
fn the_machine_of_the_other_branch_learns_of_the_fork_from_its_own_aggregator() {
    let (machines, one, two) = forked();
    let right = machines.start("right");
    machines.until_published("right", &two, "Kettle");
    // The first machine finds the other branch, stops, and leaves its own as evidence.
    let left = machines.start("left");
    machines.until_stopped("left", &one);
    let id = machines.group_id("right");
    machines.until(("right", &two), &["show", &id], |output| {
        printed(output).contains("frozen")
    });
    // The other machine has only this aggregator, and finds out with its next change.
    machines.publish("right", &two, "Teapot");
    let status = machines.until_stopped("right", &two);
    assert_has(&status, &["forked"]);
    right.stop();

    let output = machines.group_well("right", &["rotate", "kettle", "--yes"]);
    assert_has(&output, &["sets 1 rival branch"]);
    let _right = machines.start("right");
    machines.until_published("right", &two, "Teapot");
    machines.until(("right", &two), &["show", &id], |output| {
        output.status.success() && !printed(output).contains("frozen")
    });
    // A restart requests what the aggregators hold, and the first machine has lost.
    left.stop();
    let _left = machines.start("left");
    machines.until(("left", &one), &["status"], |output| {
        output.status.code() == Some(1) && printed(output).contains("rotated")
    });
}

#[test]
fn a_frozen_group_comes_back_too() {
    let (machines, aggregator, node) = Machines::with_published_group();
    node.stop();
    // A copy of the node runs next to it, and both sign head 2.
    copy_folder(&machines.path("node"), &machines.path("copy"));
    let port = node_port(&machines);
    let other = format!("listen = \"127.0.0.1:{}\"", program::free_port());
    machines.configure("copy", &port, &other);
    let node = machines.start("node");
    let copy = machines.start("copy");
    for name in ["node", "copy"] {
        machines.until((name, &aggregator), &["status"], |output| {
            printed(output).contains('✓')
        });
    }
    machines.publish("node", &aggregator, "Teapot");
    machines.publish("copy", &aggregator, "Samovar");
    let status = machines.until_stopped("copy", &aggregator);
    assert_has(&status, &["same number"]);
    let id = machines.group_id("node");
    machines.until(("node", &aggregator), &["show", &id], |output| {
        printed(output).contains("frozen")
    });
    for server in [node, copy] {
        server.kill();
    }

    let output = machines.recover("new", &[&aggregator]);
    assert_has(&output, &["Kettle: comes back"]);
    let _new = machines.start("new");
    machines.until_published("new", &aggregator, "Kettle");
    machines.until(("new", &aggregator), &["show", &id], |output| {
        output.status.success() && !printed(output).contains("frozen")
    });
}

/// The line of the configuration with the node's address.
fn node_port(machines: &Machines) -> String {
    let file = machines.path("node/hedgerow-node.toml");
    let config = std::fs::read_to_string(file).expect("a configuration");
    let listen = config.lines().find(|line| line.starts_with("listen"));
    listen.expect("a listener").to_owned()
}
