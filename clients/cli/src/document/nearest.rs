//! "Did you mean …?"

/// The candidate most like what was written, where one is like it at all.
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
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_word_and_nonsense_finds_nothing() {
        let fields = ["summary", "description", "website", "who_for"];
        assert_eq!(nearest("sumary", fields), Some("summary"));
        assert_eq!(nearest("whofor", fields), Some("who_for"));
        assert_eq!(nearest("xyzzy", fields), None);
    }
}
