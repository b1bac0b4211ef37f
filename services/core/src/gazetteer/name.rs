//! Place names brought to one form, so that they are found however they are typed.

/// The form in which names are compared: lower case, without accents or
/// apostrophes, other punctuation as single spaces, `Saint` as `st`, `&` as `and`.
#[must_use]
pub fn normalise(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for character in name.chars().flat_map(char::to_lowercase) {
        match character {
            '\'' | '’' | '‘' | '`' | '´' => {}
            '&' => plain.push_str(" and "),
            _ => match without_accent(character) {
                Some(letters) => plain.push_str(letters),
                None if character.is_alphanumeric() => plain.push(character),
                // A combining accent after its letter.
                None if ('\u{300}'..='\u{36f}').contains(&character) => {}
                None => plain.push(' '),
            },
        }
    }
    let words = plain
        .split_whitespace()
        .map(|word| if word == "saint" { "st" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// The part of a name that people use alone: `newcastle` of `newcastle upon tyne`.
/// Expects and gives the normalised form.
pub(super) fn short_form(normalised: &str) -> Option<&str> {
    [
        " upon ", " on ", " under ", " in ", " by ", " le ", " next ",
    ]
    .iter()
    .filter_map(|joint| normalised.find(joint))
    .min()
    .map(|end| &normalised[..end])
}

fn without_accent(character: char) -> Option<&'static str> {
    Some(match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' => "i",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' => "o",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' => "u",
        'ŵ' | 'ẁ' | 'ẃ' | 'ẅ' => "w",
        'ý' | 'ÿ' | 'ŷ' | 'ỳ' => "y",
        'š' | 'ś' => "s",
        'ž' | 'ź' | 'ż' => "z",
        'ł' => "l",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_of_writing_a_name_come_to_the_same() {
        assert_eq!(normalise("King’s Lynn"), normalise("Kings Lynn"));
        assert_eq!(normalise("Saint Helens"), normalise("St. Helens"));
        assert_eq!(normalise("Y Fali & Môn"), "y fali and mon");
        assert_eq!(normalise("Stoke-on-Trent"), "stoke on trent");
        assert_eq!(normalise("Mo\u{302}n"), "mon");
        assert_eq!(normalise("  ,, "), "");
    }

    #[test]
    fn the_short_form_ends_before_the_river() {
        assert_eq!(short_form("newcastle upon tyne"), Some("newcastle"));
        assert_eq!(short_form("stockton on tees"), Some("stockton"));
        assert_eq!(short_form("leeds"), None);
    }
}
