//! The end of a group, and a phrase that already has one.

use super::machines::{Machines, assert_has, printed};

#[test]
fn a_deactivated_group_leaves_every_search_and_never_comes_back() {
    let (machines, aggregator, node) = Machines::with_published_group();
    node.stop();
    let refused = machines.on_node("node", &["group", "deactivate", "kettle", "--confirm", "x"]);
    assert_has(&printed(&refused), &["Nothing was changed"]);
    let end = ["deactivate", "kettle", "--confirm", "kettle"];
    let output = machines.group_well("node", &end);
    assert_has(&output, &["delivered to"]);
    machines.until_absent(&aggregator, "kettle");
    let _node = machines.start("node");
    let output = machines.publish("node", &aggregator, "Kettle again");
    assert!(!output.status.success());
    assert_has(&printed(&output), &["deactivated"]);
    // Not from the words either.
    machines.init("new", &[&aggregator]);
    let output = machines.group("new", &["recover", "kettle", "--yes"]);
    assert!(!output.status.success());
    assert_has(&printed(&output), &["was deactivated"]);
}

#[test]
fn a_phrase_that_has_a_group_makes_no_second_one() {
    let (machines, aggregator, node) = Machines::with_published_group();
    node.stop();
    let output = machines.group("node", &["add", "second"]);
    assert!(!output.status.success());
    assert_has(&printed(&output), &["`kettle`"]);
    machines.init("new", &[&aggregator]);
    let output = machines.group("new", &["add", "second"]);
    assert!(!output.status.success());
    let id = machines.group_id("node");
    assert_has(&printed(&output), &[&id, "group recover second"]);
}
