//! `latency`: from a steward's publish to a seeker's hit.

use std::time::Duration;
use std::time::Instant;

use anyhow::Context as _;
use anyhow::ensure;
use clap::Args;
use hedgerow_client::Options;
use hedgerow_client::Steward;
use hedgerow_client::StewardToken;
use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use hedgerow_proto::v1::directory_service_client::DirectoryServiceClient;
use hedgerow_proto::v1::record_audience::Audience;
use hedgerow_rpc::bounded;
use prost::Message as _;
use tonic::transport::Channel;

use crate::arguments::Place;
use crate::dataset;
use crate::dataset::Shape;
use crate::fill::fill;
use crate::report::Report;
use crate::server::Server;
use crate::server::init_node;
use crate::timing::Times;
use crate::timing::ms;

/// From publish to hit.
#[derive(Debug, Args)]
pub struct Latency {
    /// How many groups the aggregator holds.
    #[arg(long, default_value_t = 1_000)]
    groups: u64,
    /// How many changes are published, one after the other.
    #[arg(long, default_value_t = 300)]
    changes: usize,
}

impl Latency {
    /// Measures, and reports.
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let shape = Shape {
            groups: self.groups,
            per_publisher: 1,
        };
        let dataset = dataset::prepare(&place.scratch, shape)?;
        let folder = tempfile::tempdir_in(&place.scratch)?;
        let filled = fill(&folder.path().join("aggregator"), &dataset, &[]).await?;
        let aggregator = filled.server;
        let home = folder.path().join("node");
        init_node(&home, Some(&aggregator.address))?;
        let node = Server::node(&home).await?;
        let token = StewardToken::read(&home.join("stewards/measured.json"))?;
        let steward = Steward::connect(token, Options::default())?;
        let (acknowledged, found) = self.publish(&steward, aggregator.channel()?).await?;
        node.stop()?;
        aggregator.stop()?;
        let mut report = self.report(dataset.records);
        for (what, times) in [
            (
                "until the node has signed it and answered the steward",
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
        report.publish(place)
    }

    async fn publish(&self, steward: &Steward, channel: Channel) -> anyhow::Result<(Times, Times)> {
        let mut seeker = bounded!(DirectoryServiceClient::new(channel));
        let mut record = steward.create("listing", draft("wordzero")).await?;
        let name = record.name.clone().context("a record has its name")?;
        let name = RecordName::parse(&name.collection, &name.key)?;
        let (mut acknowledged, mut found) = (Vec::new(), Vec::new());
        for change in 0..self.changes {
            // Each change stands alone, as a steward's does.
            tokio::time::sleep(Duration::from_millis(100)).await;
            let word = word(change);
            let began = Instant::now();
            record = steward.update(&name, draft(&word), &record.etag).await?;
            acknowledged.push(began.elapsed());
            loop {
                let request = v1::SearchRequest {
                    query: word.clone(),
                    ..Default::default()
                };
                if !seeker.search(request).await?.into_inner().hits.is_empty() {
                    break;
                }
                ensure!(
                    began.elapsed() < Duration::from_secs(30),
                    "it was never found"
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
                 aggregator holding {groups} groups with {records} records. A steward changes a \
                 listing {changes} times, each time to a word that was never used; a seeker asks \
                 for that word every millisecond until it is found. Timed from the steward's call."
            ),
            limit: "One group at a time, an otherwise idle aggregator, no network between them."
                .into(),
            columns: vec!["what", "p50", "p99", "longest"],
            ..Report::default()
        }
    }
}

/// A word that no other change uses, and that no stemmer shortens to another's.
fn word(number: usize) -> String {
    let letters = number
        .to_string()
        .bytes()
        .map(|digit| char::from(b'a' + (digit - b'0') * 2))
        .collect::<String>();
    format!("zq{letters}xqz")
}

fn draft(word: &str) -> v1::RecordDraft {
    let listing = v1::Listing {
        name: format!("Measured group {word}"),
        summary: "Invented for a measurement.".into(),
        voice: v1::Voice::Itself.into(),
        roles: vec![v1::Role::SupportGroup.into()],
        languages: vec!["en".into()],
        activity_state: v1::ActivityState::Active.into(),
        ..Default::default()
    };
    v1::RecordDraft {
        body: listing.encode_to_vec(),
        language: "en".into(),
        audience: Some(v1::RecordAudience {
            audience: Some(Audience::Public(true)),
        }),
        ..Default::default()
    }
}
