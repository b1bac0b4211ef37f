//! Counts of listings by region.

use hedgerow_proto::directory_v1;

use super::Directory;
use crate::error::ClientError;
use crate::verified::Unverified;

impl Directory {
    /// Counts listings by region. Counts are always unverified, because they are not signed.
    ///
    /// # Errors
    /// If the call fails.
    pub async fn get_coverage(
        &self,
        request: directory_v1::GetCoverageRequest,
    ) -> Result<Unverified<directory_v1::GetCoverageResponse>, ClientError> {
        self.call(request, async |mut client, request| {
            client.get_coverage(request).await
        })
        .await
        .map(Unverified::new)
    }
}
