//! An authority for certificates: pebble, with a DNS server that resolves every name to this
//! machine (`apt-get install pebble`; `./tests/run` installs it).

use std::fs;
use std::future::Future;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hedgerow_server::acme::AcmeConfig;
use hedgerow_server::identity::Identity;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;

use crate::https::Visitor;

/// A name that pebble refuses to sign a certificate for.
pub const BLOCKED: &str = "blocked.example";

/// What an authority does. It forgets everything when it is stopped.
pub struct Pebble {
    settings: Settings,
    running: Option<(Child, Child)>,
}

struct Settings {
    folder: PathBuf,
    port: u16,
    management: u16,
    dns: u16,
}

impl Pebble {
    /// Prepares an authority, without starting it, that looks for the server of every name at a
    /// port of this machine. `None`, with a line that says so, if it is not installed.
    ///
    /// # Panics
    /// If the folder cannot be written, or it is not installed where `CI` is set.
    pub fn prepare(folder: &Path, tls_port: u16, validity: Duration) -> Option<Self> {
        for program in ["pebble", "pebble-challtestsrv"] {
            if Command::new(program)
                .arg("-h")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_err()
            {
                let is_required = std::env::var_os("CI").is_some();
                assert!(
                    !is_required,
                    "{program} is not installed: apt-get install pebble"
                );
                eprintln!("skipped: {program} is not installed: apt-get install pebble");
                return None;
            }
        }
        fs::create_dir_all(folder).expect("a folder");
        let identity = Identity::generate(&["localhost".to_owned()]).expect("a certificate");
        let settings = Settings {
            folder: folder.to_owned(),
            port: free_port(),
            management: free_port(),
            dns: free_port(),
        };
        let (certificate, key) = (settings.roots(), folder.join("key.pem"));
        identity.save(&certificate, &key).expect("a new folder");
        let config = json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{}", settings.port),
            "managementListenAddress": format!("127.0.0.1:{}", settings.management),
            "certificate": certificate,
            "privateKey": key,
            "httpPort": 1,
            "tlsPort": tls_port,
            "certificateValidityPeriod": validity.as_secs(),
            "domainBlocklist": [BLOCKED],
        }});
        fs::write(folder.join("config.json"), config.to_string()).expect("a writable folder");
        Some(Self {
            settings,
            running: None,
        })
    }

    /// Starts the authority, and waits until it responds.
    ///
    /// # Panics
    /// If it does not within a minute.
    pub async fn start(&mut self) {
        let Settings {
            folder,
            port,
            management,
            dns,
        } = &self.settings;
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log_file())
            .expect("a log file");
        let quiet = |command: &mut Command| {
            command
                .stdin(Stdio::null())
                .stdout(log.try_clone().expect("a file"))
                .stderr(log.try_clone().expect("a file"))
                .spawn()
                .expect("the program starts")
        };
        let names = quiet(Command::new("pebble-challtestsrv").args([
            "-defaultIPv6",
            "",
            "-dns01",
            &format!("127.0.0.1:{dns}"),
            "-http01",
            "",
            "-https01",
            "",
            "-tlsalpn01",
            "",
            "-management",
            &format!("127.0.0.1:{}", free_port()),
        ]));
        let authority = quiet(
            Command::new("pebble")
                .arg("-strict")
                .arg("-config")
                .arg(folder.join("config.json"))
                .args(["-dnsserver", &format!("127.0.0.1:{dns}")])
                .env("PEBBLE_VA_NOSLEEP", "1"),
        );
        self.running = Some((authority, names));
        let visitor = self.visitor();
        for (port, path) in [(*port, "/dir"), (*management, "/roots/0")] {
            eventually("pebble responds", || async {
                let page = visitor.get(port, "localhost", "localhost", path).await;
                page.ok()
            })
            .await;
        }
    }

    /// Stops the authority.
    pub fn stop(&mut self) {
        if let Some((mut authority, mut names)) = self.running.take() {
            for child in [&mut authority, &mut names] {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }

    /// The configuration of a server that uses it, with short delays.
    pub fn config(&self) -> AcmeConfig {
        AcmeConfig {
            directory: format!("https://localhost:{}/dir", self.settings.port),
            contact: Some("operator@example.org".to_owned()),
            roots: Some(self.settings.roots()),
            first_retry_seconds: 1,
            longest_retry_seconds: 2,
        }
    }

    /// The root of the certificates that it signs. Each start makes another.
    ///
    /// # Panics
    /// If it is not running.
    pub async fn root(&self) -> CertificateDer<'static> {
        let port = self.settings.management;
        let visitor = self.visitor();
        let page = visitor
            .get(port, "localhost", "localhost", "/roots/0")
            .await;
        let page = page.expect("pebble responds").response;
        CertificateDer::from_pem_slice(page.as_bytes()).expect("a certificate")
    }

    /// How many accounts were made, over all starts.
    pub fn accounts_made(&self) -> usize {
        self.log().matches("accounts in memory").count()
    }

    /// Everything that it logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.settings.folder.join("log")
    }

    fn visitor(&self) -> Visitor {
        let own = CertificateDer::from_pem_file(self.settings.roots()).expect("a certificate");
        Visitor::with_roots(&[own])
    }
}

impl Settings {
    /// Its own web address has a certificate that it did not sign itself.
    fn roots(&self) -> PathBuf {
        self.folder.join("certificate.pem")
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A port that was free when this returned.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("a bound listener").port()
}

/// Polls until `poll` returns a value, and returns it.
///
/// # Panics
/// After a minute, with `condition` in the message.
pub async fn eventually<T, F: Future<Output = Option<T>>>(
    condition: &str,
    mut poll: impl FnMut() -> F,
) -> T {
    let began = Instant::now();
    loop {
        if let Some(value) = poll().await {
            return value;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{condition}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
