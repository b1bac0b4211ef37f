//! Delivery state: what each aggregator holds of each group, by its last response.

use hedgerow_core::id::{GroupId, PayloadHash};
use hedgerow_core::time::Timestamp;

use super::database::Transaction;
use super::error::{StoreError, bytes_column, group_id};

/// The delivery state of one group at one aggregator.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// The encoded Admission message of its last response.
    pub admission: Vec<u8>,
    /// The head that it last acknowledged.
    pub acknowledged: Option<Acknowledgement>,
    /// Consecutive failures.
    pub failures: u32,
    /// The last failure in words; empty after a success.
    pub last_error: String,
    pub next_attempt_time: Option<Timestamp>,
}

/// A head that an aggregator has durably stored, as its receipt proves.
#[derive(Clone, Debug)]
pub struct Acknowledgement {
    pub hash: PayloadHash,
    pub seq: u64,
    /// When the receipt arrived.
    pub time: Timestamp,
    /// The receipt's envelope.
    pub receipt: Vec<u8>,
    /// Whether the head permits the aggregator to index.
    pub permitted: bool,
}

/// Counts of all groups at one aggregator.
#[derive(Clone, Debug)]
pub struct DeliveryState {
    /// Its address as written in the configuration.
    pub aggregator: String,
    /// Groups whose newest head it has acknowledged.
    pub up_to_date: i64,
    /// Groups whose newest head it has not acknowledged yet.
    pub behind: i64,
    /// Groups whose last attempt failed.
    pub failing: i64,
    /// The oldest of the groups' last acknowledgements.
    pub oldest: Option<Timestamp>,
    /// The newest of the groups' last acknowledgements.
    pub newest: Option<Timestamp>,
}

/// Fields are named as the columns.
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
    /// Reads the delivery state, if there was an attempt yet.
    pub async fn delivery(
        &mut self,
        group: &GroupId,
        aggregator: &str,
    ) -> Result<Option<Delivery>, StoreError> {
        let query = sqlx::query_as::<_, DeliveryRow>(
            "SELECT admission, acknowledged_hash, acknowledged_seq, acknowledged_at, receipt,
                    permitted, failures, last_error, next_attempt_at
             FROM delivery WHERE group_id = ? AND aggregator = ?",
        )
        .bind(group.to_vec())
        .bind(aggregator);
        let row = self.fetch_optional(query).await?;
        row.map(|row| delivery(row, group)).transpose()
    }

    pub async fn put_delivery(
        &mut self,
        group: &GroupId,
        aggregator: &str,
        delivery: &Delivery,
    ) -> Result<(), StoreError> {
        let acknowledged = delivery.acknowledged.as_ref();
        let query = sqlx::query(
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
        // SQLite integers are signed: the bits of the u64 are stored and cast back.
        .bind(acknowledged.map(|acknowledged| acknowledged.seq.cast_signed()))
        .bind(acknowledged.map(|acknowledged| acknowledged.time.as_millis()))
        .bind(acknowledged.map(|acknowledged| acknowledged.receipt.as_slice()))
        .bind(acknowledged.is_some_and(|acknowledged| acknowledged.permitted))
        .bind(delivery.failures)
        .bind(&delivery.last_error)
        .bind(delivery.next_attempt_time.map(Timestamp::as_millis));
        self.execute(query).await.map(drop)
    }

    /// Counts the groups' delivery states for each aggregator, including aggregators that
    /// are no longer configured.
    pub async fn delivery_states(&mut self) -> Result<Vec<DeliveryState>, StoreError> {
        // IS NOT counts a delivery without any acknowledgement as behind; <> would yield
        // NULL and count it nowhere.
        let query = sqlx::query_as::<_, (String, i64, i64, i64, Option<i64>, Option<i64>)>(
            "SELECT aggregator,
                    COUNT(*) FILTER (WHERE acknowledged_hash = head.hash),
                    COUNT(*) FILTER (WHERE acknowledged_hash IS NOT head.hash),
                    COUNT(*) FILTER (WHERE failures > 0),
                    MIN(acknowledged_at), MAX(acknowledged_at)
             FROM delivery
             LEFT JOIN head ON head.group_id = delivery.group_id AND head.view = 'public'
             GROUP BY aggregator",
        );
        let rows = self.fetch_all(query).await?.into_iter();
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

    /// Lists each group and aggregator where the acknowledged head permits the aggregator
    /// to index.
    pub async fn permitted_deliveries(&mut self) -> Result<Vec<(GroupId, String)>, StoreError> {
        let query = sqlx::query_as::<_, (Vec<u8>, String)>(
            "SELECT group_id, aggregator FROM delivery WHERE permitted ORDER BY aggregator",
        );
        let rows = self.fetch_all(query).await?;
        rows.into_iter()
            .map(|(id, aggregator)| Ok((group_id(&id, "delivery.group_id")?, aggregator)))
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
        (Some(hash), Some(seq), Some(time), Some(receipt)) => Some(Acknowledgement {
            hash: bytes_column(&hash, "delivery.acknowledged_hash", group)?,
            seq: seq.cast_unsigned(),
            time: Timestamp::from_millis(time),
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
        next_attempt_time: row.next_attempt_at.map(Timestamp::from_millis),
    })
}
