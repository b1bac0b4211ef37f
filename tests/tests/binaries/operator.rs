//! What a host and an operator do with the programs: each command once, by its effect.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use hedgerow_tests::copy_folder;
use hedgerow_tests::program;
use hedgerow_tests::program::Server;

/// One aggregator and one node with one group, set up by the commands.
struct Place {
    folder: tempfile::TempDir,
    aggregator: Option<Server>,
    node: Option<Server>,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut place = Self {
            folder,
            aggregator: None,
            node: None,
        };
        place.run_well(
            "hedgerow-aggregator",
            "aggregator",
            &[
                "init",
                "--listen",
                &listen(),
                "--phrase-file",
                &place.text("aggregator-phrase.txt"),
            ],
        );
        place.start_aggregator();
        let address = place.aggregator().address.clone();
        place.run_well(
            "hedgerow-node",
            "node",
            &["init", "--listen", &listen(), "--aggregator", &address],
        );
        let phrase = place.text("phrase.txt");
        place.run_well(
            "hedgerow-node",
            "node",
            &["group", "add", "kettle", "--phrase-file", &phrase],
        );
        place.start_node();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn start_aggregator(&mut self) {
        self.aggregator = Some(Server::start(
            "hedgerow-aggregator",
            &self.path("aggregator"),
        ));
    }

    fn start_node(&mut self) {
        self.node = Some(Server::start("hedgerow-node", &self.path("node")));
    }

    fn aggregator(&self) -> &Server {
        self.aggregator.as_ref().expect("it runs")
    }

    /// Runs a command of a server's program on its folder.
    fn run_well(&self, name: &str, folder: &str, arguments: &[&str]) -> String {
        let dir = self.text(folder);
        program::run_well(name, &[&["--dir", &dir], arguments].concat())
    }

    /// Runs the steward's and seeker's program; its exit code and what it printed.
    fn hedgerow(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let steward = self.text("node/stewards/kettle.json");
        let both = [
            "--aggregator",
            &self.aggregator().address,
            "--steward",
            &steward,
        ];
        let output = program::run("hedgerow", &[arguments, &both].concat());
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// Publishes a listing; nothing else has its name.
    fn publish(&self, name: &str) {
        let file = self.path("listing.yaml");
        let text = format!("kind: listing\nname: {name}\nvoice: itself\nroles: [support-group]\n");
        fs::write(&file, text).expect("a file");
        let (code, said) = self.hedgerow(&["publish", &file.display().to_string()]);
        assert_eq!(code, Some(0), "{said}");
    }

    /// Waits until a search ends as it should: 0 found, 3 nothing found.
    fn until_search(&self, word: &str, code: i32) {
        let began = Instant::now();
        loop {
            let (ended, said) = self.hedgerow(&["search", word]);
            if ended == Some(code) {
                return;
            }
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "searching {word} ended with {ended:?}, not {code}: {said}"
            );
        }
    }

    fn group_id(&self) -> String {
        let text = fs::read_to_string(self.path("node/stewards/kettle.json")).expect("a file");
        let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        file["group_id"].as_str().expect("a group id").to_owned()
    }
}

fn listen() -> String {
    format!("127.0.0.1:{}", program::free_port())
}

#[test]
fn an_excluded_group_is_absent_until_it_is_included_again() {
    let mut place = Place::new();
    place.publish("Kettle");
    place.until_search("kettle", 0);
    let group = place.group_id();
    place.run_well(
        "hedgerow-aggregator",
        "aggregator",
        &["exclude", &group, "--reason", "asked by a test"],
    );
    place.until_search("kettle", 3);
    let (_, said) = place.hedgerow(&["show", &group]);
    assert!(
        said.contains("asked by a test"),
        "the reason is told: {said}"
    );
    place.run_well("hedgerow-aggregator", "aggregator", &["include", &group]);
    // What was erased is brought again when its node next calls.
    place.node.take().expect("it runs").kill();
    place.start_node();
    place.until_search("kettle", 0);
}

#[test]
fn an_index_that_was_thrown_away_is_built_again_from_the_store() {
    let mut place = Place::new();
    place.publish("Kettle");
    place.until_search("kettle", 0);
    place.aggregator.take().expect("it runs").kill();
    fs::remove_dir_all(place.path("aggregator/index")).expect("the index lies there");
    place.run_well("hedgerow-aggregator", "aggregator", &["rebuild-index"]);
    // Alone: nothing is brought again.
    place.node.take().expect("it runs").kill();
    place.start_aggregator();
    place.until_search("kettle", 0);
}

#[test]
fn a_renewed_token_opens_the_group_and_the_old_one_does_not() {
    let mut place = Place::new();
    let old = place.path("old.json");
    fs::copy(place.path("node/stewards/kettle.json"), &old).expect("a copy");
    place.node.take().expect("it runs").kill();
    place.run_well("hedgerow-node", "node", &["group", "token", "kettle"]);
    place.start_node();
    place.publish("Kettle");
    let output = program::run(
        "hedgerow",
        &["status", "--steward", &old.display().to_string()],
    );
    // 6: the server refused.
    assert_eq!(output.status.code(), Some(6));
    let listed = {
        place.node.take().expect("it runs").kill();
        place.run_well("hedgerow-node", "node", &["group", "list"])
    };
    assert!(listed.contains("kettle"), "{listed}");
}

#[test]
fn a_host_takes_newer_records_back_after_restoring_an_old_backup() {
    let mut place = Place::new();
    place.publish("Before the backup");
    place.until_search("backup", 0);
    place.node.take().expect("it runs").kill();
    copy_folder(&place.path("node"), &place.path("backup"));
    place.start_node();
    place.publish("Afterwards");
    place.until_search("afterwards", 0);
    place.node.take().expect("it runs").kill();
    fs::remove_dir_all(place.path("node")).expect("the disk is lost");
    copy_folder(&place.path("backup"), &place.path("node"));

    let said = place.run_well("hedgerow-node", "node", &["take-newer", "kettle", "--yes"]);
    assert!(
        said.contains("Afterwards"),
        "it shows what it takes: {said}"
    );
    place.start_node();
    let began = Instant::now();
    loop {
        let (_, said) = place.hedgerow(&["status"]);
        if said.contains("Afterwards") && said.contains('✓') {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{said}");
    }
}

#[test]
fn an_aggregator_restored_from_a_backup_says_so_until_a_source_answers() {
    let mut place = Place::new();
    place.publish("Kettle");
    place.until_search("kettle", 0);
    place.node.take().expect("it runs").kill();
    place.aggregator.take().expect("it runs").kill();
    place.run_well("hedgerow-aggregator", "aggregator", &["restored"]);
    place.start_aggregator();
    let group = place.group_id();
    let (_, said) = place.hedgerow(&["show", &group, "--json"]);
    let unconfirmed = |said: &str| said.contains("\"unconfirmed\": true");
    assert!(unconfirmed(&said), "{said}");
    place.start_node();
    let began = Instant::now();
    while unconfirmed(&place.hedgerow(&["show", &group, "--json"]).1) {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "the node has repeated its head"
        );
    }
}

#[test]
fn told_to_stop_a_server_ends_by_itself_and_loses_nothing() {
    let mut place = Place::new();
    place.publish("Kettle");
    place.until_search("kettle", 0);
    for server in [place.node.take(), place.aggregator.take()] {
        let status = server.expect("it runs").stop();
        assert!(status.success(), "it ends in order: {status}");
    }
    place.start_aggregator();
    place.until_search("kettle", 0);
}

#[test]
fn what_is_in_force_is_shown_with_every_limit() {
    let place = Place::new();
    for (name, folder) in [
        ("hedgerow-node", "node"),
        ("hedgerow-aggregator", "aggregator"),
    ] {
        let shown = place.run_well(name, folder, &["config", "--show"]);
        let own: &[&str] = if folder == "node" {
            &["[steward]\npage_size", "max_record_bytes", "answer_seconds"]
        } else {
            &[
                "[directory]\npage_size",
                "max_record_bytes",
                "max_view_bytes",
                "creates_per_second",
                "daily_new_groups",
            ]
        };
        let both = [
            "listen",
            "[connector]",
            "allow_networks",
            "longest_call_seconds",
            "[limits]",
            "calls_per_peer",
            "call_seconds",
            "keepalive_seconds",
            "message_bytes",
            "header_list_bytes",
            "[feed]",
            "sync_bytes_per_peer_and_hour",
            "#   key log: events: 1000",
        ];
        for part in both.iter().chain(own) {
            assert!(shown.contains(part), "{name} shows {part}: {shown}");
        }
    }
}
