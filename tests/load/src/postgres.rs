//! A PostgreSQL cluster in a temporary folder, with the records of a dataset.

mod load;
mod statements;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use tokio_postgres::{Client, Config, NoTls};

pub use load::load;
pub use statements::{parameters, statement};

const BINARIES: &str = "/usr/lib/postgresql/15/bin";

/// Settings that an operator would choose for a machine of this size.
const SETTINGS: &str = "
listen_addresses = ''
shared_buffers = 4GB
effective_cache_size = 12GB
work_mem = 64MB
maintenance_work_mem = 1GB
random_page_cost = 1.1
effective_io_concurrency = 200
max_wal_size = 8GB
synchronous_commit = off
jit = off
default_statistics_target = 200
plan_cache_mode = force_custom_plan
";

/// A running cluster. Dropping it stops and removes it.
pub struct Cluster {
    folder: TempDir,
}

impl Cluster {
    /// Creates and starts a cluster.
    pub fn start() -> anyhow::Result<Self> {
        ensure!(
            Path::new(BINARIES).join("postgres").exists(),
            "PostgreSQL 15 was not found: apt-get install postgresql-15 postgresql-15-postgis-3"
        );
        let folder = tempfile::Builder::new()
            .prefix("hedgerow-postgres")
            .tempdir()?;
        let cluster = Self { folder };
        if is_root()? {
            // PostgreSQL does not run as root.
            let path = cluster.folder.path();
            ensure!(
                Command::new("chown")
                    .arg("postgres")
                    .arg(path)
                    .status()?
                    .success(),
                "chown failed"
            );
        }
        let data = cluster.data();
        cluster.run(
            "initdb",
            &[
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--auth=trust",
                "--username=postgres",
                "-D",
            ],
        )?;
        let mut file = fs::OpenOptions::new()
            .append(true)
            .open(data.join("postgresql.conf"))?;
        std::io::Write::write_all(&mut file, SETTINGS.as_bytes())?;
        let sockets = format!("-k {}", cluster.folder.path().display());
        let log = data.join("log");
        let log = log
            .to_str()
            .context("the path of the temporary folder is not UTF-8")?;
        cluster.run(
            "pg_ctl",
            &[
                "start", "--wait", "--silent", "-l", log, "-o", &sockets, "-D",
            ],
        )?;
        Ok(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs one of PostgreSQL's programs on the data folder, as `postgres` if this is root.
    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let path = Path::new(BINARIES).join(program);
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        let status = command
            .args(arguments)
            .arg(self.data())
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .status()?;
        ensure!(status.success(), "{program} failed");
        Ok(())
    }

    /// Connects over the Unix socket.
    pub async fn connect(&self) -> anyhow::Result<Client> {
        let (client, connection) = Config::new()
            .host_path(self.folder.path())
            .user("postgres")
            .dbname("postgres")
            .connect(NoTls)
            .await?;
        tokio::spawn(connection);
        Ok(client)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.run(
            "pg_ctl",
            &["stop", "--wait", "--silent", "-m", "fast", "-D"],
        );
    }
}

fn is_root() -> anyhow::Result<bool> {
    let output = Command::new("id").arg("-u").output()?;
    Ok(output.stdout.trim_ascii() == b"0")
}
