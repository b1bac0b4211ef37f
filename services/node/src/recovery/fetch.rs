//! Fetches the newest records of a group, under the branch of the key log that goes on.

use hedgerow_core::head::VerifiedHead;
use hedgerow_core::key_log::KeyLog;
use hedgerow_proto::feed_v1::GroupStatus;

use super::survey::Survey;
use crate::restore::{Fetched, pull};
use crate::shared::Shared;

/// The result of [`fetch_newest`].
pub(super) enum Newest {
    /// No aggregator has ever accepted a head of the group.
    NeverPublished,
    Fetched(Box<Fetched>),
    /// Heads exist, but no aggregator serves the newest one now. One line for each.
    NotServed(String),
}

/// Fetches everything under the newest head, by (key index, sequence number), from the first
/// aggregator that serves it. A group that was lost between its last key event and the first head
/// under it has no head there: its newest head is then one under an earlier event of the log.
pub(super) async fn fetch_newest(shared: &Shared, log: &KeyLog, survey: &Survey) -> Newest {
    let (mut heads, mut problems) = (Vec::new(), Vec::new());
    for holder in survey.holders.iter().filter(|it| !it.head.is_empty()) {
        match VerifiedHead::verify_past(&holder.head, log) {
            Ok(head) if head.view().is_public() => heads.push((head.position(), holder)),
            Ok(_) | Err(_) => {
                // Never silently: these may be the group's only records.
                let name = &holder.aggregator.name;
                problems.push(format!(
                    "  {name}: its head belongs to another branch of the key log"
                ));
            }
        }
    }
    // Stable: of two that hold the same head, the one configured first is tried first.
    heads.sort_by_key(|(position, _)| std::cmp::Reverse(*position));
    let Some((newest, _)) = heads.first().copied() else {
        return if problems.is_empty() {
            Newest::NeverPublished
        } else {
            Newest::NotServed(problems.join("\n"))
        };
    };
    for (position, holder) in heads {
        let name = &holder.aggregator.name;
        if position < newest {
            // An older head may have records that were withdrawn since, and lacks newer ones.
            problems.push(format!("  {name}: it holds an older head ({position})"));
            continue;
        }
        match pull(shared, &holder.aggregator, &log.group_id()).await {
            Ok(Some(fetched))
                if VerifiedHead::verify_past(fetched.head.envelope(), log).is_err() =>
            {
                problems.push(format!("  {name}: it serves the head of a rival branch"));
            }
            Ok(Some(fetched)) if fetched.head.position() < newest => {
                let served = fetched.head.position();
                problems.push(format!("  {name}: it serves an older head ({served})"));
            }
            Ok(Some(fetched)) => return Newest::Fetched(Box::new(fetched)),
            Ok(None) => problems.push(format!("  {name}: it serves no head of the group")),
            Err(error) => {
                let status = status_words(holder.status);
                problems.push(format!("  {name}: {error}{status}"));
            }
        }
    }
    Newest::NotServed(problems.join("\n"))
}

/// Explains a status under which an aggregator serves no records.
fn status_words(status: GroupStatus) -> &'static str {
    match status {
        GroupStatus::Frozen => {
            "; the group is frozen there, because of two rival branches or heads"
        }
        GroupStatus::Throttled => "; a limit delays the group's changes there",
        GroupStatus::Excluded => "; its operator has excluded the group",
        GroupStatus::NotInvited => "; the group's head does not permit it to keep records",
        GroupStatus::Lapsed => "; the group's head expired over half a year ago",
        GroupStatus::Pending => "; records of the group are missing there",
        GroupStatus::Ended
        | GroupStatus::Unspecified
        | GroupStatus::Active
        | GroupStatus::Stale => "",
    }
}
