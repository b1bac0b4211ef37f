//! Suggestions for misspelt words.

/// Below it, suggestions are more confusing than none.
const MIN_SIMILARITY: f64 = 0.8;

/// The candidate most similar to a misspelt word. `None` if none is similar enough to
/// suggest.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let written = written.to_ascii_lowercase().replace([' ', '-'], "_");
    candidates
        .into_iter()
        .map(|candidate| {
            let plain = candidate.to_ascii_lowercase().replace([' ', '-'], "_");
            (strsim::jaro_winkler(&written, &plain), candidate)
        })
        .filter(|(similarity, _)| *similarity > MIN_SIMILARITY)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_is_found_and_nonsense_is_not() {
        let fields = ["summary", "description", "website", "who_for"];
        assert_eq!(nearest("sumary", fields), Some("summary"));
        assert_eq!(nearest("whofor", fields), Some("who_for"));
        assert_eq!(nearest("xyzzy", fields), None);
    }
}
