//! Continues a group's key log with its phrase: which branch to continue, which rivals to set
//! aside, and the event to sign.
//!
//! Only the phrase can prove that two branches have one owner: each branch commits to keys that
//! the phrase yields. A branch with any other commitment was made with a stolen recovery key and
//! can never be set aside.

use crate::id::PayloadHash;
use crate::key_log::{Branches, KeyLog, KeyLogError, MAX_SET_ASIDE, Resolution};
use crate::keys::VerifyingKey;
use crate::phrase::Phrase;

/// The reason why a phrase cannot continue a key log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContinuationError {
    /// No branch was given.
    #[error("the key log is empty")]
    Empty,
    /// No branch ends with a commitment to a key of the phrase.
    #[error(
        "the phrase is invalid for this group: expected the phrase that the group was made with"
    )]
    OtherPhrase,
    /// A branch ends with a deactivation, which cannot be set aside.
    #[error("the group was deactivated: no key event can follow")]
    Ended,
    /// A rival commits to a key that the phrase does not yield.
    #[error(
        "the key log is forked at event {index}, and the rival branch cannot be set aside: it \
         commits to a key that this phrase does not yield. A new group with a new phrase is needed"
    )]
    Unresolvable {
        /// The index at which the branches part.
        index: u32,
    },
    /// More rivals than one event can set aside.
    #[error("the key log has {0} rival branches: expected at most {MAX_SET_ASIDE}")]
    TooManyRivals(usize),
    /// The event cannot be made or appended.
    #[error(transparent)]
    KeyLog(#[from] KeyLogError),
}

impl ContinuationError {
    /// The error's stable name, for programs.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Empty => "key_log_missing",
            Self::OtherPhrase => "phrase_of_another_group",
            Self::Ended => "group_ended",
            Self::Unresolvable { .. } => "fork_unresolvable",
            Self::TooManyRivals(_) => "too_many_rivals",
            Self::KeyLog(error) => error.reason(),
        }
    }
}

/// A key log that a phrase can continue, with the rival branches that its next event sets aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continuation {
    log: KeyLog,
    set_aside: Vec<PayloadHash>,
}

impl Continuation {
    /// Chooses the branch to continue: the one that has won already, or the longest whose next
    /// key the phrase yields. Every other branch must be one that the next event can set aside.
    ///
    /// All logs must be of the first one's group; logs of other groups are ignored.
    pub fn choose(
        logs: impl IntoIterator<Item = KeyLog>,
        phrase: &Phrase,
    ) -> Result<Self, ContinuationError> {
        let mut logs = logs.into_iter();
        let mut branches = Branches::new(logs.next().ok_or(ContinuationError::Empty)?);
        for log in logs {
            branches.add(log);
        }
        let log = branch_to_continue(&branches, phrase)?.clone();
        let mut set_aside = Vec::new();
        for rival in branches.logs() {
            let Some(index) = log.fork_index(rival) else {
                continue;
            };
            if log.sets_aside(rival) {
                continue;
            }
            if rival.is_ended() {
                return Err(ContinuationError::Ended);
            }
            if !can_be_revealed(&log, rival, index, phrase) {
                return Err(ContinuationError::Unresolvable { index });
            }
            set_aside.push(rival.tip_hash());
        }
        if set_aside.len() > MAX_SET_ASIDE {
            return Err(ContinuationError::TooManyRivals(set_aside.len()));
        }
        Ok(Self { log, set_aside })
    }

    /// The branch that the next event continues.
    #[must_use]
    pub fn log(&self) -> &KeyLog {
        &self.log
    }

    /// The tips of the rival branches that the next event sets aside.
    #[must_use]
    pub fn set_aside(&self) -> &[PayloadHash] {
        &self.set_aside
    }

    /// Returns the log with a rotation to new keys.
    pub fn rotate(
        &self,
        phrase: &Phrase,
        signing: &VerifyingKey,
        encryption_public: [u8; 32],
    ) -> Result<KeyLog, ContinuationError> {
        let next = self.next_index()?;
        let envelope = self.log.rotate_setting_aside(
            &phrase.recovery_key(next),
            signing,
            encryption_public,
            phrase.commitment(next.checked_add(1).ok_or(KeyLogError::TooLong)?),
            &self.set_aside,
        )?;
        self.extended(&envelope)
    }

    /// Returns the log with a deactivation, which ends it permanently.
    pub fn deactivate(&self, phrase: &Phrase) -> Result<KeyLog, ContinuationError> {
        let recovery = phrase.recovery_key(self.next_index()?);
        let envelope = self
            .log
            .deactivate_setting_aside(&recovery, &self.set_aside)?;
        self.extended(&envelope)
    }

    fn next_index(&self) -> Result<u32, KeyLogError> {
        self.log
            .tip_index()
            .checked_add(1)
            .ok_or(KeyLogError::TooLong)
    }

    fn extended(&self, envelope: &[u8]) -> Result<KeyLog, ContinuationError> {
        let mut log = self.log.clone();
        log.append(envelope)?;
        Ok(log)
    }
}

/// Whether the phrase yields the key that may sign the log's next event.
#[must_use]
pub fn can_continue(log: &KeyLog, phrase: &Phrase) -> bool {
    let next = log.tip_index().checked_add(1);
    let committed = log.tip().commitment;
    next.is_some_and(|next| committed == Some(phrase.commitment(next)))
}

fn branch_to_continue<'a>(
    branches: &'a Branches,
    phrase: &Phrase,
) -> Result<&'a KeyLog, ContinuationError> {
    if let Resolution::Settled(winner) = branches.resolve() {
        return if winner.is_ended() {
            Err(ContinuationError::Ended)
        } else if can_continue(winner, phrase) {
            Ok(winner)
        } else {
            Err(ContinuationError::OtherPhrase)
        };
    }
    let mut longest: Option<&KeyLog> = None;
    for log in branches
        .logs()
        .iter()
        .filter(|log| can_continue(log, phrase))
    {
        // Of two branches of one length the first one stays, so that the order of the
        // aggregators in the configuration decides and not chance.
        if longest.is_none_or(|longest| log.tip_index() > longest.tip_index()) {
            longest = Some(log);
        }
    }
    match longest {
        Some(longest) => Ok(longest),
        None if branches.logs().iter().any(KeyLog::is_ended) => Err(ContinuationError::Ended),
        None => Err(ContinuationError::OtherPhrase),
    }
}

/// Whether the event after `log` completes the keys to which the rival has committed.
fn can_be_revealed(log: &KeyLog, rival: &KeyLog, fork: u32, phrase: &Phrase) -> bool {
    let next = log.tip_index().saturating_add(1);
    rival.events()[fork as usize..]
        .iter()
        .filter_map(|event| Some((event.index.checked_add(1)?, event.commitment?)))
        .all(|(index, committed)| index <= next && committed == phrase.commitment(index))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::key_log::{commitment_to, incept};
    use crate::keys::SigningKey;

    fn signing(number: u8) -> SigningKey {
        SigningKey::from_seed([number; 32])
    }

    fn phrase(number: u8) -> Phrase {
        Phrase::from_entropy([number; 16])
    }

    fn new_log(phrase: &Phrase) -> KeyLog {
        KeyLog::verify([incept(&signing(1), [1; 32], phrase.commitment(1), [1; 16])]).unwrap()
    }

    /// Rotates without setting anything aside, as a node that does not know of a rival.
    fn rotated(log: &KeyLog, phrase: &Phrase, number: u8) -> KeyLog {
        let alone = Continuation {
            log: log.clone(),
            set_aside: Vec::new(),
        };
        alone
            .rotate(phrase, &signing(number).public(), [number; 32])
            .unwrap()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        /// The oracle is `Branches::resolve`, which every receiver uses.
        #[test]
        fn every_fork_of_one_owner_heals_by_one_event(lengths in prop::collection::vec(0_u8..3, 1..4), shared in 0_u8..3) {
            let phrase = phrase(7);
            let mut base = new_log(&phrase);
            for number in 0..shared {
                base = rotated(&base, &phrase, 10 + number);
            }
            let logs: Vec<KeyLog> = (0..).zip(&lengths).map(|(branch, length)| {
                let mut log = base.clone();
                for number in 0..*length {
                    log = rotated(&log, &phrase, 100 + 10 * branch + number);
                }
                log
            }).collect();
            let chosen = Continuation::choose(logs.clone(), &phrase).unwrap();
            let longest = logs.iter().map(KeyLog::tip_index).max().unwrap();
            prop_assert_eq!(chosen.log().tip_index(), longest);
            let next = chosen.rotate(&phrase, &signing(9).public(), [9; 32]).unwrap();
            let mut branches = Branches::new(next.clone());
            for log in logs {
                branches.add(log);
            }
            prop_assert_eq!(branches.resolve(), Resolution::Settled(&next));
            // Continuing again needs nothing set aside: the fork is healed.
            let again = Continuation::choose(branches.logs().to_vec(), &phrase).unwrap();
            prop_assert_eq!(again.set_aside(), &[] as &[PayloadHash]);
        }
    }

    #[test]
    fn a_thiefs_branch_cannot_be_set_aside() {
        let phrase = phrase(1);
        let log = new_log(&phrase);
        // The thief has stolen one recovery key, and commits to a key of their own.
        let stolen = log
            .rotate(
                &phrase.recovery_key(1),
                &signing(50).public(),
                [5; 32],
                commitment_to(&signing(51).public()),
            )
            .unwrap();
        let mut thief = log.clone();
        thief.append(&stolen).unwrap();
        let own = rotated(&log, &phrase, 2);
        assert_eq!(
            Continuation::choose([own.clone(), thief.clone()], &phrase),
            Err(ContinuationError::Unresolvable { index: 1 })
        );
        assert_eq!(
            Continuation::choose([thief], &phrase),
            Err(ContinuationError::OtherPhrase)
        );
    }

    #[test]
    fn a_deactivation_on_any_branch_is_final() {
        let phrase = phrase(1);
        let log = new_log(&phrase);
        let continuation = Continuation::choose([log.clone()], &phrase).unwrap();
        let ended = continuation.deactivate(&phrase).unwrap();
        assert!(ended.is_ended());
        for logs in [
            vec![ended.clone()],
            vec![log.clone(), ended.clone()],
            vec![rotated(&log, &phrase, 2), ended],
        ] {
            assert_eq!(
                Continuation::choose(logs, &phrase),
                Err(ContinuationError::Ended)
            );
        }
    }

    #[test]
    fn a_deactivation_sets_rivals_aside_too() {
        let phrase = phrase(1);
        let log = new_log(&phrase);
        let rivals = [rotated(&log, &phrase, 2), rotated(&log, &phrase, 3)];
        let ended = Continuation::choose(rivals.clone(), &phrase)
            .unwrap()
            .deactivate(&phrase)
            .unwrap();
        assert!(ended.sets_aside(&rivals[1]));
    }

    #[test]
    fn another_phrase_continues_nothing() {
        let log = new_log(&phrase(1));
        assert!(can_continue(&log, &phrase(1)));
        assert_eq!(
            Continuation::choose([log], &phrase(2)),
            Err(ContinuationError::OtherPhrase)
        );
        assert_eq!(
            Continuation::choose([], &phrase(2)),
            Err(ContinuationError::Empty)
        );
    }

    #[test]
    fn a_log_of_another_group_is_ignored() {
        let (own, other) = (phrase(1), phrase(2));
        let log = new_log(&own);
        let chosen = Continuation::choose([log.clone(), new_log(&other)], &own).unwrap();
        assert_eq!(chosen.log(), &log);
        assert!(chosen.set_aside().is_empty());
    }
}
