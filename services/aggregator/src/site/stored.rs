//! Records as the directory has them.

use futures::future::join_all;
use hedgerow_core::id::GroupId;
use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::SearchHit;
use hedgerow_record_views::RecordContent;
use hedgerow_transport::failure::CallFailure;

use super::visit::Visit;

impl Visit {
    /// Returns a record that is shown.
    pub(super) async fn stored(
        &self,
        group: &[u8],
        collection: &str,
        key: &str,
    ) -> Result<RecordContent, CallFailure> {
        let request = directory_v1::GetRecordRequest {
            group_id: group.to_vec(),
            collection: collection.to_owned(),
            key: key.to_owned(),
            with_proof: false,
        };
        let response = self.get_record(request).await?;
        let parsed = GroupId::try_from(group)
            .ok()
            .and_then(|group| RecordContent::parse(&group, &response.record));
        parsed.ok_or_else(|| {
            // It was parsed when it was stored.
            tonic::Status::internal("a stored record cannot be parsed").into()
        })
    }

    /// The records of hits, in their order. `None` for one that was taken back meanwhile.
    pub(super) async fn stored_of(&self, hits: &[&SearchHit]) -> Vec<Option<RecordContent>> {
        let fetches = hits.iter().map(async |hit| {
            let stored = self.stored(&hit.group_id, &hit.collection, &hit.key);
            stored.await.ok()
        });
        join_all(fetches).await
    }
}
