//! Attacks by the calls of the feed.

use std::time::Duration;

use anyhow::Context as _;
use hedgerow_core::id::GroupId;
use hedgerow_proto::feed_v1::feed_service_client::FeedServiceClient;
use hedgerow_proto::ingest_v1::ingest_service_client::IngestServiceClient;
use hedgerow_proto::{feed_v1, ingest_v1, v1};
use hedgerow_testkit::FakeGroup;
use hedgerow_transport::bounded;
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;

use super::attacker::{Attacker, Outcome, reason};
use super::content::push_once;
use super::tally::Tally;

/// A held stream is opened again after this time, because the server may have ended it
/// without the attacker's notice.
const HOLD: Duration = Duration::from_secs(3);

/// Opens syncs whose responses are never read.
pub async fn unread_syncs(attacker: &mut Attacker) -> anyhow::Result<()> {
    let group = publish_group(attacker, attacker.scaled(1_000, 200), 0).await?;
    let peers = attacker.peers(16)?;
    let tally = attacker.tally.clone();
    let id = group.id();
    attacker.repeat_calls(&peers, 32, move |channel| {
        hold_sync(channel, id, tally.clone())
    })
}

/// Opens unread syncs over groups with many tiny records: the manifest is the cost.
pub async fn manifests(attacker: &mut Attacker) -> anyhow::Result<()> {
    for _ in 0..attacker.scaled(8, 2) {
        let group = publish_group(attacker, attacker.scaled(2_000, 300), 0).await?;
        let peers = attacker.peers(5)?;
        let tally = attacker.tally.clone();
        let id = group.id();
        attacker.repeat_calls(&peers, 8, move |channel| {
            hold_sync(channel, id, tally.clone())
        })?;
    }
    Ok(())
}

async fn hold_sync(channel: Channel, group: GroupId, tally: Tally) -> Outcome {
    let mut client = bounded!(FeedServiceClient::new(channel));
    let request = feed_v1::SyncRequest {
        group_id: group.to_vec(),
        ..Default::default()
    };
    let response = client.sync(request).await;
    let _unread = response.map_err(|status| reason(&status))?;
    tally.count("opened");
    sleep(HOLD).await;
    Ok("closed".to_owned())
}

/// Watches heads from many addresses.
pub fn watchers(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(64)?;
    let tally = attacker.tally.clone();
    attacker.repeat_calls(&peers, 8, move |channel| hold_watch(channel, tally.clone()))
}

async fn hold_watch(channel: Channel, tally: Tally) -> Outcome {
    let mut client = bounded!(FeedServiceClient::new(channel));
    let request = feed_v1::WatchHeadsRequest::default();
    let response = client.watch_heads(request).await;
    let mut rows = response.map_err(|status| reason(&status))?.into_inner();
    tally.count("opened");
    let read = async {
        loop {
            match rows.message().await {
                Ok(Some(_)) => {}
                Ok(None) => return "ended".to_owned(),
                Err(status) => return reason(&status),
            }
        }
    };
    match timeout(HOLD, read).await {
        Ok(ended) => Err(ended),
        Err(_) => Ok("closed".to_owned()),
    }
}

/// Watches and syncs a node's group.
pub fn node_streams(attacker: &mut Attacker) -> anyhow::Result<()> {
    let id = attacker.group.context("the node's group is not known")?;
    let peers = attacker.peers(32)?;
    let tally = attacker.tally.clone();
    let watched = tally.clone();
    attacker.repeat_calls(&peers, 8, move |channel| {
        hold_watch(channel, watched.clone())
    })?;
    attacker.repeat_calls(&peers, 8, move |channel| {
        hold_sync(channel, id, tally.clone())
    })
}

/// Announces one head again and again. Its group has a long key log.
pub async fn replays(attacker: &mut Attacker) -> anyhow::Result<()> {
    let group = publish_group(
        attacker,
        attacker.scaled(2_000, 200),
        attacker.scaled(900, 20),
    )
    .await?;
    let head = group.head.as_ref().context("the group has a head")?;
    let head = head.envelope().to_vec();
    let peers = attacker.peers(4)?;
    attacker.repeat_calls(&peers, 8, move |channel| {
        let request = ingest_v1::AnnounceRequest { head: head.clone() };
        async move {
            let mut client = bounded!(IngestServiceClient::new(channel));
            let response = client.announce(request).await;
            response.map_err(|status| reason(&status))?;
            Ok("accepted".to_owned())
        }
    })
}

/// Requests proofs of a record among many.
pub async fn proofs(attacker: &mut Attacker) -> anyhow::Result<()> {
    let group = publish_group(attacker, attacker.scaled(2_000, 300), 0).await?;
    let peers = attacker.peers(4)?;
    let id = group.id();
    attacker.repeat_calls(&peers, 8, move |channel| async move {
        let mut client = bounded!(FeedServiceClient::new(channel));
        let request = feed_v1::GetProofRequest {
            group_id: id.to_vec(),
            name: Some(v1::RecordName {
                collection: "future-kind".into(),
                key: "t7".into(),
            }),
            ..Default::default()
        };
        let response = client.get_proof(request).await;
        response.map_err(|status| reason(&status))?;
        Ok("proven".to_owned())
    })
}

/// Requests one body by its hash, from a group with many records.
pub async fn only_wanted(attacker: &mut Attacker) -> anyhow::Result<()> {
    let group = publish_group(attacker, attacker.scaled(2_000, 300), 0).await?;
    let manifest = group.manifest();
    let leaf = manifest.leaves().first().context("the group has records")?;
    let hash = leaf.hash().to_vec();
    let id = group.id();
    let peers = attacker.peers(4)?;
    attacker.repeat_calls(&peers, 8, move |channel| {
        let request = feed_v1::SyncRequest {
            group_id: id.to_vec(),
            wanted_hashes: vec![hash.clone()],
            only_wanted: true,
            ..Default::default()
        };
        async move {
            let mut client = bounded!(FeedServiceClient::new(channel));
            let response = client.sync(request).await;
            let mut items = response.map_err(|status| reason(&status))?.into_inner();
            while items
                .message()
                .await
                .map_err(|status| reason(&status))?
                .is_some()
            {}
            Ok("synced".to_owned())
        }
    })
}

/// Publishes a group with tiny records and a key log of some length, and returns it.
async fn publish_group(
    attacker: &mut Attacker,
    records: usize,
    rotations: usize,
) -> anyhow::Result<FakeGroup> {
    let mut group = attacker.groups().next();
    for _ in 0..rotations {
        group.rotate();
    }
    for number in 0..records {
        group.add(&format!("t{number}"), b"tiny");
    }
    let peer = attacker.peers(1)?.remove(0);
    push_once(&mut group, &peer).await?;
    Ok(group)
}
