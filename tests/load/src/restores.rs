//! `restores`: backups of an aggregator while it ingests, each restored into another folder and
//! compared with what was published.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Args;
use hedgerow_client::{Feed, Options};
use hedgerow_core::head::VerifiedHead;
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Clock as _;
use hedgerow_proto::ingest_v1;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_testkit::{FakeGroup, samples, transfer};
use hedgerow_transport::bounded;
use hedgerow_transport::clock::SystemClock;
use hedgerow_transport::failure::CallFailure;
use tokio::sync::Mutex;
use tokio::task::{JoinSet, spawn_blocking};
use tonic::transport::Channel;

use crate::paths::Paths;
use crate::process::mib;
use crate::report::{Report, progress};
use crate::server::{Server, free_address, init_aggregator, raised_limits, run};
use crate::timing::{Times, ms};

const PROGRAM: &str = "hedgerow-aggregator";
/// Publishers that push at the same time, each with groups of its own.
const PUBLISHERS: u64 = 4;
/// Number of the first group: no other benchmark has the same keys.
const FIRST_GROUP: u64 = 7_000_000;

#[derive(Debug, Args)]
pub struct Restores {
    /// How many backups are made and restored.
    #[arg(long, default_value_t = 100)]
    restores: usize,
    /// Groups that publish.
    #[arg(long, default_value_t = 40)]
    groups: u64,
    /// Records of each group. Every publication replaces all of them.
    #[arg(long, default_value_t = 50)]
    records: u64,
    /// Records that come in each second.
    #[arg(long, default_value_t = 1_000)]
    records_per_second: u64,
}

/// A head that was sent to the aggregator.
struct Sent {
    head: VerifiedHead,
    has_receipt: bool,
}

/// Everything that was published so far.
#[derive(Default)]
struct Published {
    heads: Mutex<BTreeMap<GroupId, Vec<Sent>>>,
    records: AtomicU64,
    pushes: Mutex<Vec<Duration>>,
}

/// The times of one backup.
struct Drill {
    make: Duration,
    restore: Duration,
    bytes: u64,
}

impl Restores {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        ensure!(self.restores > 0 && self.records > 0 && self.groups >= PUBLISHERS);
        let folder = tempfile::tempdir_in(&paths.scratch)?;
        let home = folder.path().join("aggregator");
        init_aggregator(&home, &[])?;
        let server = Server::aggregator(&home).await?;
        let published = Arc::new(Published::default());
        let mut publishers = JoinSet::new();
        for publisher in 0..PUBLISHERS {
            let numbers = (0..self.groups).filter(|number| number % PUBLISHERS == publisher);
            let now = SystemClock.now();
            let groups = numbers.map(|number| FakeGroup::new(FIRST_GROUP + number, now));
            let task = Publisher {
                channel: server.channel()?,
                groups: groups.collect(),
                records: self.records,
                period: self.period(),
                published: Arc::clone(&published),
            };
            publishers.spawn(task.run());
        }
        // The first round: every group has records.
        while published.acknowledged().await.len() < usize::try_from(self.groups)? {
            if let Some(ended) = publishers.try_join_next() {
                ended??;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let (began, before) = (Instant::now(), published.records.load(Ordering::SeqCst));
        let mut drills = Vec::new();
        for number in 1..=self.restores {
            drills.push(drill(folder.path(), &home, &published).await?);
            if let Some(ended) = publishers.try_join_next() {
                ended??;
            }
            if number.is_multiple_of(10) {
                progress(&format!(
                    "{number} of {} restored with equal roots",
                    self.restores
                ));
            }
        }
        let records = published.records.load(Ordering::SeqCst) - before;
        let elapsed = began.elapsed();
        publishers.shutdown().await;
        server.stop()?;
        let pushes = Times::new(published.pushes.lock().await.clone())?;
        self.report(&drills, (records, elapsed), &pushes)?
            .publish(paths)
    }

    /// The time between two publications of one publisher.
    fn period(&self) -> Duration {
        let millis = self.records * PUBLISHERS * 1_000 / self.records_per_second.max(1);
        Duration::from_millis(millis.max(1))
    }

    fn report(
        &self,
        drills: &[Drill],
        (records, elapsed): (u64, Duration),
        pushes: &Times,
    ) -> anyhow::Result<Report> {
        let times = |of: fn(&Drill) -> Duration| Times::new(drills.iter().map(of).collect());
        let shown = |times: &Times| {
            format!(
                "{} / {} / {}",
                ms(times.percentile(50)),
                ms(times.percentile(99)),
                ms(times.longest())
            )
        };
        let mut report = self.empty_report();
        report.row([
            "restored with equal roots".into(),
            format!("**{0} of {0}**", drills.len()),
        ]);
        let per_second = u128::from(records) * 1_000 / elapsed.as_millis().max(1);
        report.row([
            "records that came in each second".into(),
            per_second.to_string(),
        ]);
        report.row([
            "backup made and checked, p50 / p99 / longest".into(),
            shown(&times(|drill| drill.make)?),
        ]);
        report.row([
            "restored and checked, p50 / p99 / longest".into(),
            shown(&times(|drill| drill.restore)?),
        ]);
        report.row([
            "a push meanwhile, p50 / p99 / longest".into(),
            shown(pushes),
        ]);
        let bytes = drills.iter().map(|drill| drill.bytes).max();
        report.row(["largest backup".into(), mib(bytes.unwrap_or_default())]);
        Ok(report)
    }

    fn empty_report(&self) -> Report {
        let Self {
            groups, records, ..
        } = self;
        Report {
            name: "restores".into(),
            title: "Backups made during ingest, restored and compared".into(),
            command: "tests/load/run restores --write".into(),
            method: format!(
                "{groups} groups push all of their {records} records again and again, each time with \
                 other texts, to the `hedgerow-aggregator` program, together {} records a second. \
                 Meanwhile `backup make` and, into a new folder, `backup restore`, over and over. Each \
                 restored aggregator is started, and a client downloads every group's records and \
                 computes the root: it must be the one that the group had signed for that head, and the \
                 head must be no older than the last one with a receipt before the backup began. Raised \
                 in the configuration file: {}.",
                self.records_per_second,
                raised_limits()
            ),
            limit:
                "One disk and one machine for everything: the publishers, the aggregator, and the \
                    restored one, whose checks share the cores with the pushes."
                    .into(),
            columns: vec!["what", "figure"],
            ..Report::default()
        }
    }
}

/// Makes a backup of the running aggregator, restores it, and compares every group.
async fn drill(folder: &Path, home: &Path, published: &Published) -> anyhow::Result<Drill> {
    let expected = published.acknowledged().await;
    let began = Instant::now();
    let running = home.to_owned();
    let made = spawn_blocking(move || run(PROGRAM, &running, &["backup", "make"])).await??;
    let make = began.elapsed();
    let (file, _) = made
        .split_once(" has ")
        .context("`backup make` names no file")?;
    let file = file.to_owned();
    let bytes = fs::metadata(&file)?.len();
    let restored = folder.join("restored");
    let (to, from) = (restored.clone(), file.clone());
    let began = Instant::now();
    spawn_blocking(move || run(PROGRAM, &to, &["backup", "restore", &from])).await??;
    let restore = began.elapsed();
    // The port in its configuration is that of the running one.
    let config = restored.join(hedgerow_aggregator::config::FILE_NAME);
    let mut table: toml::Table = fs::read_to_string(&config)?.parse()?;
    table.insert("listen".into(), free_address()?.into());
    fs::write(&config, table.to_string())?;
    let server = Server::aggregator(&restored).await?;
    compare(&server, &expected, published).await?;
    server.stop()?;
    fs::remove_dir_all(&restored)?;
    fs::remove_file(&file)?;
    Ok(Drill {
        make,
        restore,
        bytes,
    })
}

/// Compares what a restored aggregator has with what was published.
async fn compare(
    server: &Server,
    expected: &BTreeMap<GroupId, u64>,
    published: &Published,
) -> anyhow::Result<()> {
    let feed = Feed::new(&server.address.to_string(), Options::default())?;
    for (group, oldest) in expected {
        let records = feed.get_all_records(group).await;
        let records = records.with_context(|| format!("{group} was not restored whole"))?;
        let head = records.evidence().head();
        let seq = head.position().seq.get();
        ensure!(
            seq >= *oldest,
            "{group}: {seq} was restored, and {oldest} had a receipt"
        );
        let heads = published.heads.lock().await;
        let sent = heads.get(group).into_iter().flatten();
        let same = sent.filter(|sent| sent.head.position().seq.get() == seq);
        let is_equal = same
            .map(|sent| &sent.head)
            .any(|signed| signed.root() == head.root() && signed.hash() == head.hash());
        ensure!(is_equal, "{group}: the root at {seq} is not the signed one");
    }
    Ok(())
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
}

/// Publishes the records of its groups again and again.
struct Publisher {
    channel: Channel,
    groups: Vec<FakeGroup>,
    records: u64,
    period: Duration,
    published: Arc<Published>,
}

impl Publisher {
    async fn run(mut self) -> anyhow::Result<()> {
        // A late push does not make the next ones wait: the rate stays the same.
        let mut tick = tokio::time::interval(self.period);
        for round in 0_u64.. {
            for index in 0..self.groups.len() {
                tick.tick().await;
                self.publish(index, round).await?;
            }
        }
        Ok(())
    }

    async fn publish(&mut self, index: usize, round: u64) -> anyhow::Result<()> {
        let group = &mut self.groups[index];
        let earlier = group
            .head
            .as_ref()
            .map(|head| (group.manifest(), head.hash()));
        for number in 0..self.records {
            let listing = samples::listing(&format!("Round {round}"), "Kept or replaced", None);
            group.put("listing", &format!("l{number}"), &listing);
        }
        group.now = SystemClock.now();
        let head = group.publish();
        let bodies: Vec<_> = group.records.values().cloned().collect();
        let basis = earlier.as_ref().map(|(manifest, hash)| (manifest, *hash));
        let (log, manifest) = (&group.log, group.manifest());
        let items = transfer(log, Some(head.envelope()), basis, &manifest, &bodies);
        let id = group.id();
        let sent = Sent {
            head: head.clone(),
            has_receipt: false,
        };
        self.published
            .heads
            .lock()
            .await
            .entry(id)
            .or_default()
            .push(sent);
        let requests = items
            .into_iter()
            .map(|item| ingest_v1::PushRequest { item: Some(item) });
        let mut client = bounded!(IngestServiceClient::new(self.channel.clone()));
        let began = Instant::now();
        let response = client.push(tokio_stream::iter(requests)).await;
        let response = response
            .map_err(|status| CallFailure::from_status(&status))
            .context("a push was rejected")?
            .into_inner();
        ensure!(
            response.refused == 0 && !response.receipt.is_empty(),
            "a push got no receipt: {:?}",
            response.admission
        );
        self.published.pushes.lock().await.push(began.elapsed());
        self.published
            .records
            .fetch_add(self.records, Ordering::SeqCst);
        let mut heads = self.published.heads.lock().await;
        if let Some(last) = heads.get_mut(&id).and_then(|sent| sent.last_mut()) {
            last.has_receipt = true;
        }
        Ok(())
    }
}
