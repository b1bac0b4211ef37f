//! Characters of texts: the plain form that detectors read, and the characters that no
//! text may contain.

use std::collections::HashMap;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Rows of an ASCII character, a tab, and the characters that look like it.
const LOOK_ALIKES: &str = include_str!("../../data/look-alikes.tsv");

/// The digit zero of each script whose digits follow each other.
const ZEROS: [u32; 37] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0x104a0,
    0x1e950,
];

/// Small capitals that Unicode decomposes into nothing.
const SMALL_CAPITALS: [(char, char); 22] = [
    ('ᴀ', 'A'),
    ('ʙ', 'B'),
    ('ᴅ', 'D'),
    ('ᴇ', 'E'),
    ('ꜰ', 'F'),
    ('ɢ', 'G'),
    ('ʜ', 'H'),
    ('ɪ', 'I'),
    ('ᴊ', 'J'),
    ('ᴋ', 'K'),
    ('ʟ', 'L'),
    ('ᴍ', 'M'),
    ('ɴ', 'N'),
    ('ᴘ', 'P'),
    ('ꞯ', 'Q'),
    ('ʀ', 'R'),
    ('ᴛ', 'T'),
    ('ᴜ', 'U'),
    ('ᴠ', 'V'),
    ('ᴡ', 'W'),
    ('ʏ', 'Y'),
    ('ᴢ', 'Z'),
];

/// Returns the text as a person reads it, in ASCII where possible: letters and digits of
/// other scripts that look like Latin ones are replaced, accents and invisible characters
/// are removed, and spaces, dashes and quotes are plain. Only for detectors; a text is
/// published as it was written.
pub(super) fn fold(text: &str) -> String {
    let fold_ascii = |c: char| if c.is_ascii_control() { ' ' } else { c };
    if text.is_ascii() {
        return text.chars().map(fold_ascii).collect();
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd() {
        if character.is_ascii() {
            folded.push(fold_ascii(character));
        } else if !is_invisible(character) && !is_combining_mark(character) {
            folded.push(fold_character(character));
        }
    }
    folded
}

fn fold_character(character: char) -> char {
    let code = u32::from(character);
    let letter = |first: u32| char::from_u32(u32::from('A') + code - first).unwrap_or(character);
    match character {
        _ if character.is_whitespace() => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{2e3a}' | '\u{2e3b}' => '-',
        '‘' | '’' | '‛' | 'ʼ' | '`' | '´' => '\'',
        '。' | '．' | '・' | '·' | '•' | '․' => '.',
        '⁄' | '∕' => '/',
        '′' => '\'',
        '″' => '"',
        // Letters in squares, circles and flags.
        '\u{1f130}'..='\u{1f149}' => letter(0x1f130),
        '\u{1f150}'..='\u{1f169}' => letter(0x1f150),
        '\u{1f170}'..='\u{1f189}' => letter(0x1f170),
        '\u{1f1e6}'..='\u{1f1ff}' => letter(0x1f1e6),
        // Digits in circles: 1 to 9 in three styles.
        '\u{2776}'..='\u{277e}' => digit(code - 0x2776 + 1),
        '\u{2780}'..='\u{2788}' => digit(code - 0x2780 + 1),
        '\u{278a}'..='\u{2792}' => digit(code - 0x278a + 1),
        '\u{24ff}' | '\u{1f10b}' | '\u{1f10c}' => '0',
        _ => {
            // Digits before look-alikes: the Arabic five looks like an o.
            let zero = ZEROS
                .iter()
                .find(|zero| (**zero..**zero + 10).contains(&code));
            match zero {
                Some(zero) => digit(code - zero),
                None => look_alikes().get(&character).copied().unwrap_or(character),
            }
        }
    }
}

fn digit(value: u32) -> char {
    char::from_digit(value, 10).unwrap_or('0')
}

fn look_alikes() -> &'static HashMap<char, char> {
    static TABLE: OnceLock<HashMap<char, char>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let rows = LOOK_ALIKES.lines().filter_map(|row| row.split_once('\t'));
        let pairs = rows.filter_map(|(plain, others)| {
            let plain = plain.chars().next()?;
            Some(others.chars().map(move |other| (other, plain)))
        });
        SMALL_CAPITALS.into_iter().chain(pairs.flatten()).collect()
    })
}

/// Returns whether a character takes no space and shows nothing, or is a blank that is not
/// called a space.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns whether a person sees nothing of the text.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_whitespace() || c.is_control() || is_invisible(c) || is_combining_mark(c))
}

/// Returns the reason for which no record may have this text in a field.
pub(super) fn unsuitable(text: &str, is_single_line: bool) -> Option<&'static str> {
    if forbidden_character(text).is_some() {
        Some("control_character")
    } else if is_single_line && text.contains(['\n', '\r', '\u{2028}', '\u{2029}']) {
        // In a list of hits a second line would pass for the program's own.
        Some("line_break")
    } else if !text.is_ascii() && !text.trim().is_empty() && is_blank(text) {
        Some("invisible_text")
    } else {
        None
    }
}

/// Returns the first character that no text may contain: a control character other than a
/// line break or tab, a character that changes the direction of writing, or a tag. Each
/// would make two readers see different texts.
fn forbidden_character(text: &str) -> Option<char> {
    let is_forbidden = |c: &char| match c {
        '\n' | '\r' | '\t' => false,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' => true,
        '\u{2066}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => c.is_control(),
    };
    if text.is_ascii() {
        return text.chars().find(is_forbidden);
    }
    without_flags(text).chars().find(is_forbidden)
}

/// Removes the flags of England, Scotland and Wales, which are written with tags.
fn without_flags(text: &str) -> String {
    const REGIONS: [&str; 3] = [
        "\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
        "\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f}",
    ];
    let mut rest = text.to_owned();
    if rest.contains('\u{1f3f4}') {
        for region in REGIONS {
            rest = rest.replace(&format!("\u{1f3f4}{region}"), "");
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alike_letters_and_digits_are_folded() {
        for text in [
            "ΝЕ1 4ЅТ",
            "ＮＥ１　４ＳＴ",
            "𝐍𝐄𝟏 𝟒𝐒𝐓",
            "𝓝𝓔𝟙 𝟜𝓢𝓣",
            "N\u{200b}E\u{2060}1\u{a0}4S\u{ad}T",
            "N\u{332}E\u{301}1 4S\u{20dd}T",
            "🅝🅔➊ ❹🅢🅣",
            "🇳🇪1 4🇸🇹",
            "ɴᴇ1 4ꜱᴛ",
            "NE١ ٤ST",
            "NE1\u{fe0f}\u{20e3} 4ST",
        ] {
            assert_eq!(fold(text).to_uppercase(), "NE1 4ST", "{text}");
        }
        assert_eq!(fold("Lôn Sràid Bóthar Łódź"), "Lon Sraid Bothar Lodz");
    }

    #[test]
    fn texts_of_invisible_characters_are_blank() {
        for text in [
            "",
            " ",
            "\u{200b}",
            "\u{3164}",
            "\u{2800}\u{ad}",
            "\u{e0041}",
            "\u{301}",
        ] {
            assert!(is_blank(text), "{text:?}");
        }
        assert!(!is_blank("a") && !is_blank("é") && !is_blank("🏠") && !is_blank("."));
    }

    #[test]
    fn controls_direction_and_tags_are_forbidden_and_flags_are_not() {
        for text in [
            "a\u{0}b",
            "a\u{1b}[2J",
            "a\u{7f}",
            "a\u{9b}2J",
            "a\u{85}",
            "\u{202e}b",
            "\u{2066}b",
            "\u{200e}b",
            "\u{200f}b",
            "\u{61c}b",
            "a\u{e0041}",
            "\u{fff9}b",
        ] {
            assert!(forbidden_character(text).is_some(), "{text:?}");
        }
        for text in [
            "line\nbreak\ttab\r\n",
            "🏴\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f} Cymru",
            "👩\u{200d}👧 family",
            "می\u{200c}خواهم",
            "soft\u{ad}hyphen",
        ] {
            assert_eq!(forbidden_character(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_text_is_unsuitable_for_its_field_with_a_reason() {
        for (text, is_single_line, reason) in [
            ("a\nb", false, None),
            ("a\nb", true, Some("line_break")),
            ("a\rb", true, Some("line_break")),
            ("a\u{2028}b", true, Some("line_break")),
            ("a\u{85}b", false, Some("control_character")),
            ("\u{202e}a", false, Some("control_character")),
            ("\u{200b}", true, Some("invisible_text")),
            (" ", true, None),
            ("", true, None),
            ("a\tb", true, None),
        ] {
            assert_eq!(unsuitable(text, is_single_line), reason, "{text:?}");
        }
    }

    #[test]
    fn every_ascii_text_without_controls_folds_to_itself() {
        let text: String = (' '..='~').filter(|c| *c != '`').collect();
        assert_eq!(fold(&text), text);
    }
}
