//! Receipts: this aggregator's signed word that it holds a head durably.

use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::name::View;
use hedgerow_core::receipt::ReceiptDraft;
use hedgerow_core::time::Clock;
use std::time::Duration;

use crate::keys::Keys;

/// Signs receipts.
#[derive(Clone)]
pub struct Receipts {
    keys: Arc<Keys>,
    clock: Arc<dyn Clock>,
    in_effect_within: Duration,
}

impl Receipts {
    /// Receipts that promise to be in effect within this time.
    pub fn new(keys: Arc<Keys>, clock: Arc<dyn Clock>, in_effect_within: Duration) -> Self {
        Self {
            keys,
            clock,
            in_effect_within,
        }
    }

    /// A receipt for a head that is committed. Never before.
    pub fn sign(&self, group: GroupId, view: &View, head: PayloadHash) -> Vec<u8> {
        let now = self.clock.now();
        ReceiptDraft {
            aggregator_id: self.keys.id(),
            aggregator_key_index: self.keys.log().tip_index(),
            group_id: group,
            view: view.clone(),
            head_hash: head,
            in_effect_by: now.plus(self.in_effect_within),
            issued_at: now,
        }
        .sign(self.keys.signing())
    }

    /// Whose receipts these are.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}
