//! Lays out text in lines that fit the terminal, between words.

use unicode_width::UnicodeWidthChar as _;

/// The columns that a text takes, without the escape sequences of styles.
pub fn columns(text: &str) -> usize {
    anstream::adapter::strip_str(text)
        .flat_map(str::chars)
        .map(|it| it.width().unwrap_or(0))
        .sum()
}

/// The text in lines of at most `width` columns. A word is broken only if it is wider than a
/// line. Lines of the text stay apart.
pub fn wrap(text: &str, width: u16) -> String {
    let lines = text
        .lines()
        .map(|line| wrap_line(line, width.into()).join("\n"));
    lines.collect::<Vec<_>>().join("\n")
}

/// One line of text, as lines of at most `width` columns.
pub fn wrap_line(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let indent: String = text.chars().take_while(|it| *it == ' ').collect();
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let needed = columns(word);
        if used > 0 && used + 1 + needed > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        } else if lines.is_empty() {
            line += &indent;
            used = indent.len();
        }
        if needed > width {
            let (mut parts, rest) = broken(word, width, used);
            if let Some(first) = parts.first_mut() {
                *first = format!("{line}{first}");
            }
            lines.append(&mut parts);
            used = columns(&rest);
            line = rest;
        } else {
            line += word;
            used += needed;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// A word that is wider than a line, in full lines and a rest. The first has less room.
fn broken(word: &str, width: usize, used: usize) -> (Vec<String>, String) {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), used);
    for letter in word.chars() {
        let needed = letter.width().unwrap_or(0);
        if used + needed > width {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        line.push(letter);
        used += needed;
    }
    (lines, line)
}

/// The text in at most `width` columns. A longer one ends in an ellipsis, after a word if
/// there is one near.
pub fn shorten(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let (mut short, mut used) = (String::new(), 1);
    for letter in text.chars() {
        used += letter.width().unwrap_or(0);
        if used > width {
            break;
        }
        short.push(letter);
    }
    // Half a word misleads, but half of a single long word is better than nothing.
    if let Some(end) = short.rfind(' ').filter(|end| end * 2 > short.len()) {
        short.truncate(end);
    }
    short
        .trim_end_matches([' ', ',', ';', ':', '·', '–', '('])
        .to_owned()
        + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words() {
        let text = "The oldest signature is from 3 days ago.";
        assert_eq!(wrap(text, 18), "The oldest\nsignature is from\n3 days ago.");
        assert_eq!(wrap("a\n  b c", 4), "a\n  b\nc");
        assert_eq!(wrap("", 10), "");
        let styled = "\u{1b}[32mChecked:\u{1b}[0m all of them";
        assert_eq!(wrap(styled, 16), "\u{1b}[32mChecked:\u{1b}[0m all of\nthem");
        assert_eq!(
            wrap("see https://long.example", 10),
            "see\nhttps://lo\nng.example"
        );
    }

    #[test]
    fn a_shortened_text_fits_and_says_so() {
        assert_eq!(
            shorten("Mental health peer support", 30),
            "Mental health peer support"
        );
        assert_eq!(
            shorten("Mental health peer support", 20),
            "Mental health peer…"
        );
        assert_eq!(shorten("Lebensbewältigungsgruppe", 10), "Lebensbew…");
        assert!(columns(&shorten("漢字漢字漢字", 7)) <= 7);
    }
}
