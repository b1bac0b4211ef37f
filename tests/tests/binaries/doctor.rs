//! `doctor` of both servers: its report on healthy ones, and on each fault.

use std::fs;
use std::fs::Permissions;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use hedgerow_tests::program;
use hedgerow_tests::program::Server;
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::full_disk::SmallDisk;

const NODE: &str = "hedgerow-node";
const AGGREGATOR: &str = "hedgerow-aggregator";

/// An aggregator that runs, and a node with a group that can be started.
struct Network {
    folder: tempfile::TempDir,
    aggregator: Server,
}

impl Network {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("aggregator");
        program::init_aggregator(&path);
        let aggregator = Server::start(AGGREGATOR, &path);
        let node = folder.path().join("node");
        program::init_node(&node, &[&aggregator.address]);
        program::add_group(&node, "kettle");
        Self { folder, aggregator }
    }

    fn node(&self) -> PathBuf {
        self.folder.path().join("node")
    }
}

/// Runs `doctor --json` on a folder, and returns what it printed.
fn examine(folder: &Path, name: &str) -> Value {
    let at = folder.to_str().expect("a path in UTF-8");
    let output = program::run(name, &["--dir", at, "doctor", "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let is_healthy = report["healthy"].as_bool().expect("a bool");
    assert_eq!(
        output.status.code(),
        Some(i32::from(!is_healthy)),
        "{report}"
    );
    report
}

/// The checks with an outcome, each as `name: detail | way out`.
fn checks(report: &Value, outcome: &str) -> Vec<String> {
    let checks = report["checks"].as_array().expect("a list");
    let with = checks.iter().filter(|check| check["outcome"] == outcome);
    let text = |check: &Value, key: &str| check[key].as_str().expect("a text").to_owned();
    with.map(|check| {
        let [name, detail, way_out] = ["name", "detail", "way_out"].map(|key| text(check, key));
        assert!(
            outcome == "good" || !way_out.is_empty(),
            "{name} has no way out: {detail}"
        );
        format!("{name}: {detail} | {way_out}")
    })
    .collect()
}

/// Requires exactly one fault, of this name, with these words.
fn one_fault(folder: &Path, program: &str, name: &str, words: &[&str]) {
    let report = examine(folder, program);
    let faults = checks(&report, "fault");
    let [fault] = faults.as_slice() else {
        panic!("{name}: not one fault: {faults:#?}");
    };
    assert!(fault.starts_with(&format!("{name}: ")), "{fault}");
    for word in words {
        assert!(fault.contains(word), "{word} is not in: {fault}");
    }
}

/// Replaces a text in a server's configuration.
fn configure(folder: &Path, name: &str, from: &str, to: &str) {
    let file = folder.join(name).with_extension("toml");
    let text = fs::read_to_string(&file).expect("a configuration");
    assert!(text.contains(from), "{from}: {text}");
    fs::write(&file, text.replacen(from, to, 1)).expect("a writable file");
}

/// Runs a statement on a database that no server has open.
fn change(database: &Path, statement: &'static str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(database);
        let mut connection = options.connect().await.expect("a database");
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .expect("a statement");
        connection.close().await.expect("an end");
    });
}

#[test]
fn servers_that_run_well_have_no_fault_and_none_of_their_secrets_is_printed() {
    let network = Network::new();
    let _node = Server::start(NODE, &network.node());
    let mut printed = String::new();
    for (folder, name, remote) in [
        (network.node(), NODE, "aggregator: https://127.0.0.1:"),
        (network.folder.path().join("aggregator"), AGGREGATOR, ""),
    ] {
        let report = examine(&folder, name);
        assert_eq!(report["healthy"], true, "{report:#}");
        let good = checks(&report, "good");
        for part in [
            "version: ",
            "clock: ",
            "configuration: ",
            "folder: ",
            "disk: ",
            "certificate: ",
            "database: ",
            "listener: the server responds",
            remote,
        ] {
            assert!(
                good.iter().any(|line| line.starts_with(part)),
                "{part}: {good:#?}"
            );
        }
        let notices = checks(&report, "notice");
        assert!(
            notices.iter().any(|line| line.contains("backup make")),
            "{notices:#?}"
        );
        let at = folder.to_str().expect("UTF-8");
        let text = program::run_well(name, &["--dir", at, "doctor"]);
        assert!(
            text.contains("✓ listener: ") && !text.contains('✗'),
            "{text}"
        );
        printed = printed + &report.to_string() + &text;
    }
    let steward = fs::read_to_string(network.node().join("stewards/kettle.json")).expect("a file");
    let steward: Value = serde_json::from_str(&steward).expect("JSON");
    let phrase = fs::read_to_string(network.folder.path().join("node.kettle.phrase"));
    let keys = fs::read_to_string(network.folder.path().join("aggregator/keys.json"));
    let keys: Value = serde_json::from_str(&keys.expect("keys")).expect("JSON");
    for secret in [
        steward["token"].as_str().expect("a token"),
        phrase.expect("a phrase").trim(),
        keys["signing_seed"].as_str().expect("a seed"),
    ] {
        assert!(secret.len() > 20 && !printed.contains(secret));
    }
}

#[test]
fn each_fault_of_a_node_is_named_with_a_way_out() {
    let network = Network::new();
    let folder = network.node();
    let toml = folder.join("hedgerow-node.toml");
    let config = fs::read_to_string(&toml).expect("a configuration");
    let restore = || fs::write(&toml, &config).expect("a writable file");
    let healthy = examine(&folder, NODE);
    assert_eq!(healthy["healthy"], true, "{healthy:#}");
    assert!(
        checks(&healthy, "notice")
            .iter()
            .any(|line| line.contains("systemctl start"))
    );

    // configuration
    configure(&folder, NODE, "listen = \"", "listen = \"no");
    one_fault(
        &folder,
        NODE,
        "configuration",
        &["`listen` must be", "hedgerow-node.toml"],
    );
    fs::write(&toml, "agregators = []").expect("a writable file");
    one_fault(&folder, NODE, "configuration", &["agregators"]);
    fs::remove_file(&toml).expect("a file");
    one_fault(&folder, NODE, "configuration", &["there is no", "init"]);
    restore();

    // folder
    let mode = |path: &Path, mode| {
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("our own file");
    };
    mode(&folder, 0o755);
    mode(&folder.join("certificate-key.pem"), 0o644);
    one_fault(&folder, NODE, "folder", &["certificate-key.pem", "chmod"]);
    mode(&folder, 0o700);

    // certificate
    let key = folder.join("certificate-key.pem");
    let own = fs::read(&key).expect("a key");
    fs::write(&key, "no key").expect("a writable file");
    one_fault(&folder, NODE, "certificate", &["backup"]);
    fs::write(&key, own).expect("a writable file");

    // the port
    let listen = config
        .lines()
        .find_map(|line| line.strip_prefix("listen = \"127.0.0.1:"));
    let port = listen
        .expect("an address")
        .trim_end_matches('"')
        .parse()
        .expect("a port");
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a free port");
    one_fault(&folder, NODE, "listener", &["already in use", "ss -tlnp"]);
    drop(taken);

    // aggregators
    let pin = network
        .aggregator
        .address
        .rsplit_once('=')
        .expect("a pin")
        .1;
    configure(&folder, NODE, pin, &"0".repeat(64));
    one_fault(&folder, NODE, "aggregator", &["another key", "#sha256=…"]);
    restore();
    let nowhere = format!("https://127.0.0.1:{}#sha256=", program::free_port());
    let there = network.aggregator.address.replace(pin, "");
    configure(&folder, NODE, &there, &nowhere);
    one_fault(
        &folder,
        NODE,
        "aggregator",
        &["cannot be reached", "Nothing was delivered"],
    );
    restore();
    configure(
        &folder,
        NODE,
        &format!("\"{}\"", network.aggregator.address),
        "",
    );
    one_fault(
        &folder,
        NODE,
        "aggregator",
        &["reaches nobody", "`aggregators`"],
    );
    restore();

    // names
    fs::write(&toml, format!("domain = \"node.example\"\n{config}")).expect("a file");
    one_fault(
        &folder,
        NODE,
        "certificate",
        &["node.example", "systemctl restart"],
    );
    let origin = "[site]\norigin = \"https://proxy.invalid\"";
    fs::write(&toml, config.replacen("[site]", origin, 1)).expect("a file");
    one_fault(&folder, NODE, "address", &["proxy.invalid", "site.origin"]);
    restore();

    // groups
    let database = folder.join("node.sqlite");
    change(
        &database,
        "INSERT INTO stop (group_id, view, reason, held, aggregator, stopped_at)
         SELECT group_id, 'public', 'rotated_out', x'', 'https://a.example:1', 1 FROM publisher",
    );
    one_fault(
        &folder,
        NODE,
        "signing",
        &["`kettle` signs nothing", "a.example"],
    );
    change(&database, "DELETE FROM stop");

    // database
    change(
        &database,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', 1, x'00', 1)",
    );
    one_fault(&folder, NODE, "database", &["later"]);
    fs::write(
        &database,
        "not a database, but longer than a header of SQLite. ".repeat(50),
    )
    .expect("a file");
    let faults = checks(&examine(&folder, NODE), "fault");
    assert!(
        faults
            .iter()
            .any(|it| it.starts_with("database: ") && it.contains("backup restore")),
        "{faults:#?}"
    );
}

#[test]
fn each_fault_of_an_aggregator_is_named_with_a_way_out() {
    let network = Network::new();
    let folder = network.folder.path().join("directory");
    program::init_aggregator(&folder);
    let toml = folder.join("hedgerow-aggregator.toml");
    let config = fs::read_to_string(&toml).expect("a configuration");
    let source = format!("sources = [\"{}\"]", network.aggregator.address);
    fs::write(&toml, config.replacen("sources = []", &source, 1)).expect("a file");
    let report = examine(&folder, AGGREGATOR);
    assert_eq!(report["healthy"], true, "{report:#}");
    let good = checks(&report, "good");
    assert!(
        good.iter()
            .any(|it| it.starts_with("source: ") && it.contains("responds")),
        "{good:#?}"
    );

    // sources
    let nowhere = format!(
        "https://127.0.0.1:{}#sha256={}",
        program::free_port(),
        "0".repeat(64)
    );
    fs::write(
        &toml,
        config.replacen("sources = []", &format!("sources = [\"{nowhere}\"]"), 1),
    )
    .expect("a file");
    one_fault(
        &folder,
        AGGREGATOR,
        "source",
        &["cannot be reached", "not followed yet"],
    );
    fs::write(&toml, &config).expect("a file");

    // addresses, of a server that runs
    let server = Server::start(AGGREGATOR, &folder);
    let name = format!(
        "public_name = \"127.0.0.1:{}\"\n{config}",
        program::free_port()
    );
    fs::write(&toml, name).expect("a file");
    one_fault(
        &folder,
        AGGREGATOR,
        "address",
        &["cannot be reached", "firewall"],
    );
    let other = network.aggregator.address.trim_start_matches("https://");
    let (other, _) = other.split_once('#').expect("a pin");
    fs::write(&toml, format!("public_name = \"{other}\"\n{config}")).expect("a file");
    one_fault(
        &folder,
        AGGREGATOR,
        "address",
        &["another key", "Another server answers"],
    );
    // Its `listen` was changed, and it was not restarted.
    let elsewhere = format!("listen = \"127.0.0.1:{}\"", program::free_port());
    let listen = config
        .lines()
        .find(|line| line.starts_with("listen"))
        .expect("a line");
    fs::write(&toml, config.replacen(listen, &elsewhere, 1)).expect("a file");
    one_fault(
        &folder,
        AGGREGATOR,
        "listener",
        &["does not respond", "restart"],
    );
    fs::write(&toml, &config).expect("a file");
    // An upgrade that did not restart it.
    fs::write(folder.join("lock"), "0.0.1\n").expect("a file");
    let notices = checks(&examine(&folder, AGGREGATOR), "notice");
    assert!(
        notices
            .iter()
            .any(|it| it.starts_with("version: ") && it.contains("0.0.1")),
        "{notices:#?}"
    );
    assert!(server.stop().success());

    // keys
    fs::rename(folder.join("keys.json"), folder.join("away")).expect("a file");
    one_fault(&folder, AGGREGATOR, "keys", &["backup"]);
}

#[test]
fn a_full_disk_is_a_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = folder.path().join("disk");
    let Some(_disk) = SmallDisk::mount(&disk) else {
        // Only root may mount a small disk.
        return;
    };
    let node = disk.join("node");
    program::init_node(&node, &[]);
    let faults = checks(&examine(&node, NODE), "fault");
    let [fault] = faults.as_slice() else {
        panic!("not one fault: {faults:#?}");
    };
    assert!(
        fault.starts_with("disk: ") && fault.contains("Make room"),
        "{fault}"
    );
}
