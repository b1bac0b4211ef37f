//! A request for a transfer, checked.

use hedgerow_core::id::{GroupId, PayloadHash, RecordHash};
use hedgerow_core::name::View;
use hedgerow_proto::feed_v1;
use hedgerow_transport::failure::{Failure, id_field};

use crate::feed::get_head::public_view;

/// Maximum number of bodies that a caller may request in addition to the difference.
const MAX_WANTED: usize = 1_000;

pub(super) struct ParsedRequest {
    pub(super) group: GroupId,
    pub(super) view: View,
    pub(super) have_head_hash: Option<PayloadHash>,
    pub(super) have_key_event_hash: Option<PayloadHash>,
    pub(super) wanted: Vec<RecordHash>,
    pub(super) only_wanted: bool,
    pub(super) even_if_withheld: bool,
}

impl ParsedRequest {
    pub(super) fn parse(request: &feed_v1::SyncRequest) -> Result<Self, Failure> {
        let group = id_field("group_id", &request.group_id)?;
        if request.wanted_hashes.len() > MAX_WANTED {
            return Err(Failure::invalid_field(
                "wanted_hashes",
                "too_many",
                format!("has more than {MAX_WANTED} records; request the others in further calls"),
            ));
        }
        Ok(Self {
            view: public_view(&group, &request.view)?,
            have_head_hash: optional("have_head_hash", &request.have_head_hash)?,
            have_key_event_hash: optional("have_key_event_hash", &request.have_key_event_hash)?,
            wanted: request
                .wanted_hashes
                .iter()
                .map(|hash| id_field("wanted_hashes", hash))
                .collect::<Result<_, _>>()?,
            only_wanted: request.only_wanted,
            even_if_withheld: request.even_if_withheld,
            group,
        })
    }
}

fn optional(field: &'static str, bytes: &[u8]) -> Result<Option<PayloadHash>, Failure> {
    if bytes.is_empty() {
        return Ok(None);
    }
    id_field(field, bytes).map(Some)
}
