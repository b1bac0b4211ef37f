//! Attacks by pushes and announcements.

use futures::StreamExt as _;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_testkit::FakeGroup;
use tokio::net::TcpListener;

use super::attacker::{Attacker, push, push_stream};
use super::peer::hostile_address;

/// Below the limit of a record.
const BODY_BYTES: usize = 60_000;
const BODIES_OF_HALF: usize = 50;
const BODIES_OF_NEWCOMER: usize = 17;

/// Opens pushes that send no item.
pub fn header_pushes(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(16)?;
    let tally = attacker.tally.clone();
    attacker.repeat_calls(&peers, 32, move |channel| {
        tally.count("sent");
        push_stream(channel, futures::stream::pending())
    })
}

/// Pushes items that say nothing, without end.
pub fn endless_items(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(4)?;
    for empty_leaves in [false, true] {
        let groups = attacker.groups();
        let tally = attacker.tally.clone();
        attacker.repeat_calls(&peers, 4, move |channel| {
            tally.count("sent");
            let (mut items, _) = start(&mut groups.next(), 100, 100);
            if empty_leaves {
                // Not all leaves, so that the server waits for more.
                items.pop();
            }
            let item = if empty_leaves {
                Item::Leaves(feed_v1::LeafBatch::default())
            } else {
                Item::MissingRecordHash(vec![7; 32])
            };
            let endless = futures::stream::repeat(feed_v1::SyncItem { item: Some(item) });
            push_stream(channel, tokio_stream::iter(items).chain(endless))
        })?;
    }
    Ok(())
}

/// Pushes many bodies, and then neither more nor an end.
pub fn half_pushes(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(16)?;
    let groups = attacker.groups();
    let bodies = attacker.scaled(BODIES_OF_HALF, 10);
    let tally = attacker.tally.clone();
    attacker.repeat_calls(&peers, 4, move |channel| {
        tally.count("sent");
        let (mut items, bodies) = start(&mut groups.next(), bodies, BODY_BYTES);
        items.extend(bodies);
        let items = tokio_stream::iter(items).chain(futures::stream::pending());
        push_stream(channel, items)
    })
}

/// A group's first transfer in two parts: what comes before the bodies, and the bodies. The end
/// is left out.
fn start(
    group: &mut FakeGroup,
    records: usize,
    bytes: usize,
) -> (Vec<feed_v1::SyncItem>, Vec<feed_v1::SyncItem>) {
    fill(group, records, bytes);
    let head = group.sign();
    group
        .whole(&head)
        .into_iter()
        .filter(|item| !matches!(item.item, Some(Item::End(_))))
        .partition(|item| !matches!(item.item, Some(Item::Body(_))))
}

/// Adds records of unknown kind, which no rule of a kind refuses.
fn fill(group: &mut FakeGroup, records: usize, bytes: usize) {
    let mut body = vec![b'x'; bytes];
    for number in 0..records {
        body[..8].copy_from_slice(&(number as u64).to_be_bytes());
        group.add(&format!("r{number}"), &body);
    }
}

/// Publishes new groups of a megabyte each, as many as the server accepts.
pub fn newcomers(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(16)?;
    let groups = attacker.groups();
    let bodies = attacker.scaled(BODIES_OF_NEWCOMER, 3);
    attacker.repeat_calls(&peers, 2, move |channel| {
        let mut group = groups.next();
        fill(&mut group, bodies, BODY_BYTES);
        let head = group.sign();
        push(channel, group.whole(&head))
    })
}

/// Publishes new groups, each with an own endpoint that accepts connections and never responds.
pub async fn squatters(attacker: &mut Attacker) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("0.0.0.0", 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((connection, _)) = listener.accept().await {
            held.push(connection);
        }
    });
    let peers = attacker.peers(16)?;
    let groups = attacker.groups();
    let next = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(40_000));
    attacker.repeat_calls(&peers, 2, move |channel| {
        let mut group = groups.next();
        let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let endpoint = hostile_address(number)
            .ok()
            .and_then(|host| Endpoint::parse(&format!("https://{host}:{port}")).ok());
        fill(&mut group, 1, 100);
        let mut draft = group.draft();
        draft.endpoint = endpoint;
        let head = draft.sign(&group.signing);
        push(channel, group.whole(&head))
    })
}
