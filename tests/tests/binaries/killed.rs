//! kill -9 at any moment: nothing acknowledged is lost, and roots are equal afterwards.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use hedgerow_client::Directory;
use hedgerow_client::Feed;
use hedgerow_client::GroupId;
use hedgerow_client::Options;
use hedgerow_client::Record;
use hedgerow_client::RecordName;
use hedgerow_client::Steward;
use hedgerow_client::StewardToken;
use hedgerow_client::v1;
use hedgerow_tests::eventually;
use hedgerow_tests::program;
use hedgerow_tests::program::Server;
use hedgerow_tests::sample;

/// Knows what was acknowledged, and nothing of how.
#[derive(Default)]
struct Oracle {
    /// Names that must be there, with their titles.
    there: BTreeMap<RecordName, String>,
}

struct Story {
    steward: Steward,
    group: GroupId,
    aggregator_folder: PathBuf,
    node_folder: PathBuf,
    aggregator: Option<Server>,
    node: Option<Server>,
}

impl Story {
    fn begin(folder: &Path) -> Self {
        let aggregator_folder = folder.join("aggregator");
        let node_folder = folder.join("node");
        let (aggregator_dir, node_dir) = (text(&aggregator_folder), text(&node_folder));
        let listen = |port: u16| format!("127.0.0.1:{port}");
        let phrase = text(&folder.join("aggregator-phrase.txt"));
        program::run_well(
            "hedgerow-aggregator",
            &[
                "--dir",
                &aggregator_dir,
                "init",
                "--listen",
                &listen(program::free_port()),
                "--phrase-file",
                &phrase,
            ],
        );
        let aggregator = Server::start("hedgerow-aggregator", &aggregator_folder);
        program::run_well(
            "hedgerow-node",
            &[
                "--dir",
                &node_dir,
                "init",
                "--listen",
                &listen(program::free_port()),
                "--aggregator",
                &aggregator.address,
            ],
        );
        let phrase = text(&folder.join("group-phrase.txt"));
        program::run_well(
            "hedgerow-node",
            &[
                "--dir",
                &node_dir,
                "group",
                "add",
                "unlucky",
                "--phrase-file",
                &phrase,
            ],
        );
        let node = Server::start("hedgerow-node", &node_folder);
        let token = StewardToken::read(&node_folder.join("stewards/unlucky.json"))
            .expect("the steward's file");
        let group = token.group_id();
        let options = Options {
            attempts: 1,
            timeout: Duration::from_secs(5),
            ..Options::default()
        };
        Self {
            steward: Steward::connect(token, options).expect("an address"),
            group,
            aggregator_folder,
            node_folder,
            aggregator: Some(aggregator),
            node: Some(node),
        }
    }

    /// Kills both, and starts the aggregator alone: what it acknowledged it must hold by
    /// itself, with no node to bring it again. Then the node comes back.
    async fn strike_both(&mut self) {
        let acknowledged = match self.steward.state().await {
            Ok(state) => state
                .deliveries
                .first()
                .map_or(0, |held| held.acknowledged_seq),
            Err(_) => 0,
        };
        self.node.take().expect("it runs").kill();
        self.aggregator.take().expect("it runs").kill();
        let aggregator = Server::start("hedgerow-aggregator", &self.aggregator_folder);
        if acknowledged > 0 {
            let feed = Feed::connect(&aggregator.address, Options::default()).expect("an address");
            let held = feed
                .published(&self.group)
                .await
                .expect("what it acknowledged, whole");
            let seq = held.evidence().head().position().seq.get();
            assert!(
                seq >= acknowledged,
                "it acknowledged {acknowledged} and holds {seq}"
            );
            assert!(held.value().missing.is_empty(), "with every body");
        }
        self.aggregator = Some(aggregator);
        self.node = Some(Server::start("hedgerow-node", &self.node_folder));
    }

    /// Kills one of the two, and starts it again.
    fn strike(&mut self, node: bool) {
        if node {
            self.node.take().expect("it runs").kill();
            self.node = Some(Server::start("hedgerow-node", &self.node_folder));
        } else {
            self.aggregator.take().expect("it runs").kill();
            self.aggregator = Some(Server::start(
                "hedgerow-aggregator",
                &self.aggregator_folder,
            ));
        }
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}

/// A sequence that is different at every place and the same at every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        // xorshift64: only to choose moments, nothing rests on it.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// How often the processes are killed: a hundred times, or as `HEDGEROW_KILLS` says.
fn kills() -> u64 {
    env::var("HEDGEROW_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(100)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_a_hundred_times_nothing_acknowledged_is_lost() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut story = Story::begin(folder.path());
    let mut oracle = Oracle::default();
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);

    for round in 0..kills() {
        // The steward goes on writing while the blow falls at some moment.
        let steward = story.steward.clone();
        let title = format!("Round {round}");
        let wanted = title.clone();
        let forget = oracle
            .there
            .keys()
            .nth(usize::try_from(dice.below(20)).expect("small"))
            .cloned()
            .filter(|_| round % 4 == 3);
        let taking = forget.clone();
        let writing = tokio::spawn(async move {
            let created = steward
                .create("event", sample::public(&sample::event(&wanted)))
                .await;
            let taken = match &taking {
                Some(name) => Some(steward.take_back(name).await),
                None => None,
            };
            (created, taken)
        });
        tokio::time::sleep(Duration::from_millis(dice.below(60))).await;
        match dice.below(5) {
            0 => story.strike_both().await,
            which => tokio::task::block_in_place(|| story.strike(which % 2 == 0)),
        }

        let (created, taken) = writing.await.expect("the steward does not panic");
        if let Ok(record) = created {
            let name = record.name.as_ref().expect("a name");
            oracle
                .there
                .insert(name.try_into().expect("a record's name"), title);
        }
        if let (Some(name), Some(taken)) = (forget, taken) {
            // Acknowledged or not, it may be gone; what was not acknowledged may also be there.
            oracle.there.remove(&name);
            if taken.is_ok() {
                let gone = eventually("the node answers", || async {
                    match story.steward.read(&name).await {
                        Ok(_) => Some(false),
                        Err(error) if error.is_not_found() => Some(true),
                        Err(_) => None,
                    }
                })
                .await;
                assert!(gone, "{name:?} was taken back and is not resurrected");
            }
        }
    }

    // Afterwards: everything acknowledged is under the node's head, and the aggregator's
    // root equals it.
    let node = Feed::connect(
        &story.node.as_ref().expect("it runs").address,
        Options::default(),
    )
    .expect("an address");
    let aggregator = Feed::connect(
        &story.aggregator.as_ref().expect("it runs").address,
        Options::default(),
    )
    .expect("an address");
    let published = eventually("the node has signed all that it has", || async {
        let state = story.steward.state().await.ok()?;
        let waiting = state.heads.first()?.waiting_records;
        if waiting > 0 {
            return None;
        }
        node.published(&story.group).await.ok()
    })
    .await;
    for (name, title) in &oracle.there {
        let record = published
            .value()
            .records
            .iter()
            .find(|record| record.name() == name)
            .unwrap_or_else(|| panic!("{title} was acknowledged and is lost"));
        assert_eq!(record.title().as_deref(), Some(title.as_str()));
    }
    let root = published.evidence().head().root();
    eventually("the aggregator's root equals the node's", || async {
        let held = aggregator.head(&story.group).await.ok()?;
        (held.head().root() == root).then_some(())
    })
    .await;
    let copy = aggregator
        .published(&story.group)
        .await
        .expect("the copy verifies");
    assert_eq!(copy.value().records.len(), published.value().records.len());

    // And all of it is searchable: the index neither lost nor repeated anything.
    let directory = Directory::connect(
        &story.aggregator.as_ref().expect("it runs").address,
        Options::default(),
    )
    .expect("an address");
    eventually("all of it is found, each once", || async {
        let found = titles(&directory, &story.group).await?;
        let mut there: Vec<_> = published.value().records.iter().map(title_of).collect();
        there.sort();
        (found == there).then_some(())
    })
    .await;
}

fn title_of(record: &Record) -> String {
    record.title().expect("an event has a title")
}

/// The titles of all events of the group that search finds, in order.
async fn titles(directory: &Directory, group: &GroupId) -> Option<Vec<String>> {
    let mut titles = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::SearchRequest {
            collections: vec!["event".to_owned()],
            group_id: group.to_vec(),
            page_size: 100,
            page_token,
            ..Default::default()
        };
        let answer = directory
            .search_unchecked(request)
            .await
            .ok()?
            .take_the_servers_word();
        titles.extend(answer.hits.into_iter().map(|hit| hit.title));
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            titles.sort();
            return Some(titles);
        }
    }
}
