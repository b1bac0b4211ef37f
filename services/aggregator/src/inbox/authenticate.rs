//! Who sends a request: the group whose last key signed it.

use std::time::Duration;

use hedgerow_core::signed_request::{UnverifiedRequest, VerifiedRequest};
use hedgerow_store::{RequestUse, SpentRequest};
use hedgerow_transport::failure::{Failure, Kind};
use prost::Message;

use super::bounds::{MAX_BODY_BYTES, MAX_REQUESTS};
use super::context::{Inbox, SERVICE};
use crate::failure::OrFailure as _;
use crate::transfer::stored_event;

/// Verifies a signed request and decodes its body.
pub(super) async fn authenticate<B: Message + Default>(
    inbox: &Inbox,
    method: &str,
    envelope: &[u8],
    body: &[u8],
) -> Result<(VerifiedRequest, B), Failure> {
    if !inbox.config.offered {
        return Err(Failure::failed_precondition(
            "inbox_not_offered",
            "this aggregator keeps no messages for groups",
        ));
    }
    if body.len() > MAX_BODY_BYTES {
        return Err(Failure::invalid_field(
            "body",
            "too_long",
            format!("expected at most {MAX_BODY_BYTES} bytes"),
        ));
    }
    let method = format!("{SERVICE}/{method}");
    let request = UnverifiedRequest::parse(envelope, &method, &inbox.own, body)?;
    let unknown = || {
        Failure::not_found(
            "group_unknown",
            "this aggregator has no key log of the group: push it first",
        )
    };
    let row = inbox.store.group(request.sender()).await.or_failure()?;
    let row = row.ok_or_else(unknown)?;
    if row.forked {
        return Err(Failure::failed_precondition(
            "key_log_forked",
            "the group's key log has two branches: it must be settled first",
        ));
    }
    let tip = stored_event(&inbox.store, &row.group_id, row.tip_index).await?;
    let now = inbox.clock.now();
    let request = request.verify(&tip.ok_or_else(unknown)?, now);
    let request = request.map_err(|error| {
        let is_about_time = error.is_about_time();
        let failure = Failure::from(error);
        // So that the sender can sign again by this clock.
        if is_about_time {
            failure.with("time", now)
        } else {
            failure
        }
    })?;
    let body = B::decode(body).map_err(|_| {
        Failure::new(
            Kind::Invalid,
            "message_malformed",
            "the request's body does not decode",
        )
    })?;
    Ok((request, body))
}

/// The request as the store remembers it.
pub(super) fn spent(request: &VerifiedRequest) -> SpentRequest {
    SpentRequest {
        group: *request.sender(),
        id: *request.request_id(),
        hash: *request.hash(),
        expires: request.expire_time(),
        max: MAX_REQUESTS,
    }
}

/// Fails for a request that cannot be used, except for a repeated one.
pub(super) fn check_use(used: RequestUse) -> Result<(), Failure> {
    match used {
        RequestUse::First | RequestUse::Repeated => Ok(()),
        RequestUse::Reused => Err(Failure::already_exists(
            "request_id_reused",
            "another request had this id: draw a new one",
        )),
        RequestUse::TooMany => Err(Failure::resource_exhausted(
            "requests_per_group",
            "the group has sent too many requests: wait until some have expired",
            Duration::from_secs(60),
        )),
    }
}
