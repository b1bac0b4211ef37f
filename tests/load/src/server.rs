//! Nodes and aggregators as a user starts them, with their folders and configuration files.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, ensure};
use hedgerow_core::endpoint::Endpoint;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};
use hedgerow_transport::failure::CallFailure;
use tonic::transport::Channel;

use crate::process::Process;

const TIMEOUT: Duration = Duration::from_secs(60);

/// A server process. Dropping it kills it.
pub struct Server {
    child: Child,
    pub address: Endpoint,
    pub folder: PathBuf,
    /// The time from the start of the process to its first response.
    pub started_in: Duration,
}

/// Names a folder of programs to measure instead of those next to this one.
const PROGRAMS_VARIABLE: &str = "HEDGEROW_PROGRAMS";

/// The path of a program.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    if let Some(folder) = std::env::var_os(PROGRAMS_VARIABLE) {
        return Ok(PathBuf::from(folder).join(name));
    }
    let own = std::env::current_exe()?;
    let found = own
        .ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.with_context(|| format!("{name} is not built: run tests/load/run, which builds it first"))
}

/// Limits that are raised in the configuration file, because all groups and seekers of a
/// benchmark have the same address.
const RAISED_LIMITS: [(&str, &str, i64); 17] = [
    ("limits", "connections", 8_192),
    ("limits", "connections_per_peer", 8_192),
    ("limits", "new_connections_per_peer_and_second", 8_192),
    ("limits", "streams_per_connection", 256),
    ("limits", "calls", 4_096),
    ("limits", "calls_per_peer", 4_096),
    ("limits", "syncs", 4_096),
    ("limits", "syncs_per_peer", 4_096),
    ("limits", "pushes", 4_096),
    ("limits", "pushes_per_peer", 4_096),
    ("ingest", "daily_new_groups", 10_000_000),
    ("ingest", "creates", 1_000_000),
    ("ingest", "transfers", 512),
    ("ingest", "transfers_per_peer", 512),
    ("feed", "watchers", 8_192),
    ("feed", "watchers_per_peer", 8_192),
    ("feed", "sync_bytes_per_peer_and_hour", i64::MAX),
];

/// The names of the raised limits, for a report.
pub fn raised_limits() -> String {
    let names: Vec<_> = RAISED_LIMITS
        .iter()
        .map(|(section, key, _)| format!("`{section}.{key}`"))
        .collect();
    names.join(", ")
}

/// A change to an aggregator's configuration in addition to the raised limits.
pub type ConfigChange = Box<dyn Fn(&mut toml::Table) -> anyhow::Result<()>>;

/// Initialises an aggregator, and changes its configuration file.
pub fn init_aggregator(folder: &Path, changes: &[ConfigChange]) -> anyhow::Result<()> {
    init(folder, &RAISED_LIMITS, changes)
}

/// Like [`init_aggregator`], without raised limits.
pub fn init_aggregator_with_default_limits(
    folder: &Path,
    changes: &[ConfigChange],
) -> anyhow::Result<()> {
    init(folder, &[], changes)
}

fn init(
    folder: &Path,
    raised: &[(&str, &str, i64)],
    changes: &[ConfigChange],
) -> anyhow::Result<()> {
    let listen = free_address()?;
    let phrase = folder.with_extension("phrase");
    let phrase = phrase
        .to_str()
        .context("the path of the scratch folder is not UTF-8")?;
    run(
        "hedgerow-aggregator",
        folder,
        &["init", "--listen", &listen, "--phrase-file", phrase],
    )?;
    let mut config: toml::Table =
        run("hedgerow-aggregator", folder, &["config", "--show"])?.parse()?;
    for &(section, key, value) in raised {
        set_existing(&mut config, section, key, value.into())?;
    }
    for change in changes {
        change(&mut config)?;
    }
    fs::write(
        folder.join(hedgerow_aggregator::config::FILE_NAME),
        config.to_string(),
    )?;
    Ok(())
}

/// Sets a key that is in the configuration. Fails if it is not, so that no key is misspelt.
pub fn set_existing(
    config: &mut toml::Table,
    section: &str,
    key: &str,
    value: toml::Value,
) -> anyhow::Result<()> {
    let table = config.get_mut(section).and_then(toml::Value::as_table_mut);
    let known = table
        .and_then(|table| table.get_mut(key))
        .with_context(|| format!("the configuration has no setting `{section}.{key}`"))?;
    *known = value;
    Ok(())
}

/// Initialises a node, and adds a group with the label `measured`.
pub fn init_node(folder: &Path, aggregator: Option<&Endpoint>) -> anyhow::Result<()> {
    let listen = free_address()?;
    let address = aggregator.map(ToString::to_string);
    let mut init = vec!["init", "--listen", &listen];
    if let Some(address) = &address {
        init.extend(["--aggregator", address]);
    }
    run("hedgerow-node", folder, &init)?;
    let phrase = folder.with_extension("phrase");
    let phrase = phrase
        .to_str()
        .context("the path of the scratch folder is not UTF-8")?;
    let add = ["group", "add", "measured", "--phrase-file", phrase];
    run("hedgerow-node", folder, &add)?;
    Ok(())
}

/// Raises the limits of a node as those of an aggregator. A node has none for ingest.
pub fn raise_node_limits(folder: &Path) -> anyhow::Result<()> {
    let raise: ConfigChange = Box::new(|config| {
        for &(section, key, value) in &RAISED_LIMITS {
            if section != "ingest" {
                set_existing(config, section, key, value.into())?;
            }
        }
        Ok(())
    });
    change_node_config(folder, &raise)
}

/// Changes the configuration file of a node.
pub fn change_node_config(folder: &Path, change: &ConfigChange) -> anyhow::Result<()> {
    let mut config: toml::Table = run("hedgerow-node", folder, &["config", "--show"])?.parse()?;
    change(&mut config)?;
    fs::write(folder.join("hedgerow-node.toml"), config.to_string())?;
    Ok(())
}

/// Runs a command of a program until it exits, and returns its output.
pub fn run(name: &str, folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(program(name)?)
        .arg("--dir")
        .arg(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()?;
    ensure!(
        output.status.success(),
        "{name} {arguments:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

impl Server {
    pub async fn aggregator(folder: &Path) -> anyhow::Result<Self> {
        Self::start("hedgerow-aggregator", folder, None).await
    }

    /// Like [`aggregator`](Self::aggregator), on one core only.
    pub async fn aggregator_on_core(folder: &Path, core: usize) -> anyhow::Result<Self> {
        Self::start("hedgerow-aggregator", folder, Some(core)).await
    }

    pub async fn node(folder: &Path) -> anyhow::Result<Self> {
        Self::start("hedgerow-node", folder, None).await
    }

    async fn start(name: &str, folder: &Path, core: Option<usize>) -> anyhow::Result<Self> {
        let program = program(name)?;
        let mut command = match core {
            None => Command::new(program),
            Some(core) => {
                let mut command = Command::new("taskset");
                command.arg("--cpu-list").arg(core.to_string()).arg(program);
                command
            }
        };
        let log = folder.with_extension("log");
        let began = Instant::now();
        let mut child = command
            .arg("--dir")
            .arg(folder)
            .arg("run")
            .env("HEDGEROW_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log)?)
            .spawn()?;
        let output = child.stdout.take().context("the output is not a pipe")?;
        let mut server = Self {
            child,
            address: Endpoint::parse("https://127.0.0.1:1")?,
            folder: folder.to_owned(),
            started_in: Duration::ZERO,
        };
        let found = addresses(output).recv_timeout(TIMEOUT);
        server.address = found.map_err(|_| {
            let log = fs::read_to_string(&log).unwrap_or_default();
            anyhow::anyhow!("{name} printed no address: {log}")
        })?;
        while !responds(server.channel()?).await {
            ensure!(began.elapsed() < TIMEOUT, "{name} does not respond");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.started_in = began.elapsed();
        Ok(server)
    }

    pub fn process(&self) -> Process {
        Process(self.child.id())
    }

    /// Opens another connection.
    pub fn channel(&self) -> anyhow::Result<Channel> {
        channel(&self.address)
    }

    /// Stops the process with SIGTERM, and waits until it exits.
    pub fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        let began = Instant::now();
        while self.child.try_wait()?.is_none() {
            ensure!(began.elapsed() < TIMEOUT, "the server did not stop");
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Opens a connection to a server.
pub fn channel(address: &Endpoint) -> anyhow::Result<Channel> {
    let connector = Connector::new(ConnectorConfig::default());
    Ok(connector.channel(address, Trust::Configured)?)
}

/// Whether a server responds to a call; the group of the call is unknown to it.
async fn responds(channel: Channel) -> bool {
    let request = feed_v1::GetHeadRequest {
        group_id: vec![0; 32],
        ..Default::default()
    };
    match FeedServiceClient::new(channel).get_head(request).await {
        Ok(_) => true,
        Err(status) => CallFailure::from_status(&status).reason == "group_unknown",
    }
}

/// Reads addresses from a program's output in a thread, so that the pipe never fills.
fn addresses(output: impl std::io::Read + Send + 'static) -> mpsc::Receiver<Endpoint> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let words = line.split_whitespace();
            let found = words.filter_map(|word| Endpoint::parse(word).ok());
            for address in found.filter(|address| address.pin.is_some()) {
                let _ = sender.send(address);
            }
        }
    });
    receiver
}

/// An address on loopback whose port was free when this returned.
pub fn free_address() -> anyhow::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.to_string())
}

/// The size of all files below a folder.
pub fn folder_bytes(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => folder_bytes(&entry.path())?,
            Ok(metadata) => metadata.len(),
            // The index deletes files at any time.
            Err(_) => 0,
        };
    }
    Ok(bytes)
}
