use hedgerow_proto::v1;
use hedgerow_proto::v1::proof::Kind;

use super::file::check;
use super::maker::{log, name, record};
use super::proofs::{Query, Vector, absence, inclusion, proof, query, recompute, vector};

const ABOUT: &str = "Proofs, like those in proofs.json: at the edges of the tree, about one leaf and \
    about none. A side of an absence is verified before its place; a record is compared by hash and \
    length only.";

/// A proof about a key in a tree of `count` leaves, with a change.
fn changed(
    title: &str,
    count: u32,
    key: &str,
    verdict: &str,
    change: impl FnOnce(&mut v1::Proof),
) -> Vector {
    let mut proof = proof(&log(0), count, key);
    change(&mut proof);
    vector(title, &query(key), &proof, verdict)
}

/// The inclusion of a key in a tree of `count` leaves.
fn included(count: u32, key: &str) -> v1::Inclusion {
    inclusion(&mut proof(&log(0), count, key)).clone()
}

fn absences() -> Vec<Vector> {
    let sides = |before: Option<v1::Inclusion>, after: Option<v1::Inclusion>| {
        move |p: &mut v1::Proof| p.kind = Some(Kind::Absence(v1::Absence { before, after }))
    };
    let not_neighbours = "proof_not_neighbours";
    let (first, second, last) = (
        included(5, "key-00"),
        included(5, "key-02"),
        included(5, "key-08"),
    );
    let only = included(1, "key-00");
    vec![
        changed("the edges of one leaf: before", 1, "key", "ok", |_| ()),
        changed("the edges of one leaf: after", 1, "key-01", "ok", |_| ()),
        changed(
            "before one leaf, shown as after it",
            1,
            "key",
            not_neighbours,
            sides(Some(only.clone()), None),
        ),
        changed(
            "after one leaf, shown as before it",
            1,
            "key-01",
            not_neighbours,
            sides(None, Some(only.clone())),
        ),
        changed(
            "one leaf on both sides",
            1,
            "key-01",
            not_neighbours,
            sides(Some(only.clone()), Some(only.clone())),
        ),
        changed(
            "no side, in a tree of one",
            1,
            "key",
            not_neighbours,
            sides(None, None),
        ),
        changed(
            "no side, in an empty tree",
            0,
            "key",
            "ok",
            sides(None, None),
        ),
        changed(
            "a side, in an empty tree",
            0,
            "key-01",
            "proof_index_out_of_range",
            sides(Some(only), None),
        ),
        changed(
            "the second leaf as the first",
            5,
            "a",
            not_neighbours,
            sides(None, Some(second.clone())),
        ),
        changed(
            "the last but one as the last",
            5,
            "z",
            not_neighbours,
            sides(Some(included(5, "key-06")), None),
        ),
        changed(
            "the first leaf as the last",
            5,
            "z",
            not_neighbours,
            sides(Some(first.clone()), None),
        ),
        changed(
            "the last leaf as the first",
            5,
            "a",
            not_neighbours,
            sides(None, Some(last.clone())),
        ),
        changed(
            "the first and the last leaf",
            5,
            "key-03",
            not_neighbours,
            sides(Some(first.clone()), Some(last)),
        ),
        changed(
            "the name itself before",
            5,
            "key-02",
            not_neighbours,
            sides(Some(second.clone()), Some(included(5, "key-04"))),
        ),
        changed(
            "the name itself after",
            5,
            "key-02",
            not_neighbours,
            sides(Some(first.clone()), Some(second)),
        ),
        changed(
            "the name itself as the first",
            5,
            "key-00",
            not_neighbours,
            sides(None, Some(first)),
        ),
        changed(
            "before with the highest index",
            5,
            "key-03",
            "proof_index_out_of_range",
            |p| {
                absence(p).before.as_mut().unwrap().index = u32::MAX;
            },
        ),
        changed(
            "after with a path that is too short",
            5,
            "key-03",
            "proof_path_length",
            |p| {
                absence(p).after.as_mut().unwrap().path.pop();
            },
        ),
        changed(
            "sides in disorder with a bad path",
            5,
            "key-03",
            "proof_root_mismatch",
            |p| {
                let absence = absence(p);
                std::mem::swap(&mut absence.before, &mut absence.after);
                absence.after.as_mut().unwrap().path.reverse();
            },
        ),
        changed(
            "before without a leaf",
            5,
            "key-03",
            "proof_incomplete",
            |p| {
                absence(p).before.as_mut().unwrap().leaf = None;
            },
        ),
        changed("a collection before all others", 5, "a", "ok", |_| ()),
    ]
}

fn inclusions() -> Vec<Vector> {
    let log = log(0);
    let bytes = record(&log, &name("key-02"), &[1]);
    let longer = [bytes.as_slice(), &[0xa2, 0x06, 0x00]].concat();
    let with_record = |title: &str, key: &str, record: &[u8], verdict: &str| {
        vector(title, &Query { key, record }, &proof(&log, 5, key), verdict)
    };
    let leaf = |p: &mut v1::Proof, change: fn(&mut v1::Leaf)| {
        change(inclusion(p).leaf.as_mut().unwrap());
    };
    let mut other_collection = vector(
        "",
        &query("key-02"),
        &proof(&log, 5, "key-02"),
        "proof_wrong_name",
    );
    other_collection.name = "the same key in another collection".to_owned();
    other_collection.collection = "offer".to_owned();
    other_collection.included = false;
    vec![
        changed("the only leaf", 1, "key-00", "ok", |_| ()),
        changed(
            "the only leaf, with a sibling",
            1,
            "key-00",
            "proof_path_length",
            |p| {
                inclusion(p).path.push(vec![0; 32]);
            },
        ),
        changed(
            "a leaf in an empty tree",
            0,
            "key-00",
            "proof_index_out_of_range",
            |p| {
                p.kind = Some(Kind::Inclusion(included(1, "key-00")));
            },
        ),
        changed("the last leaf of an odd number", 5, "key-08", "ok", |_| ()),
        changed(
            "the highest index",
            5,
            "key-02",
            "proof_index_out_of_range",
            |p| {
                inclusion(p).index = u32::MAX;
            },
        ),
        changed(
            "an index of the count",
            5,
            "key-02",
            "proof_index_out_of_range",
            |p| inclusion(p).index = 5,
        ),
        changed("a path of 33", 5, "key-02", "proof_path_length", |p| {
            inclusion(p).path = vec![vec![0; 32]; 33];
        }),
        changed(
            "a path of 33 with a sibling of 31 bytes",
            5,
            "key-02",
            "proof_path_length",
            |p| {
                inclusion(p).path = vec![vec![0; 31]; 33];
            },
        ),
        changed("an empty path", 5, "key-02", "proof_path_length", |p| {
            inclusion(p).path.clear();
        }),
        changed("an empty sibling", 5, "key-02", "id_malformed", |p| {
            inclusion(p).path[0].clear();
        }),
        changed(
            "another leaf of the tree",
            5,
            "key-02",
            "proof_wrong_name",
            |p| {
                p.kind = Some(Kind::Inclusion(included(5, "key-04")));
            },
        ),
        changed(
            "another leaf with a bad path",
            5,
            "key-02",
            "proof_wrong_name",
            |p| {
                p.kind = Some(Kind::Inclusion(included(5, "key-04")));
                inclusion(p).path.clear();
            },
        ),
        changed("a leaf without a key", 5, "key-02", "key_malformed", |p| {
            leaf(p, |l| l.key.clear());
        }),
        changed(
            "a leaf without a collection",
            5,
            "key-02",
            "collection_malformed",
            |p| {
                leaf(p, |l| l.collection.clear());
            },
        ),
        changed(
            "a record's hash of 31 bytes",
            5,
            "key-02",
            "id_malformed",
            |p| {
                leaf(p, |l| l.record_hash.truncate(31));
            },
        ),
        changed(
            "another record's hash",
            5,
            "key-02",
            "proof_root_mismatch",
            |p| {
                leaf(p, |l| l.record_hash = vec![1; 32]);
            },
        ),
        other_collection,
        with_record("with its record", "key-02", &bytes, "ok"),
        with_record(
            "with a record that has an unknown field more",
            "key-02",
            &longer,
            "proof_record_mismatch",
        ),
        with_record(
            "with another record",
            "key-04",
            &bytes,
            "proof_record_mismatch",
        ),
        with_record(
            "absent, with a record",
            "key-03",
            &bytes,
            "proof_not_included",
        ),
    ]
}

fn envelopes() -> Vec<Vector> {
    vec![
        changed("no head", 5, "key-02", "payload_type_wrong", |p| {
            p.head.clear();
        }),
        changed(
            "a key event as the head",
            5,
            "key-02",
            "payload_type_wrong",
            |p| p.head = p.key_log[0].clone(),
        ),
        changed(
            "an unknown field in the head's envelope",
            5,
            "key-02",
            "envelope_not_canonical",
            |p| {
                p.head.extend([0x20, 0x01]);
            },
        ),
        changed(
            "an unknown field in an event's envelope",
            5,
            "key-02",
            "envelope_not_canonical",
            |p| {
                p.key_log[0].extend([0x20, 0x01]);
            },
        ),
        changed(
            "no key log and no head",
            5,
            "key-02",
            "key_log_missing",
            |p| {
                p.key_log.clear();
                p.head.clear();
            },
        ),
        changed(
            "no head and no evidence",
            5,
            "key-02",
            "payload_type_wrong",
            |p| {
                p.head.clear();
                p.kind = None;
            },
        ),
    ]
}

#[test]
fn proofs_at_the_edges_get_the_verdicts_of_the_vectors() {
    let mut made = absences();
    made.extend(inclusions());
    made.extend(envelopes());
    check("proof_edges.json", ABOUT, made, recompute);
}
