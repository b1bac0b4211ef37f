//! nDCG@10: how near a ranking comes to the best one that the judgments allow.
//!
//! Gains are 2^grade − 1, discounted by the binary logarithm of the rank plus one, and
//! divided by the same sum over the best order. Järvelin and Kekäläinen, "Cumulated
//! gain-based evaluation of IR techniques" (2002), with the gains of Burges et al. (2005).

use std::collections::BTreeMap;

/// How many hits are looked at.
pub const DEPTH: usize = 10;

/// nDCG of these hits, in their order. 1 is the best that can be.
pub fn ndcg(hits: &[String], fit: &BTreeMap<String, u8>) -> f64 {
    let found = hits
        .iter()
        .map(|hit| fit.get(hit).copied().unwrap_or_default());
    let mut best: Vec<u8> = fit.values().copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    discounted(found) / discounted(best.into_iter())
}

fn discounted(grades: impl Iterator<Item = u8>) -> f64 {
    let ranks = (2_u8..).take(DEPTH);
    grades
        .zip(ranks)
        .map(|(grade, place)| (f64::from(grade).exp2() - 1.0) / f64::from(place).log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged() -> BTreeMap<String, u8> {
        [("a", 3), ("b", 2), ("c", 1)]
            .map(|(key, grade)| (key.to_owned(), grade))
            .into()
    }

    fn of(hits: &[&str]) -> f64 {
        let hits: Vec<_> = hits.iter().map(|&hit| hit.to_owned()).collect();
        ndcg(&hits, &judged())
    }

    #[test]
    fn the_best_order_is_one_and_nothing_found_is_nothing() {
        assert!((of(&["a", "b", "c"]) - 1.0).abs() < 1e-9);
        assert!(of(&[]) < 1e-9);
        assert!(of(&["x", "y"]) < 1e-9);
    }

    #[test]
    fn a_worked_example() {
        // (1 + 7 / log2 3) / (7 + 3 / log2 3 + 1 / 2)
        let expected = (1.0 + 7.0 / 3_f64.log2()) / (7.0 + 3.0 / 3_f64.log2() + 0.5);
        assert!((of(&["c", "a"]) - expected).abs() < 1e-9);
    }

    #[test]
    fn only_the_first_ten_count() {
        let mut hits = vec!["x"; 10];
        hits.push("a");
        assert!(of(&hits) < 1e-9);
    }
}
