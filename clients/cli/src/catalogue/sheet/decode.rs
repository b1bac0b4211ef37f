//! Bytes of a table to text.

use std::fmt;

use clap::ValueEnum;

/// How the bytes of a text file stand for letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Encoding {
    #[value(name = "utf-8")]
    Utf8,
    #[value(name = "utf-16le")]
    Utf16Le,
    #[value(name = "utf-16be")]
    Utf16Be,
    /// What spreadsheets on Windows write as “CSV”.
    #[value(name = "windows-1252")]
    Windows1252,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        })
    }
}

/// The letters of the bytes 0x80 to 0x9F; other bytes are the same as in Latin 1.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) encoding: Encoding,
    pub(super) is_guessed: bool,
}

/// Decodes by the chosen encoding, else by a byte order mark, else by what the bytes can be.
pub(super) fn decode(bytes: &[u8], chosen: Option<Encoding>) -> Decoded {
    let marked = if bytes.starts_with(b"\xef\xbb\xbf") {
        Some(Encoding::Utf8)
    } else if bytes.starts_with(b"\xff\xfe") {
        Some(Encoding::Utf16Le)
    } else if bytes.starts_with(b"\xfe\xff") {
        Some(Encoding::Utf16Be)
    } else {
        None
    };
    let is_guessed = chosen.or(marked).is_none() && std::str::from_utf8(bytes).is_err();
    let encoding = chosen.or(marked).unwrap_or_else(|| guess(bytes));
    let text = match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Encoding::Utf16Le => from_utf16(bytes, u16::from_le_bytes),
        Encoding::Utf16Be => from_utf16(bytes, u16::from_be_bytes),
        Encoding::Windows1252 => bytes.iter().map(|byte| from_windows(*byte)).collect(),
    };
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    Decoded {
        text,
        encoding,
        is_guessed,
    }
}

/// Latin text in UTF-16 has a zero in every other byte, which no text in UTF-8 has.
fn guess(bytes: &[u8]) -> Encoding {
    let start = &bytes[..bytes.len().min(512)];
    let zeros = |from: usize| {
        start
            .iter()
            .skip(from)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    if odd > start.len() / 4 && even == 0 {
        Encoding::Utf16Le
    } else if even > start.len() / 4 && odd == 0 {
        Encoding::Utf16Be
    } else if std::str::from_utf8(bytes).is_ok() {
        Encoding::Utf8
    } else {
        Encoding::Windows1252
    }
}

fn from_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units)
        .map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn from_windows(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}
