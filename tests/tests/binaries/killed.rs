//! Servers killed with SIGKILL at any moment lose nothing that they acknowledged.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hedgerow_client::{
    Directory, Feed, GroupId, Options, Record, RecordName, Steward, StewardToken, directory_v1,
};
use hedgerow_testkit::SeededRandom;
use hedgerow_tests::program::Server;
use hedgerow_tests::{eventually, program, sample};

/// One node and one aggregator, with a group on the node.
struct Deployment {
    steward: Steward,
    group: GroupId,
    aggregator_folder: PathBuf,
    node_folder: PathBuf,
    aggregator: Option<Server>,
    node: Option<Server>,
}

impl Deployment {
    fn start(folder: &Path) -> Self {
        let aggregator_folder = folder.join("aggregator");
        let node_folder = folder.join("node");
        program::init_aggregator(&aggregator_folder);
        let aggregator = Server::start("hedgerow-aggregator", &aggregator_folder);
        program::init_node(&node_folder, &[&aggregator.address]);
        program::add_group(&node_folder, "unlucky");
        let node = Server::start("hedgerow-node", &node_folder);
        let token = StewardToken::read(&node_folder.join("stewards/unlucky.json"))
            .expect("the steward's file");
        let group = token.group_id();
        let mut options = Options::default();
        options.attempts = 1;
        options.timeout = Duration::from_secs(5);
        Self {
            steward: Steward::new(token, options).expect("a valid address"),
            group,
            aggregator_folder,
            node_folder,
            aggregator: Some(aggregator),
            node: Some(node),
        }
    }

    /// Kills both servers, and starts the aggregator alone: it must have everything that it
    /// acknowledged while there is no node to push it again. Then starts the node.
    async fn kill_both(&mut self) {
        let acknowledged = match self.steward.get_state().await {
            Ok(state) => state
                .deliveries
                .first()
                .map_or(0, |delivery| delivery.acknowledged_seq),
            Err(_) => 0,
        };
        self.node.take().expect("the server runs").kill();
        self.aggregator.take().expect("the server runs").kill();
        let aggregator = Server::start("hedgerow-aggregator", &self.aggregator_folder);
        if acknowledged > 0 {
            let feed = Feed::new(&aggregator.address, Options::default()).expect("a valid address");
            let held = feed
                .get_all_records(&self.group)
                .await
                .expect("the aggregator has the acknowledged head");
            let seq = held.evidence().head().position().seq.get();
            assert!(
                seq >= acknowledged,
                "the aggregator acknowledged seq {acknowledged} but has {seq}"
            );
            assert!(held.value().missing.is_empty(), "a record is missing");
        }
        self.aggregator = Some(aggregator);
        self.node = Some(Server::start("hedgerow-node", &self.node_folder));
    }

    fn kill_aggregator(&mut self) {
        self.aggregator.take().expect("the server runs").kill();
        let aggregator = Server::start("hedgerow-aggregator", &self.aggregator_folder);
        self.aggregator = Some(aggregator);
    }

    fn kill_node(&mut self) {
        self.node.take().expect("the server runs").kill();
        self.node = Some(Server::start("hedgerow-node", &self.node_folder));
    }
}

/// The number of rounds: 100, or the value of `HEDGEROW_KILLS`.
fn kills() -> u64 {
    env::var("HEDGEROW_KILLS")
        .ok()
        .and_then(|kills| kills.parse().ok())
        .unwrap_or(100)
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_killed_a_hundred_times_lose_nothing_that_they_acknowledged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut deployment = Deployment::start(folder.path());
    // Names of records that must exist, with their titles.
    let mut acknowledged: BTreeMap<RecordName, String> = BTreeMap::new();
    let random = SeededRandom::new(0x9e37_79b9_7f4a_7c15);

    for round in 0..kills() {
        // The steward writes while a server is killed, at a moment that differs each round.
        let steward = deployment.steward.clone();
        let title = format!("Round {round}");
        let wanted = title.clone();
        let withdrawn = acknowledged
            .keys()
            .nth(usize::try_from(random.below(20)).expect("a small number"))
            .cloned()
            .filter(|_| round % 4 == 3);
        let to_withdraw = withdrawn.clone();
        let writing = tokio::spawn(async move {
            let created = steward
                .create_record("event", sample::public(&sample::event(&wanted)))
                .await;
            let withdrawal = match &to_withdraw {
                Some(name) => Some(steward.withdraw_record(name).await),
                None => None,
            };
            (created, withdrawal)
        });
        tokio::time::sleep(Duration::from_millis(random.below(60))).await;
        match random.below(5) {
            0 => deployment.kill_both().await,
            1 | 3 => tokio::task::block_in_place(|| deployment.kill_aggregator()),
            _ => tokio::task::block_in_place(|| deployment.kill_node()),
        }

        let (created, withdrawal) = writing.await.expect("the steward does not panic");
        if let Ok(record) = created {
            let name = record.name.as_ref().expect("a name");
            acknowledged.insert(name.try_into().expect("a valid name"), title);
        }
        if let (Some(name), Some(withdrawal)) = (withdrawn, withdrawal) {
            // If the withdrawal failed, the record may exist or not.
            acknowledged.remove(&name);
            if withdrawal.is_ok() {
                let gone = eventually("the node responds", || async {
                    match deployment.steward.get_record(&name).await {
                        Ok(_) => Some(false),
                        Err(error) if error.is_not_found() => Some(true),
                        Err(_) => None,
                    }
                })
                .await;
                assert!(gone, "{name:?} was withdrawn but exists again");
            }
        }
    }

    // The node's head covers everything that was acknowledged, and the aggregator's root
    // equals the node's.
    let node = Feed::new(
        &deployment.node.as_ref().expect("the server runs").address,
        Options::default(),
    )
    .expect("a valid address");
    let aggregator = Feed::new(
        &deployment
            .aggregator
            .as_ref()
            .expect("the server runs")
            .address,
        Options::default(),
    )
    .expect("a valid address");
    let published = eventually("the node has signed all its records", || async {
        let state = deployment.steward.get_state().await.ok()?;
        let waiting = state.heads.first()?.waiting_records;
        if waiting > 0 {
            return None;
        }
        node.get_all_records(&deployment.group).await.ok()
    })
    .await;
    for (name, title) in &acknowledged {
        let record = published
            .value()
            .records
            .iter()
            .find(|record| record.name() == name)
            .unwrap_or_else(|| panic!("{title} was acknowledged but is lost"));
        assert_eq!(record.title().as_deref(), Some(title.as_str()));
    }
    let root = published.evidence().head().root();
    eventually("the aggregator's root equals the node's", || async {
        let held = aggregator.get_head(&deployment.group).await.ok()?;
        (held.head().root() == root).then_some(())
    })
    .await;
    let copy = aggregator
        .get_all_records(&deployment.group)
        .await
        .expect("the aggregator's copy is valid");
    assert_eq!(copy.value().records.len(), published.value().records.len());

    // The index has each record once.
    let directory = Directory::new(
        &deployment
            .aggregator
            .as_ref()
            .expect("the server runs")
            .address,
        Options::default(),
    )
    .expect("a valid address");
    eventually("search finds each record once", || async {
        let found = titles(&directory, &deployment.group).await?;
        let mut expected: Vec<_> = published.value().records.iter().map(title_of).collect();
        expected.sort();
        (found == expected).then_some(())
    })
    .await;
}

fn title_of(record: &Record) -> String {
    record.title().expect("an event has a title")
}

/// The sorted titles of the events that search finds of the group.
async fn titles(directory: &Directory, group: &GroupId) -> Option<Vec<String>> {
    let mut titles = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = directory_v1::SearchRecordsRequest {
            filter: Some(directory_v1::SearchFilter {
                collections: vec!["event".to_owned()],
                group_id: group.to_vec(),
                ..directory_v1::SearchFilter::default()
            }),
            page_size: 100,
            page_token,
            ..directory_v1::SearchRecordsRequest::default()
        };
        let response = directory.search_unverified(request).await.ok()?;
        let response = response.into_claimed();
        titles.extend(response.hits.into_iter().map(|hit| hit.title));
        page_token = response.next_page_token;
        if page_token.is_empty() {
            titles.sort();
            return Some(titles);
        }
    }
}
