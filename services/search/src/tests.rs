//! The index over a real store: following, crashing, building anew.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::time::Clock;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use tantivy::collector::DocSetCollector;
use tantivy::index::SegmentId;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::Index;
use super::IndexConfig;
use super::Order;
use super::Ranking;
use super::criteria::Criteria;
use super::document::record_term;
use super::rebuild;
use crate::store::Exclude;
use crate::store::Store;
use crate::store::sqlite::SqliteStore;

pub(crate) mod group;
pub(crate) mod place;

use group::TestGroup;
use place::listing;
use place::room;
use place::weekly;

/// A clock that tests set.
#[derive(Debug)]
pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, by: Duration) {
        self.0
            .fetch_add(i64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A store, an index over it and, while it runs, the follower.
pub(crate) struct Town {
    pub(crate) folder: TempDir,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) index: Index,
    follower: Option<(CancellationToken, JoinHandle<()>)>,
}

async fn open_store(folder: &TempDir) -> SqliteStore {
    let own = GroupId::from_bytes([0xee; 32]);
    let file = folder.path().join("store.sqlite");
    SqliteStore::open(&file, own, "s1").await.unwrap()
}

impl Town {
    /// An empty town, whose index follows.
    pub(crate) async fn start() -> Self {
        let mut town = Self::still().await;
        town.follow();
        town
    }

    /// An empty town, whose index does not follow yet.
    pub(crate) async fn still() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(open_store(&folder).await);
        let clock = Arc::new(TestClock(AtomicI64::new(1_790_000_000_000)));
        let index = open(&folder, &store, &clock);
        Self {
            folder,
            store,
            clock,
            index,
            follower: None,
        }
    }

    /// The same store, as a command in another process opens it.
    pub(crate) async fn store_beside(&self) -> SqliteStore {
        open_store(&self.folder).await
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn follow(&mut self) {
        let stop = CancellationToken::new();
        let (index, token) = (self.index.clone(), stop.clone());
        self.follower = Some((stop, tokio::spawn(async move { index.run(token).await })));
    }

    pub(crate) async fn stop_following(&mut self) {
        if let Some((stop, follower)) = self.follower.take() {
            stop.cancel();
            follower.await.unwrap();
        }
    }

    /// Ends the program, as it were, and starts it again.
    pub(crate) async fn restart(&mut self) {
        self.stop_following().await;
        self.index = open(&self.folder, &self.store, &self.clock);
        self.follow();
    }

    /// Publishes, and waits until it can be found.
    pub(crate) async fn publish(&self, group: &mut TestGroup) {
        let revision = group.publish(self.store.as_ref(), self.now()).await;
        self.searchable(revision).await;
    }

    pub(crate) async fn searchable(&self, revision: u64) {
        let mut searchable = self.index.searchable_revision();
        let seen = searchable.wait_for(|seen| *seen >= revision);
        tokio::time::timeout(Duration::from_secs(20), seen)
            .await
            .unwrap()
            .unwrap();
    }

    pub(crate) async fn settle(&self) {
        self.searchable(self.store.latest_revision().await.unwrap())
            .await;
    }

    /// Everything in the index, as collection, key and hash.
    fn all(&self) -> BTreeSet<(GroupId, String, String)> {
        all(&self.index)
    }
}

fn open(folder: &TempDir, store: &Arc<SqliteStore>, clock: &Arc<TestClock>) -> Index {
    let store: Arc<dyn Store> = store.clone();
    Index::open(
        &index_folder(folder),
        store,
        clock.clone(),
        IndexConfig::default(),
    )
    .unwrap()
}

fn index_folder(folder: &TempDir) -> PathBuf {
    folder.path().join("index")
}

fn all(index: &Index) -> BTreeSet<(GroupId, String, String)> {
    let ranking = Ranking {
        order: Order::Relevance,
        around: None,
        times: None,
        words: false,
        most_is_enough: false,
        now_s: 0,
        after: None,
    };
    let found = index
        .newest()
        .0
        .find(&Criteria::default(), ranking, 10_000, &[])
        .unwrap();
    assert_eq!(found.total, found.candidates.len() as u64);
    let found: Vec<_> = found.candidates;
    let distinct: BTreeSet<_> = found
        .iter()
        .map(|(_, one)| (one.group, one.name.to_string(), one.hash.to_string()))
        .collect();
    assert_eq!(distinct.len(), found.len(), "a record is there once");
    distinct
}

fn names(town: &Town) -> Vec<String> {
    town.all().into_iter().map(|(_, name, _)| name).collect()
}

#[tokio::test]
async fn what_is_published_is_indexed_and_what_is_taken_back_is_not() {
    let town = Town::start().await;
    let mut group = TestGroup::new(1);
    group.put(
        "listing",
        "l1",
        &listing("Quiet Hour", "Tea.", Some("Leeds")),
    );
    group.put("event", "e1", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
    group.put("offer", "o1", &room("Back room", 12, "Leeds"));
    town.publish(&mut group).await;
    assert_eq!(names(&town), ["event/e1", "listing/l1", "offer/o1"]);

    group
        .take_back("event", "e1")
        .put("listing", "l1", &listing("Loud Hour", "Tea.", None));
    town.publish(&mut group).await;
    assert_eq!(names(&town), ["listing/l1", "offer/o1"]);
}

#[tokio::test]
async fn events_are_put_again_only_where_their_listing_is_for_others_than_before() {
    let town = Town::start().await;
    let mut group = TestGroup::new(1);
    let of = |summary: &str, community: &str| v1::Listing {
        who_for: vec![v1::WhoFor {
            communities: vec![community.into()],
            ..v1::WhoFor::default()
        }],
        ..listing("Quiet Hour", summary, Some("Leeds"))
    };
    group.put("event", "e", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
    group.put("listing", "l", &of("Tea.", "community:women"));
    town.publish(&mut group).await;
    let first = segment_of(&town, &group, "event", "e");
    group.put("listing", "l", &of("Coffee.", "community:women"));
    town.publish(&mut group).await;
    assert_eq!(segment_of(&town, &group, "event", "e"), first);
    let listed = segment_of(&town, &group, "listing", "l");
    assert_ne!(
        listed, first,
        "what is put again is in a segment of its own"
    );

    group.put("listing", "l", &of("Coffee.", "community:men"));
    town.publish(&mut group).await;
    let second = segment_of(&town, &group, "event", "e");
    assert_ne!(second, first);
    group.take_back("listing", "l");
    town.publish(&mut group).await;
    assert_ne!(segment_of(&town, &group, "event", "e"), second);
}

/// The segment of the index in which a record's one document is.
fn segment_of(town: &Town, group: &TestGroup, collection: &str, key: &str) -> SegmentId {
    let (snapshot, _) = town.index.newest();
    let name = RecordName::parse(collection, key).unwrap();
    let term = record_term(&snapshot.fields, &group.id(), &name);
    let query = TermQuery::new(term, IndexRecordOption::Basic);
    let found = snapshot.searcher.search(&query, &DocSetCollector).unwrap();
    let [address]: [_; 1] = Vec::from_iter(found).try_into().unwrap();
    snapshot
        .searcher
        .segment_reader(address.segment_ord)
        .segment_id()
}

#[tokio::test]
async fn a_kind_that_is_not_known_is_not_indexed() {
    let town = Town::start().await;
    let mut group = TestGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    group.put("recipe", "r1", &listing("Not a listing", "Soup.", None));
    town.publish(&mut group).await;
    assert_eq!(names(&town), ["listing/l1"]);
}

#[tokio::test]
async fn an_excluded_group_leaves_the_index() {
    let town = Town::start().await;
    let (mut one, mut other) = (TestGroup::new(1), TestGroup::new(2));
    one.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    other.put("listing", "l2", &listing("Loud Hour", "Tea.", None));
    town.publish(&mut one).await;
    town.publish(&mut other).await;
    let reason = "spam".into();
    let change = Exclude {
        group_id: one.id(),
        reason,
        now: town.now(),
    };
    let revision = town.store.exclude(change).await.unwrap();
    town.searchable(revision).await;
    assert_eq!(names(&town), ["listing/l2"]);
}

#[tokio::test]
async fn a_lapsed_group_comes_back_whole_with_a_fresh_head() {
    let town = Town::start().await;
    let mut group = TestGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    group.put("listing", "l2", &listing("Loud Hour", "Tea.", None));
    town.publish(&mut group).await;
    town.clock.advance(Duration::from_secs(300 * 86_400));
    town.store.lapse(&group.id(), town.now()).await.unwrap();
    town.settle().await;
    assert!(names(&town).is_empty());
    town.publish(&mut group).await;
    assert_eq!(names(&town), ["listing/l1", "listing/l2"]);
}

#[tokio::test]
async fn after_a_restart_the_index_goes_on_where_it_was() {
    let mut town = Town::start().await;
    let mut group = TestGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    group.put("event", "e1", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
    town.publish(&mut group).await;
    town.stop_following().await;
    group
        .take_back("event", "e1")
        .put("event", "e2", &weekly("Run", "2026-09-22T18:00", "Leeds"));
    let revision = group.publish(town.store.as_ref(), town.now()).await;
    assert_eq!(names(&town), ["event/e1", "listing/l1"], "nobody follows");

    town.restart().await;
    assert!(
        *town.index.searchable_revision().borrow() > 0,
        "it is not built anew"
    );
    town.searchable(revision).await;
    assert_eq!(names(&town), ["event/e2", "listing/l1"]);
}

#[tokio::test]
async fn building_anew_gives_what_following_gave() {
    let mut town = Town::start().await;
    for seed in 1..6 {
        let mut group = TestGroup::new(seed);
        for round in 0..4 {
            let key = format!("l{round}");
            group.put(
                "listing",
                &key,
                &listing(&format!("Group {seed}"), "Tea.", Some("Leeds")),
            );
            group.put("event", "e", &weekly("Walk", "2026-09-22T18:00", "Leeds"));
            if round == 2 {
                group.take_back("listing", "l1");
            }
            town.publish(&mut group).await;
        }
        if seed == 3 {
            let change = Exclude {
                group_id: group.id(),
                reason: "spam".into(),
                now: town.now(),
            };
            town.store.exclude(change).await.unwrap();
        }
    }
    town.settle().await;
    let followed = town.all();
    assert_eq!(followed.len(), 4 * 4);
    town.stop_following().await;

    let store: Arc<dyn Store> = town.store.clone();
    let folder = index_folder(&town.folder);
    town.index = {
        let scratch = tempfile::tempdir().unwrap();
        open(&scratch, &town.store, &town.clock)
    };
    let clock = town.clock.clone();
    let read = rebuild(&folder, store, clock, IndexConfig::default())
        .await
        .unwrap();
    assert_eq!(read, 16);
    assert_eq!(all(&open(&town.folder, &town.store, &town.clock)), followed);
}

#[tokio::test]
async fn an_index_of_another_version_is_built_anew() {
    let mut town = Town::start().await;
    let mut group = TestGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    town.publish(&mut group).await;
    town.stop_following().await;
    let meta = index_folder(&town.folder).join("meta.json");
    let written = std::fs::read_to_string(&meta).unwrap();
    let version = |version: u32| format!(r#"\"version\":{version}"#);
    let older = written.replace(&version(super::schema::VERSION), &version(0));
    assert_ne!(older, written, "{written}");
    std::fs::write(&meta, older).unwrap();

    town.restart().await;
    town.settle().await;
    assert_eq!(names(&town), ["listing/l1"]);
}

#[tokio::test]
async fn a_damaged_index_is_built_anew() {
    let mut town = Town::start().await;
    let mut group = TestGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    town.publish(&mut group).await;
    town.stop_following().await;
    std::fs::write(index_folder(&town.folder).join("meta.json"), "{").unwrap();
    town.restart().await;
    town.settle().await;
    assert_eq!(names(&town), ["listing/l1"]);
}

#[tokio::test]
async fn a_store_restored_from_backup_makes_the_index_start_anew() {
    let town = Town::start().await;
    let mut group = TestGroup::new(1);
    group.put("listing", "l1", &listing("Quiet Hour", "Tea.", None));
    town.publish(&mut group).await;
    town.store.restored("s2").await.unwrap();
    group.put("listing", "l2", &listing("Loud Hour", "Tea.", None));
    group.publish(town.store.as_ref(), town.now()).await;
    town.settle().await;
    assert_eq!(names(&town), ["listing/l1", "listing/l2"]);
}
