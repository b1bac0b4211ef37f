//! A full disk: an aggregator and a node say so, lose nothing, and recover without a restart. What a
//! group takes back is gone from the aggregator even while its disk is full.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use hedgerow_client::{Directory, Options, RecordName, Steward, StewardToken};
use hedgerow_tests::network::name_of;
use hedgerow_tests::program::Server;
use hedgerow_tests::{eventually, program, sample};

const RESERVE_IN_USE: &str = "the space reserved for take-backs is in use";

/// A small file system in memory. Dropping it unmounts it.
pub(super) struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None` without the permission to mount one.
    pub(super) fn mount(folder: &Path) -> Option<Self> {
        fs::create_dir(folder).expect("a new folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=32m,mode=700", "tmpfs"])
            .arg(folder)
            .status();
        let is_mounted = mounted.is_ok_and(|status| status.success());
        is_mounted.then(|| Self(folder.to_owned()))
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut filler = fs::File::create(self.0.join("filler")).expect("a file");
        while filler.write_all(&[0; 4096]).is_ok() {}
        while filler.write_all(&[0]).is_ok() {}
    }

    fn free(&self) {
        fs::remove_file(self.0.join("filler")).expect("the filler exists");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Sets the longest wait after a failed delivery to a second.
fn retry_soon(node_folder: &Path) {
    let file = node_folder.join("hedgerow-node.toml");
    let config = fs::read_to_string(&file).expect("a configuration");
    let default = "longest_retry_seconds = 86400";
    assert!(config.contains(default), "{config}");
    let config = config.replace(default, "longest_retry_seconds = 1");
    fs::write(&file, config).expect("a configuration");
}

async fn publish(
    steward: &Steward,
    name: &str,
) -> Result<RecordName, hedgerow_client::ClientError> {
    let draft = sample::public(&sample::listing(name));
    let record = steward.create_record("listing", draft).await?;
    Ok(name_of(&record))
}

async fn finds(directory: &Directory, words: &str) -> bool {
    let page = directory.search(sample::words(words).into()).await;
    page.is_ok_and(|page| !page.hits.is_empty())
}

async fn found(directory: &Directory, words: &str) {
    eventually("the search has its hit", || async {
        finds(directory, words).await.then_some(())
    })
    .await;
}

async fn gone(directory: &Directory, words: &str) {
    eventually("the withdrawn record is gone", || async {
        (!finds(directory, words).await).then_some(())
    })
    .await;
}

async fn reports_no_space(steward: &Steward) {
    eventually("the node reports the aggregator's reason", || async {
        let state = steward.get_state().await.ok()?;
        let error = &state.deliveries.first()?.last_error;
        error.contains("no disk space").then_some(())
    })
    .await;
}

async fn delivered(steward: &Steward) {
    eventually("everything is delivered", || async {
        is_delivered(steward).await.then_some(())
    })
    .await;
}

async fn is_delivered(steward: &Steward) -> bool {
    let state = steward.get_state().await;
    state.is_ok_and(|state| state.deliveries.iter().all(|one| one.up_to_date))
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_on_a_full_disk_say_so_lose_nothing_and_recover_without_a_restart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(disk) = SmallDisk::mount(&folder.path().join("aggregator-disk")) else {
        eprintln!("skipped: only root may mount a small file system");
        return;
    };
    let Some(node_disk) = SmallDisk::mount(&folder.path().join("node-disk")) else {
        return;
    };
    let aggregator_folder = disk.0.join("aggregator");
    let node_folder = node_disk.0.join("node");
    program::init_aggregator(&aggregator_folder);
    let aggregator = Server::start("hedgerow-aggregator", &aggregator_folder);
    program::init_node(&node_folder, &[&aggregator.address]);
    retry_soon(&node_folder);
    program::add_group(&node_folder, "full");
    let node = Server::start("hedgerow-node", &node_folder);
    let token = StewardToken::read(&node_folder.join("stewards/full.json")).expect("a token");
    let mut options = Options::default();
    options.attempts = 1;
    options.timeout = Duration::from_secs(10);
    let steward = Steward::new(token, options.clone()).expect("a valid address");
    let directory = Directory::new(&aggregator.address, options).expect("a valid address");
    publish(&steward, "Kept kettle").await.expect("a record");
    let lamp = publish(&steward, "Regretted lamp").await.expect("a record");
    let book = publish(&steward, "Returned book").await.expect("a record");
    for words in ["kept kettle", "regretted lamp", "returned book"] {
        found(&directory, words).await;
    }
    delivered(&steward).await;

    disk.fill();
    publish(&steward, "Delayed garden")
        .await
        .expect("the node has space");
    reports_no_space(&steward).await;
    assert!(aggregator.log().contains("the disk is full"));
    assert!(finds(&directory, "kept kettle").await, "searches work");
    assert!(!finds(&directory, "delayed garden").await);
    // The next head still adds the garden. What it removes is gone all the same.
    let withdrawn = steward.withdraw_record(&lamp).await;
    withdrawn.expect("the node has space");
    gone(&directory, "regretted lamp").await;
    assert!(aggregator.log().contains(RESERVE_IN_USE));
    assert!(finds(&directory, "kept kettle").await);
    assert!(
        !is_delivered(&steward).await,
        "nothing of it is acknowledged"
    );
    disk.free();
    delivered(&steward).await;
    found(&directory, "delayed garden").await;
    assert!(!finds(&directory, "regretted lamp").await);

    disk.fill();
    let withdrawn = steward.withdraw_record(&book).await;
    withdrawn.expect("the node has space");
    gone(&directory, "returned book").await;
    delivered(&steward).await;
    // What is left of the reserved space is not for additions.
    publish(&steward, "Second garden")
        .await
        .expect("the node has space");
    reports_no_space(&steward).await;
    disk.free();
    delivered(&steward).await;
    found(&directory, "second garden").await;

    node_disk.fill();
    let refused = loop {
        // The log of the database may have room for a few more.
        match publish(&steward, &"Unstored shed ".repeat(8)).await {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(format!("{refused:?}").contains("disk_full"), "{refused:?}");
    assert!(finds(&directory, "kept kettle").await);
    let state = steward.get_state().await.expect("the node still answers");
    assert!(!state.heads.is_empty());
    node_disk.free();
    eventually("the node writes again without a restart", || async {
        publish(&steward, "Recovered orchard").await.ok()
    })
    .await;
    found(&directory, "recovered orchard").await;
    drop((aggregator, node));
}
