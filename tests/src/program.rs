//! The programs as a user starts them.

use std::env;
use std::fs;
use std::io::BufRead;
use std::io::BufReader;
use std::net::Ipv4Addr;
use std::net::TcpListener;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Output;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Where cargo put a program of this workspace.
///
/// # Panics
/// Where it has not been built: `./tests/run` builds the programs first.
pub fn path(name: &str) -> PathBuf {
    let test = env::current_exe().expect("the test's own program");
    let folder = test
        .ancestors()
        .find(|folder| folder.file_name().is_some_and(|part| part == "deps"))
        .and_then(Path::parent)
        .expect("tests run from cargo's target folder");
    let path = folder.join(name);
    assert!(
        path.exists(),
        "{} is not built: run ./tests/run, or `cargo build --workspace --bins` first",
        path.display()
    );
    path
}

/// Runs a program to its end.
pub fn run(name: &str, arguments: &[&str]) -> Output {
    Command::new(path(name))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

/// Runs a program to its end, and gives what it printed.
///
/// # Panics
/// Where it fails; with what it said.
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

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound listener").port()
}

/// A server that runs until it is killed.
pub struct Server {
    child: Child,
    /// Its address, as it printed it.
    pub address: String,
    log: PathBuf,
}

impl Server {
    /// Starts `name --dir FOLDER run` and waits until it prints its address.
    pub fn start(name: &str, folder: &Path) -> Self {
        Self::start_with_log(name, folder, "info")
    }

    /// The same, with a level of logging.
    pub fn start_with_log(name: &str, folder: &Path, level: &str) -> Self {
        let log = folder.with_extension("log");
        let errors = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a log file");
        let child = Command::new(path(name))
            .arg("--dir")
            .arg(folder)
            .arg("run")
            .env("HEDGEROW_LOG", level)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("the program starts");
        // From here on, whatever happens, dropping it ends the process.
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

    /// Ends it at once, as a power cut would: SIGKILL.
    pub fn kill(mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ends");
    }

    /// Asks it to end, as a service manager does: SIGTERM.
    pub fn stop(mut self) -> ExitStatus {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .expect("kill starts");
        assert!(asked.success(), "it was running");
        self.child.wait().expect("it ends")
    }

    /// What it logged.
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
