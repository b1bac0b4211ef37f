//! One form for place names, so that a name is found however it is typed.

use unicode_normalization::UnicodeNormalization as _;

/// Returns the form in which names are compared: lower case, without accents or
/// apostrophes, other punctuation as single spaces, `Saint` as `st`, `&` as `and`.
#[must_use]
pub fn normalise(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for character in name.chars().flat_map(char::to_lowercase) {
        match character {
            '\'' | '’' | '‘' | '`' | '´' => {}
            '&' => plain.push_str(" and "),
            // Letters that Unicode does not decompose.
            'ø' => plain.push('o'),
            'ł' => plain.push('l'),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ß' => plain.push_str("ss"),
            _ if character.is_alphanumeric() => plain.push(without_accents(character)),
            // A combining accent after its letter.
            '\u{300}'..='\u{36f}' => {}
            _ => plain.push(' '),
        }
    }
    let words = plain
        .split_whitespace()
        .map(|word| if word == "saint" { "st" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// Returns the base of an accented Latin letter. Letters of other scripts stay whole: in
/// some, a mark is a vowel and not an accent.
fn without_accents(letter: char) -> char {
    let base = letter.nfd().next().filter(char::is_ascii);
    base.unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_have_one_form() {
        assert_eq!(normalise("King’s Lynn"), normalise("Kings Lynn"));
        assert_eq!(normalise("Saint Helens"), normalise("St. Helens"));
        assert_eq!(normalise("Y Fali & Môn"), "y fali and mon");
        assert_eq!(normalise("Stoke-on-Trent"), "stoke on trent");
        assert_eq!(normalise("Mo\u{302}n"), "mon");
        assert_eq!(normalise("  ,, "), "");
    }

    #[test]
    fn accents_are_stripped_from_latin_letters_only() {
        assert_eq!(
            normalise("ÀÇÉÎÑÖØŴŶŠŽŁÆŒẞĦ"),
            "aceinoowysz".to_owned() + "laeoessħ"
        );
        assert_eq!(normalise("हिन्दी, 한국, がく, йод"), "हिन दी 한국 がく йод");
    }
}
