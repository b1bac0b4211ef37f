//! The walk-through of the README, and errors that a new user meets.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use hedgerow_tests::program;
use hedgerow_tests::program::Server;

/// A word in no file and no vocabulary: only a seeker types it.
const MARKER: &str = "zanzibarwhisper";

/// One aggregator and one node with one group.
struct Deployment {
    folder: tempfile::TempDir,
    aggregator: Server,
    _node: Server,
}

impl Deployment {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [aggregator, node] = ["aggregator", "node"].map(|name| folder.path().join(name));
        program::init_aggregator(&aggregator);
        let aggregator = Server::start("hedgerow-aggregator", &aggregator);
        program::init_node(&node, &[&aggregator.address]);
        program::add_group(&node, "kettle");
        let node = Server::start("hedgerow-node", &node);
        Self {
            folder,
            aggregator,
            _node: node,
        }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn hedgerow(&self, arguments: &[&str]) -> Output {
        let steward = self.path("node/stewards/kettle.json");
        let both = [
            "--aggregator",
            &self.aggregator.address,
            "--steward",
            &steward,
        ];
        program::run("hedgerow", &[arguments, &both].concat())
    }

    fn hedgerow_well(&self, arguments: &[&str]) -> String {
        let output = self.hedgerow(arguments);
        assert!(
            output.status.success(),
            "hedgerow {arguments:?}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Searches until there are hits, and returns them.
    fn search(&self, arguments: &[&str]) -> Vec<serde_json::Value> {
        let began = Instant::now();
        let arguments = [&["search"], arguments, &["--json"]].concat();
        loop {
            let output = self.hedgerow(&arguments);
            let text = String::from_utf8(output.stdout).expect("UTF-8");
            let found: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            let hits = found["hits"].as_array().cloned().unwrap_or_default();
            if !hits.is_empty() {
                return hits;
            }
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "{arguments:?} has no hits: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }

    /// The template with the names that a group would put there.
    fn template(&self, kind: &str) -> String {
        let file = self.path(&format!("{kind}.yaml"));
        let text = self.hedgerow_well(&["template", kind]);
        let text = text
            .replace(" (example)", "")
            .replace(".example.org", ".org.uk");
        fs::write(&file, text).expect("a file");
        file
    }
}

#[test]
fn a_steward_publishes_from_templates_and_a_seeker_finds_and_verifies_it() {
    let deployment = Deployment::new();
    for kind in ["listing", "event", "space"] {
        let file = deployment.template(kind);
        let confirm = ["--confirm", "example_unchanged", &file];
        deployment.hedgerow_well(&[&["publish", "--dry-run"], &confirm[..]].concat());
        deployment.hedgerow_well(&[&["publish"], &confirm[..]].concat());
    }

    let hits = deployment.search(&["kettle", "--in", "listing"]);
    let hit = &hits[0];
    for field in [
        "group_id",
        "publisher_name",
        "collection",
        "key",
        "title",
        "place",
        "distance_km",
        "voice",
        "source",
        "source_date",
        "identity",
        "confirm_time",
        "head_age_s",
        "unaltered",
    ] {
        assert!(hit.get(field).is_some(), "--json has `{field}`: {hit}");
    }
    assert_eq!(hit["voice"], "itself");
    assert_eq!(hit["identity"], "unconfirmed");
    assert_eq!(hit["unaltered"], true);

    let group = hit["group_id"].as_str().expect("a group id");
    let key = hit["key"].as_str().expect("a key");
    deployment.hedgerow_well(&["verify", group]);
    deployment.hedgerow_well(&["verify", group, "listing", key]);
    deployment.hedgerow_well(&["show", group]);
    deployment.hedgerow_well(&["show", &format!("{group}/listing/{key}")]);
    deployment.hedgerow_well(&["status"]);

    // The file names the record by its title, as it has no key in it.
    deployment.hedgerow_well(&["take-back", &deployment.path("listing.yaml")]);
    let began = Instant::now();
    loop {
        let output = deployment.hedgerow(&["search", "kettle", "--in", "listing", "--json"]);
        // 3: there were no hits.
        if output.status.code() == Some(3) {
            break;
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "the withdrawn listing is still found"
        );
    }
}

#[test]
fn a_host_lists_the_groups_while_the_node_runs() {
    let deployment = Deployment::new();
    let node = deployment.path("node");
    let list = program::run_well("hedgerow-node", &["--dir", &node, "group", "list"]);
    assert!(list.contains("kettle"), "{list}");
}

#[test]
fn a_record_from_another_computer_is_not_overwritten_unseen() {
    let deployment = Deployment::new();
    let file = deployment.path("need.yaml");
    let need = "kind: need\nresource: {title: A warm room, space: {}}\n";
    fs::write(&file, need).expect("a file");
    deployment.hedgerow_well(&["publish", &file]);
    let printed = |name: &str| {
        let text = deployment.hedgerow_well(&["edit", "a warm room", "--print"]);
        let file = deployment.path(name);
        fs::write(&file, text.replace("A warm room", "A warm, dry room")).expect("a file");
        file
    };
    let [first, second] = ["first.yaml", "second.yaml"].map(printed);
    deployment.hedgerow_well(&["publish", &first]);
    let refused = deployment.hedgerow(&["publish", &second]);
    assert!(!refused.status.success());
    let stderr = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(stderr.contains("another computer"), "{stderr}");
    // A file that was taken back says how to publish it again.
    deployment.hedgerow_well(&["take-back", "A warm, dry room"]);
    let refused = deployment.hedgerow(&["publish", &first]);
    assert_eq!(refused.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(stderr.contains("delete the line `key: …`"), "{stderr}");
    deployment.hedgerow_well(&["publish", "--confirm", "key_gone", &first]);
}

#[test]
fn every_violation_of_an_invalid_draft_is_reported() {
    let deployment = Deployment::new();
    let file = deployment.path("wrong.yaml");
    fs::write(
        &file,
        "kind: listing\nname: ''\nvoice: itself\nroles: [support-group]\nwebsite: not a link\n",
    )
    .expect("a file");
    let output = deployment.hedgerow(&["publish", &file]);
    assert!(!output.status.success());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        stderr.contains("name") && stderr.contains("website"),
        "both violations are reported: {stderr}"
    );
}

#[test]
fn an_unknown_key_in_a_file_is_reported_with_a_suggestion() {
    let deployment = Deployment::new();
    let file = deployment.path("typo.yaml");
    fs::write(
        &file,
        "kind: listing\nnmae: Kettle\nvoice: itself\nroles: [support-group]\n",
    )
    .expect("a file");
    let output = deployment.hedgerow(&["publish", &file]);
    assert_eq!(output.status.code(), Some(2), "the file is invalid");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        stderr.contains("nmae") && stderr.contains("name"),
        "{stderr}"
    );
}

#[test]
fn a_second_process_on_the_same_folder_exits_with_an_error() {
    let deployment = Deployment::new();
    for (program, folder) in [
        ("hedgerow-node", "node"),
        ("hedgerow-aggregator", "aggregator"),
    ] {
        let output = program::run(program, &["--dir", &deployment.path(folder), "run"]);
        assert!(!output.status.success());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            stderr.contains("another process") || stderr.contains("in use"),
            "{stderr}"
        );
    }
}

#[test]
fn a_port_in_use_is_reported_with_the_setting_to_change() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let held = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = held.local_addr().expect("an address");
    let (listen, port) = (address.to_string(), address.port().to_string());
    let dir = folder.path().join("node").display().to_string();
    program::run_well(
        "hedgerow-node",
        &["--dir", &dir, "init", "--listen", &listen],
    );
    let output = program::run("hedgerow-node", &["--dir", &dir, "run"]);
    assert!(!output.status.success());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        stderr.contains(&port) && stderr.contains("listen"),
        "{stderr}"
    );
}

#[test]
fn a_database_newer_than_the_program_is_rejected_with_a_clear_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let node = folder.path().join("node");
    program::init_node(&node, &[]);
    program::add_group(&node, "old");
    // As if a later version had run a migration that this version does not have.
    let database = fs::read_dir(&node)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| {
            path.extension()
                .is_some_and(|extension| extension == "db" || extension == "sqlite")
        })
        .expect("a database file");
    record_later_migration(&database);
    let node = node.display().to_string();
    let output = program::run("hedgerow-node", &["--dir", &node, "run"]);
    assert!(!output.status.success());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(stderr.contains("newer"), "{stderr}");
}

fn record_later_migration(database: &Path) {
    let statement = "INSERT INTO _sqlx_migrations \
         (version, description, success, checksum, execution_time) \
         VALUES (99999999999999, 'from a later version', 1, x'00', 0)";
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(async {
            use sqlx::Connection as _;
            let url = format!("sqlite://{}", database.display());
            let mut connection = sqlx::SqliteConnection::connect(&url)
                .await
                .expect("the database opens");
            sqlx::query(statement)
                .execute(&mut connection)
                .await
                .expect("the migration is recorded");
            connection.close().await.expect("the database closes");
        });
}

#[test]
fn no_program_logs_a_query_even_at_the_trace_level() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let aggregator = folder.path().join("aggregator");
    program::init_aggregator(&aggregator);
    let aggregator = Server::start_with_log("hedgerow-aggregator", &aggregator, "trace");
    let output = program::run(
        "hedgerow",
        &["search", MARKER, "--aggregator", &aggregator.address],
    );
    assert_eq!(output.status.code(), Some(3), "there are no hits");
    let log = aggregator.log();
    assert!(!log.is_empty(), "the trace level logs");
    assert!(!log.contains(MARKER), "the log does not contain the query");
}
