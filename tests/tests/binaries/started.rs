//! Starts of servers: with a port that the system chooses, in a new container, and by a script.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_tests::program;
use hedgerow_tests::program::Server;

use super::proxied::console;

#[test]
fn a_server_prints_the_port_that_it_got_and_may_be_stopped_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let phrase = folder.path().join("phrase");
    let phrase = phrase.to_str().expect("a path in UTF-8");
    let any_port = ["init", "--listen", "127.0.0.1:0"];
    for (name, more) in [
        ("hedgerow-node", &[][..]),
        ("hedgerow-aggregator", &["--phrase-file", phrase][..]),
    ] {
        let home = folder.path().join(name);
        program::run_in(&home, name, &[&any_port, more].concat());
        for _ in 0..3 {
            let server = Server::start(name, &home);
            let address: Endpoint = server.address.parse().expect("a printed address");
            TcpStream::connect((address.host.as_str(), address.port)).expect("it listens there");
            let log = server.log();
            assert!(server.stop().success(), "{name}:\n{log}");
        }
    }
}

/// Starts `hedgerow-node run` with more arguments, and returns the address that it prints.
fn address_of_run(folder: &Path, arguments: &[&str]) -> Endpoint {
    let server = Server::start_with("hedgerow-node", folder, |run| run.args(arguments));
    server.address.parse().expect("a printed address")
}

#[test]
fn a_node_in_a_new_container_makes_its_folder_and_keeps_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let port = program::free_port();
    let listen = format!("127.0.0.1:{port}");
    let address = address_of_run(&data, &["--init", "--listen", &listen]);
    assert_eq!(address.port, port);
    // The option is for this run: the configuration stays as `init` writes it.
    let file = data.join("hedgerow-node.toml");
    let config = fs::read_to_string(&file).expect("a configuration");
    assert!(
        config.contains("\nlisten = \"127.0.0.1:7440\"\n"),
        "{config}"
    );
    fs::write(&file, format!("{config}\n# mine\n")).expect("a file");
    let again = address_of_run(&data, &["--init", "--listen", &listen]);
    assert_eq!(again, address);
    let kept = fs::read_to_string(&file).expect("a configuration");
    assert!(kept.ends_with("# mine\n"), "{kept}");

    let other = folder.path().join("other");
    let at = other.to_str().expect("UTF-8");
    let wrong = ["--dir", at, "run", "--init", "--listen", "everywhere"];
    let output = program::run("hedgerow-node", &wrong);
    assert_eq!(output.status.code(), Some(78));
    assert!(!other.exists(), "a typing error leaves no folder");
    let without = program::run("hedgerow-node", &["--dir", at, "run"]);
    assert_eq!(without.status.code(), Some(78));
}

#[test]
fn an_aggregator_in_a_container_listens_where_its_command_line_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    program::init_aggregator(&data);
    let at = data.to_str().expect("UTF-8");
    let port = program::free_port();
    let listen = format!("0.0.0.0:{port}");
    let server = Server::start_with("hedgerow-aggregator", &data, |run| {
        run.args(["--listen", &listen])
    });
    let address = &server.address;
    assert!(address.contains(&format!(":{port}#sha256=")), "{address}");
    TcpStream::connect(("127.0.0.1", port)).expect("it listens there");
    drop(server);
    let wrong = program::run(
        "hedgerow-aggregator",
        &["--dir", at, "run", "--listen", "here"],
    );
    assert_eq!(wrong.status.code(), Some(78));
}

#[test]
fn a_host_prints_a_stewards_file_while_the_node_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = folder.path().join("node");
    program::init_node(&node, &[]);
    program::add_group(&node, "kettle");
    let _server = Server::start("hedgerow-node", &node);
    let printed = program::run_in(&node, "hedgerow-node", &["group", "steward", "kettle"]);
    let file = fs::read_to_string(node.join("stewards/kettle.json")).expect("a file");
    assert_eq!(printed.trim(), file.trim());
    let at = node.to_str().expect("UTF-8");
    let refused = |label: &str| {
        let output = program::run("hedgerow-node", &["--dir", at, "group", "steward", label]);
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    assert!(refused("../kettle").contains("no group labelled"));
    // It was given away and deleted here.
    fs::remove_file(node.join("stewards/kettle.json")).expect("a file");
    assert!(refused("kettle").contains("group token kettle"));
}

#[test]
fn a_console_for_a_local_network_is_linked_by_the_address_that_its_devices_use() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = folder.path().join("node");
    program::init_node(&node, &[]);
    let file = node.join("hedgerow-node.toml");
    let config = fs::read_to_string(&file).expect("a configuration");
    let config = config.replace(
        "\nconsole_on_local_network = false",
        "\nconsole_on_local_network = true\nsteward_address = \"https://192.168.0.5:7440\"",
    );
    fs::write(&file, config).expect("a file");
    let _server = Server::start("hedgerow-node", &node);
    let printed = console(&node);
    let link = "http://192.168.0.5:7440/console/link/";
    assert!(printed.starts_with(link), "{printed}");
}

#[test]
fn advice_names_the_script_that_runs_the_program() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = folder.path().join("node");
    let output = Command::new(program::path("hedgerow-node"))
        .arg("--dir")
        .arg(&node)
        .arg("init")
        .env("HEDGEROW_COMMAND_NAME", "sudo hedgerow-node-admin")
        .output()
        .expect("the program starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(
        text.contains("\n  sudo hedgerow-node-admin group add LABEL\n"),
        "{text}"
    );
    assert!(
        text.contains("\n  sudo systemctl start hedgerow-node\n"),
        "{text}"
    );
}

#[test]
fn a_certificate_may_be_a_credential_instead_of_a_file_in_the_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = folder.path().join("made");
    let listen = format!("127.0.0.1:{}", program::free_port());
    let printed = program::run_in(&made, "hedgerow-node", &["init", "--listen", &listen]);
    let credentials = folder.path().join("credentials");
    fs::create_dir(&credentials).expect("a folder");
    for name in ["certificate", "certificate-key"] {
        let file = made.join(format!("{name}.pem"));
        fs::rename(file, credentials.join(name)).expect("a file");
    }
    let mut child = Command::new(program::path("hedgerow-node"))
        .arg("--dir")
        .arg(&made)
        .arg("run")
        .env("CREDENTIALS_DIRECTORY", &credentials)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    let output = child.stdout.take().expect("piped");
    BufReader::new(output).read_line(&mut line).expect("UTF-8");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(
        line.starts_with("https://") && printed.contains(line.trim()),
        "{line}{printed}"
    );
    assert!(
        !made.join("certificate-key.pem").exists(),
        "no second key was made"
    );
}
