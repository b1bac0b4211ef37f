//! `hostile`: what honest users notice while each known attack runs.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, ValueEnum as _};
use hedgerow_proto::directory_v1::SearchRecordsRequest;

use attack::{Attack, Victim};
use bounds::Bounds;
use honest::Honest;
use observe::{Period, Usage};
use series::Figures;

use crate::dataset::{Dataset, Shape};
use crate::paths::Paths;
use crate::process::mib;
use crate::report::{Report, progress};
use crate::{dataset, queries};

pub mod attack;
mod attacker;
mod bounds;
mod child;
mod content;
mod costly_queries;
mod feed;
mod honest;
mod ingest;
mod node_client;
mod observe;
mod peer;
mod series;
mod servers;
mod tally;
mod wire;

pub use child::AttackCommand;
use servers::Servers;

/// Groups that publish at the same time.
const PUBLISHERS: u8 = 4;

#[derive(Debug, Args)]
pub struct Hostile {
    /// Only these attacks.
    #[arg(long, value_enum, value_delimiter = ',', conflicts_with = "write")]
    only: Vec<Attack>,
    /// Generated groups of the aggregator.
    #[arg(long, default_value_t = 1_000)]
    groups: u64,
    /// Seconds of honest use before each attack.
    #[arg(long, default_value_t = 8)]
    before_seconds: u64,
    /// Seconds of each attack.
    #[arg(long, default_value_t = 15.0)]
    seconds: f64,
    /// One aggregator for all attacks, measured before the first one, and less of everything
    /// that takes long to prepare.
    #[arg(long)]
    small: bool,
    #[command(flatten)]
    bounds: Bounds,
}

/// What was measured of one attack.
struct Measurement {
    attack: Attack,
    before: Period,
    during: Period,
    /// Some seconds after its end.
    after: Usage,
    /// The outcomes of its operations.
    outcomes: String,
}

impl Hostile {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        // Few publishers, because one address may bring only a hundred new groups a day.
        let shape = Shape {
            groups: self.groups,
            per_publisher: self.groups.div_ceil(40).max(1),
        };
        let dataset = dataset::prepare(&paths.scratch, shape)?;
        let requests = honest::requests(&queries::draw(&dataset, 50)?)?;
        let attacks = if self.only.is_empty() {
            Attack::value_variants()
        } else {
            &self.only
        };
        let measurements = if self.small {
            self.on_one_server(paths, &dataset, requests, attacks)
                .await?
        } else {
            let mut all = Vec::new();
            for &attack in attacks {
                progress(&format!("{}:", attack.name()));
                let folder = tempfile::tempdir_in(&paths.scratch)?;
                let measured = self.one(folder.path(), &dataset, &requests, attack).await;
                all.push(measured.with_context(|| format!("cannot measure {}", attack.name()))?);
            }
            all
        };
        let mut report = self.report(dataset.records);
        let mut broken = Vec::new();
        for one in &measurements {
            let faults = self.bounds.check(&one.before, &one.during);
            add_row(&mut report, one, &faults);
            broken.extend(
                faults
                    .iter()
                    .map(|fault| format!("{}: {fault}", one.attack.name())),
            );
        }
        report.publish(paths)?;
        anyhow::ensure!(
            broken.is_empty(),
            "{} bounds are broken:\n  {}",
            broken.len(),
            broken.join("\n  ")
        );
        Ok(())
    }

    /// Measures one attack against servers of its own.
    async fn one(
        &self,
        folder: &Path,
        dataset: &Dataset,
        requests: &[SearchRecordsRequest],
        attack: Attack,
    ) -> anyhow::Result<Measurement> {
        let servers =
            Servers::start(folder, dataset, attack.victim() == Victim::Node, PUBLISHERS).await?;
        let mut honest = servers.honest(requests.to_vec(), attack.victim()).await?;
        // The first searches read the index from disk.
        honest.measure(Duration::from_secs(1)).await?;
        let length = Duration::from_secs(self.before_seconds);
        let before = Period::measure(&servers, attack.victim(), &mut honest, length).await?;
        let measured = self.attack(&servers, &mut honest, attack, before).await;
        servers.stop()?;
        measured
    }

    /// Measures all attacks against the same servers.
    async fn on_one_server(
        &self,
        paths: &Paths,
        dataset: &Dataset,
        requests: Vec<SearchRecordsRequest>,
        attacks: &[Attack],
    ) -> anyhow::Result<Vec<Measurement>> {
        let folder = tempfile::tempdir_in(&paths.scratch)?;
        let servers = Servers::start(folder.path(), dataset, true, 1).await?;
        let length = Duration::from_secs(self.before_seconds);
        let mut befores = Vec::new();
        for victim in [Victim::Aggregator, Victim::Node] {
            let mut honest = servers.honest(requests.clone(), victim).await?;
            let before = Period::measure(&servers, victim, &mut honest, length).await?;
            befores.push((victim, honest, before));
        }
        let mut measurements = Vec::new();
        for &attack in attacks {
            progress(&format!("{}:", attack.name()));
            let found = befores
                .iter_mut()
                .find(|(victim, ..)| *victim == attack.victim());
            let (_, honest, before) = found.context("both victims were measured")?;
            let measured = self
                .attack(&servers, honest, attack, before.clone())
                .await
                .with_context(|| format!("cannot measure {}", attack.name()))?;
            measurements.push(measured);
        }
        servers.stop()?;
        Ok(measurements)
    }

    async fn attack(
        &self,
        servers: &Servers,
        honest: &mut Honest,
        attack: Attack,
        before: Period,
    ) -> anyhow::Result<Measurement> {
        let running = child::start(servers, attack, self.small).await?;
        let length = Duration::from_secs_f64(self.seconds);
        let during = Period::measure(servers, attack.victim(), honest, length).await?;
        let outcomes = running.stop().await?;
        if !self.small {
            tokio::time::sleep(Duration::from_secs(3)).await;
        }
        progress(&format!("  {outcomes}"));
        for (name, series) in during.figures.named() {
            progress(&format!("  {name}: {} {}", series.cell(), series.reasons()));
        }
        // An attack that never reached the server would hold every bound.
        anyhow::ensure!(!outcomes.is_empty(), "the attack did nothing");
        Ok(Measurement {
            attack,
            after: Usage::idle(servers, attack.victim()),
            before,
            during,
            outcomes,
        })
    }

    fn report(&self, records: u64) -> Report {
        Report {
            name: "hostile".into(),
            title: "Honest use during attacks".into(),
            command: "tests/load/run hostile --write".into(),
            method: format!(
                "The `hedgerow-aggregator` program with default limits and {records} records, and \
                 for attacks against a node the `hedgerow-node` program, both new for each attack. \
                 A seeker searches (every kind of query in turn, a new connection for every tenth) \
                 and counts coverage; four groups publish a record until a search finds it, and \
                 take it back until none does, each time over a new connection; for attacks \
                 against a node, its steward does this. First {} s without the attack, then {} s \
                 with it. Attackers are another program with lower priority (`nice` 10), because \
                 they would have machines of their own, and use other loopback addresses. A failed \
                 call counts as 10 s.",
                self.before_seconds, self.seconds
            ),
            limit: format!(
                "Honest clients, attackers and server share the cores. {} The same run compares \
                 before and during, so a busy machine changes both.",
                self.bounds.describe()
            ),
            columns: vec![
                "attack",
                "found as",
                "search, before → during (p50 / p99)",
                "coverage",
                "publish → searchable",
                "take-back → gone",
                "refused take-backs",
                "memory: before, peak, after",
                "cores",
                "within bounds",
            ],
            ..Report::default()
        }
    }
}

fn add_row(report: &mut Report, one: &Measurement, faults: &[String]) {
    let pair = |of: fn(&Figures) -> &series::Series| {
        format!(
            "{} → {}",
            of(&one.before.figures).cell(),
            of(&one.during.figures).cell()
        )
    };
    let take_back = &one.during.figures.take_back;
    report.row([
        format!("`{}`: {}", one.attack.name(), one.attack.title()),
        one.attack.finding().into(),
        pair(|figures| &figures.search),
        pair(|figures| &figures.coverage),
        pair(|figures| &figures.publish),
        pair(|figures| &figures.take_back),
        format!(
            "{} of {}",
            take_back.refusals + take_back.failures,
            take_back.attempts()
        ),
        format!(
            "{}, {}, {}",
            mib(one.before.usage.resident),
            mib(one.during.usage.resident),
            mib(one.after.resident)
        ),
        format!(
            "{:.2} → {:.2}",
            one.before.usage.cores, one.during.usage.cores
        ),
        if faults.is_empty() {
            "yes".into()
        } else {
            "**no**".into()
        },
    ]);
    report.notes.push(format!(
        "`{}`: {}.{}{}",
        one.attack.name(),
        one.outcomes,
        if faults.is_empty() { "" } else { " Broken: " },
        faults.join("; ")
    ));
}
