//! nDCG@10: a ranking's gain as a share of the best ranking's gain.
//!
//! Gains are 2^grade − 1, discounted by the binary logarithm of the rank plus one, and
//! divided by the same sum over the best order. Järvelin and Kekäläinen, "Cumulated
//! gain-based evaluation of IR techniques" (2002), with the gains of Burges et al. (2005).

use std::collections::BTreeMap;

/// The number of hits that count.
pub const DEPTH: usize = 10;

/// The nDCG of hits in their order: 1 for the best order, 0 for no relevant hit.
pub fn ndcg(hits: &[String], fit: &BTreeMap<String, u8>) -> f64 {
    let grades = hits
        .iter()
        .map(|hit| fit.get(hit).copied().unwrap_or_default());
    let mut best: Vec<u8> = fit.values().copied().collect();
    best.sort_unstable_by(|a, b| b.cmp(a));
    discounted(grades) / discounted(best.into_iter())
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

    fn ndcg_of(hits: &[&str]) -> f64 {
        let hits: Vec<_> = hits.iter().map(|&hit| hit.to_owned()).collect();
        ndcg(&hits, &judged())
    }

    #[test]
    fn the_best_order_has_one_and_no_hits_have_zero() {
        assert!((ndcg_of(&["a", "b", "c"]) - 1.0).abs() < 1e-9);
        assert!(ndcg_of(&[]) < 1e-9);
        assert!(ndcg_of(&["x", "y"]) < 1e-9);
    }

    #[test]
    fn a_worked_example_has_its_value() {
        // (1 + 7 / log2 3) / (7 + 3 / log2 3 + 1 / 2)
        let expected = (1.0 + 7.0 / 3_f64.log2()) / (7.0 + 3.0 / 3_f64.log2() + 0.5);
        assert!((ndcg_of(&["c", "a"]) - expected).abs() < 1e-9);
    }

    #[test]
    fn only_the_first_ten_count() {
        let mut hits = vec!["x"; 10];
        hits.push("a");
        assert!(ndcg_of(&hits) < 1e-9);
    }
}
