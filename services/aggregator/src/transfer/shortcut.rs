//! What the first items of a transfer decide by themselves.
//!
//! Anyone can send a head again. So that a few hundred bytes cost no more than a few rows, a head
//! is compared with the stored position, and its signature verified, before a key log is verified
//! and a tree is built.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::envelope::{Envelope, PayloadKind};
use hedgerow_core::head;
use hedgerow_core::head::{HeadPeek, VerifiedHead};
use hedgerow_core::name::View;
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_server::limits::ByteQuota;
use hedgerow_server::peer::PeerKey;
use hedgerow_store::{GroupRow, Store, StoredHead};
use hedgerow_transport::failure::Failure;

use super::current_state::stored_event;
use super::next_step::stale_head_error;
use super::outcome::Outcome;
use super::preamble::Preamble;
use crate::config::IngestConfig;
use crate::failure::OrFailure;

const MINUTE: Duration = Duration::from_secs(60);

/// The result of a first look at a transfer.
pub(super) enum Shortcut {
    /// Nothing more need be read: this is the outcome.
    Settled(Outcome),
    /// Its head is verified, and has fewer records than the stored one.
    OnlyRemoves,
    /// Everything must be read and verified.
    None,
}

impl Shortcut {
    pub(super) async fn find(
        store: &Arc<dyn Store>,
        row: Option<&GroupRow>,
        preamble: &Preamble,
    ) -> Result<Self, Failure> {
        let Some((row, stored)) = row.and_then(|row| Some((row, row.head.as_ref()?))) else {
            return Ok(Self::None);
        };
        let Some(envelope) = preamble.head() else {
            return Ok(Self::None);
        };
        let peek = head::peek(envelope)?;
        let is_plain = row.exclusion.is_none() && !row.ended && !row.forked;
        let is_under_tip =
            (peek.position.key_index, peek.key_event_hash) == (row.tip_index, row.tip);
        if !is_plain || !is_under_tip || !peek.view.is_public() || brings_key_events(row, preamble)
        {
            return Ok(Self::None);
        }
        if is_long_past(&peek, stored) {
            return Err(stale_head_error());
        }
        if peek.hash == stored.facts.hash {
            return Self::of_stored(store, row, stored).await;
        }
        let Some(event) = stored_event(store, &row.group_id, row.tip_index).await? else {
            return Ok(Self::None);
        };
        let head = VerifiedHead::verify_under(envelope, &row.group_id, &event)?;
        let only_removes = stored.whole && head.count() < stored.facts.count;
        Ok(if only_removes {
            Self::OnlyRemoves
        } else {
            Self::None
        })
    }

    /// Settles the transfer of the head that is stored, unless bodies under it are missing, which
    /// the transfer may bring.
    async fn of_stored(
        store: &Arc<dyn Store>,
        row: &GroupRow,
        stored: &StoredHead,
    ) -> Result<Self, Failure> {
        let view = View::public();
        let is_complete = stored.whole && stored.facts.invited && row.frozen_index.is_none();
        if !is_complete || row.throttle.is_some() {
            return Ok(Self::None);
        }
        let wanted = store.list_wanted(&row.group_id, &view, 1).await;
        if !wanted.or_failure()?.is_empty() {
            return Ok(Self::None);
        }
        if stored.unconfirmed {
            let confirmed = store.confirm(&row.group_id, &view, &stored.facts.hash);
            confirmed.await.or_failure()?;
        }
        Ok(Self::Settled(Outcome::Stored(stored.facts.hash)))
    }
}

/// Returns whether a head is so far behind the stored one that it cannot contradict it. The one
/// directly before it can: the stored head names the hash of its predecessor.
fn is_long_past(peek: &HeadPeek, stored: &StoredHead) -> bool {
    let stored = stored.facts.position;
    peek.position.key_index == stored.key_index && peek.position.seq.get() + 1 < stored.seq.get()
}

/// Returns whether the transfer may bring key events that are not stored.
fn brings_key_events(row: &GroupRow, preamble: &Preamble) -> bool {
    let last = preamble
        .items
        .iter()
        .rev()
        .find_map(|item| match &item.item {
            Some(Item::KeyEvent(envelope)) => Some(envelope),
            _ => None,
        });
    last.is_some_and(|envelope| {
        Envelope::parse(envelope, PayloadKind::KeyEvent)
            .map_or(true, |event| event.payload_hash() != row.tip)
    })
}

/// The stored leaves that the pushes of each peer cause to be read.
pub(super) struct WorkQuota(ByteQuota);

impl WorkQuota {
    pub(super) fn new(config: &IngestConfig) -> Self {
        Self(ByteQuota::new(config.leaves_per_peer_and_minute, MINUTE))
    }

    pub(super) fn charge(&self, peer: PeerKey, leaves: u32) -> Result<(), Failure> {
        self.0.for_peer(peer).charge(leaves.into()).map_err(|wait| {
            Failure::resource_exhausted(
                "work_per_peer_and_minute",
                "Pushes from your address made this aggregator read too many lists of records; \
                 come back later.",
                wait,
            )
        })
    }
}
