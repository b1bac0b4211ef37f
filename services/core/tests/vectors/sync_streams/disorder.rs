//! Streams in another order, and broken ones.

use hedgerow_core::sync::end_item;
use hedgerow_proto::feed_v1;
use prost::Message;

use super::super::encoding::number;
use super::super::maker::log;
use super::form::{Vector, vector};
use super::parts::{basis, body, first, join, missing, whole};

pub(super) fn disorder() -> Vec<Vector> {
    let log = log(0);
    let two = first(&log, 2);
    // key event, head, basis, leaves
    let start = whole(&log, &two, 2);
    let done = join(&[&start, &[end_item(0)]]);
    let (event, head) = (start[0].clone(), start[1].clone());
    let out_of_order =
        |name: &str, items: &[feed_v1::SyncItem]| vector(name, None, items, "sync_out_of_order");
    let after_end =
        |name: &str, more: feed_v1::SyncItem| out_of_order(name, &join(&[&done, &[more]]));
    let unknown = feed_v1::SyncItem::decode(number(9, 1).as_slice()).unwrap();
    let mut vectors = vec![
        after_end("a body after the end", body("key-00")),
        after_end("leaves after the end", start[3].clone()),
        after_end("a missing hash after the end", missing("key-00")),
        after_end("a key event after the end", event.clone()),
        after_end("a head after the end", head.clone()),
        after_end("an end after the end", end_item(0)),
        vector(
            "an empty message after the end",
            None,
            &join(&[&done, &[feed_v1::SyncItem { item: None }]]),
            "sync_unknown_item",
        ),
        out_of_order(
            "a key event after the head",
            &[event.clone(), head.clone(), event.clone()],
        ),
        out_of_order("two heads", &[event.clone(), head.clone(), head.clone()]),
        out_of_order(
            "leaves without a basis",
            &[event.clone(), head.clone(), start[3].clone()],
        ),
        out_of_order(
            "an end without a basis",
            &[event.clone(), head.clone(), end_item(0)],
        ),
        out_of_order("a basis without a head", &[event.clone(), start[2].clone()]),
        out_of_order("a basis twice", &join(&[&start[..3], &[basis(&[])]])),
        out_of_order("a body first", &[body("key-00")]),
        out_of_order("a head after the leaves", &join(&[&start, &start[1..2]])),
        vector(
            "a head first, of an unknown group",
            None,
            &[head],
            "key_log_missing",
        ),
        vector(
            "an empty message",
            None,
            &[event.clone(), feed_v1::SyncItem { item: None }],
            "sync_unknown_item",
        ),
        vector(
            "a message of a later version",
            None,
            &[event, unknown],
            "sync_unknown_item",
        ),
    ];
    for kept in 1..start.len() + 1 {
        let name = format!("broken off after {kept} messages");
        vectors.push(vector(&name, None, &start[..kept], "sync_incomplete"));
    }
    vectors
}
