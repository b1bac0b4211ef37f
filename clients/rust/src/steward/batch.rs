//! Changes to many records, in batches.

use hedgerow_proto::steward_v1;
use prost::Message;

use super::Steward;
use crate::error::ClientError;

/// Maximum number of changes in one call.
const MAX_CHANGES: usize = 1_000;
/// Maximum size of the changes in one call. A message has at most 4 MiB, with everything
/// around the changes.
const MAX_BYTES: usize = 3 << 20;

impl Steward {
    /// Creates, replaces and withdraws many records, in as few calls as possible. Each call is
    /// applied entirely or not at all, and leads to one head. After each call, `progress` gets
    /// the number of changes applied so far.
    ///
    /// # Errors
    /// If a call fails. Earlier calls stay applied. Violations name a change by its index in
    /// `changes`.
    pub async fn publish_records(
        &self,
        changes: Vec<steward_v1::RecordChange>,
        progress: impl FnMut(usize),
    ) -> Result<Vec<steward_v1::StewardRecord>, ClientError> {
        self.publish_records_confirmed(changes, &[], progress).await
    }

    /// Does the same although the violations with these reasons apply to the withdrawals. A
    /// draft has its own confirmations.
    ///
    /// # Errors
    /// As [`Steward::publish_records`].
    pub async fn publish_records_confirmed(
        &self,
        changes: Vec<steward_v1::RecordChange>,
        confirmed: &[String],
        mut progress: impl FnMut(usize),
    ) -> Result<Vec<steward_v1::StewardRecord>, ClientError> {
        let mut records = Vec::with_capacity(changes.len());
        let mut applied = 0;
        for batch in batches(changes) {
            let size = batch.len();
            let request = steward_v1::PublishRecordsRequest {
                request_id: self.server.options.request_id(),
                changes: batch,
                confirmed: confirmed.to_vec(),
            };
            let response = self
                .call(request, async |mut client, request| {
                    client.publish_records(request).await
                })
                .await
                .map_err(|error| shift_violations(error, applied))?;
            records.extend(response.records);
            applied += size;
            progress(applied);
        }
        Ok(records)
    }
}

fn batches(changes: Vec<steward_v1::RecordChange>) -> Vec<Vec<steward_v1::RecordChange>> {
    let mut batches: Vec<Vec<steward_v1::RecordChange>> = Vec::new();
    let mut bytes = 0;
    for change in changes {
        // Tag and length of the repeated field.
        let length = change.encoded_len() + 8;
        match batches.last_mut() {
            Some(batch) if batch.len() < MAX_CHANGES && bytes + length <= MAX_BYTES => {
                bytes += length;
                batch.push(change);
            }
            _ => {
                bytes = length;
                batches.push(vec![change]);
            }
        }
    }
    batches
}

/// Converts the indices of violations from those within one call to those among all changes.
fn shift_violations(mut error: ClientError, by: usize) -> ClientError {
    if let ClientError::Refused { failure, .. } = &mut error {
        for violation in &mut failure.violations {
            if let Some(field) = shift_index(&violation.field, by) {
                violation.field = field;
            }
        }
    }
    error
}

fn shift_index(field: &str, by: usize) -> Option<String> {
    let (index, rest) = field.strip_prefix("changes[")?.split_once(']')?;
    let index: usize = index.parse().ok()?;
    Some(format!("changes[{}]{rest}", index + by))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(bytes: usize) -> steward_v1::RecordChange {
        steward_v1::RecordChange {
            change: Some(steward_v1::record_change::Change::Put(
                steward_v1::NewRecord {
                    collection: "listing".to_owned(),
                    draft: Some(steward_v1::RecordDraft {
                        body: vec![0; bytes],
                        ..Default::default()
                    }),
                },
            )),
        }
    }

    #[test]
    fn a_batch_stays_within_the_limits_of_count_and_size() {
        let sizes = |changes: Vec<_>| batches(changes).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(vec![change(10); 2_500]), [1_000, 1_000, 500]);
        assert_eq!(sizes(vec![change(1 << 20); 5]), [2, 2, 1]);
        assert_eq!(sizes(Vec::new()), Vec::<usize>::new());
    }

    #[test]
    fn violations_name_a_change_by_its_index_among_all() {
        assert_eq!(
            shift_index("changes[3].put.draft.body", 1_000).as_deref(),
            Some("changes[1003].put.draft.body")
        );
        assert_eq!(shift_index("request_id", 1_000), None);
    }
}
