//! Sanitizes output: only text and this program's own styles get through, on a terminal as
//! well as in a pipe, whose other end may be a terminal.
//!
//! Titles, summaries and errors are other people's text, and a terminal executes the
//! escape sequences in it.

use std::io;
use std::io::Write;

use crate::style;

/// Longer than every style of ours, so that an endless sequence takes no memory.
const MAX_SEQUENCE_BYTES: usize = 16;

/// A writer that removes control characters (except line ends and tabs), escape sequences
/// that are not a style of this program, and characters that change the direction of
/// writing or show nothing (Unicode's bidirectional controls and marks, and tags).
///
/// It drops the introducer of an unknown sequence and keeps the rest as text. A complete
/// terminal parser would swallow everything up to the sequence's end, and so let other
/// people's text hide ours.
pub(crate) struct SanitizedWriter<W> {
    terminal: W,
    state: State,
}

/// The unfinished part of the bytes so far.
enum State {
    Text,
    /// A UTF-8 character of several bytes.
    Character(Vec<u8>),
    /// The escape character.
    Escape,
    /// A control sequence (ECMA-48).
    Sequence(Vec<u8>),
}

impl<W: Write> SanitizedWriter<W> {
    pub(crate) fn new(terminal: W) -> Self {
        Self {
            terminal,
            state: State::Text,
        }
    }

    fn advance(&mut self, byte: u8, safe: &mut Vec<u8>) {
        self.state = match std::mem::replace(&mut self.state, State::Text) {
            State::Text => start(byte, safe),
            State::Character(mut bytes) => {
                if byte & 0xc0 != 0x80 {
                    // The character is incomplete: drop it, and read this byte afresh.
                    self.state = start(byte, safe);
                    return;
                }
                bytes.push(byte);
                if bytes.len() < length(bytes[0]) {
                    State::Character(bytes)
                } else {
                    if is_text(&bytes) {
                        safe.extend(bytes);
                    }
                    State::Text
                }
            }
            State::Escape if byte == b'[' => State::Sequence(b"\x1b[".to_vec()),
            State::Escape => State::Text,
            State::Sequence(mut bytes) => {
                bytes.push(byte);
                match byte {
                    // The final byte of a sequence.
                    0x40..=0x7e => {
                        if is_own_style(&bytes) {
                            safe.extend(bytes);
                        }
                        State::Text
                    }
                    0x20..=0x3f if bytes.len() < MAX_SEQUENCE_BYTES => State::Sequence(bytes),
                    _ => State::Text,
                }
            }
        };
    }
}

fn start(byte: u8, safe: &mut Vec<u8>) -> State {
    match byte {
        0x1b => return State::Escape,
        0xc0.. => return State::Character(vec![byte]),
        b'\n' | b'\t' | 0x20..=0x7e => safe.push(byte),
        _ => {}
    }
    State::Text
}

/// The length of a UTF-8 character by its first byte.
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
            // `is_control` includes C1: U+009B introduces a sequence just as ESC [ does.
            let turns = matches!(
                it,
                '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            );
            let hides = matches!(it, '\u{2066}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}');
            let is_tag = matches!(it, '\u{e0000}'..='\u{e007f}');
            let breaks = matches!(it, '\u{2028}' | '\u{2029}');
            it.is_control() || turns || hides || is_tag || breaks
        })
}

fn is_own_style(sequence: &[u8]) -> bool {
    style::ALL.iter().any(|style| {
        let own = [style.render().to_string(), style.render_reset().to_string()];
        // A style with two attributes is written as two sequences.
        own.iter()
            .flat_map(|own| own.split_inclusive('m'))
            .any(|own| own.as_bytes() == sequence)
    })
}

impl<W: Write> Write for SanitizedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut safe = Vec::with_capacity(bytes.len());
        for byte in bytes {
            self.advance(*byte, &mut safe);
        }
        self.terminal.write_all(&safe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.terminal.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sanitized text, the same whether written at once or byte by byte.
    fn sanitized(text: &str) -> String {
        let whole = written([text.as_bytes()].into_iter());
        assert_eq!(written(text.as_bytes().chunks(1)), whole);
        String::from_utf8(whole).unwrap()
    }

    fn written<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut writer = SanitizedWriter::new(Vec::new());
        for part in parts {
            writer.write_all(part).unwrap();
        }
        writer.terminal
    }

    #[test]
    fn text_and_own_styles_reach_the_terminal_unchanged() {
        for style in style::ALL {
            let text = format!("{style}Café 日本 🏠{style:#}\n\t“tea” עברית\n");
            assert_eq!(sanitized(&text), text);
        }
    }

    #[test]
    fn no_control_of_a_terminal_gets_through() {
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
            ("a\u{200e}b\u{200f}c\u{61c}d", "abcd"),
            ("a\u{e0041}\u{e007f}b", "ab"),
            ("a\u{2028}b\u{fff9}c", "abc"),
            ("a\u{1b}[1\nb", "ab"),
        ] {
            assert_eq!(sanitized(hostile), left, "{hostile:?}");
        }
        assert_eq!(written([&b"a\xff\xc3b"[..]].into_iter()), b"ab");
    }
}
