//! Makes links that open the console once.

use std::time::Duration;

use hedgerow_core::random::Random;
use hedgerow_core::time::Timestamp;

use super::secret::Secret;
use crate::store::{ConsoleLink, Opens, Store, StoreError};

/// How long a link opens the console of a person who is known: it is used at once.
pub(crate) const SHORT_LIFE: Duration = Duration::from_secs(15 * 60);
/// How long an invitation lasts.
const INVITATION_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How long a link is good, unless it is used before.
pub(crate) fn life_of(opens: &Opens) -> Duration {
    match opens {
        Opens::Host | Opens::Return { .. } => SHORT_LIFE,
        Opens::NewGroup { .. } | Opens::Join { .. } => INVITATION_LIFE,
    }
}

/// Makes a link and returns its path, without the slash before it. It contains the secret.
pub(crate) async fn make_link(
    store: &Store,
    random: &dyn Random,
    (opens, made_by): (Opens, &str),
    (now, life): (Timestamp, Duration),
) -> Result<String, StoreError> {
    let secret = Secret::generate(random);
    let mut writing = store.write().await?;
    writing
        .add_console_link(&ConsoleLink {
            secret_hash: secret.hash(),
            opens,
            made_by: made_by.to_owned(),
            created_at: now,
            expires_at: now.plus(life),
        })
        .await?;
    writing.commit().await?;
    Ok(format!("console/link/{}", secret.to_text()))
}
