//! The part of a record's text that shows why it was found, with what matches marked.

use hedgerow_core::summary::Summary;

use super::Highlight;
use crate::context::style;

/// What leaves something out.
const LEFT_OUT: &str = "…";
/// Where a match begins and ends, until a table has been laid out: characters that take no
/// room and that no font shows.
const BEGINS: char = '\u{2063}';
const ENDS: char = '\u{2064}';

/// A snippet with its matches marked. `None` where nothing matches.
pub(super) fn marked(snippet: &str, highlights: &[Highlight]) -> Option<String> {
    let mut marked = String::new();
    let mut rest = 0;
    for highlight in highlights {
        let (start, end) = (highlight.start as usize, highlight.end as usize);
        // A range that is none is the server's mistake, and marks nothing.
        let (Some(before), Some(word)) = (snippet.get(rest..start), snippet.get(start..end)) else {
            continue;
        };
        marked.push_str(&without_marks(before));
        marked.push(BEGINS);
        marked.push_str(&without_marks(word));
        marked.push(ENDS);
        rest = end;
    }
    if rest == 0 {
        return None;
    }
    marked.push_str(&without_marks(&snippet[rest..]));
    Some(marked)
}

/// Whether a record has this text: a server could make up another.
pub(super) fn is_of(summary: &Summary, snippet: &str) -> bool {
    let text = snippet.trim();
    let text = text.strip_prefix(LEFT_OUT).unwrap_or(text);
    let text = text.strip_suffix(LEFT_OUT).unwrap_or(text).trim();
    let own = summary.who_for.iter().map(|one| &one.own_words);
    [&summary.summary]
        .into_iter()
        .chain(&summary.text)
        .chain(&summary.own_words)
        .chain(own)
        .any(|has| has.contains(text))
}

/// A laid-out text with its marks as a style.
pub(super) fn styled(text: &str) -> String {
    let title = style::TITLE;
    text.replace(BEGINS, &format!("{title}"))
        .replace(ENDS, &format!("{title:#}"))
}

/// A text without the characters that mark matches.
pub(super) fn without_marks(text: &str) -> String {
    text.chars()
        .filter(|it| ![BEGINS, ENDS].contains(it))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: u32, end: u32) -> Highlight {
        Highlight { start, end }
    }

    #[test]
    fn matches_are_marked_and_ranges_that_are_none_are_passed_over() {
        let text = "Tea for women’s groups";
        let found = marked(text, &[range(8, 17), range(18, 24)]).expect("marks");
        let styled = styled(&found);
        assert!(styled.contains("\u{1b}[1mwomen’s\u{1b}[0m "), "{styled:?}");
        assert_eq!(anstream::adapter::strip_str(&styled).to_string(), text);
        for wrong in [range(8, 14), range(18, 90), range(9, 4)] {
            assert_eq!(marked(text, &[wrong]), None, "{wrong:?}");
        }
        let smuggled = marked("a\u{2063}b c", &[range(6, 7)]).expect("a mark");
        assert_eq!(smuggled, "ab \u{2063}c\u{2064}");
    }

    #[test]
    fn text_that_the_record_does_not_have_is_not_its_own() {
        let summary = Summary {
            summary: "We sit together and talk.".to_owned(),
            own_words: vec!["circle".to_owned()],
            ..Summary::default()
        };
        for own in ["We sit together and talk.", "… together and …", "circle"] {
            assert!(is_of(&summary, own), "{own}");
        }
        assert!(!is_of(&summary, "We sit together and pray."));
    }
}
