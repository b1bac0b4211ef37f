//! The part of a record's text that shows why it was found.

use super::told::Stemmed;
use super::told::Text;
use super::told::known_by;

/// About how many characters a snippet has.
const LENGTH: usize = 220;

/// Some text, and which bytes of it match.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Snippet {
    pub(super) text: String,
    pub(super) highlights: Vec<(u32, u32)>,
}

/// The stretch with the most of the words that were asked; the beginning of the first
/// text where none has any.
pub(super) fn snippet<'a>(texts: impl Iterator<Item = Text<'a>>, stems: &[String]) -> Snippet {
    let stems: Vec<u64> = stems.iter().map(|stem| known_by(stem)).collect();
    let mut first: Option<&str> = None;
    let mut best: Option<(usize, Stretch<'_>)> = None;
    for text in texts {
        first.get_or_insert(text.text);
        if stems.is_empty() {
            break;
        }
        let stretch = best_stretch(text, &stems);
        if stretch.different > best.as_ref().map_or(0, |(different, _)| *different) {
            best = Some((stretch.different, stretch));
        }
        if best
            .as_ref()
            .is_some_and(|(different, _)| *different == stems.len())
        {
            break;
        }
    }
    match (best, first) {
        (Some((_, stretch)), _) => stretch.cut(),
        (None, Some(text)) => Stretch {
            text,
            from: 0,
            to: end_after(text, 0),
            matches: Vec::new(),
            different: 0,
        }
        .cut(),
        (None, None) => Snippet::default(),
    }
}

/// A part of a text with the matching words in it.
struct Stretch<'a> {
    text: &'a str,
    from: usize,
    to: usize,
    matches: Vec<Stemmed>,
    different: usize,
}

impl Stretch<'_> {
    /// The stretch on its own, with an ellipsis where something was left out.
    fn cut(&self) -> Snippet {
        let before = if self.from > 0 { "… " } else { "" };
        let after = if self.text[self.to..].trim().is_empty() {
            ""
        } else {
            " …"
        };
        let middle = self.text[self.from..self.to].trim_end();
        let shift = |at: usize| u32::try_from(at - self.from + before.len()).unwrap_or(u32::MAX);
        Snippet {
            text: format!("{before}{middle}{after}"),
            highlights: self
                .matches
                .iter()
                .map(|word| (shift(word.from as usize), shift(word.to as usize)))
                .collect(),
        }
    }
}

fn best_stretch<'a>(text: Text<'a>, stems: &[u64]) -> Stretch<'a> {
    let words = text.words();
    let text = text.text;
    let matching: Vec<&Stemmed> = words
        .iter()
        .filter(|word| stems.contains(&word.stem))
        .collect();
    let mut best = Stretch {
        text,
        from: 0,
        to: 0,
        matches: Vec::new(),
        different: 0,
    };
    for (at, first) in matching.iter().enumerate() {
        let from = start_before(text, words, first);
        let to = end_after(text, from);
        let inside: Vec<Stemmed> = matching[at..]
            .iter()
            .take_while(|word| word.to as usize <= to)
            .map(|word| **word)
            .collect();
        let different = stems
            .iter()
            .filter(|stem| inside.iter().any(|word| word.stem == **stem))
            .count();
        if different > best.different {
            best = Stretch {
                text,
                from,
                to,
                matches: inside,
                different,
            };
        }
    }
    if best.from > 0 || best.different > 0 {
        // Words before the first that counted are shown too, and marked.
        best.matches = matching
            .into_iter()
            .filter(|word| word.from as usize >= best.from && word.to as usize <= best.to)
            .copied()
            .collect();
    }
    best
}

/// A few words before the match, or the text's beginning where that is near.
fn start_before(text: &str, words: &[Stemmed], word: &Stemmed) -> usize {
    let from = word.from as usize;
    if text[..from].chars().count() <= LENGTH / 3 {
        return 0;
    }
    let at = words.partition_point(|other| other.from < word.from);
    words
        .get(at.saturating_sub(6))
        .map_or(from, |before| before.from as usize)
}

/// The end of a stretch that begins at `from`: at a space, where there is one.
fn end_after(text: &str, from: usize) -> usize {
    let rest = &text[from..];
    let Some((cut, _)) = rest.char_indices().nth(LENGTH) else {
        return text.len();
    };
    let space = rest[..cut]
        .rfind(char::is_whitespace)
        .filter(|&space| space > cut / 2);
    from + space.unwrap_or(cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::words::stems_of;

    fn of(texts: &[&str], question: &str) -> Snippet {
        let places: Vec<_> = texts.iter().map(|_| Default::default()).collect();
        let texts = texts.iter().zip(&places);
        let texts = texts.map(|(text, words)| Text::of(text, words));
        snippet(texts, &stems_of(question))
    }

    fn marked(snippet: &Snippet) -> Vec<&str> {
        let bytes = |&(from, to): &(u32, u32)| &snippet.text[from as usize..to as usize];
        snippet.highlights.iter().map(bytes).collect()
    }

    #[test]
    fn the_words_asked_are_marked_as_they_are_written() {
        let found = of(&["A café for women’s groups."], "woman women group");
        assert_eq!(found.text, "A café for women’s groups.");
        assert_eq!(marked(&found), ["women’s", "groups"]);
    }

    #[test]
    fn the_text_with_the_most_words_is_shown() {
        let found = of(
            &["We meet weekly.", "Gardening, and we meet outside."],
            "meet gardening",
        );
        assert_eq!(marked(&found), ["Gardening", "meet"]);
    }

    #[test]
    fn a_long_text_is_cut_at_words_around_the_match() {
        let long = format!(
            "{}and then gardening {}",
            "Æther words ".repeat(60),
            "more ".repeat(90)
        );
        let found = of(&[&long], "gardening");
        assert!(
            found.text.starts_with("… ") && found.text.ends_with(" …"),
            "{}",
            found.text
        );
        assert!(found.text.chars().count() <= LENGTH + 4);
        assert_eq!(marked(&found), ["gardening"]);
    }

    #[test]
    fn without_a_match_the_beginning_is_shown() {
        let found = of(&["A quiet group.", "More."], "knitting");
        assert_eq!(
            found,
            Snippet {
                text: "A quiet group.".into(),
                highlights: Vec::new()
            }
        );
        assert_eq!(of(&[], "knitting"), Snippet::default());
        let long = "word ".repeat(100);
        assert!(of(&[&long], "").text.ends_with(" …"));
    }
}
