use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_bundle::FluentResource;

use super::*;
use crate::components::KindLabel;
use crate::view::*;

/// A message's placeholders by its key. A message of several forms has those of all.
fn messages(file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = FluentResource::try_new(file.to_owned());
    let resource = resource.unwrap_or_else(|(_, errors)| panic!("cannot parse words: {errors:?}"));
    drop(resource);
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" = ")
            && !line.starts_with([' ', '}'])
        {
            key = name.to_owned();
            let earlier = found.insert(key.clone(), BTreeSet::new());
            assert!(earlier.is_none(), "{key} is there twice");
        }
        let placeholders = line.split('$').skip(1).map(|rest| {
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '-');
            rest[..end.unwrap_or(rest.len())].to_owned()
        });
        if let Some(has) = found.get_mut(&key) {
            has.extend(placeholders);
        }
    }
    found
}

/// Every source file and template of this crate, except tests.
fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" {
                sources(&path, found);
            }
        } else if (name.ends_with(".rs") || name.ends_with(".html")) && name != "tests.rs" {
            *found += &fs::read_to_string(&path).unwrap();
        }
    }
}

fn own_sources() -> String {
    let mut found = String::new();
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    sources(&own.join("src"), &mut found);
    // The tables of forms have the keys of their fields.
    sources(&own.join("../forms/src"), &mut found);
    // What a record says by one of a few values.
    sources(&own.join("../record-views/src"), &mut found);
    found
}

/// Those of the console too: its handlers choose headings, and what a page says was done.
fn all_sources() -> String {
    let mut found = own_sources();
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    sources(&own.join("../node/src/console"), &mut found);
    found
}

/// The first literal after each call of a method that takes a key.
fn keys_in_calls(source: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for call in [".text(", ".with(", ".count("] {
        for after in source.split(call).skip(1) {
            let after = after.trim_start();
            let literal = after
                .strip_prefix('"')
                .and_then(|rest| rest.split('"').next());
            keys.extend(literal.map(str::to_owned));
        }
    }
    keys
}

#[test]
fn every_key_that_is_used_has_a_message() {
    let messages = messages(LANGUAGES[0].2);
    // Files of calendars have properties by such calls too.
    let is_key = |key: &String| key.contains('-') && *key == key.to_lowercase();
    let missing: Vec<_> = keys_in_calls(&own_sources())
        .into_iter()
        .filter(is_key)
        .filter(|key| !messages.contains_key(key))
        .collect();
    assert!(missing.is_empty(), "add to words/en/: {missing:?}");
    let kinds = Kind::ALL.map(KindLabel::key);
    let plurals = Kind::ALL.map(Kind::plural_key);
    let all = kinds
        .into_iter()
        .chain(plurals)
        .chain(Heading::ALL.iter().map(|one| one.key()))
        .chain(FilterHeading::ALL.iter().map(|one| one.key()))
        .chain(Flag::ALL.iter().map(|one| one.key()))
        .chain(ContactWay::ALL.iter().map(|one| one.key()))
        .chain(Label::ALL.iter().map(|one| one.key()))
        .chain(Sentence::ALL.iter().map(|one| one.key()))
        .chain(PriceKind::ALL.iter().map(|one| one.key()))
        .chain(Requirement::ALL.iter().map(|one| one.key()))
        .chain(Resource::ALL.iter().map(|one| one.key()));
    for key in all {
        assert!(messages.contains_key(key), "add to words/en/: {key}");
    }
}

#[test]
fn every_message_is_used() {
    let source = all_sources();
    let unused: Vec<_> = messages(LANGUAGES[0].2)
        .into_keys()
        // Their keys are made of the ids of the vocabulary and of tags; a test of record-views
        // compares them.
        .filter(|key| !key.starts_with("term-") && !key.starts_with("language-"))
        .filter(|key| !source.contains(&format!("\"{key}\"")))
        .collect();
    assert!(unused.is_empty(), "remove from words/en/: {unused:?}");
}

#[test]
fn languages_have_the_same_messages_with_the_same_placeholders() {
    let english = messages(LANGUAGES[0].2);
    for (tag, is_complete, file) in &LANGUAGES[1..] {
        let translated = messages(file);
        for (key, placeholders) in &translated {
            let original = english.get(key);
            let original = original.unwrap_or_else(|| panic!("{tag}: {key} is not in English"));
            assert_eq!(placeholders, original, "{tag}: placeholders of {key}");
        }
        let missing: Vec<_> = english
            .keys()
            .filter(|key| !translated.contains_key(*key))
            .collect();
        println!(
            "{tag}: {} messages to translate: {missing:?}",
            missing.len()
        );
        assert_eq!(
            missing.is_empty(),
            *is_complete,
            "{tag} is offered if it is complete"
        );
    }
}

#[test]
fn a_reader_gets_the_first_offered_language_and_numbers_in_groups() {
    let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    for header in ["", "en", "en, cy;q=0.5", "xx", "*", "de-DE,en-US;q=0.7"] {
        assert_eq!(Words::new(header, day).tag(), "en-GB", "{header}");
    }
    for header in ["cy", "cy, en;q=0.5", "de, cy-GB;q=0.7"] {
        assert_eq!(Words::new(header, day).tag(), "cy", "{header}");
    }
    let bare = |text: String| text.replace(['\u{2068}', '\u{2069}'], "");
    let words = Words::new("", day);
    assert_eq!(bare(words.count("search-heading", 1)), "1 result");
    assert_eq!(bare(words.count("search-heading", 0)), "0 results");
    assert_eq!(
        bare(words.count("search-heading", 1_234_567)),
        "1,234,567 results"
    );
    let place = |place| words.with("notice-place-button", &[("place", place)]);
    assert_eq!(place("Leeds"), "Look near Leeds");
    assert_eq!(
        place("\u{5d7}\u{5d9}"),
        "Look near \u{2068}\u{5d7}\u{5d9}\u{2069}"
    );
}

/// Flesch–Kincaid: years of school that a text needs.
fn grade(text: &str) -> f64 {
    let sentences = text.split(['.', '?', '!', ':', '\n']);
    let sentences = sentences
        .filter(|part| part.split_whitespace().count() > 1)
        .count();
    let words: Vec<&str> = text
        .split(|letter: char| !letter.is_alphabetic() && letter != '’')
        .filter(|word| !word.is_empty())
        .collect();
    let syllables: usize = words.iter().map(|word| syllables(word)).sum();
    let count = |number: usize| f64::from(u32::try_from(number).unwrap());
    let per_sentence = count(words.len()) / count(sentences);
    0.39 * per_sentence + 11.8 * count(syllables) / count(words.len()) - 15.59
}

/// Runs of vowels, without a silent `e` at the end.
fn syllables(word: &str) -> usize {
    let word = word.to_lowercase();
    let is_vowel = |letter: char| "aeiouy".contains(letter);
    let mut runs = 0;
    let mut in_run = false;
    for letter in word.chars() {
        if is_vowel(letter) && !in_run {
            runs += 1;
        }
        in_run = is_vowel(letter);
    }
    if word.ends_with('e') && !word.ends_with("le") && runs > 1 {
        runs -= 1;
    }
    runs.max(1)
}

/// Words by which a text counts as sentences. Labels alone are easy by any measure.
const MIN_SENTENCE_WORDS: usize = 6;
/// Words from which a text is measured by itself.
const MIN_LONG_WORDS: usize = 12;
/// Texts in words that are not ours: those of the licences.
const NOT_OUR_WORDS: [&str; 1] = ["map-credit"];

/// The texts of a file of words, each with its key. Placeholders are one short word.
fn texts(file: &str) -> Vec<(String, String)> {
    let mut key = String::new();
    let mut found = Vec::new();
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let message = line.split_once(" = ");
        let message = message.filter(|_| !line.starts_with([' ', '}']));
        if let Some((name, _)) = message {
            key = name.to_owned();
        }
        let text = message.map(|(_, text)| text);
        let text = text.or_else(|| Some(line.split_once("] ")?.1));
        let Some(text) = text.filter(|text| !text.ends_with("->")) else {
            continue;
        };
        let mut plain = String::new();
        for (index, part) in text.split("{ $").enumerate() {
            match (index, part.split_once('}')) {
                (1.., Some((_, rest))) => plain += &format!("it{rest}"),
                _ => plain += part,
            }
        }
        found.push((key.clone(), plain));
    }
    found
}

fn count_words(text: &str) -> usize {
    text.split_whitespace().count()
}

#[test]
fn the_english_words_need_seven_years_of_school_at_most_in_each_file_and_each_long_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("words/en");
    let mut hard = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = texts(&fs::read_to_string(&path).unwrap());
        let sentences = file.iter().filter(|(key, text)| {
            count_words(text) >= MIN_SENTENCE_WORDS && !NOT_OUR_WORDS.contains(&key.as_str())
        });
        let sentences: Vec<&(String, String)> = sentences.collect();
        let all: Vec<&str> = sentences.iter().map(|(_, text)| text.as_str()).collect();
        assert!(!all.is_empty(), "{}", path.display());
        let measured = [(path.display().to_string(), all.join("\n"))];
        let long = sentences.into_iter().cloned();
        let long = long.filter(|(_, text)| count_words(text) >= MIN_LONG_WORDS);
        for (name, text) in measured.into_iter().chain(long) {
            let needed = grade(&text);
            if needed > 7.0 {
                hard.push(format!("{name}: {needed:.1}"));
            }
        }
    }
    assert!(hard.is_empty(), "say in plainer words: {hard:#?}");
    assert!(
        grade(
            "Notwithstanding organisational responsibilities, participation necessitates authorisation."
        ) > 12.0
    );
}

/// Messages that are the same in English and in another language, besides those without letters.
/// Names of languages are often the same.
const SAME: [(&str, &[&str]); 1] = [(
    "cy",
    &[
        "c-post",
        "contact-post",
        "f-cost",
        "f-plus-code",
        "filter-cost",
        "form-g-cost",
        "map-title",
        "term-experience-alcohol",
        "term-experience-ocd",
    ],
)];

#[test]
fn no_text_is_copied_from_english_instead_of_translated() {
    let english = texts(LANGUAGES[0].2);
    for (tag, _, file) in &LANGUAGES[1..] {
        let (_, same) = SAME.iter().find(|(known, _)| known == tag).unwrap();
        let mut is_used = BTreeSet::new();
        let mut copied = Vec::new();
        for (key, text) in texts(file) {
            // A placeholder is "it" here.
            let words = text.replace("it", "");
            if key.starts_with("language-") || !words.contains(char::is_alphabetic) {
                continue;
            }
            if !english.contains(&(key.clone(), text)) {
                continue;
            }
            match same.contains(&key.as_str()) {
                true => _ = is_used.insert(key),
                false => copied.push(key),
            }
        }
        assert!(copied.is_empty(), "{tag}: translate {copied:?}");
        assert_eq!(is_used.len(), same.len(), "{tag}: {is_used:?} of {same:?}");
    }
}

#[test]
fn what_nobody_has_approved_about_a_crisis_is_shown_in_english() {
    let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
    let (english, welsh) = (Words::new("en", day), Words::new("cy", day));
    for (tag, keys) in UNREVIEWED {
        assert_eq!(tag, welsh.tag());
        for key in keys {
            assert_eq!(welsh.tag_of(key), "en-GB", "{key}");
            assert!(messages(LANGUAGES[0].2).contains_key(*key), "{key}");
        }
    }
    assert_eq!(welsh.text("crisis-foot"), english.text("crisis-foot"));
    assert_eq!(welsh.tag_of("search-button"), "cy");
    assert_eq!(welsh.text("search-button"), "Chwilio");
    for (count, heading) in [
        (0, "Dim canlyniadau"),
        (1, "1 canlyniad"),
        (2, "2 ganlyniad"),
        (3, "3 chanlyniad"),
        (6, "6 chanlyniad"),
        (11, "11 canlyniad"),
    ] {
        assert_eq!(welsh.count("search-heading", count), heading);
    }
}

/// The sentences of a guide, each paragraph, point and row on a line, without pictures and code.
fn sentences(guide: &str) -> String {
    let mut text = String::new();
    for line in guide.lines().filter(|line| !line.starts_with("![")) {
        let begins = line.is_empty() || line.starts_with(['-', '|', '#']);
        text.push(if begins { '\n' } else { ' ' });
        let words = line.split('`').enumerate();
        text.extend(words.map(|(at, part)| if at % 2 == 1 { "it" } else { part }));
    }
    // What is between `](` and `)` is an address.
    let mut plain = String::new();
    for (at, part) in text.split("](").enumerate() {
        plain += match at {
            0 => part,
            _ => part.split_once(')').map_or(part, |(_, after)| after),
        };
    }
    plain
}

#[test]
fn guides_for_seekers_and_stewards_need_seven_years_of_school_at_most() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides");
    for name in ["seekers.md", "stewards.md"] {
        let text = sentences(&fs::read_to_string(folder.join(name)).unwrap());
        assert!(count_words(&text) > 200, "{name}");
        let needed = grade(&text);
        assert!(needed <= 7.0, "{name}: {needed:.1}");
    }
}
