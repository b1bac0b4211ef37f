//! Patterns that take about the same time for texts in every script.

use std::sync::OnceLock;

use regex::Regex;

/// A pattern that a receiver searches every text for.
///
/// The engine's fast search cannot evaluate a word boundary next to a character that is not ASCII,
/// and its other ones take some hundred times as long. So such a text is first searched for the
/// pattern without its boundaries, which matches wherever the pattern does.
pub(super) struct Pattern {
    exact: Regex,
    source: &'static str,
    boundless: OnceLock<Regex>,
}

impl Pattern {
    pub(super) fn new(source: &'static str) -> Self {
        Self {
            exact: compile(source),
            source,
            boundless: OnceLock::new(),
        }
    }

    /// The matches in order.
    pub(super) fn find_all<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let may_match = text.is_ascii() || self.boundless().is_match(text);
        // An empty text for the others: no pattern matches it.
        let text = if may_match { text } else { "" };
        self.exact.find_iter(text).map(|part| part.as_str())
    }

    fn boundless(&self) -> &Regex {
        self.boundless
            .get_or_init(|| compile(&self.source.replace(r"\b", "")))
    }
}

fn compile(source: &str) -> Regex {
    Regex::new(source).expect("the pattern is a constant")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_in_another_script_has_the_matches_of_the_whole_pattern() {
        let source = r"(?i)\bgeo:-?\d|\bmaps:|maps\.me\b";
        let pattern = Pattern::new(source);
        for text in [
            "",
            "geo:5",
            "日本 geo:5 語",
            "日本geo:5",
            "é maps: é MAPS:",
            "émaps: maps.meé maps.me é",
            "ничего",
        ] {
            let expected: Vec<_> = pattern
                .exact
                .find_iter(text)
                .map(|it| it.as_str())
                .collect();
            let found: Vec<_> = pattern.find_all(text).collect();
            assert_eq!(found, expected, "{text}");
        }
        assert_eq!(pattern.find_all("日本 geo:5 語").count(), 1);
        assert_eq!(pattern.find_all("日本geo:5").count(), 0);
    }
}
