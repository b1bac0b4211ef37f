//! Stewards that publish through a node.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use hedgerow_client::{Feed, Options, Steward, StewardToken};
use hedgerow_proto::steward_v1::record_audience::Audience;
use hedgerow_proto::steward_v1::record_change::Change;
use hedgerow_proto::{steward_v1, v1};
use hedgerow_testkit::samples;
use prost::Message as _;
use tokio::task::JoinSet;

use super::drill::{Kind, Published, Running, Scale, Sent};
use crate::server::{Server, init_node, raise_node_limits, run};

/// Starts a node below `folder`, and the stewards who publish through it.
pub async fn start(folder: &Path, scale: Scale) -> anyhow::Result<Running> {
    let home = folder.join("node");
    init_node(&home, None)?;
    raise_node_limits(&home)?;
    let label = |number: u64| format!("group-{number}");
    for number in 0..scale.groups {
        let phrase = folder.join(label(number)).with_extension("phrase");
        let phrase = phrase.to_str().context("a folder that is not UTF-8")?;
        let add = ["group", "add", &label(number), "--phrase-file", phrase];
        run(Kind::Node.program(), &home, &add)?;
    }
    let server = Server::node(&home).await?;
    let published = Arc::new(Published::default());
    let mut publishers = JoinSet::new();
    for numbers in scale.shares() {
        let stewards = numbers.map(|number| steward(&home, &label(number)));
        let groups = stewards.map(|steward| Ok((steward?, Vec::new())));
        let task = Publisher {
            feed: Feed::new(&server.address.to_string(), Options::default())?,
            groups: groups.collect::<anyhow::Result<_>>()?,
            scale,
            published: Arc::clone(&published),
        };
        publishers.spawn(task.run());
    }
    Ok(Running {
        kind: Kind::Node,
        server,
        published,
        publishers,
    })
}

/// Checks that a restored node waits before it signs: what was published after the backup may be
/// newer.
pub async fn check_that_it_waits(restored: &Server) -> anyhow::Result<()> {
    let steward = steward(&restored.folder, "group-0")?;
    let draft = draft("Added after the restore");
    let record = steward.create_record("event", draft).await?;
    ensure!(
        !record.published,
        "a restored node signed before an aggregator or its steward confirmed"
    );
    Ok(())
}

fn steward(home: &Path, label: &str) -> anyhow::Result<Steward> {
    let token = StewardToken::read(&home.join("stewards").join(label).with_extension("json"))?;
    Ok(Steward::new(token, Options::default())?)
}

fn draft(title: &str) -> steward_v1::RecordDraft {
    let event = samples::weekly(title, "2030-01-01T19:00", "Sheffield");
    steward_v1::RecordDraft {
        body: event.encode_to_vec(),
        language: "en".into(),
        audience: Some(steward_v1::RecordAudience {
            audience: Some(Audience::Public(true)),
        }),
        ..steward_v1::RecordDraft::default()
    }
}

/// Publishes the records of its groups again and again.
struct Publisher {
    feed: Feed,
    groups: Vec<(Steward, Vec<v1::RecordName>)>,
    scale: Scale,
    published: Arc<Published>,
}

impl Publisher {
    async fn run(mut self) -> anyhow::Result<()> {
        // A late publication does not make the next ones wait: the rate stays the same.
        let mut tick = tokio::time::interval(self.scale.period());
        for round in 0_u64.. {
            for index in 0..self.groups.len() {
                tick.tick().await;
                self.publish(index, round).await?;
            }
        }
        Ok(())
    }

    async fn publish(&mut self, index: usize, round: u64) -> anyhow::Result<()> {
        let (steward, names) = &mut self.groups[index];
        let drafts = (0..self.scale.records).map(|n| draft(&format!("Round {round}, meeting {n}")));
        let changes = drafts.enumerate().map(|(n, draft)| match names.get(n) {
            None => Change::Put(steward_v1::NewRecord {
                collection: "event".into(),
                draft: Some(draft),
            }),
            name => Change::Replace(steward_v1::ReplacedRecord {
                name: name.cloned(),
                draft: Some(draft),
                ..steward_v1::ReplacedRecord::default()
            }),
        });
        let changes = changes.map(|change| steward_v1::RecordChange {
            change: Some(change),
        });
        let changes = changes.collect();
        let began = Instant::now();
        let records = steward.publish_records(changes, |_| {}).await?;
        self.published.times.lock().await.push(began.elapsed());
        let published = records.into_iter().map(|record| record.name);
        *names = published
            .collect::<Option<_>>()
            .context("a record has its name")?;
        let group = steward.group_id();
        let head = self.feed.get_head(&group).await?.head().clone();
        let mut heads = self.published.heads.lock().await;
        heads.entry(group).or_default().push(Sent {
            head,
            has_receipt: true,
        });
        let records = &self.published.records;
        records.fetch_add(self.scale.records, Ordering::SeqCst);
        Ok(())
    }
}
