//! Attacks by records that cost a server much to index, show or compare.

use std::sync::Arc;

use anyhow::Context as _;
use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::directory_service_client::DirectoryServiceClient;
use hedgerow_testkit::{FakeGroup, hostile};
use hedgerow_transport::bounded;
use prost::Message as _;
use tokio::sync::Mutex;

use super::attacker::{Attacker, Outcome, push, reason};
use super::costly_queries::search;
use super::peer::Peer;

/// Records in one publication.
const RECORDS: usize = 20;

/// A record's collection and body; the argument is the number of the record, so that no two
/// are the same where that matters.
type Make = fn(usize) -> (&'static str, Vec<u8>);

/// Publishes listings with yearly rules since 1900, new ones in each publication.
pub fn recurrences(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(4)?;
    publish_repeatedly(attacker, &peers, |number| {
        if number % 2 == 0 {
            ("listing", hostile::costly_schedules().encode_to_vec())
        } else {
            ("event", hostile::many_dates().encode_to_vec())
        }
    });
    Ok(())
}

/// Publishes records over the limits of receivers.
pub fn refused(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(4)?;
    publish_repeatedly(attacker, &peers, |number| {
        let mut records = hostile::over_limits();
        let record = records.swap_remove(number % records.len());
        (record.collection, record.body)
    });
    Ok(())
}

/// Publishes listings with hundreds of invented regions and tags, and requests facets and
/// coverage.
pub fn regions(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(4)?;
    publish_repeatedly(attacker, &peers, |number| {
        let listing = if number % 2 == 0 {
            hostile::invented_regions(number)
        } else {
            hostile::many_tags(number)
        };
        ("listing", listing.encode_to_vec())
    });
    // The gazetteer's scheme, and the invented one, whose names no server knows.
    for scheme in ["ons", "mine"] {
        attacker.repeat_calls(&peers, 1, move |channel| async move {
            let mut client = bounded!(DirectoryServiceClient::new(channel));
            let request = directory_v1::GetCoverageRequest {
                scheme: scheme.into(),
                ..Default::default()
            };
            let response = client.get_coverage(request).await;
            response.map_err(|status| reason(&status))?;
            Ok("counted".to_owned())
        })?;
    }
    Ok(())
}

/// Publishes listings that repeat one word, and searches for it.
pub async fn snippets(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(4)?;
    for peer in &peers {
        let mut group = attacker.groups().next();
        put(&mut group, 0, |_| {
            ("listing", hostile::repeated_word("cat").encode_to_vec())
        });
        push_once(&mut group, peer).await?;
    }
    attacker.repeat_calls(&peers, 4, |channel| {
        let request = directory_v1::SearchRecordsRequest {
            page_size: 100,
            ..directory_v1::SearchFilter {
                query: "cat".to_owned(),
                ..Default::default()
            }
            .into()
        };
        search(channel, request)
    })
}

/// Publishes offers with costly hours, and requests matches of a need.
pub async fn matches(attacker: &mut Attacker) -> anyhow::Result<()> {
    let peers = attacker.peers(4)?;
    let mut last = None;
    for peer in &peers {
        let mut group = attacker.groups().next();
        put(&mut group, 0, |_| {
            ("offer", hostile::costly_offer().encode_to_vec())
        });
        let resource = hostile::costly_offer().resource;
        let need = hedgerow_proto::v1::Need {
            resource,
            ..Default::default()
        };
        group.put("need", "wanted", &need);
        push_once(&mut group, peer).await?;
        last = Some(group.id());
    }
    let group_id = last.context("there is no hostile group")?;
    attacker.repeat_calls(&peers, 4, move |channel| async move {
        let mut client = bounded!(DirectoryServiceClient::new(channel));
        let request = directory_v1::ListMatchesRequest {
            group_id: group_id.to_vec(),
            collection: "need".into(),
            key: "wanted".into(),
            page_size: 100,
            ..Default::default()
        };
        let response = client.list_matches(request).await;
        response.map_err(|status| reason(&status))?;
        Ok("matched".to_owned())
    })
}

/// One group for each address publishes new records again and again.
fn publish_repeatedly(attacker: &mut Attacker, peers: &[Peer], make: Make) {
    for peer in peers {
        let group = Arc::new(Mutex::new((attacker.groups().next(), 0)));
        let (peer, tally) = (peer.clone(), attacker.tally.clone());
        attacker.repeat(move || {
            let (group, peer) = (Arc::clone(&group), peer.clone());
            tally.count("sent");
            async move {
                let mut group = group.lock().await;
                let (group, round) = &mut *group;
                *round += 1;
                put(group, *round, make);
                publish(group, &peer).await
            }
        });
    }
}

/// Replaces a group's records with new ones. Their keys are new too, because a server does not
/// index a record again that it has.
fn put(group: &mut FakeGroup, round: usize, make: Make) {
    group.records.clear();
    for number in 0..RECORDS {
        let (collection, body) = make(round * RECORDS + number);
        group.put_body(collection, &format!("r{round}-{number}"), &body);
    }
}

async fn publish(group: &mut FakeGroup, peer: &Peer) -> Outcome {
    let head = group.sign();
    let channel = peer.channel().map_err(|error| error.to_string())?;
    push(channel, group.whole(&head)).await
}

/// Publishes a group's records before the attack. A refusal ends the program: the attack would
/// measure nothing.
pub async fn push_once(group: &mut FakeGroup, peer: &Peer) -> anyhow::Result<()> {
    let outcome = publish(group, peer).await;
    outcome
        .map_err(anyhow::Error::msg)
        .context("cannot publish the hostile records")?;
    Ok(())
}
