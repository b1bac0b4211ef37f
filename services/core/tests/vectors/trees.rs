use hedgerow_core::name::RecordName;
use hedgerow_core::tree::{Leaf, Manifest, TreeError};
use serde::{Deserialize, Serialize};

use super::file::{check, verdict};
use super::maker::{log, manifest};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    name: String,
    leaves: Vec<PlainLeaf>,
    verdict: String,
    /// Empty if the leaves do not form a tree.
    root: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlainLeaf {
    collection: String,
    key: String,
    length: u32,
    record_hash: String,
    leaf_hash: String,
}

const ABOUT: &str = "Trees in the shape of RFC 6962 over leaves in bytewise order of collection, then \
    key. inner hash = SHA-256(01 + left + right); the root of one leaf is its leaf hash; the root of \
    nothing is SHA-256 of nothing. The leaves are taken in the order given.";

impl PlainLeaf {
    pub fn of(leaf: &Leaf) -> Self {
        Self {
            collection: leaf.name.collection.to_string(),
            key: leaf.name.key.to_string(),
            length: leaf.length,
            record_hash: leaf.record_hash.to_string(),
            leaf_hash: hex::encode(leaf.hash()),
        }
    }

    pub fn parse(&self) -> Leaf {
        Leaf {
            name: RecordName::parse(&self.collection, &self.key).unwrap(),
            length: self.length,
            record_hash: self.record_hash.parse().unwrap(),
        }
    }
}

fn vector(name: &str, leaves: &[Leaf], verdict: &str) -> Vector {
    let tree = Manifest::from_sorted(leaves.to_vec());
    Vector {
        name: name.to_owned(),
        leaves: leaves.iter().map(PlainLeaf::of).collect(),
        verdict: verdict.to_owned(),
        root: tree.map(|tree| tree.root().to_string()).unwrap_or_default(),
    }
}

fn named(names: &[(&str, &str)]) -> Vec<Leaf> {
    let leaf = |(collection, key): &(&str, &str)| {
        Leaf::new(RecordName::parse(collection, key).unwrap(), key.as_bytes())
    };
    names.iter().map(leaf).collect()
}

fn made() -> Vec<Vector> {
    let log = log(0);
    let mut vectors: Vec<_> = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33]
        .into_iter()
        .map(|count| {
            vector(
                &format!("{count} leaves"),
                manifest(&log, count).leaves(),
                "ok",
            )
        })
        .collect();
    let sorted = [
        ("event", "z"),
        ("event-2", "a"),
        ("listing", "a"),
        ("listing", "a-"),
        ("listing", "a."),
    ];
    let longest = "k".repeat(64);
    let mut swapped = named(&sorted);
    swapped.swap(3, 4);
    let mut by_key = named(&sorted[..2]);
    by_key.reverse();
    vectors.extend([
        vector("collection before key, bytewise", &named(&sorted), "ok"),
        vector("the longest name", &named(&[(&longest, &longest)]), "ok"),
        vector(
            "a length of 2^32 - 1",
            &{
                let mut leaves = named(&[("event", "a")]);
                leaves[0].length = u32::MAX;
                leaves
            },
            "ok",
        ),
        vector(
            "the same name twice",
            &named(&[("event", "a"), ("event", "a")]),
            "leaf_duplicate",
        ),
        vector("two keys out of order", &swapped, "leaf_out_of_order"),
        vector("two collections out of order", &by_key, "leaf_out_of_order"),
    ]);
    vectors
}

#[test]
fn trees_have_the_roots_of_the_vectors() {
    check("trees.json", ABOUT, made(), |vector| {
        let leaves: Vec<_> = vector.leaves.iter().map(PlainLeaf::parse).collect();
        let hashes: Vec<_> = leaves.iter().map(PlainLeaf::of).collect();
        assert_eq!(hashes, vector.leaves, "{}", vector.name);
        let tree = Manifest::from_sorted(leaves);
        assert_eq!(
            verdict(&tree, TreeError::reason),
            vector.verdict,
            "{}",
            vector.name
        );
        let root = tree.map(|tree| tree.root().to_string()).unwrap_or_default();
        assert_eq!(root, vector.root, "{}", vector.name);
    });
}
