//! What reaches a terminal: text, and this program's own styles. Titles, summaries and
//! errors are others' words, and a terminal would obey what is hidden in them.

use std::io;
use std::io::Write;

use crate::context::style;

/// No style of ours is longer.
const LONGEST: usize = 16;

/// Writes to a terminal what is text, and leaves out control characters (but line ends and
/// tabs), escape sequences that are no style of this program, and characters that turn the
/// direction of writing (Unicode's bidirectional overrides, embeddings and isolates).
pub(crate) struct Guarded<W> {
    terminal: W,
    state: State,
}

/// What the bytes before have begun.
enum State {
    Text,
    /// A character of several bytes.
    Character(Vec<u8>),
    /// The escape character.
    Escape,
    /// A control sequence (ECMA-48), as far as it has come.
    Sequence(Vec<u8>),
}

impl<W: Write> Guarded<W> {
    /// In front of a terminal.
    pub(crate) fn new(terminal: W) -> Self {
        Self {
            terminal,
            state: State::Text,
        }
    }

    fn take(&mut self, byte: u8, shown: &mut Vec<u8>) {
        self.state = match std::mem::replace(&mut self.state, State::Text) {
            State::Text => begin(byte, shown),
            State::Character(mut bytes) => {
                if byte & 0xc0 != 0x80 {
                    // It broke off.
                    self.state = begin(byte, shown);
                    return;
                }
                bytes.push(byte);
                if bytes.len() < length(bytes[0]) {
                    State::Character(bytes)
                } else {
                    if is_text(&bytes) {
                        shown.extend(bytes);
                    }
                    State::Text
                }
            }
            State::Escape if byte == b'[' => State::Sequence(b"\x1b[".to_vec()),
            State::Escape => State::Text,
            State::Sequence(mut bytes) => {
                bytes.push(byte);
                match byte {
                    0x40..=0x7e => {
                        if is_own_style(&bytes) {
                            shown.extend(bytes);
                        }
                        State::Text
                    }
                    0x20..=0x3f if bytes.len() < LONGEST => State::Sequence(bytes),
                    _ => State::Text,
                }
            }
        };
    }
}

fn begin(byte: u8, shown: &mut Vec<u8>) -> State {
    match byte {
        0x1b => return State::Escape,
        0xc0.. => return State::Character(vec![byte]),
        b'\n' | b'\t' | 0x20..=0x7e => shown.push(byte),
        _ => {}
    }
    State::Text
}

/// How many bytes a character has that begins with this one.
fn length(first: u8) -> usize {
    match first {
        0xf0.. => 4,
        0xe0.. => 3,
        _ => 2,
    }
}

fn is_text(bytes: &[u8]) -> bool {
    let text = str::from_utf8(bytes).unwrap_or_default();
    !text.is_empty()
        && !text.chars().any(|it| {
            it.is_control() || matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
}

fn is_own_style(sequence: &[u8]) -> bool {
    style::ALL.iter().any(|style| {
        let own = [style.render().to_string(), style.render_reset().to_string()];
        // A style of two is written as two sequences.
        own.iter()
            .flat_map(|own| own.split_inclusive('m'))
            .any(|own| own.as_bytes() == sequence)
    })
}

impl<W: Write> Write for Guarded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut shown = Vec::with_capacity(bytes.len());
        for byte in bytes {
            self.take(*byte, &mut shown);
        }
        self.terminal.write_all(&shown)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.terminal.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a terminal is given, however the bytes are cut.
    fn given(text: &str) -> String {
        let whole = written([text.as_bytes()].into_iter());
        assert_eq!(written(text.as_bytes().chunks(1)), whole);
        String::from_utf8(whole).unwrap()
    }

    fn written<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut guarded = Guarded::new(Vec::new());
        for part in parts {
            guarded.write_all(part).unwrap();
        }
        guarded.terminal
    }

    #[test]
    fn text_and_own_styles_reach_the_terminal_as_they_are() {
        for style in style::ALL {
            let text = format!("{style}Café 日本 🏠{style:#}\n\t“tea” עברית\n");
            assert_eq!(given(&text), text);
        }
    }

    #[test]
    fn nothing_that_a_terminal_would_obey_gets_through() {
        for (hostile, left) in [
            ("a\u{1b}[8mb", "ab"),
            ("a\u{1b}[?1049hb", "ab"),
            ("a\u{1b}[2Jb", "ab"),
            ("a\u{1b}]52;c;aGk=\u{7}b", "a52;c;aGk=b"),
            ("a\u{1b}cb", "ab"),
            ("real\rfake", "realfake"),
            ("a\u{8}\u{7f}\u{0}b", "ab"),
            ("a\u{9b}2Jb", "a2Jb"),
            ("a\u{202e}b\u{2066}c", "abc"),
            ("a\u{1b}[1\nb", "ab"),
        ] {
            assert_eq!(given(hostile), left, "{hostile:?}");
        }
        assert_eq!(written([&b"a\xff\xc3b"[..]].into_iter()), b"ab");
    }
}
