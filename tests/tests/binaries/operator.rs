//! The commands of hosts and operators, each tested by its effect.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_testkit::http::request;
use hedgerow_tests::program::Server;
use hedgerow_tests::{copy_folder, program};

/// One aggregator and one node with one group.
struct Deployment {
    folder: tempfile::TempDir,
    aggregator: Option<Server>,
    node: Option<Server>,
}

impl Deployment {
    fn new() -> Self {
        let mut deployment = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            aggregator: None,
            node: None,
        };
        program::init_aggregator(&deployment.path("aggregator"));
        deployment.start_aggregator();
        let node = deployment.path("node");
        program::init_node(&node, &[&deployment.aggregator().address]);
        program::add_group(&node, "kettle");
        deployment.start_node();
        deployment
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
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
        self.aggregator.as_ref().expect("the server runs")
    }

    fn run_aggregator(&self, arguments: &[&str]) -> String {
        program::run_in(&self.path("aggregator"), "hedgerow-aggregator", arguments)
    }

    fn run_node(&self, arguments: &[&str]) -> String {
        program::run_in(&self.path("node"), "hedgerow-node", arguments)
    }

    /// Runs the CLI, and returns its exit code and its output on both streams.
    fn hedgerow(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let steward = self.path("node/stewards/kettle.json").display().to_string();
        let both = [
            "--aggregator",
            &self.aggregator().address,
            "--steward",
            &steward,
        ];
        let output = program::run("hedgerow", &[arguments, &both].concat());
        let printed = [output.stdout, output.stderr].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&printed).into_owned(),
        )
    }

    /// Publishes a listing with this name.
    fn publish(&self, name: &str) {
        let file = self.path("listing.yaml");
        let text = format!("kind: listing\nname: {name}\nvoice: itself\nroles: [support-group]\n");
        fs::write(&file, text).expect("a file");
        let file = file.display().to_string();
        // Some tests publish several listings of one group.
        let (code, output) = self.hedgerow(&["publish", "--confirm", "duplicate", &file]);
        assert_eq!(code, Some(0), "{output}");
    }

    /// Searches until the CLI exits with `code`: 0 for hits, 3 for none.
    fn until_search(&self, word: &str, code: i32) {
        self.until_search_within(word, code, Duration::from_secs(30));
    }

    fn until_search_within(&self, word: &str, code: i32, limit: Duration) {
        let began = Instant::now();
        loop {
            let (exit, output) = self.hedgerow(&["search", word]);
            if exit == Some(code) {
                return;
            }
            assert!(
                began.elapsed() < limit,
                "searching for {word} exited with {exit:?} instead of {code}: {output}"
            );
        }
    }

    fn group_id(&self) -> String {
        let text = fs::read_to_string(self.path("node/stewards/kettle.json")).expect("a file");
        let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        file["group_id"].as_str().expect("a group id").to_owned()
    }
}

#[test]
fn an_excluded_group_is_absent_until_it_is_included_again() {
    let mut deployment = Deployment::new();
    deployment.publish("Kettle");
    deployment.until_search("kettle", 0);
    let group = deployment.group_id();
    deployment.run_aggregator(&["exclude", &group, "--reason", "for a test"]);
    deployment.until_search("kettle", 3);
    let (_, output) = deployment.hedgerow(&["show", &group]);
    assert!(
        output.contains("for a test"),
        "the reason is shown: {output}"
    );
    let listed = deployment.run_aggregator(&["exclusions", "list"]);
    assert!(
        listed.contains(&group) && listed.contains("for a test"),
        "{listed}"
    );
    // They come back by themselves, without the node.
    deployment.node.take().expect("the server runs").kill();
    let included = deployment.run_aggregator(&["include", &group]);
    assert!(included.contains("shown again"), "{included}");
    deployment.until_search("kettle", 0);
    let listed = deployment.run_aggregator(&["exclusions", "list"]);
    assert!(listed.contains("no group is excluded"), "{listed}");
    // Erased ones come back once the node announces its head again.
    deployment.run_aggregator(&["exclude", &group, "--erase", "--reason", "for a test"]);
    deployment.until_search("kettle", 3);
    deployment.run_aggregator(&["include", &group]);
    deployment.start_node();
    deployment.until_search("kettle", 0);
}

/// Runs a command on the aggregator's folder, and returns its log: what it writes to standard error.
fn log_of(deployment: &Deployment, arguments: &[&str]) -> String {
    let folder = deployment.path("aggregator").display().to_string();
    let output = program::run(
        "hedgerow-aggregator",
        &[&["--dir", &folder], arguments].concat(),
    );
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn decisions_of_the_operator_are_logged_without_their_reasons() {
    let deployment = Deployment::new();
    let group = deployment.group_id();
    let reason = "complaints about Ann Other";
    for (arguments, line) in [
        (
            vec!["exclude", &group, "--reason", reason],
            format!("excluded a group group={group} erase=false"),
        ),
        (
            vec!["exclude", &group, "--erase", "--reason", reason],
            format!("excluded a group group={group} erase=true"),
        ),
        (
            vec!["include", &group],
            format!("included a group group={group}"),
        ),
    ] {
        let log = log_of(&deployment, &arguments);
        let lines: Vec<_> = log.lines().filter(|it| it.contains(&line)).collect();
        let [logged] = lines[..] else {
            panic!("{line} is logged once: {log}");
        };
        assert!(logged.contains("INFO"), "{logged}");
        assert!(
            logged.starts_with("20"),
            "it begins with the time: {logged}"
        );
        assert!(!log.contains("Ann"), "{log}");
    }
    // Nor is it in the log of the running aggregator, which applies the decision.
    assert!(!deployment.aggregator().log().contains("Ann"));
}

#[test]
fn erased_records_return_without_an_edit_or_a_restart() {
    let deployment = Deployment::new();
    deployment.publish("Kettle");
    deployment.until_search("kettle", 0);
    let group = deployment.group_id();
    deployment.run_aggregator(&["exclude", &group, "--erase", "--reason", "for a test"]);
    // Published while it is excluded: the node learns of that, and checks in more often.
    let file = deployment.path("listing.yaml");
    fs::write(
        &file,
        "kind: event\ntitle: Lantern walk\nonline: {available: true}\n\
         schedule: {start: \"2099-03-01T19:00\", time_zone: Europe/London}\n",
    )
    .expect("a file");
    let file = file.display().to_string();
    deployment.hedgerow(&["publish", "--confirm", "event_far_ahead", &file]);
    deployment.until_search("kettle", 3);
    deployment.run_aggregator(&["include", &group]);
    deployment.until_search("kettle", 0);
    deployment.until_search("lantern", 0);
    // The node does not learn of this exclusion, but compares once its steward looks.
    deployment.run_aggregator(&["exclude", &group, "--erase", "--reason", "for a test"]);
    deployment.until_search("kettle", 3);
    deployment.run_aggregator(&["include", &group]);
    let (code, output) = deployment.hedgerow(&["status"]);
    assert_eq!(code, Some(0), "{output}");
    deployment.until_search_within("kettle", 0, Duration::from_secs(100));
}

#[test]
fn a_deleted_index_is_rebuilt_from_the_store() {
    let mut deployment = Deployment::new();
    deployment.publish("Kettle");
    deployment.until_search("kettle", 0);
    deployment
        .aggregator
        .take()
        .expect("the server runs")
        .kill();
    fs::remove_dir_all(deployment.path("aggregator/index")).expect("the index can be removed");
    deployment.run_aggregator(&["rebuild-index"]);
    // Without the node, nothing is pushed again.
    deployment.node.take().expect("the server runs").kill();
    deployment.start_aggregator();
    deployment.until_search("kettle", 0);
}

#[test]
fn a_renewed_token_replaces_the_old_one() {
    let mut deployment = Deployment::new();
    let old = deployment.path("old.json");
    fs::copy(deployment.path("node/stewards/kettle.json"), &old).expect("a copy");
    deployment.node.take().expect("the server runs").kill();
    deployment.run_node(&["group", "token", "kettle"]);
    deployment.start_node();
    deployment.publish("Kettle");
    let output = program::run(
        "hedgerow",
        &["status", "--steward", &old.display().to_string()],
    );
    // 6: the server rejected the call.
    assert_eq!(output.status.code(), Some(6));
    let listed = {
        deployment.node.take().expect("the server runs").kill();
        deployment.run_node(&["group", "list"])
    };
    assert!(listed.contains("kettle"), "{listed}");
}

#[test]
fn a_host_restores_newer_records_after_restoring_an_old_backup() {
    let mut deployment = Deployment::new();
    deployment.publish("Before the backup");
    deployment.until_search("backup", 0);
    deployment.node.take().expect("the server runs").kill();
    copy_folder(&deployment.path("node"), &deployment.path("backup"));
    deployment.start_node();
    deployment.publish("Afterwards");
    deployment.until_search("afterwards", 0);
    deployment.node.take().expect("the server runs").kill();
    fs::remove_dir_all(deployment.path("node")).expect("the folder can be removed");
    copy_folder(&deployment.path("backup"), &deployment.path("node"));

    let output = deployment.run_node(&["restore", "kettle", "--yes"]);
    assert!(
        output.contains("Afterwards"),
        "the restored record is shown: {output}"
    );
    deployment.start_node();
    let began = Instant::now();
    loop {
        let (_, output) = deployment.hedgerow(&["status"]);
        if output.contains("Afterwards") && output.contains('✓') {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{output}");
    }
}

#[test]
fn an_aggregator_restored_from_a_backup_labels_groups_until_their_source_responds() {
    let mut deployment = Deployment::new();
    deployment.publish("Kettle");
    deployment.until_search("kettle", 0);
    deployment.node.take().expect("the server runs").kill();
    deployment
        .aggregator
        .take()
        .expect("the server runs")
        .kill();
    deployment.run_aggregator(&["restored"]);
    deployment.start_aggregator();
    let group = deployment.group_id();
    let (_, output) = deployment.hedgerow(&["show", &group, "--json"]);
    let unconfirmed = |output: &str| output.contains("\"unconfirmed\": true");
    assert!(unconfirmed(&output), "{output}");
    deployment.start_node();
    let began = Instant::now();
    while unconfirmed(&deployment.hedgerow(&["show", &group, "--json"]).1) {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "the group is still unconfirmed after the node announced its head"
        );
    }
}

/// The name of the only entry that a search finds: GROUP/KIND/KEY.
fn entry(deployment: &Deployment, word: &str) -> String {
    let (_, output) = deployment.hedgerow(&["search", word, "--json"]);
    // What is on standard error follows.
    let end = output.rfind('}').expect("an object");
    let found: serde_json::Value = serde_json::from_str(&output[..=end]).expect("JSON");
    let hit = &found["hits"][0];
    let part = |name: &str| hit[name].as_str().expect("a text").to_owned();
    format!(
        "{}/{}/{}",
        part("group_id"),
        part("collection"),
        part("key")
    )
}

#[test]
fn a_restored_directory_keeps_what_its_operator_decided_and_distrusts_its_heads() {
    let mut deployment = Deployment::new();
    for (name, word) in [("Kettle", "kettle"), ("Lantern", "lantern")] {
        deployment.publish(name);
        deployment.until_search(word, 0);
    }
    deployment.run_aggregator(&["hidden-entries", "hide", &entry(&deployment, "lantern")]);
    deployment.until_search("lantern", 3);
    let endpoint: Endpoint = deployment.aggregator().address.parse().expect("an address");
    let form = format!("/group/{}/yours", entry(&deployment, "kettle"));
    let typed = "wish=remove&words=It+has+closed&reply=";
    let response = request(endpoint.port, "POST", &form, typed);
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
    let excluded = "ab".repeat(32);
    deployment.run_aggregator(&["exclude", &excluded, "--reason", "for a test"]);

    // All of it is in a backup that is made while both run.
    let file = deployment.path("away.backup");
    let secret = deployment.path("secret");
    fs::write(&secret, "kettle kettle").expect("a file");
    let (file, secret) = (file.display().to_string(), secret.display().to_string());
    let with = ["--passphrase-file", &secret];
    let made = deployment.run_aggregator(&[&["backup", "make", &file], &with[..]].concat());
    assert!(made.contains("1 group with 2 records"), "{made}");
    deployment.node.take().expect("the server runs").kill();
    deployment
        .aggregator
        .take()
        .expect("the server runs")
        .kill();
    fs::remove_dir_all(deployment.path("aggregator")).expect("the folder can be removed");
    deployment.run_aggregator(&[&["backup", "restore", &file], &with[..]].concat());
    deployment.start_aggregator();

    assert_eq!(deployment.aggregator().address, endpoint.to_string());
    // Its search index was left out, and is made again.
    deployment.until_search("kettle", 0);
    deployment.until_search("lantern", 3);
    let waiting = deployment.run_aggregator(&["objections", "list"]);
    assert!(waiting.contains("It has closed"), "{waiting}");
    let hidden = deployment.run_aggregator(&["hidden-entries", "list"]);
    assert!(hidden.contains("/listing/"), "{hidden}");
    let excluded_now = deployment.run_aggregator(&["exclusions", "list"]);
    assert!(excluded_now.contains(&excluded), "{excluded_now}");
    let group = deployment.group_id();
    let unconfirmed = || {
        let (_, output) = deployment.hedgerow(&["show", &group, "--json"]);
        output.contains("\"unconfirmed\": true")
    };
    assert!(unconfirmed());
    let _node = Server::start("hedgerow-node", &deployment.path("node"));
    let began = Instant::now();
    while unconfirmed() {
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "the group is still unconfirmed after the node announced its head"
        );
    }
}

#[test]
fn a_server_stops_in_order_on_sigterm_and_loses_nothing() {
    let mut deployment = Deployment::new();
    deployment.publish("Kettle");
    deployment.until_search("kettle", 0);
    for server in [deployment.node.take(), deployment.aggregator.take()] {
        let status = server.expect("the server runs").stop();
        assert!(status.success(), "the server exits with {status}");
    }
    deployment.start_aggregator();
    deployment.until_search("kettle", 0);
}

#[test]
fn the_effective_configuration_is_shown_with_every_limit() {
    let deployment = Deployment::new();
    for (name, folder) in [
        ("hedgerow-node", "node"),
        ("hedgerow-aggregator", "aggregator"),
    ] {
        let shown = program::run_in(&deployment.path(folder), name, &["config", "--show"]);
        let own: &[&str] = if folder == "node" {
            &[
                "[steward]\npage_size",
                "max_record_bytes",
                "response_seconds",
            ]
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
