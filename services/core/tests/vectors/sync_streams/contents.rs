//! Streams with wrong contents.

use hedgerow_core::sync::{body_item, end_item};
use hedgerow_core::tree::Leaf;
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_proto::{feed_v1, v1};

use super::super::maker::{log, manifest};
use super::form::{Vector, vector};
use super::parts::{
    basis, body, difference, first, forged, held, item, join, leaves, missing, removals, whole,
};

pub(super) fn contents() -> Vec<Vector> {
    let log = log(0);
    let two = first(&log, 2);
    let start = whole(&log, &two, 2);
    let all = manifest(&log, 2).into_leaves();
    let with = |name: &str, more: &[feed_v1::SyncItem], verdict: &str| {
        vector(name, None, &join(&[&start, more]), verdict)
    };
    let leafed = |name: &str, batch: &[Leaf], verdict: &str| {
        vector(
            name,
            None,
            &join(&[&start[..3], &[leaves(batch), end_item(0)]]),
            verdict,
        )
    };
    let longer = Leaf {
        length: all[0].length + 1,
        ..all[0].clone()
    };
    let raw = |leaf: v1::Leaf| item(Item::Leaves(feed_v1::LeafBatch { leaves: vec![leaf] }));
    let malformed = |name: &str, leaf: v1::Leaf, verdict: &str| {
        vector(name, None, &join(&[&start[..3], &[raw(leaf)]]), verdict)
    };
    let plain = all[0].to_proto();
    let no_names = vec![v1::RecordName::default(); 1001];
    let many = item(Item::Removals(feed_v1::NameBatch { names: no_names }));
    let empty = item(Item::Leaves(feed_v1::LeafBatch::default()));
    let short_hash = item(Item::MissingRecordHash(vec![1; 31]));
    let from = difference(&two, two.hash());
    let held2 = held(&log, 2);
    let based = |name: &str, more: &[feed_v1::SyncItem], verdict: &str| {
        vector(name, Some(&held2), &join(&[&from, more]), verdict)
    };
    let no_name = item(Item::Removals(feed_v1::NameBatch {
        names: vec![v1::RecordName::default()],
    }));
    vec![
        with(
            "one body counted as none",
            &[body("key-00"), end_item(0)],
            "sync_body_count",
        ),
        with(
            "one body counted as two",
            &[body("key-00"), end_item(2)],
            "sync_body_count",
        ),
        with(
            "a missing body that is counted",
            &[missing("key-00"), end_item(1)],
            "sync_body_count",
        ),
        with("a body without a leaf", &[body("key-01")], "body_unknown"),
        with("an empty body", &[body_item(Vec::new())], "body_unknown"),
        with(
            "a body twice",
            &[body("key-00"), body("key-00")],
            "body_repeated",
        ),
        with(
            "a missing hash without a leaf",
            &[missing("key-01")],
            "body_unknown",
        ),
        with(
            "a missing hash twice",
            &[missing("key-00"), missing("key-00")],
            "missing_repeated",
        ),
        with(
            "a missing hash after its body",
            &[body("key-00"), missing("key-00")],
            "missing_repeated",
        ),
        with("a missing hash of 31 bytes", &[short_hash], "id_malformed"),
        vector(
            "a body before its leaf",
            None,
            &join(&[&start[..3], &[body("key-00")]]),
            "body_unknown",
        ),
        leafed("a leaf too few", &all[..1], "sync_count_mismatch"),
        leafed(
            "a leaf too many",
            manifest(&log, 3).leaves(),
            "sync_too_many_leaves",
        ),
        leafed(
            "another length",
            &[longer, all[1].clone()],
            "sync_root_mismatch",
        ),
        leafed(
            "leaves out of order",
            &[all[1].clone(), all[0].clone()],
            "leaf_out_of_order",
        ),
        leafed(
            "a leaf twice",
            &[all[0].clone(), all[0].clone()],
            "leaf_duplicate",
        ),
        vector(
            "no leaves",
            None,
            &join(&[&start[..3], &[end_item(0)]]),
            "sync_count_mismatch",
        ),
        vector(
            "leaves out of order in two messages",
            None,
            &join(&[&start[..3], &[leaves(&all[1..]), leaves(&all[..1])]]),
            "leaf_out_of_order",
        ),
        vector(
            "a message without leaves",
            None,
            &join(&[&start[..3], &[empty]]),
            "sync_batch_empty",
        ),
        malformed(
            "a leaf without a key",
            v1::Leaf {
                key: String::new(),
                ..plain.clone()
            },
            "key_malformed",
        ),
        malformed(
            "a leaf of a bad collection",
            v1::Leaf {
                collection: "A".to_owned(),
                ..plain.clone()
            },
            "collection_malformed",
        ),
        malformed(
            "a leaf with a hash of 31 bytes",
            v1::Leaf {
                record_hash: vec![1; 31],
                ..plain
            },
            "id_malformed",
        ),
        with(
            "removals from a whole manifest",
            &[removals(&["z"])],
            "sync_removal_in_whole",
        ),
        based("1001 names in one message", &[many], "sync_batch_too_large"),
        based(
            "a removal without a name",
            &[no_name],
            "collection_malformed",
        ),
        based(
            "removed and put",
            &[removals(&["key-00"]), leaves(&all[..1]), end_item(0)],
            "leaf_removed_and_put",
        ),
        based(
            "put twice",
            &[leaves(&all[..1]), leaves(&all[..1]), end_item(0)],
            "leaf_duplicate",
        ),
        based(
            "removed under the same head",
            &[removals(&["key-00"]), end_item(0)],
            "sync_count_mismatch",
        ),
        vector(
            "a basis that the receiver lacks",
            None,
            &join(&[&start[..2], &[basis(&[1; 32])]]),
            "sync_basis_unknown",
        ),
        vector(
            "another basis",
            Some(&held2),
            &join(&[&start[..2], &[basis(&[1; 32])]]),
            "sync_basis_unknown",
        ),
        vector(
            "a basis of 31 bytes",
            Some(&held2),
            &join(&[&start[..2], &[basis(&two.hash().to_vec()[1..])]]),
            "sync_basis_unknown",
        ),
        vector(
            "a head that does not verify",
            None,
            &[start[0].clone(), forged(&log)],
            "signature_mismatch",
        ),
    ]
}
