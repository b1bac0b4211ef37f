//! Publishing from a page.

use hedgerow_proto::steward_v1;
use hedgerow_transport::failure::Failure;

use super::steward::InGroup;
use crate::publish::{Author, Preview};
use crate::steward::{preview_records, publish_records};

impl InGroup {
    /// Publishes changes as this person. The earlier version of each record is kept for a while, so
    /// that the change can be undone.
    pub(crate) async fn publish(
        &self,
        request: steward_v1::PublishRecordsRequest,
    ) -> Result<steward_v1::PublishRecordsResponse, Failure> {
        self.publish_with(request, true).await
    }

    /// The same, but erases every earlier version of each record.
    pub(crate) async fn publish_for_good(
        &self,
        request: steward_v1::PublishRecordsRequest,
    ) -> Result<steward_v1::PublishRecordsResponse, Failure> {
        self.publish_with(request, false).await
    }

    async fn publish_with(
        &self,
        request: steward_v1::PublishRecordsRequest,
        keeps_versions: bool,
    ) -> Result<steward_v1::PublishRecordsResponse, Failure> {
        let author = Author {
            who: self.steward.who().to_owned(),
            keeps_versions,
        };
        publish_records(self.shared(), &self.group, request, author).await
    }

    /// What publishing the same would do. Nothing is changed.
    pub(crate) async fn preview(
        &self,
        request: steward_v1::PublishRecordsRequest,
    ) -> Result<Vec<Preview>, Failure> {
        preview_records(self.shared(), &self.group, request).await
    }
}
