//! Record bodies between their arrival and the commit of their head.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::{GroupId, RecordHash};
use hedgerow_core::name::RecordName;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules;
use hedgerow_core::time::Timestamp;
use hedgerow_store::{Bodies, Refusal, Staged, Store, Verdict};
use hedgerow_transport::failure::Failure;

use crate::config::IngestConfig;
use crate::failure::OrFailure;

/// The most bodies, and bytes of them, in memory. Groups up to this size, which are most of
/// them, are committed without being staged; larger ones are staged in batches of this size.
const MAX_BUFFERED_BODIES: usize = 500;
const MAX_BUFFERED_BYTES: usize = 1024 * 1024;

/// When a sender may return to an aggregator whose staging area is full.
const FULL_RETRY: Duration = Duration::from_secs(60);

/// Evaluated bodies of one transfer, in memory.
#[derive(Default)]
pub(super) struct BodyBuffer {
    bodies: Vec<Staged>,
    bytes: usize,
}

impl BodyBuffer {
    /// Evaluates a body and adds it, or the reason why it is refused.
    pub(super) fn add(
        &mut self,
        group: &GroupId,
        hash: RecordHash,
        record: Vec<u8>,
        max_record_bytes: u32,
    ) {
        self.bytes += record.len();
        let (name, verdict) = evaluate(group, record, max_record_bytes as usize);
        self.bodies.push(Staged {
            record_hash: hash,
            name,
            verdict,
        });
    }

    pub(super) fn is_full(&self) -> bool {
        self.bodies.len() >= MAX_BUFFERED_BODIES || self.bytes >= MAX_BUFFERED_BYTES
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Staged> {
        self.bodies.iter()
    }

    /// Returns the accepted bodies, for a commit.
    pub(super) fn accepted(&self) -> Bodies {
        let accepted = |staged: &Staged| match &staged.verdict {
            Verdict::Keep(record) => Some((staged.record_hash, record.clone())),
            Verdict::Refuse(_) => None,
        };
        self.bodies.iter().filter_map(accepted).collect()
    }
}

/// Reads the name of a record as far as it parses, and evaluates it.
fn evaluate(group: &GroupId, record: Vec<u8>, limit: usize) -> (Option<RecordName>, Verdict) {
    let parsed = match ParsedRecord::parse_within(&record, group, limit) {
        Ok(parsed) => parsed,
        Err(error) => return (None, refuse(error.reason(), error.to_string())),
    };
    let name = Some(parsed.name().clone());
    match rules::check_received(&parsed) {
        Ok(_) => (name, Verdict::Keep(record)),
        Err(refused) => (name, refuse(refused.reason, refused.detail)),
    }
}

fn refuse(reason: &str, detail: String) -> Verdict {
    Verdict::Refuse(Refusal {
        reason: reason.to_owned(),
        detail,
    })
}

/// The store's area for bodies whose head is not committed. It is bounded, and what one attempt
/// staged serves the next one.
pub(super) struct Staging {
    store: Arc<dyn Store>,
    max_bytes: u64,
    max_bytes_per_group: u64,
    keep_for: Duration,
}

impl Staging {
    pub(super) fn new(store: Arc<dyn Store>, config: &IngestConfig) -> Self {
        Self {
            store,
            max_bytes: config.staged_bytes,
            max_bytes_per_group: config.staged_bytes_per_group,
            keep_for: config.staged_for(),
        }
    }

    /// Moves the buffered bodies to the store, if there is room.
    pub(super) async fn stage(
        &self,
        group: &GroupId,
        buffer: &mut BodyBuffer,
        now: Timestamp,
    ) -> Result<(), Failure> {
        if buffer.bodies.is_empty() {
            return Ok(());
        }
        let (own, all) = self.store.staged_bytes(group).await.or_failure()?;
        let more = buffer.bytes as u64;
        if own + more > self.max_bytes_per_group {
            return Err(staging_full());
        }
        if all + more > self.max_bytes {
            self.store
                .expire_staged(now.minus(self.keep_for))
                .await
                .or_failure()?;
            // The groups that occupy most are evicted first, so that none can fill the area
            // for all others.
            let room = self.max_bytes.saturating_sub(more);
            if !self
                .store
                .evict_staged(group, own + more, room)
                .await
                .or_failure()?
            {
                return Err(staging_full());
            }
        }
        let BodyBuffer { bodies, .. } = std::mem::take(buffer);
        self.store.stage(group, bodies, now).await.or_failure()?;
        Ok(())
    }
}

fn staging_full() -> Failure {
    Failure::resource_exhausted(
        "staging_full",
        "Too many bytes are waiting here for the rest of their transfers; try again in a minute.",
        FULL_RETRY,
    )
}
