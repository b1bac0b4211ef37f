//! Who calls: the group that the caller's token opens.

use std::sync::Arc;

use hedgerow_rpc::failure::Failure;
use tonic::Request;
use tonic::Status;
use tonic::metadata::MetadataMap;
use tonic::metadata::MetadataValue;

use crate::group::Group;
use crate::group::Groups;
use crate::token::token_hash;

/// Metadata in which a caller may name the group that it means: a token of another
/// one is then refused instead of changing the wrong group.
pub const GROUP_METADATA: &str = "hedgerow-group";

/// The group that a call is for; among the extensions of every call to the steward's
/// service.
#[derive(Clone, Debug)]
pub(super) struct Opened(pub(super) Arc<Group>);

impl Opened {
    /// The group that a request is for.
    pub(super) fn of<T>(request: &Request<T>) -> Result<Arc<Group>, Failure> {
        let opened = request.extensions().get::<Self>();
        opened
            .map(|opened| Arc::clone(&opened.0))
            .ok_or_else(missing)
    }
}

/// Lets a call pass with the group that its token opens.
pub(super) fn open(groups: &Groups, mut request: Request<()>) -> Result<Request<()>, Status> {
    let group = opened(groups, request.metadata())?;
    request.extensions_mut().insert(Opened(group));
    Ok(request)
}

fn opened(groups: &Groups, metadata: &MetadataMap) -> Result<Arc<Group>, Failure> {
    let token = metadata
        .get("authorization")
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(missing)?;
    let group = groups
        .opened_by(&token_hash(token.trim()))
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
        "this token opens another group than the one named beside it: use that group's own \
         steward's file, or have the host make one with `hedgerow-node group token LABEL`",
    )
}
