//! Languages by the names that people type, as BCP 47 tags.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::gazetteer::normalise;

/// Tags of languages, each with the names by which people in Britain and Ireland call it. The
/// first name is the one to show.
const LANGUAGES: [(&str, &[&str]); 88] = [
    ("am", &["Amharic"]),
    ("ar", &["Arabic", "العربية"]),
    ("ase", &["American Sign Language", "ASL"]),
    ("az", &["Azerbaijani"]),
    ("bfi", &["British Sign Language", "BSL"]),
    ("bg", &["Bulgarian", "Български"]),
    ("bn", &["Bengali", "Bangla", "বাংলা"]),
    ("bs", &["Bosnian"]),
    ("ca", &["Catalan"]),
    ("ckb", &["Sorani", "Kurdish Sorani", "Central Kurdish"]),
    ("cs", &["Czech", "Čeština"]),
    ("cy", &["Welsh", "Cymraeg"]),
    ("da", &["Danish"]),
    ("de", &["German", "Deutsch"]),
    ("el", &["Greek", "Ελληνικά"]),
    ("en", &["English"]),
    ("eo", &["Esperanto"]),
    ("es", &["Spanish", "Español"]),
    ("et", &["Estonian"]),
    ("eu", &["Basque"]),
    ("fa", &["Farsi", "Persian", "فارسی"]),
    ("fi", &["Finnish"]),
    ("fr", &["French", "Français"]),
    ("ga", &["Irish", "Irish Gaelic", "Gaeilge"]),
    (
        "gd",
        &["Scottish Gaelic", "Gaelic", "Scots Gaelic", "Gàidhlig"],
    ),
    ("gl", &["Galician"]),
    ("gu", &["Gujarati", "ગુજરાતી"]),
    ("gv", &["Manx", "Gaelg"]),
    ("ha", &["Hausa"]),
    ("he", &["Hebrew", "עברית"]),
    ("hi", &["Hindi", "हिन्दी"]),
    ("hr", &["Croatian"]),
    ("ht", &["Haitian Creole"]),
    ("hu", &["Hungarian", "Magyar"]),
    ("hy", &["Armenian"]),
    ("id", &["Indonesian"]),
    ("ig", &["Igbo"]),
    ("isg", &["Irish Sign Language", "ISL"]),
    ("it", &["Italian", "Italiano"]),
    ("ja", &["Japanese", "日本語"]),
    ("ka", &["Georgian"]),
    ("kmr", &["Kurmanji", "Kurdish Kurmanji", "Northern Kurdish"]),
    ("kn", &["Kannada"]),
    ("ko", &["Korean", "한국어"]),
    ("ku", &["Kurdish"]),
    ("kw", &["Cornish", "Kernewek"]),
    ("ln", &["Lingala"]),
    ("lt", &["Lithuanian", "Lietuvių"]),
    ("lv", &["Latvian"]),
    ("mk", &["Macedonian"]),
    ("ml", &["Malayalam"]),
    ("mn", &["Mongolian"]),
    ("mr", &["Marathi"]),
    ("ms", &["Malay"]),
    ("mt", &["Maltese"]),
    ("ne", &["Nepali", "Nepalese"]),
    ("nl", &["Dutch", "Nederlands"]),
    ("no", &["Norwegian"]),
    ("om", &["Oromo"]),
    ("pa", &["Punjabi", "Panjabi", "ਪੰਜਾਬੀ"]),
    ("pl", &["Polish", "Polski"]),
    ("ps", &["Pashto", "Pushto", "پښتو"]),
    ("pt", &["Portuguese", "Português"]),
    ("rom", &["Romani", "Romany"]),
    ("ro", &["Romanian", "Română", "Moldovan"]),
    ("ru", &["Russian", "Русский"]),
    ("sco", &["Scots", "Ulster Scots"]),
    ("si", &["Sinhala", "Sinhalese"]),
    ("sk", &["Slovak"]),
    ("sl", &["Slovenian"]),
    ("sn", &["Shona"]),
    ("so", &["Somali", "Soomaali"]),
    ("sq", &["Albanian", "Shqip"]),
    ("sr", &["Serbian"]),
    ("sv", &["Swedish"]),
    ("sw", &["Swahili", "Kiswahili"]),
    ("syl", &["Sylheti"]),
    ("ta", &["Tamil", "தமிழ்"]),
    ("te", &["Telugu"]),
    ("th", &["Thai", "ไทย"]),
    ("ti", &["Tigrinya"]),
    ("tl", &["Tagalog", "Filipino"]),
    ("tr", &["Turkish", "Türkçe"]),
    ("uk", &["Ukrainian", "Українська"]),
    ("ur", &["Urdu", "اردو"]),
    ("vi", &["Vietnamese", "Tiếng Việt"]),
    ("yo", &["Yoruba"]),
    ("zh", &["Chinese", "Mandarin", "Cantonese", "中文"]),
];

/// Every two-letter tag of ISO 639-1.
const TWO_LETTERS: &str = "\
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy \
    da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu \
    hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb \
    lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om \
    or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv \
    sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

struct Names {
    by_name: HashMap<String, &'static str>,
    two_letters: HashSet<&'static str>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let names = LANGUAGES.iter().flat_map(|(tag, names)| {
        let form = |name: &&str| (normalise(name), *tag);
        names.iter().map(form).collect::<Vec<_>>()
    });
    Names {
        by_name: names.collect(),
        two_letters: TWO_LETTERS.split_whitespace().collect(),
    }
});

/// Returns the tag of a language by its name, whatever its case and accents: `pl` for `Polish`.
#[must_use]
pub fn language_by_name(name: &str) -> Option<&'static str> {
    NAMES.by_name.get(&normalise(name)).copied()
}

/// Returns whether a text may be the tag of a language: its language is one of ISO 639-1, or
/// has three letters. Longer ones are not assigned.
#[must_use]
pub fn may_be_language(tag: &str) -> bool {
    let language = tag.split('-').next().unwrap_or_default();
    match language.len() {
        2 => NAMES
            .two_letters
            .contains(language.to_ascii_lowercase().as_str()),
        3 => language.bytes().all(|byte| byte.is_ascii_alphabetic()),
        _ => language == "x" || language == "i",
    }
}

/// Returns the languages that have names here, each with its tag and the name to show.
pub fn languages() -> impl Iterator<Item = (&'static str, &'static str)> {
    LANGUAGES.iter().map(|(tag, names)| (*tag, names[0]))
}

/// Returns other names of a language by its tag.
pub fn other_names(tag: &str) -> &'static [&'static str] {
    let found = LANGUAGES.iter().find(|(other, _)| *other == tag);
    found.map_or(&[], |(_, names)| &names[1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_tags() {
        for (name, tag) in [
            ("Polish", "pl"),
            ("URDU", "ur"),
            ("bsl", "bfi"),
            ("cymraeg", "cy"),
            ("Francais", "fr"),
            ("فارسی", "fa"),
        ] {
            assert_eq!(language_by_name(name), Some(tag), "{name}");
        }
        assert_eq!(language_by_name("Klingon"), None);
        assert_eq!(language_by_name("pl"), None, "a tag is not a name");
    }

    #[test]
    fn tags_that_no_language_has_are_recognised() {
        assert!(may_be_language("pl") && may_be_language("en-GB") && may_be_language("bfi"));
        for wrong in ["Polish", "xx", "", "q", "english"] {
            assert!(!may_be_language(wrong), "{wrong}");
        }
    }

    #[test]
    fn every_name_and_tag_is_there_once() {
        let names = LANGUAGES
            .iter()
            .map(|(_, names)| names.len())
            .sum::<usize>();
        assert_eq!(NAMES.by_name.len(), names);
        for (tag, _) in LANGUAGES {
            assert!(may_be_language(tag), "{tag}");
        }
    }
}
