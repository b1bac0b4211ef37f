//! Keys that change on another machine, after a theft or a leak.

use super::machines::{Machines, assert_has, printed};

#[test]
fn a_running_node_that_was_rotated_out_stops_and_says_so() {
    let (machines, aggregator, stolen) = Machines::with_published_group();
    machines.recover("new", &[&aggregator]);

    // The old machine finds out with its next change at the latest.
    let output = machines.publish("node", &aggregator, "Forged");
    assert!(!output.status.success(), "{}", printed(&output));
    let status = machines.until_stopped("node", &aggregator);
    assert_has(
        &status,
        &["rotated with its phrase on another machine", "--dir"],
    );
    assert!(!status.contains("tries again"), "{status}");
    let output = machines.publish("node", &aggregator, "Forged again");
    assert_has(&printed(&output), &["rotated"]);
    assert!(!output.status.success());
    let log = stolen.log();
    let stop = log.find("rotated_out").expect("the stop is logged");
    assert!(!log[stop..].contains("can sign"), "{log}");
    assert!(!log[stop..].contains("will retry"), "{log}");

    let _new = machines.start("new");
    machines.until_published("new", &aggregator, "Kettle");
    machines.until_absent(&aggregator, "forged");

    // A restart does not forget it.
    stolen.stop();
    let _stolen = machines.start("node");
    let status = machines.hedgerow("node", &aggregator, &["status"]);
    assert_eq!(status.status.code(), Some(1), "{}", printed(&status));
}

#[test]
fn a_stolen_key_publishes_until_the_rotation_and_its_records_leave() {
    let (machines, aggregator, stolen) = Machines::with_published_group();
    // The thief has the machine, and publishes with its key.
    machines.publish("node", &aggregator, "Forgery");
    machines.until_found(&aggregator, "forgery");
    machines.init("new", &[&aggregator]);
    let shown = machines.group("new", &["recover", "kettle"]);
    assert!(!shown.status.success(), "without a terminal it needs --yes");
    let shown = printed(&shown);
    let forged = shown
        .lines()
        .find(|line| line.contains("Forgery"))
        .and_then(|line| line.split_whitespace().next())
        .expect("the record is listed with its name");
    let recover = ["recover", "kettle", "--leave-out", forged, "--yes"];
    let output = machines.group_well("new", &recover);
    assert_has(&output, &["is left out, as you chose"]);
    machines.until_absent(&aggregator, "forgery");
    machines.until_found(&aggregator, "kettle");
    // The thief's machine cannot bring it back.
    let output = machines.publish("node", &aggregator, "Forgery again");
    assert!(!output.status.success(), "{}", printed(&output));
    drop(stolen);
    machines.until_absent(&aggregator, "forgery");
}
