//! A group moves to another machine, with what no aggregator has.

use std::fs;
use std::path::Path;

use super::machines::{Machines, assert_has, printed};

const PASSPHRASE: &str = "three kettles and a teapot";

/// Whether only its owner may read a file.
fn is_private(file: &Path) -> bool {
    let mode =
        fs::metadata(file).map(|it| std::os::unix::fs::PermissionsExt::mode(&it.permissions()));
    mode.expect("a file") & 0o777 == 0o600
}

#[test]
fn a_group_moves_to_another_machine_with_everything() {
    let (machines, aggregator, node) = Machines::with_published_group();
    let output = machines.publish_listing(
        "node",
        &aggregator,
        "name: Minutes\naudience: node-only\nsummary: zanzibarwhisper",
    );
    assert!(output.status.success(), "{}", printed(&output));
    node.stop();

    let (file, secret) = (machines.path("kettle.move"), machines.path("passphrase"));
    let [bundle, passphrase] = [&file, &secret].map(|path| path.display().to_string());
    let move_to = ["group", "move", "kettle", "--to", &bundle, "--yes"];
    let with_passphrase = [&move_to[..], &["--passphrase-file", &passphrase]].concat();
    fs::write(&secret, "short\n").expect("a file");
    let output = machines.on_node("node", &with_passphrase);
    assert_has(&printed(&output), &["expected at least 12"]);
    let output = machines.on_node("node", &move_to);
    assert_has(&printed(&output), &["--passphrase-file"]);
    assert!(!file.exists(), "nothing is written without a passphrase");
    fs::write(&secret, format!("{PASSPHRASE}\n")).expect("a file");
    machines.on_node_well("node", &with_passphrase);
    let moved = fs::read(&file).expect("a file");
    assert!(moved.starts_with(b"hedgerow-move/2\n") && is_private(&file));
    let text = String::from_utf8_lossy(&moved);
    for private in [
        "Minutes",
        &hex::encode("zanzibarwhisper"),
        "zanzibarwhisper",
    ] {
        assert!(!text.contains(private), "{private}");
    }
    // The old machine publishes nothing more.
    let old = machines.start("node");
    let output = machines.publish("node", &aggregator, "Too late");
    assert!(!output.status.success());
    assert_has(&printed(&output), &["moved"]);
    old.stop();

    machines.init("new", &[&aggregator]);
    let mut recover = vec!["recover", "kettle", "--from", &bundle, "--yes"];
    recover.extend(["--passphrase-file", &passphrase]);
    fs::write(&secret, "another passphrase\n").expect("a file");
    let output = machines.group("new", &recover);
    assert_has(&printed(&output), &["encrypted with another passphrase"]);
    assert!(!output.status.success() && file.exists());
    fs::write(&secret, PASSPHRASE).expect("a file");
    let output = machines.group_well("new", &recover);
    let parts = ["Records in the move file: 2", "kettle.move was deleted"];
    assert_has(&output, &parts);
    assert!(!file.exists());
    let new = machines.start("new");
    machines.until_published("new", &aggregator, "Kettle");
    let status = printed(&machines.hedgerow("new", &aggregator, &["status"]));
    assert_has(&status, &["Minutes", "on the node only"]);
    assert_eq!(machines.group_id("new"), machines.group_id("node"));
    machines.assert_phrase_is_nowhere("new", &[&new]);
}
