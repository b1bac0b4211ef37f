//! Backups of running nodes, and nodes restored from them.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_server::backup::{BackedUp, Options, pack, unpack};
use hedgerow_server::passphrase::Passphrase;
use hedgerow_transport::clock::SystemRandom;

use crate::NodeBackup;
use crate::testing::TestNode;

/// In the body of a record that is taken back.
const MARKER: &str = "Zq7marker4711";

fn options(passphrase: Option<&Passphrase>) -> Options<'_> {
    Options {
        passphrase,
        random: &SystemRandom,
        now: Timestamp::from_seconds(1_800_000_000),
    }
}

/// Restores a backup into a new folder, and returns what its database holds.
async fn restore(file: &Path, passphrase: Option<&Passphrase>, folder: &Path) -> String {
    unpack("hedgerow-node", file, passphrase, folder).unwrap();
    let summary = NodeBackup.check_database(&folder.join("node.sqlite")).await;
    NodeBackup.prepare(folder).await.unwrap();
    summary.unwrap()
}

fn contains(file: &Path, text: &str) -> bool {
    let bytes = fs::read(file).unwrap();
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_node_has_the_same_state_and_waits_before_it_signs() {
    let mut test = TestNode::running(&[]).await;
    let steward = test.steward();
    steward.create("Kept").await;
    let taken_back = steward.create(MARKER).await.record.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before.tar");
    let own = test.config.data_dir.clone();
    pack(&NodeBackup, &own, &before, options(None))
        .await
        .unwrap();
    assert!(contains(&before, MARKER), "the check below can fail");
    steward.withdraw(taken_back.name.unwrap()).await;
    let file = folder.path().join("node.tar");
    let summary = pack(&NodeBackup, &own, &file, options(None)).await.unwrap();
    assert_eq!(summary, "1 group with 1 published record");
    assert!(!contains(&file, MARKER), "freed pages are not copied");
    let root = steward.head().await.root();
    test.stop().await;

    let restored = folder.path().join("restored");
    assert_eq!(restore(&file, None, &restored).await, summary);
    test.config.data_dir = restored;
    test.start().await;
    let steward = test.steward();
    assert_eq!(steward.head().await.root(), root);
    let after = steward.create("After").await.record.unwrap();
    assert!(!after.published, "it waits");
    assert!(steward.head_state().await.waiting_for_aggregator);
    steward.force_sign().await.unwrap();
    let forced = steward.head().await;
    assert!(forced.position().seq.get() > 1_000_000, "it leaves a gap");
    test.stop().await;
    test.start().await;
    let later = test.steward().create("Later").await.record.unwrap();
    assert!(later.published, "it waited once");
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_made_while_records_come_in_are_whole() {
    let test = TestNode::running(&[]).await;
    let steward = test.steward();
    let folder = tempfile::tempdir().unwrap();
    let own = test.config.data_dir.clone();
    let published = Cell::new(0);
    let drills = async {
        for drill in 0..5 {
            // Each begins with more records than the one before.
            while published.get() <= drill {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let file = folder.path().join(format!("{drill}.tar"));
            let packed = pack(&NodeBackup, &own, &file, options(None)).await;
            let restored = folder.path().join(format!("restored-{drill}"));
            assert_eq!(restore(&file, None, &restored).await, packed.unwrap());
        }
    };
    let publish = async {
        for number in 0.. {
            steward.create(&format!("Record {number}")).await;
            published.set(number + 1);
        }
    };
    tokio::select! {
        () = drills => {}
        () = publish => {}
    }
    assert!(!steward.list().await.is_empty());
}

#[tokio::test]
async fn a_damaged_backup_or_another_servers_is_refused() {
    let test = TestNode::new(&[]).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("node.backup");
    let passphrase = Passphrase::enter("kettle kettle");
    let own = &test.config.data_dir;
    let sealed = options(Some(&passphrase));
    pack(&NodeBackup, own, &file, sealed).await.unwrap();
    let names: Vec<PathBuf> = files(folder.path());
    assert_eq!(
        names,
        std::slice::from_ref(&file),
        "nothing unfinished is left"
    );
    let again = pack(&NodeBackup, own, &file, sealed).await.unwrap_err();
    assert!(again.to_string().contains("already exists"), "{again}");
    assert!(!contains(&file, "SQLite"), "it is encrypted");

    let to = folder.path().join("restored");
    let refused = |program, passphrase: Option<&Passphrase>, message: &str| {
        drop(fs::remove_dir_all(&to));
        let error = unpack(program, &file, passphrase, &to).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
    };
    refused("hedgerow-node", None, "--passphrase-file");
    let wrong = Passphrase::enter("kettle kettlf");
    refused("hedgerow-node", Some(&wrong), "another passphrase");
    let name = "hedgerow-aggregator";
    refused(name, Some(&passphrase), "it is one of hedgerow-node");
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
    refused("hedgerow-node", Some(&passphrase), "it was altered");
    fs::write(&file, bytes).unwrap();
    drop(fs::remove_dir_all(&to));
    restore(&file, Some(&passphrase), &to).await;
}

#[tokio::test]
async fn a_new_version_of_the_program_makes_a_backup_before_it_changes_the_database() {
    let test = TestNode::without_group(&[]).await;
    let own = &test.config.data_dir;
    fs::create_dir(own).unwrap();
    crate::store::make_old(&test.config.database_file()).await;
    let old = fs::read(test.config.database_file()).unwrap();
    let blocked = own.join("backups");
    fs::write(&blocked, b"").unwrap();
    let deps = crate::Deps::system();
    let error = crate::Node::open(test.config.clone(), deps).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("backups"), "{error}");
    let same = fs::read(test.config.database_file()).unwrap();
    assert!(same == old, "without a backup nothing is changed");
    fs::remove_file(&blocked).unwrap();

    test.open().await.close().await;
    let mut made = files(&blocked);
    made.retain(|file| !file.ends_with("lock"));
    let [file] = made.try_into().unwrap();
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    assert!(name.starts_with("before-0"), "{name}");
    // Going back: the earlier version restores it into a new folder.
    let back = own.with_extension("back");
    restore(&file, None, &back).await;
    let database = back.join("node.sqlite");
    let pending = crate::store::Store::pending_migration(&database).await;
    assert!(pending.unwrap().is_some(), "it has the earlier form");
    // And forward again.
    let mut config = test.config.clone();
    config.data_dir = back;
    let node = crate::Node::open(config, crate::Deps::system()).await;
    node.unwrap().close().await;
}
