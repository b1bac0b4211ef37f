//! Servers with a domain, while no authority can be reached.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use hedgerow_tests::program;
use hedgerow_tests::program::{Server, free_port, init_aggregator, init_node};

const DOMAIN: &str = "directory.example";
const LONGEST: Duration = Duration::from_secs(60);

/// Gives a server a domain, and an authority at a port where none is.
fn set_domain(folder: &Path, name: &str) {
    let file = folder.join(name).with_extension("toml");
    let mut config: toml::Table = fs::read_to_string(&file)
        .expect("a configuration")
        .parse()
        .expect("valid TOML");
    config.insert("domain".to_owned(), DOMAIN.into());
    let mut acme = toml::Table::new();
    let directory = format!("https://127.0.0.1:{}/directory", free_port());
    acme.insert("directory".to_owned(), directory.into());
    acme.insert("first_retry_seconds".to_owned(), 1.into());
    config.insert("acme".to_owned(), acme.into());
    fs::write(file, config.to_string()).expect("a writable folder");
}

/// Runs `certificate`, and returns whether it succeeded and all that it printed.
fn certificate(folder: &Path, name: &str) -> (bool, String) {
    let folder = folder.to_str().expect("a path in UTF-8");
    let output = program::run(name, &["--dir", folder, "certificate"]);
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    (output.status.success(), text)
}

#[test]
fn a_server_without_an_authority_serves_on_and_says_why_there_is_no_certificate() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["hedgerow-aggregator", "hedgerow-node"] {
        let folder = folder.path().join(name);
        match name {
            "hedgerow-node" => init_node(&folder, &[]),
            _ => init_aggregator(&folder),
        }
        let (is_done, text) = certificate(&folder, name);
        assert!(
            is_done && text.contains("no `domain` is configured"),
            "{text}"
        );
        set_domain(&folder, name);
        let (is_done, text) = certificate(&folder, name);
        assert!(
            !is_done && text.contains("(re)start it with `run`"),
            "{text}"
        );

        let server = Server::start(name, &folder);
        let began = Instant::now();
        let text = loop {
            let (is_done, text) = certificate(&folder, name);
            assert!(!is_done, "{text}");
            if text.contains("last failure") {
                break text;
            }
            assert!(began.elapsed() < LONGEST, "{text}");
            sleep(Duration::from_millis(50));
        };
        for part in [
            "domain        directory.example\n",
            "certificate   none yet\n",
            "cannot reach the authority https://127.0.0.1:",
            "\nnext attempt  20",
            "there is no valid certificate for directory.example",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let log = server.log();
        assert!(log.contains("cannot obtain a certificate"), "{log}");
        if name == "hedgerow-aggregator" {
            let public = "https://directory.example:443#sha256=";
            assert!(server.address.starts_with(public), "{}", server.address);
        }
        assert!(server.stop().success(), "{name}");
    }
}
