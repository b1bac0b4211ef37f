//! The programs as a user starts them, each as a process of its own.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, fs, thread};

use crate::process::{arguments_and_environment, watch};

/// The path of a program that cargo built.
///
/// # Panics
/// If it has not been built: `cargo test -p` does not build the other crates' programs.
pub fn path(name: &str) -> PathBuf {
    let test = env::current_exe().expect("the path of this test");
    let folder = test
        .ancestors()
        .find(|folder| {
            let part = folder.file_name();
            part.is_some_and(|part| part == "deps" || part == "examples")
        })
        .and_then(Path::parent)
        .expect("a test runs from cargo's target folder");
    let path = folder.join(name);
    assert!(
        path.exists(),
        "{} is not built: run ./tests/run, or `cargo build --workspace --bins` first",
        path.display()
    );
    path
}

/// Runs a program until it exits.
pub fn run(name: &str, arguments: &[&str]) -> Output {
    Command::new(path(name))
        .args(arguments)
        .env("HEDGEROW_SETTINGS", "/nowhere/settings.json")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

/// Runs a program until it exits, and also returns what other programs could read of it meanwhile:
/// its arguments and its environment.
///
/// # Panics
/// If it has not been built.
pub fn run_watched(name: &str, arguments: &[&str]) -> (Output, BTreeSet<String>) {
    let child = Command::new(path(name))
        .args(arguments)
        .env("HEDGEROW_SETTINGS", "/nowhere/settings.json")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    watch(child)
}

/// Runs a program until it exits, and returns its standard output.
///
/// # Panics
/// If it fails, with its output in the message.
pub fn run_well(name: &str, arguments: &[&str]) -> String {
    let output = run(name, arguments);
    assert!(
        output.status.success(),
        "{name} {arguments:?} failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A port that was free when this returned.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound listener").port()
}

/// Initialises an aggregator in `folder`. Its phrase is written next to the folder.
pub fn init_aggregator(folder: &Path) {
    let listen = format!("127.0.0.1:{}", free_port());
    let phrase = text(&folder.with_extension("phrase"));
    let init = ["init", "--listen", &listen, "--phrase-file", &phrase];
    run_in(folder, "hedgerow-aggregator", &init);
}

/// Initialises a node in `folder` that publishes to `aggregators`.
pub fn init_node(folder: &Path, aggregators: &[&str]) {
    let listen = format!("127.0.0.1:{}", free_port());
    let mut init = vec!["init", "--listen", &listen];
    for aggregator in aggregators {
        init.extend(["--aggregator", aggregator]);
    }
    run_in(folder, "hedgerow-node", &init);
}

/// Adds a group to the stopped node in `folder`. Its phrase is written next to the folder.
pub fn add_group(folder: &Path, label: &str) {
    let phrase = text(&folder.with_extension(format!("{label}.phrase")));
    let add = ["group", "add", label, "--phrase-file", &phrase];
    run_in(folder, "hedgerow-node", &add);
}

/// Runs a command of a server's program on its folder, and returns its standard output.
pub fn run_in(folder: &Path, name: &str, arguments: &[&str]) -> String {
    run_well(name, &[&["--dir", &text(folder)], arguments].concat())
}

fn text(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// A server process. Dropping it kills it.
pub struct Server {
    child: Child,
    /// The address that the program printed, with the pin of its key.
    pub address: String,
    log: PathBuf,
}

impl Server {
    /// Starts `name --dir FOLDER run` and waits until the program prints its address.
    pub fn start(name: &str, folder: &Path) -> Self {
        Self::start_with(name, folder, |command| command)
    }

    /// Like [`start`](Self::start), with another log level than `info`.
    pub fn start_with_log(name: &str, folder: &Path, level: &str) -> Self {
        Self::start_with(name, folder, |command| command.env("HEDGEROW_LOG", level))
    }

    /// Like [`start`](Self::start), with more arguments or variables of the environment.
    pub fn start_with(
        name: &str,
        folder: &Path,
        change: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Self {
        let log = folder.with_extension("log");
        let errors = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a log file");
        let mut command = Command::new(path(name));
        command.arg("--dir").arg(folder).arg("run");
        command.env("HEDGEROW_LOG", "info");
        let child = change(&mut command)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("the program starts");
        // From here on, a panic below drops the server, which ends the process.
        let mut server = Self {
            child,
            address: String::new(),
            log,
        };
        let output = server.child.stdout.take().expect("piped");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        while server.address.is_empty() {
            let Ok(line) = lines.recv_timeout(Duration::from_secs(60)) else {
                panic!("{name} printed no address:\n{}", server.log());
            };
            let address = line
                .split_whitespace()
                .find(|word| word.starts_with("https://") && word.contains("#sha256="));
            server.address = address.unwrap_or_default().to_owned();
        }
        server
    }

    /// Ends the process at once with SIGKILL, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("the server was running");
        self.child.wait().expect("the server exits");
    }

    /// Stops the process with SIGTERM, as a service manager does.
    pub fn stop(mut self) -> ExitStatus {
        let signalled = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .expect("kill starts");
        assert!(signalled.success(), "the server was running");
        self.child.wait().expect("the server exits")
    }

    /// The arguments and the environment, as other programs can read them.
    pub fn arguments_and_environment(&self) -> String {
        arguments_and_environment(self.child.id())
    }

    /// Everything that the server logged so far, in earlier runs too.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
