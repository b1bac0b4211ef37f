//! Forms of signed-in people.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use hedgerow_web::form::Form;

use super::failed::Failed;
use super::kept::extract_kept;
use super::steward::Steward;

/// A posted form that belongs to this session: it has the session's token, and the layer around
/// these routes has checked where it comes from. The token itself is removed.
pub(crate) struct ConsoleForm(pub(crate) Form);

impl<S: Send + Sync> FromRequest<S> for ConsoleForm {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let (mut parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let steward = Steward::from_request_parts(&mut parts, state).await?;
        let form = Form::read_record(&parts.headers, body).await;
        let mut form = form.map_err(Failed::new)?;
        if !steward.has_token(form.get("token")) {
            // Of a session that has ended, while another began: its words are sent on by a form that
            // the person sees, and that has the token.
            let (_, kept) = extract_kept(form, &path);
            return Err(Failed::of_other_session(kept));
        }
        form.remove("token", None);
        Ok(Self(form))
    }
}
