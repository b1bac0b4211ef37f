//! The attacking program: this one, started a second time with lower priority.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use clap::Args;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::attack::{Attack, Victim};
use super::attacker::Attacker;
use super::servers::Servers;

/// For an attack to be prepared: thousands of records are signed and pushed.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(120);
const FIRST_OUTCOME_TIMEOUT: Duration = Duration::from_secs(15);
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
const READY: &str = "ready";

/// Attacks one server until its input ends. Started by `hostile`.
#[derive(Debug, Args)]
pub struct AttackCommand {
    attack: Attack,
    #[arg(long)]
    server: Endpoint,
    #[arg(long)]
    metrics: Option<SocketAddr>,
    #[arg(long)]
    group: Option<GroupId>,
    #[arg(long)]
    small: bool,
}

impl AttackCommand {
    pub async fn run(self) -> anyhow::Result<()> {
        let mut attacker = Attacker::new(self.server, self.attack as u32, self.small);
        attacker.metrics = self.metrics;
        attacker.group = self.group;
        self.attack.start(&mut attacker).await?;
        print_line(READY);
        let input_ends = || std::io::stdin().read_to_end(&mut Vec::new());
        tokio::task::spawn_blocking(input_ends).await??;
        // With lower priority on a busy machine, a short attack may not have reached the server yet.
        let _ = timeout(FIRST_OUTCOME_TIMEOUT, attacker.tally.first()).await;
        print_line(&attacker.tally.line());
        attacker.stop().await;
        Ok(())
    }
}

#[expect(clippy::print_stdout, reason = "the result of the command")]
fn print_line(text: &str) {
    println!("{text}");
}

/// A running attack. Dropping it ends the attack.
pub struct Running {
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
}

/// Starts an attack against the servers, and waits until it is prepared.
pub async fn start(servers: &Servers, attack: Attack, small: bool) -> anyhow::Result<Running> {
    let mut command = Command::new("nice");
    command
        .args(["-n", "10"])
        .arg(std::env::current_exe()?)
        .args(["attack", &attack.name()])
        .args([
            "--server",
            &servers.victim(attack.victim()).address.to_string(),
        ])
        .args(["--metrics", &servers.metrics.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    if attack.victim() == Victim::Node {
        command.args(["--group", &servers.node_group()?.to_string()]);
    }
    if small {
        command.arg("--small");
    }
    let mut child = command.spawn().context("cannot start the attack")?;
    let output = child.stdout.take().context("the output is not a pipe")?;
    let (sender, lines) = mpsc::unbounded_channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    let mut running = Running { child, lines };
    let first = timeout(PREPARE_TIMEOUT, running.lines.recv()).await;
    let first = first.context("the attack took too long to prepare")?;
    ensure!(
        first.as_deref() == Some(READY),
        "the attack could not be prepared"
    );
    Ok(running)
}

impl Running {
    /// Ends the attack, and returns the outcomes of its operations.
    pub async fn stop(mut self) -> anyhow::Result<String> {
        drop(self.child.stdin.take());
        let line = timeout(STOP_TIMEOUT, self.lines.recv()).await;
        let line = line.context("the attack did not end")?;
        line.context("the attack ended early")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
