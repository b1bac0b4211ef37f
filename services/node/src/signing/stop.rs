//! Stops of a group's signing: what happened, and the command that ends it.

use std::path::Path;

use hedgerow_core::time::Timestamp;
use hedgerow_server::program::command;

use crate::config::PROGRAM;
use crate::store::StoredStop;

/// A stop of signing, with the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    pub reason: StopReason,
    /// For the steward: what happened, and what to do next.
    pub message: String,
}

/// Why signing is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// An aggregator holds a newer head.
    Behind,
    /// An aggregator holds another head at the same position.
    Equivocation,
    /// The key log has ended.
    Deactivated,
    /// All sequence numbers under the current key are used.
    SeqExhausted,
    /// The clock is before the newest head, or before the protocol.
    ClockBehind,
    /// The group's keys were rotated elsewhere: this node's key signs for it no longer.
    RotatedOut,
    /// An aggregator holds a rival branch of the key log.
    Forked,
    /// The host has moved the group to another machine.
    Moved,
    /// The group's next key event waits for the signature of its steward, who has the phrase.
    AwaitingKeyEvent,
}

impl StopReason {
    /// The stable name, in the store and in errors.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Behind => "behind",
            Self::Equivocation => "equivocation",
            Self::Deactivated => "deactivated",
            Self::SeqExhausted => "seq_exhausted",
            Self::ClockBehind => "clock_behind",
            Self::RotatedOut => "rotated_out",
            Self::Forked => "forked",
            Self::Moved => "moved",
            Self::AwaitingKeyEvent => "awaiting_key_event",
        }
    }

    /// Whether another machine has a later state of the group, so that pages here would show what
    /// was taken back since. An ended group shows nothing either.
    pub fn hides_pages(self) -> bool {
        match self {
            Self::Behind | Self::Deactivated | Self::RotatedOut | Self::Moved => true,
            Self::Equivocation
            | Self::SeqExhausted
            | Self::ClockBehind
            | Self::Forked
            | Self::AwaitingKeyEvent => false,
        }
    }

    /// Whether edits made here cannot ever be signed with the keys of this node, so that they
    /// are refused instead of waiting.
    pub fn refuses_edits(self) -> bool {
        match self {
            Self::Deactivated | Self::RotatedOut | Self::Moved | Self::AwaitingKeyEvent => true,
            Self::Behind
            | Self::Equivocation
            | Self::SeqExhausted
            | Self::ClockBehind
            | Self::Forked => false,
        }
    }
}

/// The group that a stop is about, as the host names it in commands.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The node's folder.
    pub dir: &'a Path,
    pub label: &'a str,
}

impl Subject<'_> {
    /// Formats a command of this node. With `--dir`, because the host may run it from any folder.
    fn command(&self, words: &str) -> String {
        let label = self.label;
        format!("`{} {words} {label}`", command(PROGRAM, self.dir))
    }
}

impl Stop {
    /// Rebuilds the message of a stored stop.
    pub fn from_stored(stop: &StoredStop, subject: Subject<'_>) -> Self {
        let aggregator = &stop.aggregator;
        match stop.reason.as_str() {
            "equivocation" => Self::equivocation(subject, aggregator),
            "rotated_out" => Self::rotated_out(subject, aggregator),
            "forked" => Self::forked(subject, aggregator),
            "moved" => Self::moved(subject),
            "awaiting_key_event" => Self::awaiting_key_event(),
            _ => Self::behind(subject, aggregator),
        }
    }

    pub fn behind(subject: Subject<'_>, aggregator: &str) -> Self {
        Self {
            reason: StopReason::Behind,
            message: format!(
                "{aggregator} holds a newer head of this group, which this node has no record of \
                 signing: it may have been restored from an old backup, or run twice. Nothing is \
                 signed. Stop the node and run {}",
                subject.command("restore")
            ),
        }
    }

    pub fn equivocation(subject: Subject<'_>, aggregator: &str) -> Self {
        Self {
            reason: StopReason::Equivocation,
            message: format!(
                "{aggregator} holds a head of this group that was not signed here and has the same \
                 number as one that was: the node runs twice, or someone else has its key. Nothing \
                 is signed. Make sure that no second copy of this node runs; then stop the node and \
                 run {} with the group's phrase",
                subject.command("group rotate")
            ),
        }
    }

    pub fn rotated_out(subject: Subject<'_>, aggregator: &str) -> Self {
        Self {
            reason: StopReason::RotatedOut,
            message: format!(
                "{aggregator} holds a newer key event of this group: its keys were rotated with its \
                 phrase on another machine. This node's key signs for it no longer, and nothing is \
                 signed. If the group now lives there, nothing is left to do here. To bring it back \
                 to this machine, stop the node and run {} with the group's phrase",
                subject.command("group rotate")
            ),
        }
    }

    pub fn forked(subject: Subject<'_>, aggregator: &str) -> Self {
        Self {
            reason: StopReason::Forked,
            message: format!(
                "the key log of this group is forked: {aggregator} has a rival branch, made with \
                 the group's phrase on another machine. Nothing is signed, and servers freeze the \
                 group. Decide which machine keeps the group; there, stop the node and run {} with \
                 the group's phrase, which sets the other branch aside",
                subject.command("group rotate")
            ),
        }
    }

    pub fn moved(subject: Subject<'_>) -> Self {
        Self {
            reason: StopReason::Moved,
            message: format!(
                "this group was moved to another machine: nothing more is signed here. To bring it \
                 back to this machine, stop the node and run {} with the group's phrase",
                subject.command("group rotate")
            ),
        }
    }

    pub fn awaiting_key_event() -> Self {
        Self {
            reason: StopReason::AwaitingKeyEvent,
            message: "this group's new keys wait for its steward, who has the phrase: until the \
                      steward runs `hedgerow group rotate`, nothing is signed"
                .to_owned(),
        }
    }

    pub fn deactivated() -> Self {
        Self {
            reason: StopReason::Deactivated,
            message: "this group was deactivated with its phrase: no head is accepted after that, \
                      and nothing more can be published"
                .to_owned(),
        }
    }

    /// All sequence numbers under this key are used. In practice only a thief gets there, by
    /// signing the last number.
    pub fn seq_exhausted() -> Self {
        Self {
            reason: StopReason::SeqExhausted,
            message:
                "the group's heads have used up their numbers: rotate its keys with its phrase, \
                 and they start again at 1"
                    .to_owned(),
        }
    }

    pub(super) fn clock_behind(now: Timestamp, than: &str) -> Self {
        Self {
            reason: StopReason::ClockBehind,
            message: format!(
                "this machine's clock shows {now}, which is before {than}. If the clock is wrong, \
                 set it right: waiting edits are then signed automatically. If it was wrong then \
                 and is right now, the steward can force a signature"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_stop_keeps_its_reason_and_names_the_folder() {
        let subject = Subject {
            dir: Path::new("/srv/node"),
            label: "us",
        };
        let stops = [
            Stop::behind(subject, "https://a.example:1"),
            Stop::equivocation(subject, "https://a.example:1"),
            Stop::rotated_out(subject, "https://a.example:1"),
            Stop::forked(subject, "https://a.example:1"),
            Stop::moved(subject),
        ];
        for stop in stops {
            let stored = StoredStop {
                reason: stop.reason.as_str().to_owned(),
                head: Vec::new(),
                aggregator: "https://a.example:1".to_owned(),
            };
            assert_eq!(Stop::from_stored(&stored, subject), stop);
            let command = "`hedgerow-node --dir /srv/node ";
            assert!(stop.message.contains(command), "{}", stop.message);
        }
    }
}
