//! IngestService: how groups reach this aggregator. No caller authentication: heads prove
//! themselves, whoever carries them.

mod announce;
mod get_admission;
mod push;

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_proto::v1;
use hedgerow_proto::v1::ingest_service_server::IngestService;
use hedgerow_proto::v1::ingest_service_server::IngestServiceServer;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::peer::Places;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::Streaming;

use crate::apply::Applied;
use crate::apply::Apply;
use crate::config::IngestConfig;
use crate::crawl::Heard;
use crate::receipts::Receipts;
use crate::status;
use crate::store::GroupRow;
use crate::store::RefusalRow;

/// The most refusals that one answer names.
const MAX_REFUSALS: usize = 100;

/// The service.
pub struct Ingest {
    apply: Arc<Apply>,
    receipts: Receipts,
    config: IngestConfig,
    transfers: Places,
    heard: Heard,
    message_bytes: usize,
}

impl Ingest {
    /// Takes what comes into `apply`, in messages of at most `message_bytes`; endpoints that
    /// are announced are passed to `heard`.
    pub fn new(
        apply: Arc<Apply>,
        receipts: Receipts,
        config: IngestConfig,
        heard: Heard,
        message_bytes: usize,
    ) -> Self {
        let transfers = Places::new(config.transfers, config.transfers_per_peer);
        Self {
            apply,
            receipts,
            config,
            transfers,
            heard,
            message_bytes,
        }
    }

    /// As a gRPC service.
    pub fn into_service(self) -> IngestServiceServer<Self> {
        let message_bytes = self.message_bytes;
        hedgerow_rpc::bounded!(IngestServiceServer::new(self), message_bytes)
    }

    fn limits(&self) -> v1::Limits {
        v1::Limits {
            max_record_bytes: self.config.max_record_bytes,
            max_records: self.config.max_records,
            max_view_bytes: self.config.max_view_bytes,
            max_message_bytes: u32::try_from(self.message_bytes).unwrap_or(u32::MAX),
            come_back_after: Some(prost_types::Duration {
                seconds: i64::try_from(self.config.come_back_seconds).unwrap_or(i64::MAX),
                nanos: 0,
            }),
        }
    }

    /// Where a group stands, and the highest head ever accepted of it.
    async fn standing(
        &self,
        group: &GroupId,
        view: &View,
    ) -> Result<(v1::Admission, Vec<u8>), Failure> {
        let store = self.apply.store();
        let (row, exclusion) = store.group_or_exclusion(group).await?;
        let Some(row) = row else {
            let admission = match exclusion {
                Some(exclusion) => v1::Admission {
                    status: v1::GroupStatus::Excluded.into(),
                    reason: exclusion.reason,
                    never_seen: true,
                    ..v1::Admission::default()
                },
                None => status::unknown("key_log_missing"),
            };
            return Ok((admission, Vec::new()));
        };
        let refusals = store.refusals(group, view, MAX_REFUSALS).await?;
        let state = store.view_state(group, view).await?;
        let highest = state.highest.unwrap_or_default();
        Ok((self.admission(&row, &refusals), highest))
    }

    /// The same after a transfer, of which the commit alone may tell.
    async fn standing_after(&self, applied: &Applied) -> Result<(v1::Admission, Vec<u8>), Failure> {
        let Some(stands) = &applied.stands else {
            return self.standing(&applied.group_id, &View::public()).await;
        };
        let refusals = &stands.refusals[..stands.refusals.len().min(MAX_REFUSALS)];
        let highest = stands.row.head.as_ref().map(|head| head.envelope.clone());
        Ok((
            self.admission(&stands.row, refusals),
            highest.unwrap_or_default(),
        ))
    }

    fn admission(&self, row: &GroupRow, refusals: &[RefusalRow]) -> v1::Admission {
        let now = self.apply.now();
        // What is not shown is not named either.
        let named = if status::is_shown(row, now) {
            refusals
        } else {
            &[]
        };
        status::admission(row, named, now)
    }
}

/// Other views than the public one answer like a view that nobody has.
fn public_view(view: &str) -> Result<View, Failure> {
    let parsed = if view.is_empty() {
        View::public()
    } else {
        View::parse(view)?
    };
    if parsed == View::public() {
        Ok(parsed)
    } else {
        Err(Failure::invalid_field(
            "view",
            "view_not_served",
            "only public views are held here",
        ))
    }
}

/// How long a caller is asked to wait when every place is taken.
const BUSY_RETRY: Duration = Duration::from_secs(5);

fn busy() -> Failure {
    Failure::resource_exhausted(
        "too_many_transfers",
        "This aggregator is taking as many transfers as it can; come back in a moment.",
        BUSY_RETRY,
    )
}

#[tonic::async_trait]
impl IngestService for Ingest {
    async fn announce(
        &self,
        request: Request<v1::AnnounceRequest>,
    ) -> Result<Response<v1::AnnounceResponse>, Status> {
        Ok(announce::announce(self, request).await?)
    }

    async fn push(
        &self,
        request: Request<Streaming<v1::PushRequest>>,
    ) -> Result<Response<v1::PushResponse>, Status> {
        Ok(push::push(self, request).await?)
    }

    async fn get_admission(
        &self,
        request: Request<v1::GetAdmissionRequest>,
    ) -> Result<Response<v1::GetAdmissionResponse>, Status> {
        Ok(get_admission::get_admission(self, request.into_inner()).await?)
    }
}
