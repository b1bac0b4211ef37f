//! Streams that end well.

use hedgerow_core::sync::end_item;

use super::super::maker::{log, manifest};
use super::form::{Vector, vector};
use super::parts::{
    body, difference, first, held, join, leaves, missing, newer, removals, second, whole,
};

pub(super) fn complete() -> Vec<Vector> {
    let log = log(0);
    let (held2, one, two, grown) = (
        held(&log, 2),
        first(&log, 1),
        first(&log, 2),
        second(&log, 2, 3),
    );
    let start = whole(&log, &two, 2);
    let manifest3 = manifest(&log, 3);
    let added = leaves(&manifest3.leaves()[2..]);
    let from = difference(&grown, two.hash());
    let same = difference(&two, two.hash());
    let shrunk = difference(&second(&log, 2, 1), two.hash());
    let emptied = difference(&second(&log, 2, 0), two.hash());
    let end = end_item;
    let split = join(&[
        &start[..3],
        &[leaves(&manifest(&log, 2).leaves()[..1]), body("key-00")],
        &[
            leaves(&manifest(&log, 2).leaves()[1..]),
            body("key-02"),
            end(2),
        ],
    ]);
    let backwards = {
        let mut all = manifest3.leaves().to_vec();
        all.reverse();
        leaves(&all)
    };
    vec![
        vector(
            "everything",
            None,
            &join(&[&start, &[body("key-00"), body("key-02"), end(2)]]),
            "ok",
        ),
        vector(
            "bodies in another order",
            None,
            &join(&[&start, &[body("key-02"), body("key-00"), end(2)]]),
            "ok",
        ),
        vector("leaves and bodies in turn", None, &split, "ok"),
        vector("no bodies", None, &join(&[&start, &[end(0)]]), "ok"),
        vector(
            "a body that the sender does not have",
            None,
            &join(&[&start, &[missing("key-00"), body("key-02"), end(1)]]),
            "ok",
        ),
        vector(
            "a group without records",
            None,
            &join(&[&whole(&log, &first(&log, 0), 0), &[end(0)]]),
            "ok",
        ),
        vector(
            "everything again",
            Some(&held2),
            &join(&[&start, &[end(0)]]),
            "ok",
        ),
        vector(
            "no key events",
            Some(&held2),
            &join(&[&start[1..], &[end(0)]]),
            "ok",
        ),
        vector(
            "a record more, as a difference",
            Some(&held2),
            &join(&[&from, &[added.clone(), body("key-04"), end(1)]]),
            "ok",
        ),
        vector(
            "a record less",
            Some(&held2),
            &join(&[&shrunk, &[removals(&["key-02"]), end(0)]]),
            "ok",
        ),
        vector(
            "everything taken back",
            Some(&held2),
            &join(&[&emptied, &[removals(&["key-00", "key-02"]), end(0)]]),
            "ok",
        ),
        vector(
            "names removed that were never there",
            Some(&held2),
            &join(&[&from, &[removals(&["a", "z"]), added.clone(), end(0)]]),
            "ok",
        ),
        vector(
            "a name removed twice",
            Some(&held2),
            &join(&[&shrunk, &[removals(&["key-02", "key-02"]), end(0)]]),
            "ok",
        ),
        vector(
            "leaves that are there already, in any order",
            Some(&held2),
            &join(&[&from, &[backwards, end(0)]]),
            "ok",
        ),
        vector(
            "removals after leaves",
            Some(&held2),
            &join(&[&from, &[added, removals(&["z"]), end(0)]]),
            "ok",
        ),
        vector(
            "wanted bodies under the same head",
            Some(&held2),
            &join(&[&same, &[body("key-02"), end(1)]]),
            "ok",
        ),
        vector(
            "the same head and nothing else",
            Some(&held2),
            &join(&[&same, &[end(0)]]),
            "ok",
        ),
        vector(
            "another head over the whole manifest",
            Some(&held(&log, 1)),
            &join(&[&whole(&log, &second(&log, 1, 2), 2), &[end(0)]]),
            "ok",
        ),
        vector(
            "an older head",
            Some(&newer(&log)),
            &join(&[&whole(&log, &two, 2), &[end(0)]]),
            "head_older",
        ),
        vector(
            "a rival head at the same number",
            Some(&held2),
            &join(&[&whole(&log, &one, 1), &[end(0)]]),
            "head_equivocation",
        ),
        vector(
            "a next head that follows another",
            Some(&held2),
            &join(&[&whole(&log, &second(&log, 1, 2), 2), &[end(0)]]),
            "head_equivocation",
        ),
    ]
}
