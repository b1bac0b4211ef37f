//! Opening a node: its folder, its tokens, its stewards' files.

use hedgerow_core::endpoint::Endpoint;
use hedgerow_server::identity::identity_files;

use crate::testing::{LABEL, TestNode, eventually, phrase, unpack};
use crate::token::StewardFile;
use crate::{Deps, GROUP_METADATA, Node, NodeError};
use hedgerow_proto::steward_v1;

#[tokio::test]
async fn a_second_process_gets_an_error_that_says_what_to_do() {
    let test = TestNode::running(&[]).await;
    let second = Node::open(test.config.clone(), Deps::system()).await;
    let error = second.unwrap_err();
    assert!(matches!(error, NodeError::Lock(_)));
    assert!(error.to_string().contains("stop that one first"), "{error}");
}

#[tokio::test]
async fn a_database_of_a_newer_program_has_its_own_error() {
    let test = TestNode::new(&[]).await;
    let file = test.config.database_file();
    let database = sqlx::SqlitePool::connect(&format!("sqlite:{}", file.display()))
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'later', TRUE, x'00', 0)",
    )
    .execute(&database)
    .await
    .unwrap();
    database.close().await;
    let error = Node::open(test.config.clone(), Deps::system())
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("newer than this program"),
        "{error}"
    );
}

#[tokio::test]
async fn a_stewards_file_gets_the_port_of_the_listener() {
    let mut test = TestNode::new(&[]).await;
    test.listen_elsewhere().await;
    test.start().await;
    let file = test.config.steward_file(LABEL);
    eventually("the file has the port", || async {
        StewardFile::read(&file).is_ok_and(|file| file.address == test.address())
    })
    .await;
    let file = StewardFile::read(&test.config.steward_file(LABEL)).unwrap();
    assert_eq!(
        test.steward().group().await.group_id,
        file.group_id.to_vec()
    );
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_database_keys_and_tokens() {
    use std::os::unix::fs::PermissionsExt;
    let test = TestNode::new(&[]).await;
    let (_, key) = identity_files(&test.config.data_dir);
    for file in [
        test.config.database_file(),
        key,
        test.config.steward_file(LABEL),
    ] {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.display());
    }
}

#[tokio::test]
async fn a_wrong_token_and_a_missing_one_have_different_reasons() {
    let test = TestNode::running(&[]).await;
    let mut steward = test.steward();
    steward.token = "hedgerow-00".to_owned();
    let request = steward.request(steward_v1::GetGroupRequest {});
    let error = unpack(steward.client.clone().get_group(request).await).unwrap_err();
    assert_eq!(error.reason, "token_unknown");
    assert!(error.message.contains("group token"), "{error}");
    let bare = tonic::Request::new(steward_v1::GetGroupRequest {});
    let error = unpack(steward.client.clone().get_group(bare).await).unwrap_err();
    assert_eq!(error.reason, "token_missing");
}

#[tokio::test]
async fn a_token_opens_its_own_group_and_no_other() {
    let test = TestNode::running(&[]).await;
    test.node().add_group("them", &phrase(2)).await.unwrap();
    let (us, them) = (test.steward(), test.steward_of("them"));
    us.create("Ours").await;
    assert!(them.list().await.is_empty());
    assert_eq!(us.list().await.len(), 1);

    let mut mistaken = us.request(steward_v1::GetGroupRequest {});
    let meant = them.group_id.to_string().parse().unwrap();
    mistaken.metadata_mut().insert(GROUP_METADATA, meant);
    let error = unpack(us.client.clone().get_group(mistaken).await).unwrap_err();
    assert_eq!(error.reason, "token_of_another_group");
}

#[tokio::test]
async fn a_renewed_token_invalidates_the_old_one() {
    let mut test = TestNode::running(&[]).await;
    let old = test.steward();
    test.stop().await;
    let node = test.open().await;
    node.renew_token(LABEL).await.unwrap();
    node.close().await;
    test.start().await;
    let mut stale = test.steward();
    assert_eq!(stale.list().await.len(), 0, "the new token opens it");
    stale.token = old.token;
    let error = stale.try_create("one", "Anything").await.unwrap_err();
    assert_eq!(error.reason, "token_unknown");
}

#[tokio::test]
async fn labels_are_unique_and_fit_a_file_name() {
    let test = TestNode::running(&[]).await;
    let node = test.node();
    let taken = node.add_group(LABEL, &phrase(3)).await.unwrap_err();
    assert!(matches!(taken, NodeError::LabelTaken(_)));
    for label in ["", "../us", "Us", &"a".repeat(41)] {
        let error = node.add_group(label, &phrase(3)).await.unwrap_err();
        assert!(matches!(error, NodeError::Label(_)), "{label}");
    }
}

#[tokio::test]
async fn forgetting_an_unknown_aggregator_changes_nothing() {
    let test = TestNode::running(&[]).await;
    let address = Endpoint::parse("https://a.example:1").unwrap();
    assert!(!test.node().forget_aggregator(&address).await.unwrap());
}
