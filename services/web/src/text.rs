//! Words that somebody else wrote.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::escape::write_escaped;

/// A text of a group, in its own language. It shows itself escaped, isolated from the text around
/// it in both directions, and without controls that would reorder what follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    text: String,
    /// A BCP 47 tag; empty if it is not known.
    language: String,
}

impl Text {
    pub fn new(text: &str, language: &str) -> Self {
        Self {
            text: without_controls(text),
            language: language.to_owned(),
        }
    }

    /// A text of this program or of its vocabulary.
    pub fn plain(text: &str) -> Self {
        Self::new(text, "")
    }

    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The same in paragraphs.
    pub fn prose(&self) -> Prose {
        Prose(self.clone())
    }

    /// The text for an attribute, where there is no markup.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // `bdi` takes its direction from its own first letter.
        open(f, "bdi", &self.language)?;
        write_escaped(f, &self.text)?;
        f.write_str("</bdi>")
    }
}

impl HtmlSafe for Text {}

/// A text in paragraphs, as its author parted them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose(pub Text);

impl fmt::Display for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let paragraphs = self.0.text.split("\n\n").map(str::trim);
        for paragraph in paragraphs.filter(|it| !it.is_empty()) {
            open(f, "p dir=\"auto\"", &self.0.language)?;
            for (index, line) in paragraph.lines().enumerate() {
                if index > 0 {
                    f.write_str("<br>")?;
                }
                write_escaped(f, line)?;
            }
            f.write_str("</p>")?;
        }
        Ok(())
    }
}

impl HtmlSafe for Prose {}

/// Part of a text, with the parts of it that match a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    /// Each with whether it matches.
    parts: Vec<(String, bool)>,
    language: String,
}

impl Marked {
    /// `ranges` are of bytes, in order. One that overlaps an earlier one, or does not begin and end
    /// at a letter, is left out.
    pub fn new(
        text: &str,
        ranges: impl IntoIterator<Item = (usize, usize)>,
        language: &str,
    ) -> Self {
        let mut parts = Vec::new();
        let mut at = 0;
        for (start, end) in ranges {
            if start < at || end <= start {
                continue;
            }
            let (Some(before), Some(matching)) = (text.get(at..start), text.get(start..end)) else {
                continue;
            };
            parts.push((without_controls(before), false));
            parts.push((without_controls(matching), true));
            at = end;
        }
        parts.push((without_controls(text.get(at..).unwrap_or_default()), false));
        parts.retain(|(part, _)| !part.is_empty());
        Self {
            parts,
            language: language.to_owned(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl fmt::Display for Marked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        open(f, "bdi", &self.language)?;
        for (part, matches) in &self.parts {
            if *matches {
                f.write_str("<mark>")?;
            }
            write_escaped(f, part)?;
            if *matches {
                f.write_str("</mark>")?;
            }
        }
        f.write_str("</bdi>")
    }
}

impl HtmlSafe for Marked {}

fn open(f: &mut fmt::Formatter<'_>, element: &str, language: &str) -> fmt::Result {
    write!(f, "<{element}")?;
    if !language.is_empty() {
        f.write_str(" lang=\"")?;
        write_escaped(f, language)?;
        f.write_str("\"")?;
    }
    f.write_str(">")
}

/// Removes controls: those of terminals, and those that embed, override or isolate a direction.
/// Marks of a direction (U+200E, U+200F) stay, as they have no effect on what follows.
fn without_controls(text: &str) -> String {
    let is_shown = |letter: &char| match letter {
        '\n' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => false,
        letter => !letter.is_control(),
    };
    let unified = text.replace("\r\n", "\n").replace(['\r', '\u{2028}'], "\n");
    unified
        .replace('\t', " ")
        .replace('\u{2029}', "\n\n")
        .chars()
        .filter(is_shown)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_escaped_isolated_and_in_its_language() {
        let text = Text::new("a<b> \u{202e}\"x\"\u{0}", "ur\"><x");
        let shown = "<bdi lang=\"ur&quot;&gt;&lt;x\">a&lt;b&gt; &quot;x&quot;</bdi>";
        assert_eq!(text.to_string(), shown);
        assert_eq!(Text::plain("x").to_string(), "<bdi>x</bdi>");
    }

    #[test]
    fn prose_keeps_paragraphs_and_lines() {
        let prose = Prose(Text::new("one\r\ntwo\n\n\n<three>", "en"));
        assert_eq!(
            prose.to_string(),
            "<p dir=\"auto\" lang=\"en\">one<br>two</p><p dir=\"auto\" lang=\"en\">&lt;three&gt;</p>"
        );
        assert_eq!(Prose(Text::plain(" \n\n ")).to_string(), "");
    }

    #[test]
    fn matches_are_marked_and_ranges_out_of_bounds_are_left_out() {
        let shown =
            |ranges: &[(usize, usize)]| Marked::new("<é>b", ranges.iter().copied(), "").to_string();
        assert_eq!(shown(&[]), "<bdi>&lt;é&gt;b</bdi>");
        assert_eq!(shown(&[(0, 1)]), "<bdi><mark>&lt;</mark>é&gt;b</bdi>");
        assert_eq!(
            shown(&[(4, 5), (0, 1)]),
            "<bdi>&lt;é&gt;<mark>b</mark></bdi>"
        );
        for wrong in [(2, 3), (3, 99), (3, 3), (4, 2)] {
            assert_eq!(shown(&[wrong]), "<bdi>&lt;é&gt;b</bdi>", "{wrong:?}");
        }
    }
}
