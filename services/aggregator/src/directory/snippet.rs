//! Snippets: the part of a record's text with most of the matching words.

use super::cached_record::{StemmedWord, Text, stem_hash};

/// Characters of a snippet, approximately: it is cut at a space.
const LENGTH: usize = 220;
/// Bytes of one character in UTF-8.
const MAX_CHAR_BYTES: usize = 4;
/// Matching words of a record at which a snippet may begin. A record with more of them repeats
/// itself.
const MAX_STARTS: usize = 100;
/// Bytes of texts that are searched for the snippets of one page, beyond the first ones of each
/// hit. Twenty hits with the longest texts need less.
const MAX_PAGE_BYTES: usize = 512 * 1024;
/// Bytes that are searched of each hit, whatever the others on its page have: its summary fits.
const MIN_HIT_BYTES: usize = 2 * 1024;

/// The bytes that may still be searched for the snippets of a page.
pub(super) struct SearchableBytes(usize);

impl Default for SearchableBytes {
    fn default() -> Self {
        Self(MAX_PAGE_BYTES)
    }
}

/// A text with the byte ranges that match.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Snippet {
    pub(super) text: String,
    pub(super) highlights: Vec<(u32, u32)>,
}

/// Cuts the stretch with the most different query words; without any, the beginning of the
/// first text. Leaves out texts that have more bytes than are left for the page.
pub(super) fn snippet<'a>(
    texts: impl Iterator<Item = Text<'a>>,
    stems: &[String],
    page: &mut SearchableBytes,
) -> Snippet {
    let mut stems: Vec<u64> = stems.iter().map(|stem| stem_hash(stem)).collect();
    // Sorted, so that the position of a word's stem is a binary search.
    stems.sort_unstable();
    stems.dedup();
    let mut first: Option<&str> = None;
    let mut best: Option<(usize, Stretch<'_>)> = None;
    let (mut own_bytes, mut starts) = (MIN_HIT_BYTES, MAX_STARTS);
    for text in texts {
        first.get_or_insert(text.text);
        if stems.is_empty() {
            break;
        }
        let shared = text.text.len().saturating_sub(own_bytes);
        if shared > page.0 || starts == 0 {
            continue;
        }
        page.0 -= shared;
        own_bytes = own_bytes.saturating_sub(text.text.len());
        let stretch = best_stretch(text, &stems, &mut starts);
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
    matches: Vec<StemmedWord>,
    different: usize,
}

impl Stretch<'_> {
    /// Copies the stretch, with an ellipsis for the text left out before or after it.
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
                .map(|word| (shift(word.start as usize), shift(word.end as usize)))
                .collect(),
        }
    }
}

/// Finds the stretch with the most different stems, which are sorted, and subtracts the tried
/// starts. Linear in the words of the text, and in the words of a stretch for each of its starts.
fn best_stretch<'a>(text: Text<'a>, stems: &[u64], starts: &mut usize) -> Stretch<'a> {
    let words = text.words();
    let text = text.text;
    let matching = matching_words(words, stems, *starts);
    let mut best = Stretch {
        text,
        from: 0,
        to: 0,
        matches: Vec::new(),
        different: 0,
    };
    // For each stem, the number of the last start whose stretch has it.
    let mut last_seen = vec![0; stems.len()];
    for (at, (first, _)) in matching.iter().enumerate() {
        if *starts == 0 {
            break;
        }
        *starts -= 1;
        let from = start_before(text, words, first);
        let to = end_after(text, from);
        let inside = matching[at..]
            .iter()
            .take_while(|(word, _)| word.end as usize <= to);
        let mut different = 0;
        for (_, stem) in inside {
            different += usize::from(last_seen[*stem] != at + 1);
            last_seen[*stem] = at + 1;
        }
        if different > best.different {
            (best.from, best.to, best.different) = (from, to, different);
        }
        if different == stems.len() {
            break;
        }
    }
    if best.different > 0 {
        // The stretch may also have matching words before the one that it was built from.
        best.matches = matching
            .into_iter()
            .map(|(word, _)| *word)
            .skip_while(|word| (word.start as usize) < best.from)
            .take_while(|word| word.end as usize <= best.to)
            .collect();
    }
    best
}

/// The words with one of the stems, each with the position of its stem: those at which a stretch
/// may start, and those after them in the last stretch.
fn matching_words<'a>(
    words: &'a [StemmedWord],
    stems: &[u64],
    starts: usize,
) -> Vec<(&'a StemmedWord, usize)> {
    let mut matching = Vec::new();
    let mut end = usize::MAX;
    for word in words {
        if word.start as usize > end {
            break;
        }
        if let Ok(stem) = stems.binary_search(&word.stem) {
            matching.push((word, stem));
            if matching.len() == starts {
                end = word.end as usize + LENGTH * MAX_CHAR_BYTES;
            }
        }
    }
    matching
}

/// The start of a stretch: six words before the match for context, or the beginning of the
/// text if that is close.
fn start_before(text: &str, words: &[StemmedWord], word: &StemmedWord) -> usize {
    let from = word.start as usize;
    // Only this part is counted: a match may be far from the beginning.
    if text[..from].chars().nth(LENGTH / 3).is_none() {
        return 0;
    }
    let at = words.partition_point(|other| other.start < word.start);
    words
        .get(at.saturating_sub(6))
        .map_or(from, |before| before.start as usize)
}

/// The end of a stretch that begins at `from`: at a space, unless that would halve it.
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
    use hedgerow_search::stems;

    fn cut(texts: &[&str], query: &str) -> Snippet {
        let places: Vec<_> = texts.iter().map(|_| Default::default()).collect();
        let texts = texts.iter().zip(&places);
        let texts = texts.map(|(text, words)| Text::new(text, words));
        snippet(texts, &stems(query), &mut SearchableBytes::default())
    }

    fn highlighted(snippet: &Snippet) -> Vec<&str> {
        let bytes = |&(from, to): &(u32, u32)| &snippet.text[from as usize..to as usize];
        snippet.highlights.iter().map(bytes).collect()
    }

    #[test]
    fn query_words_are_highlighted_as_they_are_written() {
        let found = cut(&["A café for women’s groups."], "woman women group");
        assert_eq!(found.text, "A café for women’s groups.");
        assert_eq!(highlighted(&found), ["women’s", "groups"]);
    }

    #[test]
    fn the_text_with_the_most_words_is_shown() {
        let found = cut(
            &["We meet weekly.", "Gardening, and we meet outside."],
            "meet gardening",
        );
        assert_eq!(highlighted(&found), ["Gardening", "meet"]);
    }

    #[test]
    fn a_long_text_is_cut_at_words_around_the_match() {
        let long = format!(
            "{}and then gardening {}",
            "Æther words ".repeat(60),
            "more ".repeat(90)
        );
        let found = cut(&[&long], "gardening");
        assert!(
            found.text.starts_with("… ") && found.text.ends_with(" …"),
            "{}",
            found.text
        );
        assert!(found.text.chars().count() <= LENGTH + 4);
        assert_eq!(highlighted(&found), ["gardening"]);
    }

    #[test]
    fn the_stretch_with_most_words_is_found_among_the_first_starts() {
        let text = |repeats: usize| format!("{}tea and cake", "cat sat on a mat. ".repeat(repeats));
        let found = cut(&[&text(60)], "cat tea");
        assert!(highlighted(&found).contains(&"tea"));
        // Beyond the first hundred starts it is not searched.
        let found = cut(&[&text(3_000)], "cat tea");
        assert!(!highlighted(&found).contains(&"tea"));
        assert!(highlighted(&found).len() < LENGTH / 4);
    }

    #[test]
    fn texts_of_one_hit_leave_the_first_bytes_of_every_other_hit() {
        let mut page = SearchableBytes::default();
        let mut highlights = |texts: &[&str]| {
            let words: Vec<_> = texts.iter().map(|_| Default::default()).collect();
            let texts = texts.iter().zip(&words);
            let texts = texts.map(|(text, words)| Text::new(text, words));
            snippet(texts, &stems("tea"), &mut page).highlights.len()
        };
        let long = format!("{}tea", "cat ".repeat(4_000));
        let hits = (0..100).filter(|_| highlights(&[&long]) == 1).count();
        assert_eq!(hits, MAX_PAGE_BYTES / (long.len() - MIN_HIT_BYTES));
        assert_eq!(
            highlights(&["tea and cake", &long]),
            1,
            "the first text is short"
        );
    }

    #[test]
    fn without_a_match_the_beginning_is_shown() {
        let found = cut(&["A quiet group.", "More."], "knitting");
        assert_eq!(
            found,
            Snippet {
                text: "A quiet group.".into(),
                highlights: Vec::new()
            }
        );
        assert_eq!(cut(&[], "knitting"), Snippet::default());
        let long = "word ".repeat(100);
        assert!(cut(&[&long], "").text.ends_with(" …"));
    }
}
