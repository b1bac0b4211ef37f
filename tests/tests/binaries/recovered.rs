//! A lost machine is not a lost group: recovery, rotation, forks and the end, with the programs
//! as a host and a steward start them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use hedgerow_tests::program::Server;
use hedgerow_tests::{copy_folder, program};

/// Longest wait for anything.
const LIMIT: Duration = Duration::from_secs(30);

/// Machines in one folder, each with its own folder in it.
struct Machines {
    folder: tempfile::TempDir,
}

/// The output of a command on both streams.
fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned()
}

impl Machines {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn aggregator(&self, name: &str) -> Server {
        let folder = self.path(name);
        program::init_aggregator(&folder);
        Server::start("hedgerow-aggregator", &folder)
    }

    /// A running node with the group `kettle`, whose phrase is in `node.kettle.phrase`.
    fn node(&self, aggregators: &[&Server]) -> Server {
        let folder = self.path("node");
        self.init(&folder, aggregators);
        program::add_group(&folder, "kettle");
        Server::start("hedgerow-node", &folder)
    }

    fn init(&self, folder: &Path, aggregators: &[&Server]) {
        let addresses: Vec<&str> = aggregators.iter().map(|it| it.address.as_str()).collect();
        program::init_node(folder, &addresses);
    }

    fn phrase_file(&self) -> String {
        self.path("node.kettle.phrase").display().to_string()
    }

    /// The words, for a search in files and logs.
    fn words(&self) -> String {
        let text = fs::read_to_string(self.phrase_file()).expect("a phrase");
        text.trim().to_owned()
    }

    /// Runs a command of a node that is not running.
    fn on_node(&self, name: &str, arguments: &[&str]) -> Output {
        let folder = self.path(name).display().to_string();
        program::run("hedgerow-node", &[&["--dir", &folder], arguments].concat())
    }

    fn on_node_well(&self, name: &str, arguments: &[&str]) -> String {
        let output = self.on_node(name, arguments);
        assert!(
            output.status.success(),
            "{name} {arguments:?}: {}",
            printed(&output)
        );
        printed(&output)
    }

    /// Recovers the group on a new machine, from the words alone.
    fn recover(&self, name: &str, aggregators: &[&Server]) -> String {
        self.init(&self.path(name), aggregators);
        let phrase = self.phrase_file();
        let recover = [
            "group",
            "recover",
            "kettle",
            "--phrase-file",
            &phrase,
            "--yes",
        ];
        self.on_node_well(name, &recover)
    }

    /// Runs the CLI as the steward of the group on one machine.
    fn hedgerow(&self, node: &str, aggregator: &Server, arguments: &[&str]) -> Output {
        let steward = self.path(node).join("stewards/kettle.json");
        let steward = steward.display().to_string();
        let both = ["--aggregator", &aggregator.address, "--steward", &steward];
        program::run("hedgerow", &[arguments, &both].concat())
    }

    /// Publishes a listing with this name.
    fn publish(&self, node: &str, aggregator: &Server, name: &str) -> Output {
        let file = self.path("listing.yaml");
        let text = format!("kind: listing\nname: {name}\nvoice: itself\nroles: [support-group]\n");
        fs::write(&file, text).expect("a file");
        let file = file.display().to_string();
        // Some tests publish several listings of one group.
        let publish = ["publish", "--confirm", "duplicate", &file];
        self.hedgerow(node, aggregator, &publish)
    }

    /// Repeats a command until it succeeds as `expected` says.
    fn until(
        &self,
        (node, aggregator): (&str, &Server),
        arguments: &[&str],
        expected: impl Fn(&Output) -> bool,
    ) -> String {
        let began = Instant::now();
        loop {
            let output = self.hedgerow(node, aggregator, arguments);
            if expected(&output) {
                return printed(&output);
            }
            assert!(
                began.elapsed() < LIMIT,
                "hedgerow {arguments:?} of {node}: {:?} {}",
                output.status.code(),
                printed(&output)
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn until_published(&self, node: &str, aggregator: &Server, name: &str) {
        self.until((node, aggregator), &["status"], |output| {
            let text = printed(output);
            output.status.success() && text.contains(name) && text.contains('✓')
        });
    }

    fn until_found(&self, aggregator: &Server, word: &str) {
        self.until(("node", aggregator), &["search", word], |output| {
            output.status.success()
        });
    }

    fn until_absent(&self, aggregator: &Server, word: &str) {
        self.until(("node", aggregator), &["search", word], |output| {
            output.status.code() == Some(3)
        });
    }

    fn group_id(&self, node: &str) -> String {
        let file = self.path(node).join("stewards/kettle.json");
        let text = fs::read_to_string(file).expect("a steward's file");
        let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        file["group_id"].as_str().expect("a group id").to_owned()
    }

    /// Every file below a machine's folder, and its log.
    fn assert_phrase_is_nowhere(&self, name: &str) {
        let words = self.words();
        let mut paths = vec![self.path(name)];
        while let Some(path) = paths.pop() {
            if path.is_dir() {
                let entries = fs::read_dir(&path).expect("a folder");
                paths.extend(entries.map(|entry| entry.expect("an entry").path()));
                continue;
            }
            let bytes = fs::read(&path).expect("a file");
            assert!(
                !String::from_utf8_lossy(&bytes).contains(&words),
                "{} contains the phrase",
                path.display()
            );
        }
        let log = fs::read_to_string(self.path(name).with_extension("log")).unwrap_or_default();
        // Any three words in a row would be most of a phrase.
        let words: Vec<&str> = words.split(' ').collect();
        for three in words.windows(3) {
            assert!(!log.contains(&three.join(" ")), "the log has {three:?}");
        }
    }
}

#[test]
fn a_group_whose_machine_is_lost_comes_back_from_the_words_in_under_a_minute() {
    let machines = Machines::new();
    let aggregator = machines.aggregator("aggregator");
    let node = machines.node(&[&aggregator]);
    let id = machines.group_id("node");
    for name in ["Kettle", "Teapot"] {
        let output = machines.publish("node", &aggregator, name);
        assert!(output.status.success(), "{}", printed(&output));
    }
    machines.until_found(&aggregator, "teapot");
    node.kill();
    fs::remove_dir_all(machines.path("node")).expect("the machine is lost");

    let began = Instant::now();
    let output = machines.recover("new", &[&aggregator]);
    for part in [
        &id,
        "Kettle: comes back",
        "Teapot: comes back",
        "delivered to",
    ] {
        assert!(output.contains(part), "{part}: {output}");
    }
    let node = Server::start("hedgerow-node", &machines.path("new"));
    machines.until_published("new", &aggregator, "Teapot");
    assert!(
        began.elapsed() < Duration::from_secs(60),
        "it took too long"
    );
    assert_eq!(machines.group_id("new"), id);

    // It goes on: new records, and the old ones can be taken back.
    let output = machines.publish("new", &aggregator, "Samovar");
    assert!(output.status.success(), "{}", printed(&output));
    fs::create_dir_all(machines.path("node/stewards")).expect("a folder");
    let steward = "stewards/kettle.json";
    fs::copy(
        machines.path("new").join(steward),
        machines.path("node").join(steward),
    )
    .expect("a steward's file for searches");
    machines.until_found(&aggregator, "samovar");
    machines.until_found(&aggregator, "kettle");
    let shown = machines.until(("new", &aggregator), &["show", &id], |output| {
        output.status.success()
    });
    assert!(shown.contains("Samovar"), "{shown}");
    node.stop();
    machines.assert_phrase_is_nowhere("new");
}

#[test]
fn words_without_a_group_get_the_answer_of_each_aggregator() {
    let machines = Machines::new();
    let aggregator = machines.aggregator("aggregator");
    let silent = format!(
        "https://127.0.0.1:{}#sha256={}",
        program::free_port(),
        "0".repeat(64)
    );
    let node = machines.path("node");
    machines.init(&node, &[&aggregator]);
    program::add_group(&node, "kettle");
    machines.init(&machines.path("new"), &[&aggregator]);
    let phrase = machines.phrase_file();
    let output = machines.on_node(
        "new",
        &[
            "group",
            "recover",
            "kettle",
            "--phrase-file",
            &phrase,
            "--aggregator",
            &silent,
            "--yes",
        ],
    );
    assert!(!output.status.success());
    let text = printed(&output);
    for part in [
        "no aggregator holds a group of this phrase",
        "it holds no group of this phrase",
        &silent,
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_running_node_that_was_rotated_out_stops_and_says_so() {
    let machines = Machines::new();
    let aggregator = machines.aggregator("aggregator");
    let stolen = machines.node(&[&aggregator]);
    machines.publish("node", &aggregator, "Kettle");
    machines.until_published("node", &aggregator, "Kettle");
    machines.recover("new", &[&aggregator]);

    // The old machine finds out with its next change at the latest.
    let output = machines.publish("node", &aggregator, "Forged");
    assert!(!output.status.success(), "{}", printed(&output));
    let status = machines.until(("node", &aggregator), &["status"], |output| {
        output.status.code() == Some(1)
    });
    for part in ["rotated with its phrase on another machine", "--dir"] {
        assert!(status.contains(part), "{part}: {status}");
    }
    assert!(!status.contains("tries again"), "{status}");
    let output = machines.publish("node", &aggregator, "Forged again");
    assert!(printed(&output).contains("rotated"), "{}", printed(&output));
    assert!(!output.status.success());
    let log = stolen.log();
    let stop = log.find("rotated_out").expect("the stop is logged");
    assert!(!log[stop..].contains("can sign"), "{log}");
    assert!(!log[stop..].contains("will retry"), "{log}");

    let _new = Server::start("hedgerow-node", &machines.path("new"));
    machines.until_published("new", &aggregator, "Kettle");
    machines.until_absent(&aggregator, "forged");

    // A restart does not forget it.
    stolen.stop();
    let _stolen = Server::start("hedgerow-node", &machines.path("node"));
    let status = machines.hedgerow("node", &aggregator, &["status"]);
    assert_eq!(status.status.code(), Some(1), "{}", printed(&status));
}

#[test]
fn a_deactivated_group_leaves_every_search_and_never_comes_back() {
    let machines = Machines::new();
    let aggregator = machines.aggregator("aggregator");
    let node = machines.node(&[&aggregator]);
    machines.publish("node", &aggregator, "Kettle");
    machines.until_found(&aggregator, "kettle");
    node.stop();
    let phrase = machines.phrase_file();
    let refused = machines.on_node("node", &["group", "deactivate", "kettle", "--confirm", "x"]);
    assert!(printed(&refused).contains("Nothing was changed"));
    let output = machines.on_node_well(
        "node",
        &[
            "group",
            "deactivate",
            "kettle",
            "--confirm",
            "kettle",
            "--phrase-file",
            &phrase,
        ],
    );
    assert!(output.contains("delivered to"), "{output}");
    machines.until_absent(&aggregator, "kettle");
    let _node = Server::start("hedgerow-node", &machines.path("node"));
    let output = machines.publish("node", &aggregator, "Kettle again");
    assert!(!output.status.success());
    assert!(
        printed(&output).contains("deactivated"),
        "{}",
        printed(&output)
    );
    // Not from the words either.
    machines.init(&machines.path("new"), &[&aggregator]);
    let recover = [
        "group",
        "recover",
        "kettle",
        "--phrase-file",
        &phrase,
        "--yes",
    ];
    let output = machines.on_node("new", &recover);
    assert!(!output.status.success());
    assert!(
        printed(&output).contains("was deactivated"),
        "{}",
        printed(&output)
    );
}

#[test]
fn a_fork_by_two_recoveries_is_shown_and_a_rotation_sets_it_aside() {
    let machines = Machines::new();
    let (one, two) = (machines.aggregator("one"), machines.aggregator("two"));
    let lost = machines.node(&[&one, &two]);
    let id = machines.group_id("node");
    machines.publish("node", &one, "Kettle");
    machines.until_found(&one, "kettle");
    machines.until_found(&two, "kettle");
    lost.kill();
    // Two people recover at the same time, each at an aggregator that the other does not reach.
    machines.recover("left", &[&one]);
    machines.recover("right", &[&two]);
    let file = machines.path("left/hedgerow-node.toml");
    let config = fs::read_to_string(&file).expect("a configuration");
    let both = format!("\"{}\", \"{}\"", one.address, two.address);
    let config = config.replace(&format!("\"{}\"", one.address), &both);
    fs::write(&file, config).expect("a configuration");
    let left = Server::start("hedgerow-node", &machines.path("left"));
    let status = machines.until(("left", &one), &["status"], |output| {
        output.status.code() == Some(1)
    });
    assert!(status.contains("forked"), "{status}");
    assert!(status.contains("group rotate kettle"), "{status}");
    left.stop();

    let phrase = machines.phrase_file();
    let rotate = [
        "group",
        "rotate",
        "kettle",
        "--phrase-file",
        &phrase,
        "--yes",
    ];
    let output = machines.on_node_well("left", &rotate);
    assert!(output.contains("sets 1 rival branch"), "{output}");
    let _left = Server::start("hedgerow-node", &machines.path("left"));
    machines.until(("left", &one), &["status"], |output| {
        output.status.success() && printed(output).matches('✓').count() == 2
    });
    let shown = machines.until(("left", &two), &["show", &id], |output| {
        output.status.success() && printed(output).contains("Kettle")
    });
    assert!(!shown.contains("frozen"), "{shown}");
    // The other machine has lost, and says so.
    let _right = Server::start("hedgerow-node", &machines.path("right"));
    machines.until(("right", &two), &["status"], |output| {
        output.status.code() == Some(1) && printed(output).contains("rotated")
    });
}

#[test]
fn a_phrase_that_has_a_group_makes_no_second_one() {
    let machines = Machines::new();
    let aggregator = machines.aggregator("aggregator");
    let node = machines.node(&[&aggregator]);
    machines.publish("node", &aggregator, "Kettle");
    machines.until_found(&aggregator, "kettle");
    node.stop();
    let phrase = machines.phrase_file();
    let add = ["group", "add", "second", "--phrase-file", &phrase];
    let output = machines.on_node("node", &add);
    assert!(!output.status.success());
    assert!(
        printed(&output).contains("`kettle`"),
        "{}",
        printed(&output)
    );
    machines.init(&machines.path("new"), &[&aggregator]);
    let output = machines.on_node("new", &add);
    assert!(!output.status.success());
    for part in [machines.group_id("node").as_str(), "group recover second"] {
        assert!(printed(&output).contains(part), "{}", printed(&output));
    }
}

#[test]
fn a_steward_keeps_the_words_and_the_host_never_sees_them() {
    let machines = Machines::new();
    let aggregator = machines.aggregator("aggregator");
    let host = machines.path("node");
    machines.init(&host, &[&aggregator]);
    let phrase = machines.phrase_file();
    let commitment = machines.path("commitment.txt").display().to_string();
    let make = [
        "group",
        "new",
        "--phrase-file",
        &phrase,
        "--commitment-file",
        &commitment,
    ];
    program::run_well("hedgerow", &make);
    machines.on_node_well(
        "node",
        &["group", "add", "kettle", "--commitment", &commitment],
    );
    let node = Server::start("hedgerow-node", &host);
    let id = machines.group_id("node");
    machines.publish("node", &aggregator, "Kettle");
    machines.until_published("node", &aggregator, "Kettle");

    let rotate = ["group", "rotate", "--phrase-file", &phrase];
    let output = machines.hedgerow("node", &aggregator, &rotate);
    assert!(output.status.success(), "{}", printed(&output));
    assert!(
        printed(&output).contains("key event 1"),
        "{}",
        printed(&output)
    );
    machines.until_published("node", &aggregator, "Kettle");
    let output = machines.publish("node", &aggregator, "Teapot");
    assert!(output.status.success(), "{}", printed(&output));
    machines.until_found(&aggregator, "teapot");
    node.kill();
    machines.assert_phrase_is_nowhere("node");
    let steward = machines.path("steward.json");
    fs::copy(machines.path("node/stewards/kettle.json"), steward).expect("a copy");
    fs::remove_dir_all(&host).expect("the host's machine is lost");

    // Another host takes the group over, with the commitment alone.
    machines.init(&machines.path("new"), &[&aggregator]);
    let recover = [
        "group",
        "recover",
        "kettle",
        "--commitment",
        &commitment,
        "--yes",
    ];
    let output = machines.on_node_well("new", &recover);
    assert!(output.contains("hedgerow group rotate"), "{output}");
    let node = Server::start("hedgerow-node", &machines.path("new"));
    let output = machines.publish("new", &aggregator, "Too early");
    assert!(!output.status.success());
    assert!(
        printed(&output).contains("wait for its steward"),
        "{}",
        printed(&output)
    );
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
        &phrase,
    ];
    let output = machines.hedgerow("new", &aggregator, &end);
    assert!(output.status.success(), "{}", printed(&output));
    let began = Instant::now();
    loop {
        let output = program::run(
            "hedgerow",
            &["search", "teapot", "--aggregator", &aggregator.address],
        );
        if output.status.code() == Some(3) {
            break;
        }
        assert!(began.elapsed() < LIMIT, "{}", printed(&output));
    }
    node.stop();
    machines.assert_phrase_is_nowhere("new");
}

#[test]
fn a_stewards_file_has_the_address_that_other_devices_use() {
    let machines = Machines::new();
    let folder = machines.path("node");
    let listen = format!("0.0.0.0:{}", program::free_port());
    let output = program::run_in(&folder, "hedgerow-node", &["init", "--listen", &listen]);
    assert!(output.contains("`steward_address`"), "{output}");
    let file = folder.join("hedgerow-node.toml");
    let config = fs::read_to_string(&file).expect("a configuration");
    let address = "https://node.example.org:7440";
    fs::write(&file, format!("steward_address = \"{address}\"\n{config}")).expect("a file");
    program::add_group(&folder, "kettle");
    let steward = fs::read_to_string(folder.join("stewards/kettle.json")).expect("a file");
    assert!(steward.contains(&format!("{address}#sha256=")), "{steward}");
    let node = Server::start("hedgerow-node", &folder);
    assert!(node.address.starts_with(address), "{}", node.address);
    let steward = fs::read_to_string(folder.join("stewards/kettle.json")).expect("a file");
    assert!(
        steward.contains(address),
        "a start keeps the address: {steward}"
    );
}

#[test]
fn a_group_moves_to_another_machine_with_everything() {
    let machines = Machines::new();
    let aggregator = machines.aggregator("aggregator");
    let node = machines.node(&[&aggregator]);
    machines.publish("node", &aggregator, "Kettle");
    let file = machines.path("private.yaml");
    let text = "kind: listing\nname: Minutes\naudience: node-only\nvoice: itself\n\
                roles: [support-group]\n";
    fs::write(&file, text).expect("a file");
    let publish = ["publish", &file.display().to_string()];
    let output = machines.hedgerow("node", &aggregator, &publish);
    assert!(output.status.success(), "{}", printed(&output));
    machines.until_found(&aggregator, "kettle");
    node.stop();

    let bundle = machines.path("kettle.move").display().to_string();
    machines.on_node_well(
        "node",
        &["group", "move", "kettle", "--to", &bundle, "--yes"],
    );
    let token = fs::read_to_string(machines.path("node/stewards/kettle.json")).expect("a file");
    let token: serde_json::Value = serde_json::from_str(&token).expect("JSON");
    let moved = fs::read_to_string(&bundle).expect("a file");
    assert!(!moved.contains(token["token"].as_str().expect("a token")));
    // The old machine publishes nothing more.
    let old = Server::start("hedgerow-node", &machines.path("node"));
    let output = machines.publish("node", &aggregator, "Too late");
    assert!(!output.status.success());
    assert!(printed(&output).contains("moved"), "{}", printed(&output));
    old.stop();

    machines.init(&machines.path("new"), &[&aggregator]);
    let phrase = machines.phrase_file();
    let recover = [
        "group",
        "recover",
        "kettle",
        "--from",
        &bundle,
        "--phrase-file",
        &phrase,
        "--yes",
    ];
    let output = machines.on_node_well("new", &recover);
    assert!(output.contains("2 records of the move file"), "{output}");
    let _new = Server::start("hedgerow-node", &machines.path("new"));
    machines.until_published("new", &aggregator, "Kettle");
    let status = machines.hedgerow("new", &aggregator, &["status"]);
    assert!(printed(&status).contains("Minutes"), "{}", printed(&status));
    assert!(
        printed(&status).contains("on the node only"),
        "{}",
        printed(&status)
    );
    assert_eq!(machines.group_id("new"), machines.group_id("node"));
}

#[test]
fn a_stolen_key_publishes_until_the_rotation_and_its_records_leave() {
    let machines = Machines::new();
    let aggregator = machines.aggregator("aggregator");
    let stolen = machines.node(&[&aggregator]);
    machines.publish("node", &aggregator, "Kettle");
    machines.until_published("node", &aggregator, "Kettle");
    // The thief has the machine, and publishes with its key.
    machines.publish("node", &aggregator, "Forgery");
    machines.until_found(&aggregator, "forgery");
    machines.init(&machines.path("new"), &[&aggregator]);
    let phrase = machines.phrase_file();
    let mut recover = vec!["group", "recover", "kettle", "--phrase-file", &phrase];
    let shown = machines.on_node("new", &recover);
    assert!(!shown.status.success(), "without a terminal it needs --yes");
    let shown = printed(&shown);
    let forged = shown
        .lines()
        .find(|line| line.contains("Forgery"))
        .and_then(|line| line.split_whitespace().next())
        .expect("the record is listed with its name");
    recover.extend(["--leave-out", forged, "--yes"]);
    let output = machines.on_node_well("new", &recover);
    assert!(output.contains("is left out, as you chose"), "{output}");
    machines.until_absent(&aggregator, "forgery");
    machines.until_found(&aggregator, "kettle");
    // The thief's machine cannot bring it back.
    let output = machines.publish("node", &aggregator, "Forgery again");
    assert!(!output.status.success(), "{}", printed(&output));
    drop(stolen);
    machines.until_absent(&aggregator, "forgery");
}

#[test]
fn a_frozen_group_comes_back_too() {
    let machines = Machines::new();
    let aggregator = machines.aggregator("aggregator");
    let node = machines.node(&[&aggregator]);
    machines.publish("node", &aggregator, "Kettle");
    machines.until_published("node", &aggregator, "Kettle");
    machines.until_found(&aggregator, "kettle");
    node.stop();
    // A copy of the node runs next to it, and both sign head 2.
    copy_folder(&machines.path("node"), &machines.path("copy"));
    let file = machines.path("copy/hedgerow-node.toml");
    let config = fs::read_to_string(&file).expect("a configuration");
    let listen = config
        .lines()
        .find(|line| line.starts_with("listen"))
        .expect("a listener");
    let other = format!("listen = \"127.0.0.1:{}\"", program::free_port());
    fs::write(&file, config.replacen(listen, &other, 1)).expect("a configuration");
    let node = Server::start("hedgerow-node", &machines.path("node"));
    let copy = Server::start("hedgerow-node", &machines.path("copy"));
    for name in ["node", "copy"] {
        machines.until((name, &aggregator), &["status"], |output| {
            printed(output).contains('✓')
        });
    }
    machines.publish("node", &aggregator, "Teapot");
    machines.publish("copy", &aggregator, "Samovar");
    let status = machines.until(("copy", &aggregator), &["status"], |output| {
        output.status.code() == Some(1)
    });
    assert!(status.contains("same number"), "{status}");
    let id = machines.group_id("node");
    machines.until(("node", &aggregator), &["show", &id], |output| {
        printed(output).contains("frozen")
    });
    for server in [node, copy] {
        server.kill();
    }

    let output = machines.recover("new", &[&aggregator]);
    assert!(output.contains("Kettle: comes back"), "{output}");
    let _new = Server::start("hedgerow-node", &machines.path("new"));
    machines.until_published("new", &aggregator, "Kettle");
    machines.until(("new", &aggregator), &["show", &id], |output| {
        output.status.success() && !printed(output).contains("frozen")
    });
}
