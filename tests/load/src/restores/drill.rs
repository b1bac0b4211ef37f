//! A backup of a running server, restored into another folder and compared with what was published.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use hedgerow_client::{Feed, Options};
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use tokio::sync::Mutex;
use tokio::task::{JoinSet, spawn_blocking};

use crate::server::{Server, free_address, run};

/// Publishers that publish at the same time, each with groups of its own.
pub const PUBLISHERS: u64 = 4;
/// The time that a publisher has to note a head that is in a backup already.
const NOTED_WITHIN: Duration = Duration::from_secs(20);

/// The size of a run.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub groups: u64,
    /// Records of each group.
    pub records: u64,
    pub records_per_second: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Aggregator,
    Node,
}

/// A head that was sent to the server, or that it has signed.
pub struct Sent {
    pub head: VerifiedHead,
    /// Whether the server has confirmed it to the publisher.
    pub has_receipt: bool,
}

/// Everything that was published so far.
#[derive(Default)]
pub struct Published {
    pub heads: Mutex<BTreeMap<GroupId, Vec<Sent>>>,
    pub records: AtomicU64,
    pub times: Mutex<Vec<Duration>>,
}

/// A server while groups publish.
pub struct Running {
    pub kind: Kind,
    pub server: Server,
    pub published: Arc<Published>,
    pub publishers: JoinSet<anyhow::Result<()>>,
}

/// The times of one backup.
pub struct Drill {
    pub make: Duration,
    pub restore: Duration,
    pub bytes: u64,
}

impl Scale {
    /// The numbers of each publisher's groups.
    pub fn shares(self) -> impl Iterator<Item = impl Iterator<Item = u64>> {
        (0..PUBLISHERS).map(move |publisher| {
            (0..self.groups).filter(move |number| number % PUBLISHERS == publisher)
        })
    }

    /// The time between two publications of one publisher.
    pub fn period(self) -> Duration {
        let millis = self.records * PUBLISHERS * 1_000 / self.records_per_second.max(1);
        Duration::from_millis(millis.max(1))
    }
}

impl Kind {
    pub fn program(self) -> &'static str {
        match self {
            Self::Aggregator => "hedgerow-aggregator",
            Self::Node => "hedgerow-node",
        }
    }

    async fn start(self, folder: &Path) -> anyhow::Result<Server> {
        match self {
            Self::Aggregator => Server::aggregator(folder).await,
            Self::Node => Server::node(folder).await,
        }
    }
}

impl Published {
    /// The number of each group's last head with a receipt.
    async fn acknowledged(&self) -> BTreeMap<GroupId, u64> {
        let heads = self.heads.lock().await;
        let last = heads.iter().filter_map(|(group, sent)| {
            let last = sent.iter().rev().find(|sent| sent.has_receipt)?;
            Some((*group, last.head.position().seq.get()))
        });
        last.collect()
    }

    /// Whether a head is the one that was signed under its number.
    async fn is_signed(&self, group: &GroupId, head: &VerifiedHead) -> bool {
        let began = Instant::now();
        loop {
            let heads = self.heads.lock().await;
            let mut sent = heads.get(group).into_iter().flatten();
            let same = sent.find(|sent| sent.head.position().seq == head.position().seq);
            if let Some(Sent { head: signed, .. }) = same {
                return signed.root() == head.root() && signed.hash() == head.hash();
            }
            drop(heads);
            if began.elapsed() > NOTED_WITHIN {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Running {
    /// Waits until every group has records.
    pub async fn wait_for_groups(&mut self, groups: u64) -> anyhow::Result<()> {
        while self.published.acknowledged().await.len() < usize::try_from(groups)? {
            self.check_publishers()?;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Fails if a publisher has failed.
    pub fn check_publishers(&mut self) -> anyhow::Result<()> {
        match self.publishers.try_join_next() {
            Some(ended) => ended?,
            None => Ok(()),
        }
    }

    /// Makes a backup of the server, restores it below `folder`, compares every group, and returns the
    /// restored server with the times.
    pub async fn drill(&self, folder: &Path) -> anyhow::Result<(Drill, Server)> {
        let program = self.kind.program();
        let expected = self.published.acknowledged().await;
        let began = Instant::now();
        let home = self.server.folder.clone();
        let made = spawn_blocking(move || run(program, &home, &["backup", "make"])).await??;
        let make = began.elapsed();
        let (file, _) = made
            .split_once(" has ")
            .context("`backup make` names no file")?;
        let file = file.to_owned();
        let bytes = fs::metadata(&file)?.len();
        let restored = folder.join("restored");
        let (to, from) = (restored.clone(), file.clone());
        let began = Instant::now();
        spawn_blocking(move || run(program, &to, &["backup", "restore", &from])).await??;
        let restore = began.elapsed();
        fs::remove_file(&file)?;
        // The port in its configuration is that of the running one.
        let config = restored.join(program).with_extension("toml");
        let mut table: toml::Table = fs::read_to_string(&config)?.parse()?;
        table.insert("listen".into(), free_address()?.into());
        fs::write(&config, table.to_string())?;
        let server = self.kind.start(&restored).await?;
        self.compare(&server, &expected).await?;
        let drill = Drill {
            make,
            restore,
            bytes,
        };
        Ok((drill, server))
    }

    /// Compares what a restored server has with what was published.
    async fn compare(
        &self,
        restored: &Server,
        expected: &BTreeMap<GroupId, u64>,
    ) -> anyhow::Result<()> {
        let feed = Feed::new(&restored.address.to_string(), Options::default())?;
        for (group, oldest) in expected {
            let records = feed.get_all_records(group).await;
            let records = records.with_context(|| format!("{group} was not restored whole"))?;
            let head = records.evidence().head();
            let seq = head.position().seq.get();
            ensure!(
                seq >= *oldest,
                "{group}: {seq} was restored, and {oldest} had a receipt"
            );
            ensure!(
                self.published.is_signed(group, head).await,
                "{group}: the root at {seq} is not the signed one"
            );
        }
        Ok(())
    }
}
