//! The part of a record's text that matches a search, with the matches marked.

use hedgerow_core::summary::Summary;
use serde::Serialize;

use crate::style;

/// Stands for left-out text at the ends of a snippet.
const ELLIPSIS: &str = "…";

/// Mark a match until a table has been laid out. Invisible separators have no width, so
/// the layout does not count them; escape sequences would be counted.
const MATCH_START: char = '\u{2063}';
const MATCH_END: char = '\u{2064}';

/// A range of bytes of a snippet that matches, as servers send it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Highlight {
    pub(super) start: u32,
    /// One past the last byte.
    pub(super) end: u32,
}

/// A range of characters (Unicode code points) of a snippet that matches, for programs: most
/// of them count characters, and none has to know UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct CharRange {
    start: usize,
    /// One past the last character.
    end: usize,
}

/// Ranges of bytes as ranges of characters. Invalid ones are left out.
pub(super) fn char_ranges(snippet: &str, highlights: &[Highlight]) -> Vec<CharRange> {
    let chars = |bytes: u32| Some(snippet.get(..bytes as usize)?.chars().count());
    let ranges = highlights.iter().filter_map(|one| {
        let (start, end) = (chars(one.start)?, chars(one.end)?);
        (start < end).then_some(CharRange { start, end })
    });
    ranges.collect()
}

/// A shortened text in which every mark that begins also ends.
pub(super) fn closed(text: &str) -> String {
    let starts = text.matches(MATCH_START).count();
    let ends = text.matches(MATCH_END).count();
    let mut text = text.to_owned();
    text.extend(std::iter::repeat_n(MATCH_END, starts.saturating_sub(ends)));
    text
}

/// A snippet with its matches marked. `None` if nothing matches.
pub(super) fn mark(snippet: &str, highlights: &[Highlight]) -> Option<String> {
    let mut marked = String::new();
    let mut rest = 0;
    for highlight in highlights {
        let (start, end) = (highlight.start as usize, highlight.end as usize);
        // An invalid range is the server's mistake, and marks nothing.
        let (Some(before), Some(word)) = (snippet.get(rest..start), snippet.get(start..end)) else {
            continue;
        };
        marked.push_str(&without_marks(before));
        marked.push(MATCH_START);
        marked.push_str(&without_marks(word));
        marked.push(MATCH_END);
        rest = end;
    }
    if rest == 0 {
        return None;
    }
    marked.push_str(&without_marks(&snippet[rest..]));
    Some(marked)
}

/// Whether a record contains this text: a server could invent one.
pub(super) fn is_in(summary: &Summary, snippet: &str) -> bool {
    let text = snippet.trim();
    let text = text.strip_prefix(ELLIPSIS).unwrap_or(text);
    let text = text.strip_suffix(ELLIPSIS).unwrap_or(text).trim();
    let own_words = summary.who_for.iter().map(|one| &one.own_words);
    [&summary.summary]
        .into_iter()
        .chain(&summary.text)
        .chain(&summary.own_words)
        .chain(own_words)
        .any(|own| own.contains(text))
}

/// A laid-out text with its marks replaced by a style.
pub(super) fn style(text: &str) -> String {
    let title = style::TITLE;
    text.replace(MATCH_START, &format!("{title}"))
        .replace(MATCH_END, &format!("{title:#}"))
}

/// A text without the characters that mark matches, for text that others wrote.
pub(super) fn without_marks(text: &str) -> String {
    text.chars()
        .filter(|it| ![MATCH_START, MATCH_END].contains(it))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: u32, end: u32) -> Highlight {
        Highlight { start, end }
    }

    #[test]
    fn matches_are_marked_and_invalid_ranges_ignored() {
        let text = "Tea for women’s groups";
        let marked = mark(text, &[range(8, 17), range(18, 24)]).expect("marks");
        let styled = style(&marked);
        assert!(styled.contains("\u{1b}[1mwomen’s\u{1b}[0m "), "{styled:?}");
        assert_eq!(anstream::adapter::strip_str(&styled).to_string(), text);
        let chars = char_ranges(text, &[range(8, 17), range(18, 24), range(8, 14)]);
        assert_eq!(
            chars,
            [
                CharRange { start: 8, end: 15 },
                CharRange { start: 16, end: 22 }
            ]
        );
        for wrong in [range(8, 14), range(18, 90), range(9, 4)] {
            assert_eq!(mark(text, &[wrong]), None, "{wrong:?}");
        }
        let smuggled = mark("a\u{2063}b c", &[range(6, 7)]).expect("a mark");
        assert_eq!(smuggled, "ab \u{2063}c\u{2064}");
    }

    #[test]
    fn a_snippet_must_be_in_the_record() {
        let summary = Summary {
            summary: "We sit together and talk.".to_owned(),
            own_words: vec!["circle".to_owned()],
            ..Summary::default()
        };
        for own in ["We sit together and talk.", "… together and …", "circle"] {
            assert!(is_in(&summary, own), "{own}");
        }
        assert!(!is_in(&summary, "We sit together and pray."));
    }
}
