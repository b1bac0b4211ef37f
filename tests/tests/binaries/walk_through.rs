//! The README's walk-through, with the programs that a user starts.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;
use std::time::Instant;

use hedgerow_tests::program;
use hedgerow_tests::program::Server;

/// A word that stands in no file and no vocabulary: only a seeker types it.
const MARKER: &str = "zanzibarwhisper";

struct Place {
    folder: tempfile::TempDir,
    aggregator: Server,
    _node: Server,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let listen = |port: u16| format!("127.0.0.1:{port}");
        program::run_well(
            "hedgerow-aggregator",
            &[
                "--dir",
                &at("aggregator"),
                "init",
                "--listen",
                &listen(program::free_port()),
                "--phrase-file",
                &at("aggregator-phrase.txt"),
            ],
        );
        let aggregator = Server::start("hedgerow-aggregator", &folder.path().join("aggregator"));
        program::run_well(
            "hedgerow-node",
            &[
                "--dir",
                &at("node"),
                "init",
                "--listen",
                &listen(program::free_port()),
                "--aggregator",
                &aggregator.address,
            ],
        );
        program::run_well(
            "hedgerow-node",
            &[
                "--dir",
                &at("node"),
                "group",
                "add",
                "kettle",
                "--phrase-file",
                &at("phrase.txt"),
            ],
        );
        let node = Server::start("hedgerow-node", &folder.path().join("node"));
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

    /// Searches until something is found.
    fn found(&self, arguments: &[&str]) -> Vec<serde_json::Value> {
        let began = Instant::now();
        let arguments = [&["search"], arguments, &["--json"]].concat();
        loop {
            let output = self.hedgerow(&arguments);
            let text = String::from_utf8(output.stdout).expect("UTF-8");
            let hits: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap_or_default();
            if !hits.is_empty() {
                return hits;
            }
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "{arguments:?} finds nothing: {}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }

    fn template(&self, kind: &str) -> String {
        let file = self.path(&format!("{kind}.yaml"));
        fs::write(&file, self.hedgerow_well(&["template", kind])).expect("a file");
        file
    }
}

#[test]
fn a_steward_publishes_from_templates_and_a_seeker_finds_and_checks_it() {
    let place = Place::new();
    for kind in ["listing", "event", "space"] {
        let file = place.template(kind);
        place.hedgerow_well(&["publish", "--dry-run", &file]);
        place.hedgerow_well(&["publish", &file]);
    }

    let hits = place.found(&["kettle", "--in", "listing"]);
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
        "confirmed_at",
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
    place.hedgerow_well(&["verify", group]);
    place.hedgerow_well(&["verify", group, "listing", key]);
    place.hedgerow_well(&["show", group]);
    place.hedgerow_well(&["show", &format!("{group}/listing/{key}")]);
    place.hedgerow_well(&["status"]);

    place.hedgerow_well(&["take-back", "listing", key]);
    let began = Instant::now();
    loop {
        let output = place.hedgerow(&["search", "kettle", "--in", "listing", "--json"]);
        // 3: nothing was found.
        if output.status.code() == Some(3) {
            break;
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "it is still found"
        );
    }
}

#[test]
fn what_is_wrong_with_a_draft_is_said_field_by_field_and_nothing_is_published() {
    let place = Place::new();
    let file = place.path("wrong.yaml");
    fs::write(
        &file,
        "kind: listing\nname: ''\nvoice: itself\nroles: [support-group]\nwebsite: not a link\n",
    )
    .expect("a file");
    let output = place.hedgerow(&["publish", &file]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("name") && said.contains("website"),
        "every violation at once: {said}"
    );
}

#[test]
fn an_unknown_key_in_a_file_is_named_with_the_one_that_was_meant() {
    let place = Place::new();
    let file = place.path("typo.yaml");
    fs::write(
        &file,
        "kind: listing\nnmae: Kettle\nvoice: itself\nroles: [support-group]\n",
    )
    .expect("a file");
    let output = place.hedgerow(&["publish", &file]);
    assert_eq!(output.status.code(), Some(2), "the file is wrong");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("nmae") && said.contains("name"), "{said}");
}

#[test]
fn a_second_process_on_the_same_folder_is_refused_and_says_so() {
    let place = Place::new();
    for (program, folder) in [
        ("hedgerow-node", "node"),
        ("hedgerow-aggregator", "aggregator"),
    ] {
        let output = program::run(program, &["--dir", &place.path(folder), "run"]);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            said.contains("another process") || said.contains("in use"),
            "{said}"
        );
    }
}

#[test]
fn a_taken_port_is_said_with_the_way_out() {
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
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&port) && said.contains("listen"), "{said}");
}

#[test]
fn a_database_newer_than_the_program_is_left_alone_with_a_clear_message() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dir = folder.path().join("node").display().to_string();
    let phrase = folder.path().join("phrase.txt").display().to_string();
    let listen = format!("127.0.0.1:{}", program::free_port());
    program::run_well(
        "hedgerow-node",
        &["--dir", &dir, "init", "--listen", &listen],
    );
    program::run_well(
        "hedgerow-node",
        &[
            "--dir",
            &dir,
            "group",
            "add",
            "old",
            "--phrase-file",
            &phrase,
        ],
    );
    // A later version has recorded a migration that this one does not have.
    let database = fs::read_dir(&dir)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .find(|path| {
            path.extension()
                .is_some_and(|extension| extension == "db" || extension == "sqlite")
        })
        .expect("a database file");
    later_migration(&database);
    let output = program::run("hedgerow-node", &["--dir", &dir, "run"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("newer"), "{said}");
}

fn later_migration(database: &Path) {
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
                .expect("the database");
            sqlx::query(statement)
                .execute(&mut connection)
                .await
                .expect("a migration");
            connection.close().await.expect("it closes");
        });
}

#[test]
fn no_process_emits_a_seekers_word_even_at_the_most_talkative_level() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    program::run_well(
        "hedgerow-aggregator",
        &[
            "--dir",
            &at("aggregator"),
            "init",
            "--listen",
            &format!("127.0.0.1:{}", program::free_port()),
            "--phrase-file",
            &at("phrase.txt"),
        ],
    );
    let aggregator = Server::start_with_log(
        "hedgerow-aggregator",
        &folder.path().join("aggregator"),
        "trace",
    );
    let output = program::run(
        "hedgerow",
        &["search", MARKER, "--aggregator", &aggregator.address],
    );
    assert_eq!(output.status.code(), Some(3), "nothing is found");
    let log = aggregator.log();
    assert!(!log.is_empty(), "at this level it says much");
    assert!(!log.contains(MARKER), "but never what was asked");
}
