//! Scripts without spaces between words, and the marks of other scripts.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The Arabic article, alone and with the prepositions that are written with it.
const ARABIC_ARTICLES: [&str; 5] = [
    "\u{648}\u{627}\u{644}",
    "\u{628}\u{627}\u{644}",
    "\u{643}\u{627}\u{644}",
    "\u{627}\u{644}",
    "\u{644}\u{644}",
];

/// Whether the character belongs to a script that has no spaces between words: Chinese,
/// Japanese, Thai, Lao, Burmese, Khmer.
pub fn is_unspaced(character: char) -> bool {
    matches!(u32::from(character),
        0x0e01..=0x0e4e        // Thai, without its currency sign and digits
        | 0x0e81..=0x0ecd      // Lao
        | 0x1000..=0x109f      // Burmese
        | 0x1780..=0x17d3      // Khmer
        | 0x3005..=0x3007      // ideographic iteration mark, closing mark and zero
        | 0x3041..=0x309f      // Hiragana
        | 0x30a1..=0x30fa | 0x30fc..=0x30ff // Katakana without its middle dot
        | 0x31f0..=0x31ff
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff
        | 0x20000..=0x3ffff)
}

/// Whether the character may be part of a word.
pub fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || (!character.is_ascii() && is_combining_mark(character))
}

/// Appends a word in the form in which words are compared: composed, compatible characters as
/// one, Arabic letters without vowel signs and article.
pub fn push_normalised(word: &str, text: &mut String) {
    if word.is_ascii() {
        text.extend(word.chars().filter(char::is_ascii_alphanumeric));
        return;
    }
    let start = text.len();
    for character in word.nfkc() {
        match character {
            // Accents that have no composed letter, Arabic vowel signs and the stretcher, and
            // marks that choose a picture.
            '\u{300}'..='\u{36f}' | '\u{640}' | '\u{64b}'..='\u{652}' | '\u{670}' => {}
            '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' => {}
            // Arabic letters that people write with and without a mark.
            '\u{622}' | '\u{623}' | '\u{625}' => text.push('\u{627}'),
            '\u{649}' => text.push('\u{64a}'),
            '\u{629}' => text.push('\u{647}'),
            _ if is_word_character(character) => text.push(character),
            _ => {}
        }
    }
    let word = &text[start..];
    let article = ARABIC_ARTICLES.iter().find(|article| {
        word.strip_prefix(**article)
            .is_some_and(|rest| rest.chars().count() > 2)
    });
    if let Some(article) = article {
        text.drain(start..start + article.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(word: &str) -> String {
        let mut text = String::new();
        push_normalised(word, &mut text);
        text
    }

    #[test]
    fn decomposed_and_compatible_letters_are_composed() {
        assert_eq!(normalised("Mo\u{302}n"), "Môn");
        assert_eq!(normalised("ｔｅａ"), "tea");
        assert_eq!(normalised("don\u{2019}t"), "dont");
        assert_eq!(normalised("don't"), "dont");
    }

    #[test]
    fn arabic_words_have_no_vowel_signs_and_no_article() {
        assert_eq!(normalised("مُساعدة"), normalised("مساعده"));
        assert_eq!(normalised("النسائية"), normalised("نسائية"));
        assert_eq!(normalised("للنساء"), normalised("نساء"));
        assert_eq!(normalised("ال"), "ال");
    }

    #[test]
    fn only_scripts_without_spaces_are_unspaced() {
        assert!("聊天ひカไทย".chars().all(is_unspaced));
        assert!(!"aéжدह한5".chars().any(is_unspaced));
    }
}
