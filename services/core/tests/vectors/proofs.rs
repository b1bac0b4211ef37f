use hedgerow_core::head::{HeadDraft, Seq};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::proof::{ProofError, VerifiedProof, prove, verify_proof};
use hedgerow_proto::v1;
use hedgerow_proto::v1::proof::Kind;
use prost::Message;
use serde::{Deserialize, Serialize};

use super::file::{check, unhex, verdict};
use super::maker::{draft, head, log, manifest, name, record};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Vector {
    pub name: String,
    pub group_id: String,
    pub view: String,
    pub collection: String,
    key: String,
    /// The record's bytes; empty if the proof is checked without them.
    record: String,
    proof: String,
    pub verdict: String,
    pub included: bool,
}

const ABOUT: &str = "Proofs (protobuf hedgerow.v1.Proof) that a name is, or is not, under a head: key \
    log, head, path and record are checked in that order. Absence is the inclusion of the two \
    neighbours at adjacent indexes, or of the first leaf, or of the last, or a count of 0.";

pub struct Query<'a> {
    pub key: &'a str,
    pub record: &'a [u8],
}

fn verified(vector: &Vector) -> Result<VerifiedProof, ProofError> {
    let bytes = unhex(&vector.record);
    let record = (!bytes.is_empty()).then_some(bytes.as_slice());
    verify_proof(
        &v1::Proof::decode(unhex(&vector.proof).as_slice()).unwrap(),
        &vector.group_id.parse().unwrap(),
        &View::parse(&vector.view).unwrap(),
        &RecordName::parse(&vector.collection, &vector.key).unwrap(),
        record,
    )
}

pub fn vector(name: &str, query: &Query<'_>, proof: &v1::Proof, verdict: &str) -> Vector {
    let mut vector = Vector {
        name: name.to_owned(),
        group_id: log(0).group_id().to_string(),
        view: "public".to_owned(),
        collection: "event".to_owned(),
        key: query.key.to_owned(),
        record: hex::encode(query.record),
        proof: hex::encode(proof.encode_to_vec()),
        verdict: verdict.to_owned(),
        included: false,
    };
    vector.included = verified(&vector).is_ok_and(|proved| proved.included);
    vector
}

pub fn proof(log: &KeyLog, count: u32, key: &str) -> v1::Proof {
    prove(
        log,
        &head(log, &draft(log, count)),
        &manifest(log, count),
        &name(key),
    )
}

pub fn query(key: &str) -> Query<'_> {
    Query { key, record: &[] }
}

fn accepted() -> Vec<Vector> {
    let log = log(0);
    let mut vectors = Vec::new();
    // Even numbers are in the tree, `key-00` to `key-08`; odd ones are not.
    for count in [1, 2, 3, 4, 5] {
        for number in 0..count {
            let key = format!("key-{:02}", number * 2);
            let bytes = record(&log, &name(&key), &[1]);
            let query = Query {
                key: &key,
                record: &bytes,
            };
            let title = format!("leaf {number} of {count}");
            vectors.push(vector(&title, &query, &proof(&log, count, &key), "ok"));
        }
    }
    for (title, count, key) in [
        ("nothing is there", 0, "key-00"),
        ("before the only one", 1, "key"),
        ("after the only one", 1, "key-01"),
        ("before the first", 5, "a"),
        ("between two", 5, "key-03"),
        ("after the last", 5, "key-09"),
        ("between the last two of an odd number", 5, "key-07"),
    ] {
        vectors.push(vector(title, &query(key), &proof(&log, count, key), "ok"));
    }
    vectors
}

/// A proof about a key in a tree of 5 leaves, with a change.
fn changed(title: &str, key: &str, verdict: &str, change: impl FnOnce(&mut v1::Proof)) -> Vector {
    let mut proof = proof(&log(0), 5, key);
    change(&mut proof);
    vector(title, &query(key), &proof, verdict)
}

pub fn inclusion(proof: &mut v1::Proof) -> &mut v1::Inclusion {
    match &mut proof.kind {
        Some(Kind::Inclusion(inclusion)) => inclusion,
        other => panic!("no inclusion: {other:?}"),
    }
}

pub fn absence(proof: &mut v1::Proof) -> &mut v1::Absence {
    match &mut proof.kind {
        Some(Kind::Absence(absence)) => absence,
        other => panic!("no absence: {other:?}"),
    }
}

fn refused() -> Vec<Vector> {
    let log0 = log(0);
    let later = HeadDraft {
        seq: Seq::new(2).unwrap(),
        ..draft(&log0, 4)
    };
    let later = head(&log0, &later).envelope().to_vec();
    let other = record(&log0, &name("key-02"), &[2]);
    let with_record = Query {
        key: "key-02",
        record: &other,
    };
    let absent_record = Query {
        key: "key-03",
        record: &other,
    };
    let mut vectors = vec![
        vector(
            "another record of that name",
            &with_record,
            &proof(&log0, 5, "key-02"),
            "proof_record_mismatch",
        ),
        vector(
            "a record that was taken back",
            &absent_record,
            &proof(&log0, 5, "key-03"),
            "proof_not_included",
        ),
        vector(
            "about another name",
            &query("key-04"),
            &proof(&log0, 5, "key-02"),
            "proof_wrong_name",
        ),
        vector(
            "absence of another name",
            &query("key-05"),
            &proof(&log0, 5, "key-03"),
            "proof_not_neighbours",
        ),
        vector(
            "absence of a name that is there",
            &query("key-02"),
            &proof(&log0, 5, "key-03"),
            "proof_not_neighbours",
        ),
    ];
    vectors.extend([
        changed("no key log", "key-02", "key_log_missing", |p| {
            p.key_log.clear();
        }),
        changed(
            "a head that a rotation ended",
            "key-02",
            "head_key_ended",
            |p| {
                p.key_log = log(1).envelopes();
            },
        ),
        changed(
            "the path of another head",
            "key-02",
            "proof_path_length",
            |p| p.head = later,
        ),
        changed(
            "neither there nor not there",
            "key-02",
            "proof_empty",
            |p| p.kind = None,
        ),
        changed("no leaf", "key-02", "proof_incomplete", |p| {
            inclusion(p).leaf = None;
        }),
        changed("another index", "key-02", "proof_root_mismatch", |p| {
            inclusion(p).index = 0;
        }),
        changed(
            "an index outside the tree",
            "key-02",
            "proof_index_out_of_range",
            |p| {
                inclusion(p).index = 5;
            },
        ),
        changed(
            "a path that is too short",
            "key-02",
            "proof_path_length",
            |p| {
                inclusion(p).path.pop();
            },
        ),
        changed(
            "a path that is too long",
            "key-02",
            "proof_path_length",
            |p| {
                inclusion(p).path.push(vec![0; 32]);
            },
        ),
        changed(
            "a path out of order",
            "key-02",
            "proof_root_mismatch",
            |p| {
                inclusion(p).path.reverse();
            },
        ),
        changed("a sibling of 31 bytes", "key-02", "id_malformed", |p| {
            inclusion(p).path[0].truncate(31);
        }),
        changed(
            "a leaf of another length",
            "key-02",
            "proof_root_mismatch",
            |p| {
                inclusion(p).leaf.as_mut().unwrap().length += 1;
            },
        ),
        changed(
            "no neighbour at all",
            "key-03",
            "proof_not_neighbours",
            |p| {
                *absence(p) = v1::Absence::default();
            },
        ),
        changed(
            "only the neighbour before",
            "key-03",
            "proof_not_neighbours",
            |p| {
                absence(p).after = None;
            },
        ),
        changed(
            "only the neighbour after",
            "key-03",
            "proof_not_neighbours",
            |p| {
                absence(p).before = None;
            },
        ),
        changed(
            "neighbours the wrong way round",
            "key-03",
            "proof_not_neighbours",
            |p| {
                let absence = absence(p);
                std::mem::swap(&mut absence.before, &mut absence.after);
            },
        ),
    ]);
    let wrong = |change: fn(&mut Vector)| {
        let mut vector = vector("", &query("key-02"), &proof(&log0, 5, "key-02"), "");
        change(&mut vector);
        vector.included = false;
        vector
    };
    vectors.push(wrong(|v| {
        v.name = "about another group".to_owned();
        v.group_id = "00".repeat(32);
        v.verdict = "proof_wrong_group".to_owned();
    }));
    vectors.push(wrong(|v| {
        v.name = "about another view".to_owned();
        v.view = "circle".to_owned();
        v.verdict = "proof_wrong_view".to_owned();
    }));
    vectors
}

#[test]
fn proofs_get_the_verdicts_of_the_vectors() {
    let made = accepted().into_iter().chain(refused()).collect();
    check("proofs.json", ABOUT, made, recompute);
}

/// Recomputes the verdict of a vector from its inputs.
pub fn recompute(vector: &Vector) {
    let proved = verified(vector);
    assert_eq!(
        verdict(&proved, ProofError::reason),
        vector.verdict,
        "{}",
        vector.name
    );
    let included = proved.is_ok_and(|proved| proved.included);
    assert_eq!(included, vector.included, "{}", vector.name);
}
