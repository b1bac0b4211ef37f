//! Whole transfers, valid and invalid, into a real store.

mod admission;
mod bad_input;
mod bodies;
mod clock_steps;
mod crash;
mod limits;
mod new_groups;
mod rivals;
mod served;

use std::sync::Arc;
use std::time::Duration;

use futures::stream;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::feed_v1;
use hedgerow_store::{GroupRow, Store};
use hedgerow_store_sqlite::SqliteStore;
use hedgerow_testkit::ManualClock;
use hedgerow_transport::failure::Failure;

use super::{Outcome, TransferProcessor, TransferResult};
use crate::admission::{Origin, status};
use crate::config::IngestConfig;
use hedgerow_testkit::FakeGroup;

/// The aggregator's own id in these tests.
const OWN: GroupId = GroupId::from_bytes([0xa9; 32]);

/// A transfer processor with its store, without servers.
pub(super) struct Bench {
    processor: Arc<TransferProcessor>,
    clock: Arc<ManualClock>,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        Self::with(IngestConfig::default()).await
    }

    async fn with(config: IngestConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(now()));
        let store = open(&folder).await;
        let processor = Arc::new(TransferProcessor::new(store, clock.clone(), OWN, &config));
        Self {
            processor,
            clock,
            folder,
        }
    }

    fn store(&self) -> &Arc<dyn Store> {
        self.processor.store()
    }

    async fn push(&self, items: Vec<feed_v1::SyncItem>) -> Result<TransferResult, Failure> {
        self.take(
            items,
            Origin::Push(std::net::IpAddr::from([192, 0, 2, 1]).into()),
        )
        .await
    }

    async fn pull(&self, items: Vec<feed_v1::SyncItem>) -> Result<TransferResult, Failure> {
        self.take(
            items,
            Origin::Configured(crate::admission::SourceId::from_number(1)),
        )
        .await
    }

    async fn take(
        &self,
        items: Vec<feed_v1::SyncItem>,
        origin: Origin,
    ) -> Result<TransferResult, Failure> {
        self.processor
            .process(stream::iter(items.into_iter().map(Ok)), origin)
            .await
    }

    /// Signs the group's next head and pushes the whole group.
    async fn publish(&self, publisher: &mut FakeGroup) -> TransferResult {
        let head = publisher.sign();
        self.push(publisher.whole(&head)).await.unwrap()
    }

    /// Pushes, and returns the reason of the error.
    async fn push_error(&self, items: Vec<feed_v1::SyncItem>) -> &'static str {
        self.push(items).await.unwrap_err().reason()
    }

    /// Returns the keys of the shown records, in order.
    async fn shown(&self, publisher: &FakeGroup) -> Vec<String> {
        let row = self.store().group(&publisher.id()).await.unwrap();
        if !row.is_some_and(|row| status::is_shown(&row, self.processor.now())) {
            return Vec::new();
        }
        let records = self
            .store()
            .list_records(&publisher.id(), &View::public(), None, 1_000)
            .await
            .unwrap();
        records
            .iter()
            .map(|record| record.name.key.to_string())
            .collect()
    }

    async fn row(&self, publisher: &FakeGroup) -> GroupRow {
        let row = self.store().group(&publisher.id()).await.unwrap();
        row.expect("the group is stored")
    }

    async fn status(&self, publisher: &FakeGroup) -> feed_v1::GroupStatus {
        status::group_status(&self.row(publisher).await, self.processor.now())
    }

    /// Asserts that the stored leaves have the root of the stored head.
    async fn assert_consistent(&self, publisher: &FakeGroup) {
        let stored = self
            .store()
            .manifest(&publisher.id(), &View::public())
            .await
            .unwrap();
        let Some((head, manifest)) = stored else {
            return;
        };
        assert_eq!(manifest.root(), head.facts.root);
        assert_eq!(manifest.count(), head.facts.count);
        let changes = self.store().changes_after(0, 10_000).await.unwrap();
        assert!(!changes.too_old);
    }
}

async fn open(folder: &tempfile::TempDir) -> Arc<dyn Store> {
    let path = folder.path().join("aggregator.sqlite");
    Arc::new(SqliteStore::open(&path, OWN, "stream").await.unwrap())
}

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

/// Pushes a group with two records.
async fn pushed(bench: &Bench, number: u64) -> FakeGroup {
    let mut publisher = FakeGroup::new(number, now());
    publisher.add("one", b"first");
    publisher.add("two", b"second");
    let result = bench.publish(&mut publisher).await;
    assert!(matches!(result.outcome, Outcome::Stored(_)), "{result:?}");
    publisher
}

/// Adds records with the keys `{text}-0`, `{text}-1` and so on.
fn add_many(publisher: &mut FakeGroup, text: &str, count: usize) {
    for number in 0..count {
        publisher.add(&format!("{text}-{number}"), text.as_bytes());
    }
}

const DAY: Duration = Duration::from_secs(86_400);
