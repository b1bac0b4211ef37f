//! Content lines of RFC 5545. The `icalendar` crate writes no time zones, and its components get a
//! UID and a DTSTAMP also where the RFC allows none; tests use its parser.

use hedgerow_web::Text;

/// Octets of a line without its end (RFC 5545, 3.1).
pub(crate) const MAX_OCTETS: usize = 75;

/// A local time, as `chrono` formats it.
pub(crate) const LOCAL: &str = "%Y%m%dT%H%M%S";

#[derive(Default)]
pub(crate) struct Lines(String);

impl Lines {
    /// Writes a value that needs no escaping: of this program, or checked by a parser.
    pub(crate) fn line(&mut self, name: &str, value: &str) {
        let mut room = MAX_OCTETS;
        for letter in name.chars().chain([':']).chain(value.chars()) {
            if letter.len_utf8() > room {
                self.0.push_str("\r\n ");
                // The space belongs to the line.
                room = MAX_OCTETS - 1;
            }
            self.0.push(letter);
            room -= letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// Writes words that a group wrote. Empty words get no line.
    pub(crate) fn text(&mut self, name: &str, words: &str) {
        // Without controls: a line break in a title would begin a property.
        let words = Text::plain(words);
        if words.is_empty() {
            return;
        }
        let mut escaped = String::with_capacity(words.as_str().len());
        for letter in words.as_str().trim().chars() {
            match letter {
                '\n' => escaped.push_str("\\n"),
                '\\' | ',' | ';' => escaped.extend(['\\', letter]),
                other => escaped.push(other),
            }
        }
        self.line(name, &escaped);
    }

    pub(crate) fn begin(&mut self, component: &str) {
        self.line("BEGIN", component);
    }

    pub(crate) fn end(&mut self, component: &str) {
        self.line("END", component);
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(words: &str) -> String {
        let mut lines = Lines::default();
        lines.text("SUMMARY", words);
        lines.into_text()
    }

    #[test]
    fn words_are_escaped_and_cannot_begin_a_property() {
        assert_eq!(written(" a,b;c\\d: e "), "SUMMARY:a\\,b\\;c\\\\d: e\r\n");
        let break_in = "x\r\nATTACH:https://evil.example\r\u{2028}END:VEVENT\u{0}\u{202e}";
        assert_eq!(
            written(break_in),
            "SUMMARY:x\\nATTACH:https://evil.example\\n\\nEND:VEVENT\r\n"
        );
        assert_eq!(written(" \n "), "");
    }

    #[test]
    fn lines_are_folded_by_octets_between_letters() {
        for words in ["é".repeat(200), "👩‍👩‍👧".repeat(40), "a".repeat(74 * 3)] {
            let text = written(&words);
            let lines: Vec<&str> = text.trim_end_matches("\r\n").split("\r\n").collect();
            assert!(lines.len() > 1, "{text}");
            assert!(lines.iter().all(|line| line.len() <= MAX_OCTETS), "{text}");
            let unfolded = text.replace("\r\n ", "");
            assert_eq!(unfolded, format!("SUMMARY:{words}\r\n"));
        }
    }
}
