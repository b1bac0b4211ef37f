//! Streams with key events and heads.

use hedgerow_core::sync::end_item;
use hedgerow_proto::feed_v1::sync_item::Item;

use super::super::maker::{log, manifest, phrase, rotation};
use super::form::{Held, Vector, vector};
use super::parts::{difference, first, held, item, join, key_event, leaves};

pub(super) fn keys() -> Vec<Vector> {
    let (log0, log1) = (log(0), log(1));
    let held0 = held(&log0, 2);
    let events = log1.envelopes();
    let rotated = first(&log1, 3);
    let deactivation = key_event(&log0.deactivate(&phrase().recovery_key(1)).unwrap());
    let added = leaves(&manifest(&log0, 3).leaves()[2..]);
    let old_head = item(Item::Head(first(&log0, 2).envelope().to_vec()));
    let from_ended = join(&[
        &[key_event(&events[1])],
        &difference(&rotated, first(&log0, 2).hash()),
        &[added, end_item(0)],
    ]);
    let flipped = |event: &[u8]| {
        let mut event = event.to_vec();
        *event.last_mut().unwrap() ^= 1;
        key_event(&event)
    };
    let (bad, bad_next) = (flipped(&events[1]), flipped(&log(2).envelopes()[2]));
    let rival = rotation(&log0, phrase(), 7, &[]);
    let mut other = log0.clone();
    other.append(&rival).unwrap();
    let healing = rotation(&other, phrase(), 8, &[&log1]);
    let mut healed = other.clone();
    healed.append(&healing).unwrap();
    let after_healing = Held {
        key_log: healed.envelopes().iter().map(hex::encode).collect(),
        head: String::new(),
        leaves: Vec::new(),
    };
    let (end, none) = (end_item(0), None);
    let tip = |event: &[u8]| key_event(event);
    vec![
        vector(
            "a rotation and its head, from the head that it ends",
            Some(&held0),
            &from_ended,
            "ok",
        ),
        vector(
            "a rotation alone",
            Some(&held0),
            &[tip(&events[1]), end.clone()],
            "ok",
        ),
        vector(
            "a rotation alone, without end",
            Some(&held0),
            &[tip(&events[1])],
            "sync_incomplete",
        ),
        vector(
            "the key log twice",
            Some(&held0),
            &[
                tip(&events[0]),
                tip(&events[1]),
                tip(&events[1]),
                end.clone(),
            ],
            "ok",
        ),
        vector(
            "a key log of a new group",
            none,
            &[tip(&events[0]), tip(&events[1]), end.clone()],
            "ok",
        ),
        vector(
            "a key log of a new group, without end",
            none,
            &[tip(&events[0])],
            "sync_incomplete",
        ),
        vector(
            "a deactivation, without end",
            Some(&held0),
            std::slice::from_ref(&deactivation),
            "ok",
        ),
        vector(
            "a deactivation, with end",
            Some(&held0),
            &[deactivation.clone(), end.clone()],
            "ok",
        ),
        vector(
            "a deactivation and a head",
            Some(&held0),
            &[deactivation, old_head.clone()],
            "group_ended",
        ),
        vector(
            "a rotation, then a head that it ends",
            Some(&held0),
            &[tip(&events[1]), old_head],
            "head_key_ended",
        ),
        vector(
            "a rotation, then an event that does not verify",
            Some(&held0),
            &[tip(&events[1]), bad_next],
            "signature_mismatch",
        ),
        vector(
            "an event again, with a signature that does not match",
            Some(&held0),
            &[tip(&events[1]), bad.clone(), end.clone()],
            "ok",
        ),
        vector(
            "an event that does not verify",
            Some(&held0),
            &[bad],
            "signature_mismatch",
        ),
        vector(
            "a gap in the key events",
            none,
            &[tip(&events[1])],
            "key_event_out_of_order",
        ),
        vector(
            "a fork",
            Some(&held(&log1, 2)),
            &[tip(&rival), end.clone()],
            "key_log_forked",
        ),
        vector(
            "a fork that is healed",
            Some(&held(&log1, 2)),
            &[tip(&rival), tip(&healing), end.clone()],
            "ok",
        ),
        vector(
            "a branch that was set aside",
            Some(&after_healing),
            &[tip(&events[1]), end.clone()],
            "key_log_set_aside",
        ),
        vector(
            "key events that count bodies",
            Some(&held0),
            &[tip(&events[1]), end_item(1)],
            "sync_body_count",
        ),
        vector(
            "an end alone",
            Some(&held0),
            std::slice::from_ref(&end),
            "ok",
        ),
        vector(
            "an end alone, of an unknown group",
            none,
            &[end],
            "key_log_missing",
        ),
        vector("nothing", none, &[], "key_log_missing"),
        vector(
            "nothing, of a known group",
            Some(&held0),
            &[],
            "sync_incomplete",
        ),
    ]
}
