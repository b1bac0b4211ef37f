//! `backup make`, `check` and `restore` of both servers, as an operator runs them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use hedgerow_tests::program;
use hedgerow_tests::program::Server;
use hedgerow_tests::terminal::Terminal;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// Runs a command that must fail, and returns its error.
fn fails(name: &str, folder: &Path, arguments: &[&str]) -> String {
    let output = program::run(name, &[&["--dir", text(folder)], arguments].concat());
    assert!(!output.status.success(), "{arguments:?} succeeded");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn a_server_is_backed_up_while_it_runs_and_restored_elsewhere() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, has) in [
        ("hedgerow-node", "1 group with 0 published records"),
        ("hedgerow-aggregator", "0 groups with 0 records"),
    ] {
        let own = folder.path().join(name);
        if name == "hedgerow-node" {
            program::init_node(&own, &[]);
            program::add_group(&own, "kettle");
        } else {
            program::init_aggregator(&own);
        }
        let server = Server::start(name, &own);
        let address = server.address.clone();
        let made = program::run_in(&own, name, &["backup", "make"]);
        assert!(made.contains(has), "{made}");
        let (plain, _) = made.split_once(" has ").expect("the file's name");

        // What leaves the folder is encrypted.
        let away = folder.path().join(format!("{name}.backup"));
        let error = fails(name, &own, &["backup", "make", text(&away)]);
        assert!(error.contains("--passphrase-file"), "{error}");
        let secret = folder.path().join("secret");
        fs::write(&secret, "kettle kettle\n").expect("a file");
        let with = ["--passphrase-file", text(&secret)];
        let make = [&["backup", "make", text(&away)], &with[..]].concat();
        program::run_in(&own, name, &make);
        let check = [&["backup", "check", text(&away)], &with[..]].concat();
        assert!(program::run_in(&own, name, &check).contains(has));

        // Never onto a folder that is in use, or has a state of its own.
        let restore = ["backup", "restore", plain];
        let error = fails(name, &own, &restore);
        assert!(error.contains("in use"), "{error}");
        assert!(server.stop().success());
        let error = fails(name, &own, &restore);
        assert!(error.contains("has a server already"), "{error}");

        let new = folder.path().join(format!("{name}-restored"));
        let restore = [&["backup", "restore", text(&away)], &with[..]].concat();
        let restored = program::run_in(&new, name, &restore);
        assert!(restored.contains(has), "{restored}");
        let server = Server::start(name, &new);
        assert_eq!(server.address, address, "its key and its port are the same");
        assert!(server.stop().success());
    }
}

/// The newest file with an ending in a folder, once there is one.
fn eventually_made(folder: &Path, ending: &str) -> PathBuf {
    let began = Instant::now();
    loop {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path());
        let made = files.filter(|file| file.extension().is_some_and(|it| it == ending));
        if let Some(newest) = made.max() {
            return newest;
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "no .{ending} in {folder:?}"
        );
        sleep(Duration::from_millis(20));
    }
}

/// Writes lines into the section `[backup]` of a configuration.
fn configure(folder: &Path, name: &str, lines: &str) {
    let file = folder.join(name).with_extension("toml");
    let text = fs::read_to_string(&file).expect("a configuration");
    let mut config: toml::Table = text.parse().expect("TOML");
    config.insert(
        "backup".into(),
        lines.parse::<toml::Table>().expect("TOML").into(),
    );
    fs::write(&file, config.to_string()).expect("a file");
}

#[test]
fn a_line_of_configuration_makes_encrypted_backups_on_another_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["hedgerow-node", "hedgerow-aggregator"] {
        let own = folder.path().join(name);
        if name == "hedgerow-node" {
            program::init_node(&own, &[]);
            program::add_group(&own, "kettle");
        } else {
            program::init_aggregator(&own);
        }
        let disk = folder.path().join(format!("{name}-disk"));
        let lines = format!("every = \"6 hours\"\nfolder = {:?}\n", text(&disk));
        configure(&own, name, &lines);
        // Without a passphrase nothing starts: the backups would have the keys.
        let error = fails(name, &own, &["run"]);
        assert!(error.contains("backup.passphrase_file"), "{error}");
        configure(
            &own,
            name,
            &format!("{lines}passphrase_file = \"secret\"\n"),
        );
        fs::write(own.join("secret"), "kettle kettle\n").expect("a file");

        // Without the disk the server runs, and `doctor` has the reason.
        let server = Server::start(name, &own);
        eventually_made(&own.join("backups"), "txt");
        let output = program::run(name, &["--dir", text(&own), "doctor"]);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(printed.contains("✗ backups"), "{printed}");
        assert!(printed.contains(text(&disk)), "{printed}");
        assert!(server.stop().success());

        fs::create_dir(&disk).expect("a folder");
        let server = Server::start(name, &own);
        let made = eventually_made(&disk, "backup");
        let bytes = fs::read(&made).expect("a file");
        assert!(!bytes.windows(6).any(|part| part == b"SQLite"));
        let output = program::run(name, &["--dir", text(&own), "doctor"]);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(printed.contains("✓ backups"), "{printed}");
        assert!(server.stop().success());

        let new = folder.path().join(format!("{name}-restored"));
        let secret = own.join("secret");
        let restore = [
            "backup",
            "restore",
            text(&made),
            "--passphrase-file",
            text(&secret),
        ];
        let printed = program::run_in(&new, name, &restore);
        assert!(
            printed.contains(&format!("make the folder {}", text(&disk))),
            "{printed}"
        );
        let server = Server::start(name, &new);
        assert!(server.stop().success());
    }
}

#[test]
fn the_passphrase_of_a_backup_is_typed_twice_and_never_shown() {
    const SECRET: &str = "nightingale tea 7";
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("node");
    program::init_node(&own, &[]);
    program::add_group(&own, "kettle");
    let file = folder.path().join("away.backup");
    let (own, file) = (text(&own), text(&file));
    let make = ["--dir", own, "backup", "make", file];
    let mut terminal = Terminal::start("hedgerow-node", &make);
    terminal.wait_for("Passphrase:");
    terminal.type_hidden("short");
    terminal.wait_for("at least 12");
    terminal.wait_for("Passphrase:");
    terminal.type_hidden(SECRET);
    terminal.wait_for("again:");
    terminal.type_hidden("nightingale tea 8");
    terminal.wait_for("two different ones");
    terminal.wait_for("Passphrase:");
    terminal.type_hidden(SECRET);
    terminal.wait_for("again:");
    terminal.type_hidden(SECRET);
    terminal.wait_for("1 group");
    let (status, shown, visible) = terminal.finish();
    assert!(status.success(), "{shown}");
    assert!(!shown.contains("nightingale") && !visible.contains("nightingale"));

    let new = folder.path().join("restored");
    let restore = ["--dir", text(&new), "backup", "restore", file];
    let mut terminal = Terminal::start("hedgerow-node", &restore);
    terminal.wait_for("Passphrase of the backup");
    terminal.type_hidden(SECRET);
    terminal.wait_for("Restored");
    let (status, shown, _) = terminal.finish();
    assert!(status.success(), "{shown}");
    assert!(!shown.contains("nightingale"));
}

/// Makes the database of an aggregator as the version before this one did.
async fn make_previous(own: &Path) -> i64 {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/aggregator/sqlite");
    let all = Migrator::new(all).await.expect("the migrations");
    let newest = all
        .iter()
        .map(|one| one.version)
        .max()
        .expect("a migration");
    let earlier = all.iter().filter(|one| one.version < newest).cloned();
    let options = SqliteConnectOptions::new().filename(own.join("aggregator.sqlite"));
    let options = options.create_if_missing(true);
    let mut connection = options.connect().await.expect("a database");
    let earlier = Migrator::with_migrations(earlier.collect());
    earlier.run(&mut connection).await.expect("they run");
    sqlx::query(
        "INSERT INTO exclusion (group_id, reason, at) VALUES (?, 'of the version before', 0)",
    )
    .bind([0xab_u8; 32].as_slice())
    .execute(&mut connection)
    .await
    .expect("a row");
    connection.close().await.expect("closed");
    newest
}

/// The version of the form of an aggregator's database.
async fn form_of(own: &Path) -> i64 {
    let options = SqliteConnectOptions::new().filename(own.join("aggregator.sqlite"));
    let mut connection = options.connect().await.expect("a database");
    let version = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations");
    let version = version.fetch_one(&mut connection).await.expect("a version");
    connection.close().await.expect("closed");
    version
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_is_upgraded_and_goes_back_with_its_operators_decisions() {
    const NAME: &str = "hedgerow-aggregator";
    let folder = tempfile::tempdir().expect("a folder");
    let own = folder.path().join("aggregator");
    program::init_aggregator(&own);
    let newest = make_previous(&own).await;
    let listed = |folder: &Path| program::run_in(folder, NAME, &["exclusions", "list"]);
    let server = Server::start(NAME, &own);
    assert!(server.log().contains("To go back"), "{}", server.log());
    assert!(server.stop().success());
    assert_eq!(form_of(&own).await, newest);
    assert!(listed(&own).contains("of the version before"));

    let before = own.join(format!("backups/before-{newest:04}.tar"));
    let back = folder.path().join("back");
    // As the version before would: `restored` opens the database, and is for this version.
    fs::create_dir(&back).expect("a folder");
    let mut tar = Command::new("tar");
    tar.arg("-xf").arg(&before).arg("-C").arg(&back);
    assert!(tar.status().expect("tar runs").success());
    assert!(form_of(&back).await < newest, "the form before");
    // And forward again, from there.
    let server = Server::start(NAME, &back);
    assert!(server.stop().success());
    assert_eq!(form_of(&back).await, newest);
    assert!(listed(&back).contains("of the version before"));
}

#[test]
fn a_refused_configuration_has_an_exit_status_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["hedgerow-node", "hedgerow-aggregator"] {
        let output = program::run(name, &["--dir", text(folder.path()), "run"]);
        assert_eq!(output.status.code(), Some(78), "{name}: no configuration");
        let config = folder.path().join(name).with_extension("toml");
        fs::write(config, "lisen = 1\n").expect("a file");
        let output = program::run(name, &["--dir", text(folder.path()), "run"]);
        assert_eq!(output.status.code(), Some(78), "{name}: a wrong key");
    }
}
