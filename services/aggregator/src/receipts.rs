//! Receipts: this aggregator's signed promise that a head is stored durably and takes effect.

use std::sync::Arc;

use hedgerow_core::id::{GroupId, PayloadHash};
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
    /// Receipts that promise that a head takes effect, in search too, within this time.
    pub fn new(keys: Arc<Keys>, clock: Arc<dyn Clock>, in_effect_within: Duration) -> Self {
        Self {
            keys,
            clock,
            in_effect_within,
        }
    }

    /// Signs a receipt. Only for a committed head: a receipt cannot be revoked.
    pub fn sign(&self, group: GroupId, view: &View, head: PayloadHash) -> Vec<u8> {
        let now = self.clock.now();
        ReceiptDraft {
            aggregator_id: self.keys.id(),
            aggregator_key_index: self.keys.log().tip_index(),
            group_id: group,
            view: view.clone(),
            head_hash: head,
            in_effect_by_time: now.plus(self.in_effect_within),
            issue_time: now,
        }
        .sign(self.keys.signing())
    }

    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}
