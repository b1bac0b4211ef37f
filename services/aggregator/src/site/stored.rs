//! Records as the directory has them.

use futures::future::join_all;
use hedgerow_core::id::GroupId;
use hedgerow_core::record::{ParsedRecord, record_hash};
use hedgerow_core::rules::RecordBody;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::SearchHit;
use hedgerow_transport::failure::CallFailure;

use super::visit::Visit;

/// A record with its decoded body.
pub(super) struct Stored {
    pub(super) body: RecordBody,
    /// The language of its texts, a BCP 47 tag.
    pub(super) language: String,
    pub(super) changed: Timestamp,
    /// In hexadecimal digits.
    pub(super) hash: String,
}

impl Visit {
    /// Returns a record that is shown.
    pub(super) async fn stored(
        &self,
        group: &[u8],
        collection: &str,
        key: &str,
    ) -> Result<Stored, CallFailure> {
        let request = directory_v1::GetRecordRequest {
            group_id: group.to_vec(),
            collection: collection.to_owned(),
            key: key.to_owned(),
            with_proof: false,
        };
        let response = self.get_record(request).await?;
        parse(group, &response.record).ok_or_else(|| {
            // It was parsed when it was stored.
            tonic::Status::internal("a stored record cannot be parsed").into()
        })
    }

    /// The records of hits, in their order. `None` for one that was taken back meanwhile.
    pub(super) async fn stored_of(&self, hits: &[&SearchHit]) -> Vec<Option<Stored>> {
        let fetches = hits.iter().map(async |hit| {
            let stored = self.stored(&hit.group_id, &hit.collection, &hit.key);
            stored.await.ok()
        });
        join_all(fetches).await
    }
}

fn parse(group: &[u8], bytes: &[u8]) -> Option<Stored> {
    let group = GroupId::try_from(group).ok()?;
    let record = ParsedRecord::parse(bytes, &group).ok()?;
    let message = record.message();
    Some(Stored {
        body: RecordBody::parse(&message.collection, &message.body).ok()?,
        language: message.language.clone(),
        changed: record.update_time(),
        hash: record_hash(bytes).to_string(),
    })
}
