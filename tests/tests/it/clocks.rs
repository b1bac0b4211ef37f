//! Clocks that step by a year while their program runs, and are set right again.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_client::feed_v1;
use hedgerow_client::steward_v1::{HeadState, StopReason};
use hedgerow_testkit::ManualClock;
use hedgerow_tests::network::{TestGroup, name_of};
use hedgerow_tests::{TestNetwork, eventually, sample};

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// A node that publishes to one aggregator, each with a clock of its own.
struct Clocks {
    network: TestNetwork,
    aggregator: usize,
    node: usize,
    of_aggregator: Arc<ManualClock>,
    of_node: Arc<ManualClock>,
    group: TestGroup,
}

impl Clocks {
    async fn start() -> Self {
        let mut network = TestNetwork::new();
        let (of_aggregator, of_node) = (TestNetwork::own_clock(), TestNetwork::own_clock());
        let aggregator = network
            .add_aggregator_with(of_aggregator.clone(), &[], |_| ())
            .await;
        let node = network.add_node_with(of_node.clone(), &[aggregator]).await;
        let group = network.add_group(node, "clocks").await;
        let clocks = Self {
            network,
            aggregator,
            node,
            of_aggregator,
            of_node,
            group,
        };
        clocks.publish("Early kettle").await;
        clocks.found("early kettle").await;
        clocks
    }

    async fn publish(&self, name: &str) -> hedgerow_client::RecordName {
        let record = self.group.publish("listing", &sample::listing(name)).await;
        name_of(&record)
    }

    async fn found(&self, words: &str) {
        let words = sample::words(words);
        self.network.found(self.aggregator, &words, 1).await;
    }

    async fn status(&self) -> feed_v1::GroupStatus {
        let directory = self.network.directory(self.aggregator);
        let known = directory.get_group(&self.group.id).await;
        let response = known.expect("the group is known").response.into_claimed();
        response.admission.expect("an admission").status()
    }

    async fn node_stops(&self) {
        eventually("the node stops, because its clock is behind", || async {
            let state = self.group.steward.get_state().await.ok()?;
            let is_behind = |head: &HeadState| head.stop_reason() == StopReason::ClockBehind;
            (!state.heads.is_empty() && state.heads.iter().all(is_behind)).then_some(())
        })
        .await;
    }

    /// The reason for which the aggregator does not have the newest head.
    async fn delivery_fails_with(&self, reason: &str) {
        eventually("the node reports why its head is not accepted", || async {
            let state = self.group.steward.get_state().await.ok()?;
            let failed = format!("{:?}", state.deliveries);
            failed.contains(reason).then_some(())
        })
        .await;
    }

    /// After the clocks are right again, everything works without anyone's help.
    async fn works(&self, gone: &hedgerow_client::RecordName) {
        let steward = &self.group.steward;
        let withdrawn = steward.withdraw_record(gone).await;
        withdrawn.expect("the record is withdrawn");
        self.publish("Late lantern").await;
        self.network.delivered(&self.group).await;
        self.found("late lantern").await;
        self.found("early kettle").await;
        assert_eq!(self.status().await, feed_v1::GroupStatus::Active);
        let directory = self.network.directory(self.aggregator);
        let record = directory.get_record(&self.group.id, gone).await;
        assert!(record.is_err(), "a withdrawn record stays withdrawn");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregator_a_year_ahead_hides_groups_and_shows_them_again() {
    let clocks = Clocks::start().await;
    let gone = clocks.publish("Regretted lamp").await;
    clocks.network.delivered(&clocks.group).await;
    clocks.of_aggregator.advance(YEAR);
    assert_eq!(clocks.status().await, feed_v1::GroupStatus::Lapsed);
    // A head of the present has lapsed for this aggregator, and is stored even so.
    clocks.publish("Middle marsh").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    clocks.of_aggregator.turn_back(YEAR);
    clocks.works(&gone).await;
    clocks.found("middle marsh").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregator_that_starts_a_year_ahead_erases_nothing() {
    let mut clocks = Clocks::start().await;
    let gone = clocks.publish("Regretted lamp").await;
    clocks.network.delivered(&clocks.group).await;
    // Without the node nobody can send again what the aggregator would erase.
    clocks.network.stop_node(clocks.node).await;
    clocks.network.stop_aggregator(clocks.aggregator).await;
    clocks.of_aggregator.advance(YEAR);
    // The first sweep begins at the start, and an orderly stop waits for its end.
    clocks.network.start_aggregator(clocks.aggregator).await;
    assert_eq!(clocks.status().await, feed_v1::GroupStatus::Lapsed);
    tokio::time::sleep(Duration::from_secs(1)).await;
    clocks.network.stop_aggregator(clocks.aggregator).await;
    clocks.of_aggregator.turn_back(YEAR);
    clocks.network.start_aggregator(clocks.aggregator).await;
    clocks.found("early kettle").await;
    clocks.found("regretted lamp").await;
    clocks.network.start_node(clocks.node, |_| ()).await;
    clocks.works(&gone).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_aggregator_a_year_behind_rejects_heads_from_the_future() {
    let clocks = Clocks::start().await;
    let gone = clocks.publish("Regretted lamp").await;
    clocks.network.delivered(&clocks.group).await;
    clocks.of_aggregator.turn_back(YEAR);
    clocks.found("early kettle").await;
    clocks.publish("Middle marsh").await;
    clocks.delivery_fails_with("head_from_the_future").await;
    clocks.of_aggregator.advance(YEAR);
    clocks.works(&gone).await;
    clocks.found("middle marsh").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_of_a_node_a_year_behind_never_replace_newer_ones() {
    let clocks = Clocks::start().await;
    let gone = clocks.publish("Regretted lamp").await;
    clocks.network.delivered(&clocks.group).await;
    clocks.of_node.turn_back(YEAR);
    clocks.publish("Middle marsh").await;
    clocks.found("early kettle").await;
    clocks.of_node.advance(YEAR);
    clocks.works(&gone).await;
    clocks.found("middle marsh").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_a_year_ahead_signs_again_once_its_steward_forces_it() {
    let clocks = Clocks::start().await;
    let gone = clocks.publish("Regretted lamp").await;
    clocks.network.delivered(&clocks.group).await;
    clocks.of_node.advance(YEAR);
    clocks.publish("Middle marsh").await;
    clocks.delivery_fails_with("head_from_the_future").await;
    clocks.found("early kettle").await;
    clocks.of_node.turn_back(YEAR);
    clocks.node_stops().await;
    // An edit is kept, and signed with the others.
    clocks.publish("Waiting kayak").await;
    let directory = clocks.network.directory(clocks.aggregator);
    let kept = sample::words("waiting kayak");
    let page = directory.search(kept.into()).await.expect("a search");
    assert!(
        page.hits.is_empty(),
        "nothing is signed while the node is stopped"
    );
    let steward = &clocks.group.steward;
    steward
        .force_sign()
        .await
        .expect("the steward may confirm the clock");
    clocks.found("middle marsh").await;
    clocks.found("waiting kayak").await;
    // Only the first signature has to be forced.
    clocks.works(&gone).await;
}
