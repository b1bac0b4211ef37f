//! `latency`: the time from a steward's publish to a seeker's hit.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Args;
use hedgerow_client::{Options, Steward, StewardToken};
use hedgerow_core::name::RecordName;
use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
use hedgerow_proto::steward_v1::record_audience::Audience;
use hedgerow_proto::{directory_v1, steward_v1, v1};
use hedgerow_transport::bounded;
use prost::Message as _;
use tonic::transport::Channel;

use crate::dataset;
use crate::dataset::Shape;
use crate::fill::fill;
use crate::paths::Paths;
use crate::report::Report;
use crate::server::{Server, init_node};
use crate::timing::{Times, ms};

#[derive(Debug, Args)]
pub struct Latency {
    /// The groups of the aggregator.
    #[arg(long, default_value_t = 1_000)]
    groups: u64,
    /// The changes to publish, one after another.
    #[arg(long, default_value_t = 300)]
    changes: usize,
}

impl Latency {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        let shape = Shape {
            groups: self.groups,
            per_publisher: 1,
        };
        let dataset = dataset::prepare(&paths.scratch, shape)?;
        let folder = tempfile::tempdir_in(&paths.scratch)?;
        let filled = fill(&folder.path().join("aggregator"), &dataset, &[]).await?;
        let aggregator = filled.server;
        let home = folder.path().join("node");
        init_node(&home, Some(&aggregator.address))?;
        let node = Server::node(&home).await?;
        let token = StewardToken::read(&home.join("stewards/measured.json"))?;
        let steward = Steward::new(token, Options::default())?;
        let (acknowledged, found) = self.publish(&steward, aggregator.channel()?).await?;
        node.stop()?;
        aggregator.stop()?;
        let mut report = self.report(dataset.records);
        for (what, times) in [
            (
                "until the node has signed it and responded to the steward",
                &acknowledged,
            ),
            ("until a search finds it", &found),
        ] {
            report.row([
                what.into(),
                ms(times.percentile(50)),
                format!("**{}**", ms(times.percentile(99))),
                ms(times.longest()),
            ]);
        }
        report.publish(paths)
    }

    async fn publish(&self, steward: &Steward, channel: Channel) -> anyhow::Result<(Times, Times)> {
        let mut seeker = bounded!(DirectoryServiceClient::new(channel));
        let mut record = steward.create_record("listing", draft("wordzero")).await?;
        let name = record.name.clone().context("a record has its name")?;
        let name = RecordName::parse(&name.collection, &name.key)?;
        let (mut acknowledged, mut found) = (Vec::new(), Vec::new());
        for change in 0..self.changes {
            // Without a pause, consecutive changes would share commits of the index.
            tokio::time::sleep(Duration::from_millis(100)).await;
            let word = word(change);
            let began = Instant::now();
            record = steward
                .update_record(&name, draft(&word), &record.etag)
                .await?;
            acknowledged.push(began.elapsed());
            loop {
                let filter = directory_v1::SearchFilter {
                    query: word.clone(),
                    ..directory_v1::SearchFilter::default()
                };
                let request = directory_v1::SearchRecordsRequest::from(filter);
                if !seeker
                    .search_records(request)
                    .await?
                    .into_inner()
                    .hits
                    .is_empty()
                {
                    break;
                }
                ensure!(
                    began.elapsed() < Duration::from_secs(30),
                    "the change was not found within 30 seconds"
                );
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            found.push(began.elapsed());
        }
        Ok((Times::new(acknowledged)?, Times::new(found)?))
    }

    fn report(&self, records: u64) -> Report {
        let (groups, changes) = (self.groups, self.changes);
        Report {
            name: "latency".into(),
            title: "Publish → searchable".into(),
            command: "tests/load/run latency --write".into(),
            method: format!(
                "The `hedgerow-node` and `hedgerow-aggregator` programs on loopback, the \
                 aggregator with {groups} groups and {records} records. A steward changes a \
                 listing {changes} times, each time to an unused word; a seeker searches for that \
                 word every millisecond until it is found. Timed from the steward's call."
            ),
            limit: "One group at a time, an otherwise idle aggregator, no network between them."
                .into(),
            columns: vec!["what", "p50", "p99", "longest"],
            ..Report::default()
        }
    }
}

/// A word for one change only, which no stemmer shortens to another's.
fn word(number: usize) -> String {
    let letters = number
        .to_string()
        .bytes()
        .map(|digit| char::from(b'a' + (digit - b'0') * 2))
        .collect::<String>();
    format!("zq{letters}xqz")
}

fn draft(word: &str) -> steward_v1::RecordDraft {
    let listing = v1::Listing {
        name: format!("Measured group {word}"),
        summary: "Invented for a measurement.".into(),
        voice: v1::Voice::Itself.into(),
        roles: vec![v1::Role::SupportGroup.into()],
        languages: vec!["en".into()],
        activity_state: v1::ActivityState::Active.into(),
        ..Default::default()
    };
    steward_v1::RecordDraft {
        body: listing.encode_to_vec(),
        language: "en".into(),
        audience: Some(steward_v1::RecordAudience {
            audience: Some(Audience::Public(true)),
        }),
        ..Default::default()
    }
}
