//! Whole transfers, good and bad, into a real store.

mod bad_input;
mod beginning;
mod bodies;
mod crash;
mod limits;
mod rivals;
mod standing;

use std::sync::Arc;
use std::time::Duration;

use futures::stream;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::Applied;
use super::Apply;
use super::Origin;
use super::Outcome;
use crate::config::IngestConfig;
use crate::status;
use crate::store::Store;
use crate::store::sqlite::SqliteStore;
use crate::tests::Publisher;
use crate::tests::StoppedClock;

/// The aggregator's own id in these tests.
const OWN: GroupId = GroupId::from_bytes([0xa9; 32]);

/// An aggregator's way in, without its servers.
pub(super) struct Bench {
    apply: Arc<Apply>,
    clock: Arc<StoppedClock>,
    folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        Self::with(IngestConfig::default()).await
    }

    async fn with(config: IngestConfig) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(StoppedClock::at(now()));
        let store = open(&folder).await;
        let apply = Arc::new(Apply::new(store, clock.clone(), OWN, config));
        Self {
            apply,
            clock,
            folder,
        }
    }

    fn store(&self) -> &Arc<dyn Store> {
        self.apply.store()
    }

    async fn push(&self, items: Vec<v1::SyncItem>) -> Result<Applied, Failure> {
        self.take(
            items,
            &Origin::Push(std::net::IpAddr::from([192, 0, 2, 1]).into()),
        )
        .await
    }

    async fn pull(&self, items: Vec<v1::SyncItem>) -> Result<Applied, Failure> {
        self.take(items, &Origin::Configured).await
    }

    async fn take(&self, items: Vec<v1::SyncItem>, origin: &Origin) -> Result<Applied, Failure> {
        self.apply
            .take(stream::iter(items.into_iter().map(Ok)), origin)
            .await
    }

    /// The reason for which a push is refused.
    async fn refused(&self, items: Vec<v1::SyncItem>) -> &'static str {
        self.push(items).await.unwrap_err().reason()
    }

    /// The keys of the records that are shown, in order.
    async fn shown(&self, publisher: &Publisher) -> Vec<String> {
        let row = self.store().group(&publisher.id()).await.unwrap();
        if !row.is_some_and(|row| status::is_shown(&row, self.apply.now())) {
            return Vec::new();
        }
        let records = self
            .store()
            .records_of(&publisher.id(), &View::public(), None, 1_000)
            .await
            .unwrap();
        records
            .iter()
            .map(|record| record.name.key.to_string())
            .collect()
    }

    async fn status(&self, publisher: &Publisher) -> v1::GroupStatus {
        let row = self.store().group(&publisher.id()).await.unwrap().unwrap();
        status::status(&row, self.apply.now())
    }

    /// The root of the stored leaves is the held head's, and every leaf that is shown has
    /// its body.
    async fn assert_sound(&self, publisher: &Publisher) {
        let held = self
            .store()
            .manifest(&publisher.id(), &View::public())
            .await
            .unwrap();
        let Some((head, manifest)) = held else { return };
        assert_eq!(manifest.root(), head.root);
        assert_eq!(manifest.count(), head.count);
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

/// A group with two records, taken by push.
async fn pushed(bench: &Bench, number: u8) -> Publisher {
    let mut publisher = Publisher::new(number, now());
    publisher.add("one", b"first");
    publisher.add("two", b"second");
    let head = publisher.sign();
    let applied = bench.push(publisher.whole(&head)).await.unwrap();
    assert!(matches!(applied.outcome, Outcome::Held(_)), "{applied:?}");
    publisher
}

const DAY: Duration = Duration::from_secs(86_400);
