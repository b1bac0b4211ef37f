use hedgerow_core::envelope;
use hedgerow_core::envelope::{Envelope, PayloadKind};
use hedgerow_core::id::PayloadHash;
use hedgerow_core::key_log::{
    Appended, Branches, KeyEventEntry, KeyLog, KeyLogError, MAX_EVENTS, MAX_LOG_BYTES, Resolution,
};
use hedgerow_proto::v1;
use hedgerow_testkit::{FakeGroup, commitment, recovery_key, signing_key};
use proptest::prelude::*;
use prost::Message;

use crate::new_group;

/// A rotation with one field changed, signed by the expected recovery key.
fn changed(change: impl FnOnce(&mut v1::KeyEvent)) -> Vec<u8> {
    let group = new_group(1);
    let good = Envelope::parse(
        &group.rotation_to(&signing_key(1, 1)),
        PayloadKind::KeyEvent,
    )
    .unwrap();
    let mut event = v1::KeyEvent::decode(good.payload()).unwrap();
    change(&mut event);
    envelope::sign(
        PayloadKind::KeyEvent,
        &event.encode_to_vec(),
        &recovery_key(1, 1),
    )
}

fn first_changed(change: impl FnOnce(&mut v1::KeyEvent)) -> &'static str {
    let first = new_group(1).log.envelopes().remove(0);
    let good = Envelope::parse(&first, PayloadKind::KeyEvent).unwrap();
    let mut event = v1::KeyEvent::decode(good.payload()).unwrap();
    change(&mut event);
    let bytes = envelope::sign(
        PayloadKind::KeyEvent,
        &event.encode_to_vec(),
        &signing_key(1, 0),
    );
    KeyLog::start(&bytes).map_or_else(|error| error.reason(), |_| "ok")
}

fn reason(event: &[u8]) -> &'static str {
    let mut log = new_group(1).log;
    log.append(event)
        .map_or_else(|error| error.reason(), |_| "ok")
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes: Vec<u8>) {
        let envelope = envelope::sign(PayloadKind::KeyEvent, &bytes, &signing_key(1, 0));
        prop_assert!(KeyLog::start(&envelope).is_err());
        prop_assert!(new_group(1).log.append(&envelope).is_err());
    }
}

#[test]
fn a_log_verifies_from_its_envelopes_alone() {
    let mut group = new_group(1);
    group.rotate();
    group.rotate();
    let log = KeyLog::verify(group.log.envelopes()).unwrap();
    assert_eq!(log, group.log);
    assert_eq!(log.tip_index(), 2);
    assert_eq!(log.signing_key(2), Some(&signing_key(1, 2).public()));
    assert_eq!(log.group_id().as_bytes(), log.events()[0].hash.as_bytes());
    assert_eq!(log.after(&log.events()[0].hash).unwrap().len(), 2);
    assert_eq!(log.after(&PayloadHash::from_bytes([0; 32])), None);
    let commitments: Vec<_> = log.commitments().collect();
    assert_eq!(
        commitments,
        [commitment(1, 1), commitment(1, 2), commitment(1, 3)]
    );
    assert_eq!(
        KeyLog::verify(Vec::<Vec<u8>>::new()),
        Err(KeyLogError::Empty)
    );
}

#[test]
fn the_thief_of_a_node_cannot_rotate() {
    let group = new_group(1);
    let thief = signing_key(9, 0);
    let stolen = group.signing.clone();
    for key in [&thief, &stolen] {
        let made = group
            .log
            .rotate(key, &thief.public(), [1; 32], commitment(9, 2));
        assert_eq!(made, Err(KeyLogError::NotCommitted(1)));
    }
    // Naming the right recovery key without having it does not help.
    let forged = changed(|event| event.signing_key = thief.public().as_bytes().to_vec());
    let envelope = Envelope::parse(&forged, PayloadKind::KeyEvent).unwrap();
    let forged = envelope::sign(PayloadKind::KeyEvent, envelope.payload(), &stolen);
    assert_eq!(reason(&forged), "signature_mismatch");
}

#[test]
fn every_invalid_event_has_its_reason() {
    assert_eq!(reason(&changed(|_| ())), "ok");
    assert_eq!(
        reason(&changed(|e| e.group_id = vec![2; 32])),
        "key_event_wrong_group"
    );
    assert_eq!(
        reason(&changed(|e| e.previous_hash = vec![2; 32])),
        "key_event_broken_chain"
    );
    assert_eq!(reason(&changed(|e| e.index = 2)), "key_event_out_of_order");
    assert_eq!(
        reason(&changed(|e| e.nonce = vec![0; 16])),
        "key_event_malformed"
    );
    assert_eq!(reason(&changed(|e| e.action = 1)), "key_event_malformed");
    assert_eq!(reason(&changed(|e| e.action = 0)), "key_event_malformed");
    assert_eq!(reason(&changed(|e| e.action = 3)), "key_event_malformed");
    assert_eq!(reason(&changed(|e| e.action = 99)), "key_event_malformed");
    assert_eq!(reason(&changed(|e| e.signing_key.clear())), "key_length");
    assert_eq!(
        reason(&changed(|e| e.signing_key = vec![0; 32])),
        "key_small_order"
    );
    assert_eq!(
        reason(&changed(|e| e.encryption_key.clear())),
        "key_event_malformed"
    );
    assert_eq!(
        reason(&changed(|e| e.next_commitment.clear())),
        "key_event_malformed"
    );
    assert_eq!(
        reason(&changed(|e| e.set_aside_hashes = vec![vec![1; 31]])),
        "key_event_malformed"
    );
    let other = recovery_key(2, 1).public().as_bytes().to_vec();
    assert_eq!(
        reason(&changed(|e| e.recovery_key = other)),
        "key_event_not_committed"
    );
    let other_first = new_group(2).log.envelopes().remove(0);
    assert_eq!(reason(&other_first), "key_event_wrong_group");
}

#[test]
fn every_invalid_inception_has_its_reason() {
    assert_eq!(first_changed(|_| ()), "ok");
    assert_eq!(first_changed(|e| e.index = 1), "key_event_out_of_order");
    assert_eq!(
        first_changed(|e| e.group_id = vec![1; 32]),
        "key_event_malformed"
    );
    assert_eq!(
        first_changed(|e| e.previous_hash = vec![1; 32]),
        "key_event_malformed"
    );
    assert_eq!(
        first_changed(|e| e.recovery_key = vec![1; 32]),
        "key_event_malformed"
    );
    assert_eq!(
        first_changed(|e| e.set_aside_hashes = vec![vec![1; 32]]),
        "key_event_malformed"
    );
    assert_eq!(
        first_changed(|e| e.nonce.truncate(15)),
        "key_event_malformed"
    );
    assert_eq!(first_changed(|e| e.action = 2), "key_event_malformed");
    let other = signing_key(2, 0).public().as_bytes().to_vec();
    assert_eq!(
        first_changed(|e| e.signing_key = other),
        "signature_mismatch"
    );
}

#[test]
fn deactivation_is_final() {
    let mut group = new_group(1);
    group.deactivate();
    assert!(group.log.is_ended());
    assert_eq!(group.log.signing_key(1), None);
    let rotation = group.log.rotate(
        &recovery_key(1, 2),
        &signing_key(1, 2).public(),
        [1; 32],
        commitment(1, 3),
    );
    assert_eq!(rotation, Err(KeyLogError::Ended));
    assert_eq!(
        group.log.deactivate(&recovery_key(1, 2)),
        Err(KeyLogError::Ended)
    );
}

#[test]
fn a_log_has_at_most_a_thousand_events_the_last_a_deactivation() {
    let mut group = new_group(1);
    for _ in 1..MAX_EVENTS - 1 {
        group.rotate();
    }
    let next = group.log.tip_index() + 1;
    let more = group.log.rotate(
        &recovery_key(1, next),
        &signing_key(1, 0).public(),
        [9; 32],
        commitment(1, next + 1),
    );
    assert_eq!(more, Err(KeyLogError::TooLong));
    group.deactivate();
    assert_eq!(group.log.events().len(), MAX_EVENTS);
    let mut envelopes = group.log.envelopes();
    assert!(KeyLog::verify(&envelopes).is_ok());
    envelopes.push(envelopes[0].clone());
    assert_eq!(KeyLog::verify(&envelopes), Err(KeyLogError::TooLong));
}

#[test]
fn a_log_has_at_most_a_mebibyte_of_payloads() {
    let mut group = new_group(1);
    let fat = |group: &FakeGroup| {
        let event = group.rotation_to(&signing_key(1, group.log.tip_index() + 1));
        let envelope = Envelope::parse(&event, PayloadKind::KeyEvent).unwrap();
        // Field 100: a decoder skips it, but the signature covers it.
        let later = [&[0xa2, 0x06, 0xac, 0x1b][..], &[0; 3_500]].concat();
        let payload = [envelope.payload(), &later].concat();
        let key = recovery_key(1, group.log.tip_index() + 1);
        envelope::sign(PayloadKind::KeyEvent, &payload, &key)
    };
    let refused = loop {
        if let Err(error) = group.log.append(&fat(&group)) {
            break error;
        }
    };
    assert_eq!(refused, KeyLogError::TooLong);
    let bytes = |log: &KeyLog| -> usize { log.events().iter().map(|it| it.payload_bytes).sum() };
    let full = bytes(&group.log);
    assert!(full <= MAX_LOG_BYTES - 4096 && full > MAX_LOG_BYTES - 2 * 4096);
    // Envelopes do not count, and there is room for a deactivation.
    let envelopes: usize = group.log.envelopes().iter().map(Vec::len).sum();
    assert!(envelopes > MAX_LOG_BYTES);
    group.deactivate();
    assert!(group.log.is_ended());
}

#[test]
fn a_stored_log_loses_the_padding_of_its_envelopes() {
    let mut group = new_group(1);
    group.rotate();
    let padded: Vec<_> = group
        .log
        .envelopes()
        .iter()
        .map(|event| {
            let mut envelope = v1::Envelope::decode(event.as_slice()).unwrap();
            envelope.signatures[0].key_hint = vec![0; 3_300];
            envelope.encode_to_vec()
        })
        .collect();
    let error = KeyLog::verify(&padded).unwrap_err();
    assert_eq!(error.reason(), "key_hint_too_long");
    let log = KeyLog::from_stored(&padded).unwrap();
    assert_eq!(log.tip_hash(), group.log.tip_hash());
    assert_eq!(KeyLog::verify(log.envelopes()).unwrap(), log);
}

#[test]
fn an_event_is_bounded_in_bytes_and_branches_set_aside() {
    let tips = |count: u8| (0..count).map(|tip| vec![tip; 32]).collect::<Vec<_>>();
    assert_eq!(reason(&changed(|e| e.set_aside_hashes = tips(16))), "ok");
    assert_eq!(
        reason(&changed(|e| e.set_aside_hashes = tips(17))),
        "key_event_malformed"
    );
    assert_eq!(
        reason(&changed(|e| e.set_aside_hashes = tips(130))),
        "envelope_too_large"
    );
}

#[test]
fn a_stored_event_equals_the_verified_one() {
    let mut group = new_group(1);
    group.rotate();
    group.deactivate();
    for event in group.log.events() {
        assert_eq!(
            KeyEventEntry::from_stored(&event.envelope).as_ref(),
            Ok(event)
        );
        let parent = group.log.parent_of(&event.envelope);
        assert_eq!(parent, event.index.checked_sub(1));
    }
}

#[test]
fn a_rival_event_is_reported_with_both_envelopes() {
    let mut group = new_group(1);
    let rival = group.rotation_to(&signing_key(7, 7));
    group.rotate();
    let held = group.log.envelopes().remove(1);
    assert_eq!(group.log.append(&held), Ok(Appended::AlreadyHeld));
    let fork = group.log.append(&rival).unwrap_err();
    assert_eq!(
        fork,
        KeyLogError::Fork {
            index: 1,
            held,
            rival
        }
    );
    // An invalid event is not a rival and proves nothing.
    let forged = changed(|event| event.set_aside_hashes = vec![vec![0; 31]]);
    assert_eq!(
        group.log.append(&forged).unwrap_err().reason(),
        "key_event_malformed"
    );
}

/// Two branches made from the same phrase on two machines.
fn innocent_fork() -> (FakeGroup, FakeGroup) {
    let (mut one, mut other) = (new_group(1), new_group(1));
    one.rotate();
    let event = other.rotation_to(&signing_key(7, 7));
    other.log.append(&event).unwrap();
    (one, other)
}

/// The log with a rotation that sets a rival aside, made with the recovery keys of group `number`.
fn setting_aside(log: &KeyLog, rival: &KeyLog, number: u64) -> Result<KeyLog, KeyLogError> {
    let next = log.tip_index() + 1;
    let event = log.rotate_setting_aside(
        &recovery_key(number, next),
        &signing_key(number, next).public(),
        [1; 32],
        commitment(number, next + 1),
        &[rival.tip_hash()],
    )?;
    let mut log = log.clone();
    log.append(&event)?;
    Ok(log)
}

#[test]
fn an_innocent_fork_can_be_resolved() {
    let (one, other) = innocent_fork();
    assert_eq!(one.log.fork_index(&other.log), Some(1));
    let mut branches = Branches::new(one.log.clone());
    assert!(branches.add(other.log.clone()));
    assert_eq!(branches.resolve(), Resolution::Frozen { index: 1 });

    let healed = setting_aside(&one.log, &other.log, 1).unwrap();
    assert!(healed.sets_aside(&other.log));
    assert!(!other.log.sets_aside(&healed));
    assert!(branches.add(healed.clone()));
    assert_eq!(branches.resolve(), Resolution::Settled(&healed));
    assert_eq!(branches.logs().len(), 2, "the rival is kept as proof");
}

#[test]
fn the_order_in_which_branches_arrive_does_not_matter() {
    let (one, other) = innocent_fork();
    let healed = setting_aside(&other.log, &one.log, 1).unwrap();
    let logs = [one.log, other.log, healed.clone()];
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let mut branches = Branches::new(logs[order[0]].clone());
        branches.add(logs[order[1]].clone());
        branches.add(logs[order[2]].clone());
        assert_eq!(
            branches.resolve(),
            Resolution::Settled(&healed),
            "{order:?}"
        );
    }
}

#[test]
fn a_branch_that_grows_after_it_was_set_aside_freezes_again() {
    let (one, mut other) = innocent_fork();
    let healed = setting_aside(&one.log, &other.log, 1).unwrap();
    other.log = setting_aside(&other.log, &one.log, 1).unwrap();
    let mut branches = Branches::new(healed.clone());
    branches.add(other.log.clone());
    assert_eq!(branches.resolve(), Resolution::Frozen { index: 1 });
    let again = setting_aside(&healed, &other.log, 1).unwrap();
    branches.add(again.clone());
    assert_eq!(branches.resolve(), Resolution::Settled(&again));
}

/// The branch of a thief of recovery key 1, who commits to other recovery keys.
fn thiefs_branch() -> KeyLog {
    let mut log = new_group(1).log;
    let thief = signing_key(9, 1).public();
    let event = log
        .rotate(&recovery_key(1, 1), &thief, [9; 32], commitment(9, 2))
        .unwrap();
    log.append(&event).unwrap();
    log
}

#[test]
fn a_thief_of_a_recovery_key_cannot_win() {
    let mut honest = new_group(1);
    honest.rotate();
    let thief = thiefs_branch();
    // The thief's branch names the honest tip, but cannot reveal the key that it committed to.
    let thief_again = setting_aside(&thief, &honest.log, 9).unwrap();
    assert!(!thief_again.sets_aside(&honest.log));
    // Nor can the honest branch reveal the thief's keys: the group is frozen and needs a new id.
    let honest_again = setting_aside(&honest.log, &thief, 1).unwrap();
    assert!(!honest_again.sets_aside(&thief));
    let mut branches = Branches::new(honest_again);
    branches.add(thief_again);
    assert_eq!(branches.resolve(), Resolution::Frozen { index: 1 });
}

#[test]
fn a_thief_cannot_win_with_a_key_that_the_honest_branch_has_revealed() {
    let mut honest = new_group(1);
    honest.rotate();
    let held = honest.log.clone();
    honest.rotate();
    // Recovery key 2 is public now. The thief may commit to it, but cannot sign with it.
    let mut thief = new_group(1).log;
    let key = signing_key(9, 1).public();
    let event = thief
        .rotate(&recovery_key(1, 1), &key, [9; 32], commitment(1, 2))
        .unwrap();
    thief.append(&event).unwrap();
    let stolen = setting_aside(&thief, &held, 9);
    assert_eq!(stolen, Err(KeyLogError::NotCommitted(2)));
}

#[test]
fn a_deactivation_is_never_set_aside() {
    let mut ended = new_group(1);
    ended.deactivate();
    let mut other = new_group(1);
    other.rotate();
    let claim = setting_aside(&other.log, &ended.log, 1).unwrap();
    assert!(!claim.sets_aside(&ended.log));
    let mut branches = Branches::new(ended.log);
    branches.add(claim);
    assert_eq!(branches.resolve(), Resolution::Frozen { index: 1 });
}

#[test]
fn a_continuation_is_not_a_rival() {
    let mut group = new_group(1);
    let short = group.log.clone();
    group.rotate();
    let mut branches = Branches::new(short.clone());
    assert!(branches.add(group.log.clone()));
    assert!(!branches.add(short));
    assert!(!branches.add(new_group(2).log));
    assert_eq!(branches.resolve(), Resolution::Settled(&group.log));
}

#[test]
fn rival_branches_are_rebuilt_from_their_events_and_nothing_else_is_believed() {
    let (one, two) = innocent_fork();
    let shared = one.log.fork_index(&two.log).unwrap();
    let rival: Vec<Vec<u8>> = two.log.envelopes().split_off(shared as usize);
    assert_eq!(
        one.log.rival_branches(&rival),
        std::slice::from_ref(&two.log)
    );
    // Events of the log itself, of another group, and other bytes are no rivals.
    let mut noise = one.log.envelopes();
    noise.extend(new_group(2).log.envelopes());
    noise.push(b"noise".to_vec());
    noise.push(changed(|event| event.set_aside_hashes = vec![vec![0; 31]]));
    assert!(one.log.rival_branches(&noise).is_empty());
    noise.extend(rival);
    assert_eq!(one.log.rival_branches(&noise), [two.log]);
}
