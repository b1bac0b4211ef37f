//! Authentication: finds the group of the caller's token.

use std::sync::Arc;

use hedgerow_transport::failure::Failure;
use tonic::metadata::{MetadataMap, MetadataValue};
use tonic::{Request, Status};

use crate::group::{Group, Groups};
use crate::token::token_hash;

/// Metadata with the id of the group that the caller means. If the token belongs to another
/// group, the call is rejected instead of changing the wrong one.
pub const GROUP_METADATA: &str = "hedgerow-group";

/// The group that a call is authorised for, as a request extension.
#[derive(Clone, Debug)]
pub(super) struct AuthorizedGroup(Arc<Group>);

impl AuthorizedGroup {
    /// Returns the group that [`authorize`] has attached to a request.
    pub(super) fn from_request<T>(request: &Request<T>) -> Result<Arc<Group>, Failure> {
        let authorized = request.extensions().get::<Self>();
        authorized
            .map(|authorized| Arc::clone(&authorized.0))
            .ok_or_else(missing)
    }
}

/// Attaches the token's group to a request, or rejects the call.
pub(super) fn authorize(groups: &Groups, mut request: Request<()>) -> Result<Request<()>, Status> {
    let group = authenticate(groups, request.metadata())?;
    request.extensions_mut().insert(AuthorizedGroup(group));
    Ok(request)
}

fn authenticate(groups: &Groups, metadata: &MetadataMap) -> Result<Arc<Group>, Failure> {
    let token = metadata
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(missing)?;
    let group = groups
        .find_by_token_hash(&token_hash(token.trim()))
        .ok_or_else(unknown)?;
    let meant = metadata.get(GROUP_METADATA).map(MetadataValue::as_bytes);
    if meant.is_some_and(|meant| meant != group.id.to_string().as_bytes()) {
        return Err(of_another_group());
    }
    Ok(group)
}

fn missing() -> Failure {
    Failure::unauthenticated(
        "token_missing",
        "this call needs a group's token: name the steward's file with --steward, or \
         HEDGEROW_STEWARD",
    )
}

fn unknown() -> Failure {
    Failure::unauthenticated(
        "token_unknown",
        "this token opens no group on this node; it may have been replaced. The host makes a new \
         one with `hedgerow-node group token LABEL`",
    )
}

fn of_another_group() -> Failure {
    Failure::permission_denied(
        "token_of_another_group",
        "this token belongs to another group than the one named with it: use that group's own \
         steward's file, or have the host make one with `hedgerow-node group token LABEL`",
    )
}
