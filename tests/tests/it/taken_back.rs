//! What a group takes back is gone from every file of a node and of an aggregator within a week.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hedgerow_server::backup::{BackupSettings, Interval};
use hedgerow_testkit::files_containing;
use hedgerow_tests::network::name_of;
use hedgerow_tests::{TestNetwork, eventually, sample};

const MARKER: &str = "zanzibarwhisper";
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn files_with_marker(folder: &Path) -> Vec<PathBuf> {
    files_containing(folder, &[MARKER])
}

fn is_below(files: &[PathBuf], part: &str) -> bool {
    files
        .iter()
        .any(|file| file.iter().any(|name| name == part))
}

fn hourly() -> BackupSettings {
    BackupSettings {
        every: Some(Interval::HOUR),
        ..BackupSettings::default()
    }
}

async fn restart(network: &mut TestNetwork, node: usize, aggregator: usize) {
    network.stop_node(node).await;
    network.stop_aggregator(aggregator).await;
    network.start_aggregator(aggregator).await;
    network
        .start_node(node, |config| config.backup = hourly())
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_taken_back_is_in_no_file_after_a_week() {
    let mut network = TestNetwork::new();
    let clock = network.clock.clone();
    let with_backups = |config: &mut hedgerow_aggregator::Config| config.backup = hourly();
    let aggregator = network
        .add_aggregator_with(clock.clone(), &[], with_backups)
        .await;
    let node = network.add_node(&[aggregator]).await;
    let group = network.add_group(node, "regrets").await;
    let regretted = group.publish("listing", &sample::listing(MARKER)).await;
    network.found(aggregator, &sample::words(MARKER), 1).await;
    let folders = [
        network.node_folder(node).to_path_buf(),
        network.aggregator_folder(aggregator).to_path_buf(),
    ];

    // It is in the next backup of both.
    clock.advance(2 * HOUR);
    restart(&mut network, node, aggregator).await;
    for folder in &folders {
        eventually("a backup has the record", || async {
            is_below(&files_with_marker(folder), "backups").then_some(())
        })
        .await;
    }
    let files = files_with_marker(&folders[1]);
    assert!(
        is_below(&files, "index"),
        "the checks below can fail: {files:?}"
    );

    let taken_back = group.steward.withdraw_record(&name_of(&regretted)).await;
    taken_back.expect("the record is withdrawn");
    group.publish("listing", &sample::listing("Kept")).await;
    network.delivered(&group).await;

    clock.advance(DAY);
    restart(&mut network, node, aggregator).await;
    group.publish("listing", &sample::listing("Kept too")).await;
    network.delivered(&group).await;
    for folder in &folders {
        let files = files_with_marker(folder);
        assert!(is_below(&files, "backups"), "they are a day old: {files:?}");
    }

    clock.advance(6 * DAY);
    restart(&mut network, node, aggregator).await;
    for folder in &folders {
        eventually("no file has the record", || async {
            let files = files_with_marker(folder);
            files.is_empty().then_some(())
        })
        .await;
        let kept = fs::read_dir(folder.join("backups")).expect("the folder of backups");
        let kept = kept.flatten().filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|ending| ending == "tar")
        });
        assert!(kept.count() >= 1, "there is a backup without it");
    }
    network.found(aggregator, &sample::words("kept"), 2).await;
}
