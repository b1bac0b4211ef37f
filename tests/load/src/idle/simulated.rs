//! Simulated nodes in this process, each with only a feed and a port.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context as _;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::{Commitment, GroupId, PayloadHash, RecordHash};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::View;
use hedgerow_core::record::{ParsedRecord, record_hash};
use hedgerow_core::tree::Manifest;
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_server::feed;
use hedgerow_server::feed::{
    FeedHandler, FeedSource, HeadRow, Row, Snapshot, SnapshotHead, WatchRow,
};
use hedgerow_server::identity::Identity;
use hedgerow_server::limits::{FeedLimits, ServerLimits};
use hedgerow_server::listen::bind;
use hedgerow_server::server::{Server, standard_services};
use hedgerow_transport::failure::Failure;
use hedgerow_transport::limits::DEFAULT_MESSAGE_BYTES;
use tokio::sync::watch;

use crate::dataset::{Dataset, Publication};

/// Running nodes. Dropping this stops them.
pub struct SimulatedNodes {
    pub addresses: Vec<Endpoint>,
    _stop: watch::Sender<bool>,
}

impl SimulatedNodes {
    /// Distributes the groups of a dataset over nodes, and starts them.
    pub async fn start(dataset: &Dataset, nodes: u64) -> anyhow::Result<Self> {
        let mut groups: Vec<Vec<(GroupId, Group)>> = (0..nodes).map(|_| Vec::new()).collect();
        let mut next = 0;
        dataset.publications(|publication| {
            let at = next % groups.len();
            groups[at].push(Group::read(publication)?);
            next += 1;
            Ok(true)
        })?;
        let (stop, stopped) = watch::channel(false);
        let mut addresses = Vec::new();
        for groups in groups {
            let listener = bind(([127, 0, 0, 1], 0).into()).await?;
            let identity = Identity::generate(&["127.0.0.1".to_owned()])?;
            addresses.push(Endpoint {
                host: "127.0.0.1".to_owned(),
                port: listener.local_addr()?.port(),
                pin: Some(identity.spki_hash()),
            });
            let source = Node::new(groups);
            let limits = FeedLimits {
                watchers_per_peer: 8,
                ..FeedLimits::default()
            };
            let feed =
                FeedHandler::new(Arc::new(source), limits).into_service(DEFAULT_MESSAGE_BYTES);
            let services = standard_services(&[feed::SERVICE]).await?;
            let serving =
                Server::new(ServerLimits::default(), &identity)?.routes(services.add_service(feed));
            let mut stopped = stopped.clone();
            tokio::spawn(serving.serve(listener, async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            }));
        }
        Ok(Self {
            addresses,
            _stop: stop,
        })
    }
}

/// One group on a node.
struct Group {
    key_log: KeyLog,
    head: Vec<u8>,
    manifest: Manifest,
    bodies: HashMap<RecordHash, Vec<u8>>,
}

impl Group {
    fn read(publication: Publication) -> anyhow::Result<(GroupId, Self)> {
        let (mut events, mut head, mut records) = (Vec::new(), None, Vec::new());
        for item in publication.into_iter().filter_map(|item| item.item) {
            match item {
                Item::KeyEvent(event) => events.push(event),
                Item::Head(envelope) => head = Some(envelope),
                Item::Body(body) => records.push(body.record),
                _ => {}
            }
        }
        let key_log = KeyLog::verify(&events)?;
        let group = key_log.group_id();
        let leaves = records
            .iter()
            .map(|record| Ok(ParsedRecord::parse(record, &group)?.leaf()))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let read = Self {
            key_log,
            head: head.context("a publication without a head")?,
            manifest: Manifest::new(leaves)?,
            bodies: records
                .into_iter()
                .map(|record| (record_hash(&record), record))
                .collect(),
        };
        Ok((group, read))
    }
}

/// A node whose groups never change.
struct Node {
    groups: Vec<(GroupId, Group)>,
    changed: watch::Sender<u64>,
}

impl Node {
    fn new(groups: Vec<(GroupId, Group)>) -> Self {
        Self {
            groups,
            changed: watch::channel(1).0,
        }
    }

    fn group(&self, id: &GroupId) -> Result<&Group, Failure> {
        self.groups
            .iter()
            .find(|(other, _)| other == id)
            .map(|(_, group)| group)
            .ok_or_else(|| feed::group_unknown(id))
    }
}

#[async_trait::async_trait]
impl FeedSource for Node {
    async fn key_log(&self, group: &GroupId) -> Result<Option<Vec<Vec<u8>>>, Failure> {
        Ok(self
            .group(group)
            .ok()
            .map(|group| group.key_log.envelopes()))
    }

    async fn head(&self, group: &GroupId, _: &View) -> Result<HeadRow, Failure> {
        Ok(self.group(group).map_or(HeadRow::GroupUnknown, |group| {
            HeadRow::Shown(group.head.clone())
        }))
    }

    async fn find_groups(&self, _: &Commitment, _: usize) -> Result<Vec<GroupId>, Failure> {
        Ok(Vec::new())
    }

    async fn rows_after(
        &self,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Vec<WatchRow>, Failure> {
        let after: usize = cursor.unwrap_or("0").parse().map_err(|_| {
            Failure::out_of_range("cursor_unknown", "The cursor is of another stream.")
        })?;
        let rows = self.groups.iter().enumerate().skip(after).take(limit);
        Ok(rows
            .map(|(at, (group_id, group))| WatchRow {
                cursor: (at + 1).to_string(),
                group_id: *group_id,
                key_log_tip_hash: group.key_log.tip_hash(),
                row: Row::Head(group.head.clone()),
            })
            .collect())
    }

    fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    async fn snapshot(
        &self,
        group: &GroupId,
        _: &View,
        _: Option<PayloadHash>,
    ) -> Result<Snapshot, Failure> {
        let group = self.group(group)?;
        Ok(Snapshot {
            key_log: group.key_log.envelopes(),
            head: Some(SnapshotHead {
                envelope: group.head.clone(),
                basis: None,
                removals: Vec::new(),
                leaves: group.manifest.clone().into_leaves(),
            }),
        })
    }

    async fn manifest(
        &self,
        group: &GroupId,
        _: &View,
    ) -> Result<Option<(Vec<u8>, Manifest)>, Failure> {
        Ok(self
            .group(group)
            .ok()
            .map(|group| (group.head.clone(), group.manifest.clone())))
    }

    async fn bodies(
        &self,
        group: &GroupId,
        _: &View,
        hashes: &[RecordHash],
    ) -> Result<Vec<Option<Vec<u8>>>, Failure> {
        let bodies = &self.group(group)?.bodies;
        Ok(hashes
            .iter()
            .map(|hash| bodies.get(hash).cloned())
            .collect())
    }
}
