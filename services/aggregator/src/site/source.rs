//! Whose voice a record is, how fresh it is, and what to know first.

use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{Identity, SearchHit};
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_proto::v1;
use hedgerow_record_views::{RecordContent, day};
use hedgerow_web::Text;
use hedgerow_web::view::{Confirmed, Freshness, State, Voice};

/// After this, a "still right" is old.
const YEAR_SECONDS: u64 = 365 * 86_400;

/// `language` is that of the publisher's records.
pub(super) fn voice(hit: &SearchHit, language: &str) -> Voice {
    let by = Text::new(&hit.publisher_name, language);
    match hit.voice() {
        v1::Voice::Catalogued => {
            let year = hit.source.as_ref().map(|source| source.recorded_year);
            Voice::Catalogued {
                by,
                year: year.filter(|year| *year > 0),
            }
        }
        v1::Voice::OnBehalf => Voice::OnBehalf { by },
        v1::Voice::Itself | v1::Voice::Unspecified => Voice::Itself(match hit.identity() {
            Identity::Domain => Confirmed::ByWebsite,
            Identity::Vouched => Confirmed::ByAnotherGroup,
            Identity::Unconfirmed | Identity::Unspecified => Confirmed::No,
        }),
    }
}

fn time(time: Option<prost_types::Timestamp>) -> Option<Timestamp> {
    Timestamp::try_from(time?).ok()
}

pub(super) fn freshness(
    hit: &SearchHit,
    stored: Option<&RecordContent>,
    now: Timestamp,
) -> Freshness {
    let confirmed = time(hit.confirm_time);
    if hit.status() == GroupStatus::Stale
        && let Some(signed) = time(hit.head_issue_time)
    {
        let days = now.since(signed).as_secs() / 86_400;
        return Freshness::Silent { days };
    }
    match (confirmed, stored) {
        (Some(at), _) if now.since(at).as_secs() > YEAR_SECONDS => {
            Freshness::Old { confirmed: day(at) }
        }
        (Some(at), _) => Freshness::Confirmed { on: day(at) },
        // What a source of 2013 says is not fresher for being copied today.
        (None, _) if hit.voice() == v1::Voice::Catalogued => Freshness::Unknown,
        (None, Some(stored)) => Freshness::Signed {
            on: day(stored.changed),
        },
        (None, None) => Freshness::Unknown,
    }
}

pub(super) fn state(hit: &SearchHit, stored: Option<&RecordContent>) -> Option<State> {
    let stated = stored.and_then(RecordContent::stated_state);
    stated.or_else(|| {
        let over = time(hit.over_since_time)?;
        // A last day ends at midnight after it.
        let last = over.minus(std::time::Duration::from_secs(1));
        Some(State::Over { since: day(last) })
    })
}
