//! Many changes under few heads.

use hedgerow_proto::v1;
use prost::Message;

use super::Steward;
use crate::ClientError;

/// The most changes in one call.
const MOST_CHANGES: usize = 1_000;
/// The most bytes in one call: a message is at most 4 MiB, and its frame needs some.
const MOST_BYTES: usize = 3 << 20;

impl Steward {
    /// Creates, replaces and takes back many records, in as few calls as may be. Each
    /// call is all or nothing, and under one head. `done` hears after each call how many
    /// changes are through.
    ///
    /// # Errors
    /// Where a call fails: what was done before it stays done. Violations name the change
    /// by its index in `changes`.
    pub async fn publish(
        &self,
        changes: Vec<v1::RecordChange>,
        mut done: impl FnMut(usize),
    ) -> Result<Vec<v1::StewardRecord>, ClientError> {
        let mut records = Vec::with_capacity(changes.len());
        let mut through = 0;
        for batch in batches(changes) {
            let size = batch.len();
            let request = v1::PublishRecordsRequest {
                request_id: self.server.options.request_id(),
                changes: batch,
            };
            let answer = self
                .call(request, async |mut client, request| {
                    client.publish_records(request).await
                })
                .await
                .map_err(|error| shifted(error, through))?;
            records.extend(answer.records);
            through += size;
            done(through);
        }
        Ok(records)
    }
}

fn batches(changes: Vec<v1::RecordChange>) -> Vec<Vec<v1::RecordChange>> {
    let mut batches: Vec<Vec<v1::RecordChange>> = Vec::new();
    let mut bytes = 0;
    for change in changes {
        let length = change.encoded_len() + 8;
        match batches.last_mut() {
            Some(batch) if batch.len() < MOST_CHANGES && bytes + length <= MOST_BYTES => {
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

/// Violations count within their call; the caller counts within all changes.
fn shifted(mut error: ClientError, by: usize) -> ClientError {
    if let ClientError::Refused { failure, .. } = &mut error {
        for violation in &mut failure.violations {
            if let Some(field) = shifted_field(&violation.field, by) {
                violation.field = field;
            }
        }
    }
    error
}

fn shifted_field(field: &str, by: usize) -> Option<String> {
    let (index, rest) = field.strip_prefix("changes[")?.split_once(']')?;
    let index: usize = index.parse().ok()?;
    Some(format!("changes[{}]{rest}", index + by))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(bytes: usize) -> v1::RecordChange {
        v1::RecordChange {
            change: Some(v1::record_change::Change::Put(v1::NewRecord {
                collection: "listing".to_owned(),
                draft: Some(v1::RecordDraft {
                    body: vec![0; bytes],
                    ..Default::default()
                }),
            })),
        }
    }

    #[test]
    fn a_batch_stays_within_count_and_size() {
        let sizes = |changes: Vec<_>| batches(changes).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(vec![change(10); 2_500]), [1_000, 1_000, 500]);
        assert_eq!(sizes(vec![change(1 << 20); 5]), [2, 2, 1]);
        assert_eq!(sizes(Vec::new()), Vec::<usize>::new());
    }

    #[test]
    fn violations_name_the_change_among_all() {
        assert_eq!(
            shifted_field("changes[3].draft.name", 1_000).as_deref(),
            Some("changes[1003].draft.name")
        );
        assert_eq!(shifted_field("request_id", 1_000), None);
    }
}
