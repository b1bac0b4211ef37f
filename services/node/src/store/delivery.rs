//! What each aggregator holds of each group, as far as it has said.

use hedgerow_core::id::GroupId;
use hedgerow_core::id::PayloadHash;
use hedgerow_core::time::Timestamp;

use super::StoreError;
use super::Transaction;
use super::error::consistent;
use super::publisher::group_id;

/// What one aggregator holds of one group.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// The Admission message that it last gave, encoded.
    pub admission: Vec<u8>,
    /// The head that it last acknowledged.
    pub acknowledged: Option<Acknowledgement>,
    /// Consecutive failures.
    pub failures: u32,
    /// The last failure in words; empty after a success.
    pub last_error: String,
    /// When the node tries again.
    pub next_attempt_at: Option<Timestamp>,
}

/// A head that an aggregator holds durably, by its own receipt.
#[derive(Clone, Debug)]
pub struct Acknowledgement {
    /// The head's hash.
    pub hash: PayloadHash,
    /// Its seq.
    pub seq: u64,
    /// When the receipt came.
    pub at: Timestamp,
    /// The receipt's envelope.
    pub receipt: Vec<u8>,
    /// Whether the head permits the aggregator to index.
    pub permitted: bool,
}

/// How all groups stand at one aggregator.
#[derive(Clone, Debug)]
pub struct DeliveryState {
    /// Its address as it is written in the configuration.
    pub aggregator: String,
    /// Groups whose newest head it acknowledged.
    pub up_to_date: i64,
    /// Groups whose newest head it did not acknowledge yet.
    pub behind: i64,
    /// Groups whose last attempt failed.
    pub failing: i64,
    /// The oldest of the groups' last acknowledgements.
    pub oldest: Option<Timestamp>,
    /// The newest.
    pub newest: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    admission: Vec<u8>,
    acknowledged_hash: Option<Vec<u8>>,
    acknowledged_seq: Option<i64>,
    acknowledged_at: Option<i64>,
    receipt: Option<Vec<u8>>,
    permitted: bool,
    failures: u32,
    last_error: String,
    next_attempt_at: Option<i64>,
}

impl Transaction {
    /// What an aggregator holds of a group, if it was ever asked.
    pub async fn delivery(
        &mut self,
        group: &GroupId,
        aggregator: &str,
    ) -> Result<Option<Delivery>, StoreError> {
        let result = sqlx::query_as::<_, DeliveryRow>(
            "SELECT admission, acknowledged_hash, acknowledged_seq, acknowledged_at, receipt,
                    permitted, failures, last_error, next_attempt_at
             FROM delivery WHERE group_id = ? AND aggregator = ?",
        )
        .bind(group.to_vec())
        .bind(aggregator)
        .fetch_optional(self.connection())
        .await;
        self.noted(result)?
            .map(|row| delivery(row, group))
            .transpose()
    }

    /// Keeps how the last attempt went.
    pub async fn put_delivery(
        &mut self,
        group: &GroupId,
        aggregator: &str,
        delivery: &Delivery,
    ) -> Result<(), StoreError> {
        let acknowledged = delivery.acknowledged.as_ref();
        let result = sqlx::query(
            "INSERT INTO delivery (group_id, aggregator, admission, acknowledged_hash,
                 acknowledged_seq, acknowledged_at, receipt, permitted, failures, last_error,
                 next_attempt_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (group_id, aggregator) DO UPDATE SET
                 admission = excluded.admission, acknowledged_hash = excluded.acknowledged_hash,
                 acknowledged_seq = excluded.acknowledged_seq,
                 acknowledged_at = excluded.acknowledged_at, receipt = excluded.receipt,
                 permitted = excluded.permitted, failures = excluded.failures,
                 last_error = excluded.last_error, next_attempt_at = excluded.next_attempt_at",
        )
        .bind(group.to_vec())
        .bind(aggregator)
        .bind(&delivery.admission)
        .bind(acknowledged.map(|acknowledged| acknowledged.hash.to_vec()))
        .bind(acknowledged.map(|acknowledged| acknowledged.seq.cast_signed()))
        .bind(acknowledged.map(|acknowledged| acknowledged.at.as_millis()))
        .bind(acknowledged.map(|acknowledged| acknowledged.receipt.as_slice()))
        .bind(acknowledged.is_some_and(|acknowledged| acknowledged.permitted))
        .bind(delivery.failures)
        .bind(&delivery.last_error)
        .bind(delivery.next_attempt_at.map(Timestamp::as_millis))
        .execute(self.connection())
        .await;
        self.noted(result).map(drop)
    }

    /// How deliveries stand, aggregator by aggregator.
    pub async fn delivery_states(&mut self) -> Result<Vec<DeliveryState>, StoreError> {
        let result = sqlx::query_as::<_, (String, i64, i64, i64, Option<i64>, Option<i64>)>(
            "SELECT aggregator,
                    COUNT(*) FILTER (WHERE acknowledged_hash = head.hash),
                    COUNT(*) FILTER (WHERE acknowledged_hash IS NOT head.hash),
                    COUNT(*) FILTER (WHERE failures > 0),
                    MIN(acknowledged_at), MAX(acknowledged_at)
             FROM delivery
             LEFT JOIN head ON head.group_id = delivery.group_id AND head.view = 'public'
             GROUP BY aggregator",
        )
        .fetch_all(self.connection())
        .await;
        let rows = self.noted(result)?.into_iter();
        Ok(rows
            .map(
                |(aggregator, up_to_date, behind, failing, oldest, newest)| DeliveryState {
                    aggregator,
                    up_to_date,
                    behind,
                    failing,
                    oldest: oldest.map(Timestamp::from_millis),
                    newest: newest.map(Timestamp::from_millis),
                },
            )
            .collect())
    }

    /// Aggregators that hold a head permitting them to index, group by group.
    pub async fn permitted_deliveries(&mut self) -> Result<Vec<(GroupId, String)>, StoreError> {
        let result = sqlx::query_as::<_, (Vec<u8>, String)>(
            "SELECT group_id, aggregator FROM delivery WHERE permitted ORDER BY aggregator",
        )
        .fetch_all(self.connection())
        .await;
        self.noted(result)?
            .into_iter()
            .map(|(id, aggregator)| Ok((group_id(&id, "delivery")?, aggregator)))
            .collect()
    }
}

fn delivery(row: DeliveryRow, group: &GroupId) -> Result<Delivery, StoreError> {
    let acknowledged = match (
        row.acknowledged_hash,
        row.acknowledged_seq,
        row.acknowledged_at,
        row.receipt,
    ) {
        (Some(hash), Some(seq), Some(at), Some(receipt)) => Some(Acknowledgement {
            hash: consistent(
                PayloadHash::try_from(hash.as_slice()),
                "delivery",
                "acknowledged_hash",
                group,
            )?,
            seq: seq.cast_unsigned(),
            at: Timestamp::from_millis(at),
            receipt,
            permitted: row.permitted,
        }),
        _ => None,
    };
    Ok(Delivery {
        admission: row.admission,
        acknowledged,
        failures: row.failures,
        last_error: row.last_error,
        next_attempt_at: row.next_attempt_at.map(Timestamp::from_millis),
    })
}
