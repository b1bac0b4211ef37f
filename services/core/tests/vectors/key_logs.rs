use hedgerow_core::envelope::{Envelope, PayloadKind};
use hedgerow_core::key_log::{Branches, KeyLog, Resolution};
use hedgerow_core::keys::SigningKey;
use hedgerow_core::phrase::Phrase;
use hedgerow_proto::v1::KeyEvent;
use serde::{Deserialize, Serialize};

use super::file::{check, unhex, verdict};
use super::maker::{altered, log, phrase, rotation, signing};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Vector {
    name: String,
    envelopes: Vec<String>,
    verdict: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    log: Option<Good>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Good {
    group_id: String,
    tip_index: u32,
    tip_hash: String,
    ended: bool,
    commitments: Vec<String>,
}

const ABOUT: &str = "Key logs, as envelopes in order from event 0, for the group of phrase 3 in \
    phrases.json. Event n > 0 is signed by the recovery key to which event n - 1 committed.";

fn good(log: &KeyLog) -> Good {
    Good {
        group_id: log.group_id().to_string(),
        tip_index: log.tip_index(),
        tip_hash: log.tip_hash().to_string(),
        ended: log.is_ended(),
        commitments: log.commitments().map(|one| one.to_string()).collect(),
    }
}

pub fn vector(name: &str, envelopes: &[Vec<u8>], verdict: &str) -> Vector {
    Vector {
        name: name.to_owned(),
        envelopes: envelopes.iter().map(hex::encode).collect(),
        verdict: verdict.to_owned(),
        log: KeyLog::verify(envelopes).ok().as_ref().map(good),
    }
}

/// A log of two events, the last of which has a change and is signed again by the expected key.
pub fn changed(name: &str, verdict: &str, change: impl FnOnce(&mut KeyEvent)) -> Vector {
    let mut envelopes = log(1).envelopes();
    let key = phrase().recovery_key(1);
    let event = resigned(&envelopes[1], &key, change);
    envelopes[1] = event;
    vector(name, &envelopes, verdict)
}

pub fn first_changed(name: &str, verdict: &str, change: impl FnOnce(&mut KeyEvent)) -> Vector {
    let event = resigned(&log(0).envelopes()[0], &signing(0), change);
    vector(name, &[event], verdict)
}

pub fn resigned(event: &[u8], key: &SigningKey, change: impl FnOnce(&mut KeyEvent)) -> Vec<u8> {
    let envelope = Envelope::parse(event, PayloadKind::KeyEvent).unwrap();
    altered(PayloadKind::KeyEvent, envelope.payload(), key, change)
}

fn deactivated() -> KeyLog {
    let mut log = log(1);
    let event = log.deactivate(&phrase().recovery_key(2)).unwrap();
    log.append(&event).unwrap();
    log
}

fn made() -> Vec<Vector> {
    let three = log(2).envelopes();
    let mut after_end = deactivated().envelopes();
    after_end.push(resigned(&three[2], &phrase().recovery_key(3), |event| {
        event.index = 3;
        event.previous_hash = deactivated().tip_hash().to_vec();
        event.recovery_key = phrase().recovery_key(3).public().as_bytes().to_vec();
    }));
    let rival = rotation(&log(0), phrase(), 7, &[]);
    let signed_by_signing_key = resigned(&three[1], &signing(0), |_| ());
    let mut vectors = vec![
        vector("an inception", &three[..1], "ok"),
        vector("two rotations", &three, "ok"),
        vector(
            "a repeated event",
            &[three.clone(), three[1..].to_vec()].concat(),
            "ok",
        ),
        vector("a deactivation", &deactivated().envelopes(), "ok"),
        vector("an event after the deactivation", &after_end, "group_ended"),
        vector("no event", &[], "key_log_missing"),
        vector("no inception", &three[1..], "key_event_out_of_order"),
        vector(
            "a gap",
            &[three[0].clone(), three[2].clone()],
            "key_event_out_of_order",
        ),
        vector(
            "a fork",
            &[three[0].clone(), three[1].clone(), rival],
            "key_log_forked",
        ),
        vector(
            "a rotation signed by the signing key",
            &[three[0].clone(), signed_by_signing_key],
            "signature_mismatch",
        ),
    ];
    let stranger = Phrase::from_entropy([0; 16])
        .recovery_key(1)
        .public()
        .as_bytes()
        .to_vec();
    vectors.extend([
        changed(
            "a recovery key that was not committed to",
            "key_event_not_committed",
            |event| {
                event.recovery_key = stranger;
            },
        ),
        changed("another group", "key_event_wrong_group", |e| {
            e.group_id = vec![1; 32];
        }),
        changed("another previous event", "key_event_broken_chain", |e| {
            e.previous_hash = vec![1; 32];
        }),
        changed(
            "random bytes in a later event",
            "key_event_malformed",
            |e| e.nonce = vec![1; 16],
        ),
        changed("a second inception", "key_event_malformed", |e| {
            e.action = 1;
        }),
        changed("an action that nobody knows", "key_event_malformed", |e| {
            e.action = 4;
        }),
        changed("a deactivation with keys", "key_event_malformed", |e| {
            e.action = 3;
        }),
        changed("a rotation without a key", "key_length", |e| {
            e.signing_key.clear();
        }),
        changed("a signing key of small order", "key_small_order", |e| {
            e.signing_key = vec![0; 32];
        }),
        changed(
            "an encryption key of 31 bytes",
            "key_event_malformed",
            |e| {
                e.encryption_key.truncate(31);
            },
        ),
        changed("16 branches set aside", "ok", |e| {
            e.set_aside_hashes = vec![vec![7; 32]; 16];
        }),
        changed("17 branches set aside", "key_event_malformed", |e| {
            e.set_aside_hashes = vec![vec![7; 32]; 17];
        }),
        changed("an event of over 4 KiB", "envelope_too_large", |e| {
            e.set_aside_hashes = vec![vec![7; 32]; 120];
        }),
        changed("no commitment", "key_event_malformed", |e| {
            e.next_commitment.clear();
        }),
        first_changed("15 random bytes", "key_event_malformed", |e| {
            e.nonce.truncate(15);
        }),
        first_changed(
            "an inception that names a group",
            "key_event_malformed",
            |e| {
                e.group_id = vec![1; 32];
            },
        ),
        first_changed("an inception of another key", "signature_mismatch", |e| {
            e.signing_key = signing(1).public().as_bytes().to_vec();
        }),
    ]);
    vectors
}

#[test]
fn key_logs_get_the_verdicts_of_the_vectors() {
    check("key_logs.json", ABOUT, made(), recompute);
}

/// Recomputes the verdict of a vector from its inputs.
pub fn recompute(vector: &Vector) {
    let envelopes: Vec<_> = vector.envelopes.iter().map(|one| unhex(one)).collect();
    let log = KeyLog::verify(&envelopes);
    assert_eq!(
        verdict(&log, hedgerow_core::key_log::KeyLogError::reason),
        vector.verdict,
        "{}",
        vector.name
    );
    assert_eq!(log.ok().as_ref().map(good), vector.log, "{}", vector.name);
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Forked {
    name: String,
    branches: Vec<Vec<String>>,
    /// `settled` or `frozen`.
    standing: String,
    /// The branch that wins, counted from 0; or the event at which the log is frozen.
    at: usize,
}

const ABOUT_FORKS: &str = "Forked key logs: all branches of one group that are known, and where the \
    group stands. A branch sets a rival aside when one of its events names the rival's tip and, up to \
    that event, it has revealed every recovery key to which the rival committed. A deactivation is \
    never set aside. The order of the branches plays no part.";

pub fn appended(log: &KeyLog, event: &[u8]) -> KeyLog {
    let mut log = log.clone();
    log.append(event).unwrap();
    log
}

pub fn forked(name: &str, branches: &[&KeyLog], standing: &str, at: usize) -> Forked {
    Forked {
        name: name.to_owned(),
        branches: branches
            .iter()
            .map(|log| log.envelopes().iter().map(hex::encode).collect())
            .collect(),
        standing: standing.to_owned(),
        at,
    }
}

fn made_forks() -> Vec<Forked> {
    let ours = phrase();
    let one = log(1);
    let other = appended(&log(0), &rotation(&log(0), ours, 7, &[]));
    let healed = appended(&other, &rotation(&other, ours, 8, &[&one]));
    let grown = appended(&one, &rotation(&one, ours, 2, &[]));
    // A thief of recovery key 1, who commits to other keys.
    let thiefs = Phrase::from_entropy([0x66; 16]);
    let theft = log(0)
        .rotate(
            &ours.recovery_key(1),
            &signing(9).public(),
            [9; 32],
            thiefs.commitment(2),
        )
        .unwrap();
    let thief = appended(&log(0), &theft);
    let thief_claims = appended(&thief, &rotation(&thief, &thiefs, 10, &[&one]));
    let owner_claims = appended(&one, &rotation(&one, ours, 2, &[&thief]));
    let ended = appended(&log(0), &log(0).deactivate(&ours.recovery_key(1)).unwrap());
    let against_end = appended(&one, &rotation(&one, ours, 2, &[&ended]));
    vec![
        forked("one log", &[&one], "settled", 0),
        forked("an innocent fork", &[&one, &other], "frozen", 1),
        forked("an innocent fork, healed", &[&one, &healed], "settled", 1),
        forked(
            "a branch that grew after it was set aside",
            &[&grown, &healed],
            "frozen",
            1,
        ),
        forked(
            "a thief claims the log",
            &[&one, &thief_claims],
            "frozen",
            1,
        ),
        forked(
            "the owner cannot reveal the thief's keys",
            &[&owner_claims, &thief],
            "frozen",
            1,
        ),
        forked(
            "a deactivation is not set aside",
            &[&ended, &against_end],
            "frozen",
            1,
        ),
    ]
}

#[test]
fn forks_are_resolved_as_in_the_vectors() {
    check(
        "key_log_forks.json",
        ABOUT_FORKS,
        made_forks(),
        recompute_fork,
    );
}

/// Recomputes the outcome of a fork from its branches, in both orders.
pub fn recompute_fork(vector: &Forked) {
    let logs: Vec<_> = vector
        .branches
        .iter()
        .map(|log| KeyLog::verify(log.iter().map(|one| unhex(one))).unwrap())
        .collect();
    for reversed in [false, true] {
        let mut order: Vec<_> = logs.iter().collect();
        if reversed {
            order.reverse();
        }
        let mut branches = Branches::new(order[0].clone());
        for log in &order[1..] {
            branches.add((*log).clone());
        }
        let found = match branches.resolve() {
            Resolution::Settled(winner) => (
                "settled",
                logs.iter().position(|log| log == winner).unwrap(),
            ),
            Resolution::Frozen { index } => ("frozen", index as usize),
        };
        assert_eq!(
            found,
            (vector.standing.as_str(), vector.at),
            "{}",
            vector.name
        );
    }
}
