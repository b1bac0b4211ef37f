//! `backup make`, `check` and `restore` of both servers, as an operator runs them.

use std::fs;
use std::path::Path;

use hedgerow_tests::program;
use hedgerow_tests::program::Server;

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
        ("hedgerow-node", "1 groups with 0 published records"),
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
