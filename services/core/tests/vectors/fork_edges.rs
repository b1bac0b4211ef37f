use hedgerow_core::key_log::KeyLog;
use hedgerow_core::phrase::Phrase;

use super::file::check;
use super::key_logs::{Forked, appended, forked, recompute_fork};
use super::maker::{log, phrase, rotation, signing};

const ABOUT: &str = "Forked key logs, like those in key_log_forks.json: several rivals, and which names and \
    which revealed keys count. at is the branch that counts if the log is settled, from 0, and the \
    first index at which branches differ if it is frozen.";

/// A log with one more rotation, to a signing key of its own, that sets rivals aside.
fn rotated(log: &KeyLog, key: u8, aside: &[&KeyLog]) -> KeyLog {
    appended(log, &rotation(log, phrase(), key, aside))
}

fn made() -> Vec<Forked> {
    let root = log(0);
    let (one, two, three) = (
        rotated(&root, 1, &[]),
        rotated(&root, 2, &[]),
        rotated(&root, 3, &[]),
    );
    let long = rotated(&rotated(&one, 4, &[]), 5, &[]);
    let early = rotated(&two, 6, &[&long]);
    let late = rotated(&early, 7, &[]);
    let again = rotated(&late, 8, &[&long]);
    let middle = rotated(&one, 4, &[]);
    let by_middle = rotated(&rotated(&rotated(&two, 6, &[]), 7, &[]), 8, &[&middle]);
    let ended = {
        let tips = [two.tip_hash()];
        let key = phrase().recovery_key(2);
        appended(&one, &one.deactivate_setting_aside(&key, &tips).unwrap())
    };
    // A rival of the same phrase whose own later fork is a third branch.
    let (left, right) = (rotated(&two, 9, &[]), rotated(&two, 10, &[]));
    let over_both = rotated(
        &rotated(&rotated(&one, 4, &[]), 5, &[]),
        11,
        &[&left, &right],
    );
    let stranger = Phrase::from_entropy([0x66; 16]);
    let to_stranger = root
        .rotate(
            &phrase().recovery_key(1),
            &signing(9).public(),
            [9; 32],
            stranger.commitment(2),
        )
        .unwrap();
    let thief = appended(&root, &to_stranger);
    vec![
        forked("three branches", &[&one, &two, &three], "frozen", 1),
        forked(
            "two rivals set aside by one event",
            &[&two, &rotated(&one, 4, &[&two, &three]), &three],
            "settled",
            1,
        ),
        forked(
            "two rivals set aside by two events",
            &[
                &rotated(&rotated(&one, 4, &[&two]), 5, &[&three]),
                &two,
                &three,
            ],
            "settled",
            0,
        ),
        forked(
            "one of two rivals set aside",
            &[&rotated(&one, 4, &[&two]), &two, &three],
            "frozen",
            1,
        ),
        forked(
            "set aside before the keys are revealed",
            &[&long, &early],
            "frozen",
            1,
        ),
        forked(
            "revealed after it was set aside",
            &[&long, &late],
            "frozen",
            1,
        ),
        forked(
            "revealed, and set aside again",
            &[&long, &again],
            "settled",
            1,
        ),
        forked(
            "an earlier event of the rival is named, not its tip",
            &[&long, &by_middle],
            "frozen",
            1,
        ),
        forked(
            "the same event is the tip",
            &[&middle, &by_middle],
            "settled",
            1,
        ),
        forked(
            "a deactivation sets a rival aside",
            &[&two, &ended],
            "settled",
            1,
        ),
        forked(
            "two deactivations",
            &[
                &ended,
                &appended(&two, &two.deactivate(&phrase().recovery_key(2)).unwrap()),
            ],
            "frozen",
            1,
        ),
        forked(
            "rivals that fork later themselves",
            &[&one, &left, &right],
            "frozen",
            1,
        ),
        forked(
            "a fork that begins at event 2",
            &[&left, &right],
            "frozen",
            2,
        ),
        forked(
            "a fork of rivals, both set aside",
            &[&over_both, &left, &right],
            "settled",
            0,
        ),
        forked(
            "a thief's rival beside one of the same phrase",
            &[&rotated(&one, 4, &[&two, &thief]), &two, &thief],
            "frozen",
            1,
        ),
        forked(
            "a branch and its own beginning",
            &[&one, &middle],
            "settled",
            1,
        ),
    ]
}

#[test]
fn forks_at_the_edges_are_resolved_as_in_the_vectors() {
    check("key_log_fork_edges.json", ABOUT, made(), recompute_fork);
}
