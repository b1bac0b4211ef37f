use std::collections::BTreeMap;

use proptest::collection::btree_map;
use proptest::prelude::*;

use super::*;
use crate::digest::sha256;
use crate::id::Root;
use crate::name::RecordName;

/// RFC 6962, section 2.1, as it is written there.
fn naive_root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => sha256(&[]),
        [one] => *one,
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(split);
            sha256(&[&[1], &naive_root(left), &naive_root(right)])
        }
    }
}

/// RFC 6962, section 2.1.1, as it is written there.
fn naive_path(index: usize, leaves: &[[u8; 32]]) -> Vec<[u8; 32]> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let split = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(split);
    let (mut path, sibling) = if index < split {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - split, right), naive_root(left))
    };
    path.push(sibling);
    path
}

fn name(key: &str) -> RecordName {
    RecordName::parse("event", key).unwrap()
}

fn manifest(contents: &BTreeMap<String, u8>) -> Manifest {
    let leaf = |(key, content): (&String, &u8)| Leaf::new(name(key), &[*content]);
    Manifest::new(contents.iter().map(leaf).collect()).unwrap()
}

fn contents() -> impl Strategy<Value = BTreeMap<String, u8>> {
    btree_map("[a-d.-]{1,3}", any::<u8>(), 0..40)
}

fn count_of(manifest: &Manifest) -> u32 {
    manifest.count()
}

proptest! {
    #[test]
    fn root_and_paths_are_those_of_the_rfc(contents in contents()) {
        let manifest = manifest(&contents);
        let hashes: Vec<_> = manifest.leaves().iter().map(Leaf::hash).collect();
        prop_assert_eq!(*manifest.root().as_bytes(), naive_root(&hashes));
        for (index, leaf) in manifest.leaves().iter().enumerate() {
            let TreeProof::Inclusion(proof) = manifest.prove(&leaf.name) else {
                return Err(TestCaseError::fail("an included leaf has an inclusion proof"));
            };
            prop_assert_eq!(proof.path, naive_path(index, &hashes));
        }
    }

    #[test]
    fn a_hashed_manifest_proves_the_same_at_the_first_and_at_later_calls(
        contents in contents(),
        key in "[a-d.-]{1,3}",
    ) {
        let manifest = manifest(&contents);
        let hashed = HashedManifest::new(manifest.clone());
        prop_assert!(!hashed.is_hashed());
        for key in contents.keys().chain([&key, &key]) {
            prop_assert_eq!(hashed.prove(&name(key)), manifest.prove(&name(key)));
            prop_assert!(hashed.is_hashed());
        }
    }

    #[test]
    fn a_proof_shows_whether_a_name_is_included(contents in contents(), key in "[a-d.-]{1,3}") {
        let manifest = manifest(&contents);
        let name = name(&key);
        let sent = manifest.prove(&name).to_proto();
        let proof = TreeProof::try_from(&sent)?;
        let leaf = proof.verify(&manifest.root(), count_of(&manifest), &name)?;
        prop_assert_eq!(leaf, manifest.get(&name));
        prop_assert_eq!(leaf.is_some(), contents.contains_key(&key));
    }

    #[test]
    fn an_altered_proof_is_refused(
        contents in contents(),
        key in "[a-d.-]{1,3}",
        bit in 0usize..256,
        pick: prop::sample::Index,
    ) {
        let manifest = manifest(&contents);
        let (root, count) = (manifest.root(), count_of(&manifest));
        let name = name(&key);
        let mut sides = match manifest.prove(&name) {
            TreeProof::Inclusion(proof) => vec![proof],
            TreeProof::Absence(proof) => proof.before.into_iter().chain(proof.after).collect(),
        };
        prop_assume!(!sides.is_empty());
        let side = sides.remove(pick.index(sides.len()));
        let flip = |bytes: &mut [u8; 32]| bytes[bit / 8] ^= 1 << (bit % 8);

        let mut other_root = *root.as_bytes();
        flip(&mut other_root);
        prop_assert!(side.verify(&Root::from_bytes(other_root), count).is_err());
        let mut other_leaf = side.clone();
        other_leaf.leaf.length ^= 1;
        prop_assert!(other_leaf.verify(&root, count).is_err());
        let mut longer = side.clone();
        longer.path.push([0; 32]);
        prop_assert_eq!(longer.verify(&root, count), Err(TreeError::PathLength));
        let mut other_path = side.clone();
        if let Some(last) = other_path.path.last_mut() {
            flip(last);
            prop_assert!(other_path.verify(&root, count).is_err());
            other_path.path.pop();
            prop_assert_eq!(other_path.verify(&root, count), Err(TreeError::PathLength));
        }
        let mut outside = side;
        outside.index = count;
        prop_assert!(outside.verify(&root, count).is_err());
    }

    #[test]
    fn an_included_name_cannot_be_proved_absent(contents in contents(), pick: prop::sample::Index) {
        let manifest = manifest(&contents);
        prop_assume!(!manifest.is_empty());
        let (root, count) = (manifest.root(), count_of(&manifest));
        let name = manifest.leaves()[pick.index(manifest.len())].name.clone();
        let sides: Vec<_> = std::iter::once(None)
            .chain(manifest.leaves().iter().map(|leaf| match manifest.prove(&leaf.name) {
                TreeProof::Inclusion(proof) => Some(proof),
                TreeProof::Absence(_) => None,
            }))
            .collect();
        for before in &sides {
            for after in &sides {
                let claim = AbsenceProof { before: before.clone(), after: after.clone() };
                prop_assert_eq!(claim.verify(&root, count, &name), Err(TreeError::NotNeighbours));
            }
        }
    }

    #[test]
    fn applying_a_difference_gives_the_whole_manifest(from in contents(), to in contents()) {
        let (from, to) = (manifest(&from), manifest(&to));
        let mut difference = Manifest::difference(&from, &to);
        prop_assert_eq!(from.apply(&difference)?.root(), to.root());
        prop_assert_eq!(from.apply(&difference)?, to.clone());
        // Applying it twice, or in another order, gives the same manifest.
        prop_assert_eq!(to.apply(&difference)?, to.clone());
        difference.removals.reverse();
        difference.puts.reverse();
        prop_assert_eq!(from.apply(&difference)?, to.clone());
        prop_assert_eq!(Manifest::difference(&to, &to), Difference::default());
    }
}

#[test]
fn the_root_of_the_empty_tree_is_the_hash_of_no_bytes() {
    assert_eq!(
        Manifest::empty().root().to_string(),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
}

#[test]
fn a_name_is_in_a_manifest_only_once() {
    let leaf = |key: &str| Leaf::new(name(key), b"x");
    let twice = Manifest::new(vec![leaf("b"), leaf("a"), leaf("b")]);
    assert_eq!(twice, Err(TreeError::Duplicate(name("b"))));
    let unsorted = Manifest::from_sorted(vec![leaf("b"), leaf("a")]);
    assert_eq!(unsorted, Err(TreeError::OutOfOrder(name("a"))));
    let contradiction = Difference {
        removals: vec![name("a")],
        puts: vec![leaf("a")],
    };
    let applied = Manifest::empty().apply(&contradiction);
    assert_eq!(applied, Err(TreeError::Contradiction(name("a"))));
}

#[test]
fn the_lengths_of_names_are_part_of_the_leaf_hash() {
    // Without the lengths these two would hash alike.
    let one = Leaf::new(RecordName::parse("ab", "c").unwrap(), b"x");
    let other = Leaf::new(RecordName::parse("a", "bc").unwrap(), b"x");
    assert_ne!(one.hash(), other.hash());
}

#[test]
fn malformed_proofs_have_their_reasons() {
    let reason = |proof: &hedgerow_proto::v1::Inclusion| {
        InclusionProof::try_from(proof).map_or_else(|error| error.reason(), |_| "ok")
    };
    let manifest = Manifest::new(vec![Leaf::new(name("a"), b"x")]).unwrap();
    let TreeProof::Inclusion(proof) = manifest.prove(&name("a")) else {
        unreachable!()
    };
    let mut sent = proof.to_proto();
    assert_eq!(reason(&sent), "ok");
    sent.path = vec![vec![0; 31]];
    assert_eq!(reason(&sent), "id_malformed");
    sent.path = vec![vec![0; 32]; 33];
    assert_eq!(reason(&sent), "proof_path_length");
    sent.path.clear();
    sent.leaf = None;
    assert_eq!(reason(&sent), "proof_incomplete");
}
