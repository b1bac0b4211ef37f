//! The words of the pages, by language.
//!
//! They are in `words/` in Fluent's syntax. A language is offered once it is complete; until then
//! its file only waits for translators. What it says about a crisis is shown in English until a
//! speaker has approved it.

use std::borrow::Cow;
use std::sync::OnceLock;

use chrono::NaiveDate;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::memoizer::MemoizerKind;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// The files of one language, as one.
macro_rules! files {
    ($folder:literal) => {
        concat!(
            include_str!(concat!("../words/", $folder, "/shell.ftl")),
            include_str!(concat!("../words/", $folder, "/directory.ftl")),
            include_str!(concat!("../words/", $folder, "/record.ftl")),
            include_str!(concat!("../words/", $folder, "/vocabulary.ftl")),
            include_str!(concat!("../words/", $folder, "/lists.ftl")),
            include_str!(concat!("../words/", $folder, "/map.ftl")),
            include_str!(concat!("../words/", $folder, "/sheet.ftl")),
            include_str!(concat!("../words/", $folder, "/node.ftl")),
            include_str!(concat!("../words/", $folder, "/console.ftl")),
            include_str!(concat!("../words/", $folder, "/edit.ftl")),
        )
    };
}

/// Tag, whether every message is there, and the messages.
pub(crate) const LANGUAGES: [(&str, bool, &str); 2] =
    [("en-GB", true, files!("en")), ("cy", true, files!("cy"))];

/// Messages for a person in a crisis that no speaker of the language has approved. They are shown
/// in English: a wrong word may cost more there than another language.
const UNREVIEWED: [(&str, &[&str]); 1] = [("cy", &CRISIS)];
const CRISIS: [&str; 6] = [
    "crisis-foot",
    "crisis-country-gb",
    "crisis-country-ie",
    "crisis-text",
    "crisis-heading",
    "crisis-nothing-kept",
];

pub(crate) struct Language {
    pub(crate) tag: &'static str,
    file: &'static str,
    /// Changes each piece of text.
    transform: Option<fn(&str) -> Cow<'_, str>>,
    bundle: OnceLock<FluentBundle<FluentResource>>,
}

impl Language {
    fn new(tag: &'static str, file: &'static str) -> Self {
        Self {
            tag,
            file,
            transform: None,
            bundle: OnceLock::new(),
        }
    }

    /// The messages, parsed when the language is first read. They need some 2 MiB: a node whose
    /// pages nobody opens does without.
    fn bundle(&self) -> &FluentBundle<FluentResource> {
        self.bundle.get_or_init(|| {
            // A test parses every file without errors.
            let resource = match FluentResource::try_new(self.file.to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            let mut bundle =
                FluentBundle::new_concurrent(vec![self.tag.parse().unwrap_or_default()]);
            bundle.set_formatter(Some(number_in_groups));
            bundle.set_use_isolating(false);
            bundle.set_transform(self.transform);
            bundle.add_resource_overriding(resource);
            bundle
        })
    }
}

/// The words of one language, on one day.
#[derive(Clone, Copy)]
pub struct Words {
    language: &'static Language,
    today: NaiveDate,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.tag()).finish()
    }
}

impl Words {
    /// Parses the messages of each language, for a site whose first visitors must not wait for it.
    pub fn parse_all() {
        for language in languages() {
            language.bundle();
        }
    }

    /// The words of the first language of an `Accept-Language` header that is offered, or else
    /// English. `today` is the day of the person who reads.
    pub fn new(accept_language: &str, today: NaiveDate) -> Self {
        let offered = offered();
        let wanted = accept_language.split(',').find_map(|range| {
            let tag = range.split(';').next().unwrap_or_default().trim();
            let primary = tag.split('-').next().unwrap_or_default();
            offered.iter().find(|language| {
                let own = language.tag.split('-').next().unwrap_or_default();
                own.eq_ignore_ascii_case(primary)
            })
        });
        Self {
            language: wanted.unwrap_or(&offered[0]),
            today,
        }
    }

    /// The BCP 47 tag of the language.
    pub fn tag(self) -> &'static str {
        self.language.tag
    }

    /// The language in which a message is shown, for the attribute `lang`.
    pub(crate) fn tag_of(self, key: &str) -> &'static str {
        self.language_of(key).tag
    }

    fn language_of(self, key: &str) -> &'static Language {
        let is_unreviewed = UNREVIEWED
            .iter()
            .any(|(tag, keys)| *tag == self.language.tag && keys.contains(&key));
        match is_unreviewed {
            true => &offered()[0],
            false => self.language,
        }
    }

    /// The direction of the language's writing, for the attribute `dir`.
    pub fn direction(self) -> &'static str {
        match self.tag().split('-').next() {
            Some("ar" | "fa" | "he" | "ps" | "ur" | "yi") => "rtl",
            _ => "ltr",
        }
    }

    pub(crate) fn today(self) -> NaiveDate {
        self.today
    }

    /// The label of a term of the suggested vocabulary, such as `value:hope`. `None` for a tag that
    /// is a group's own word.
    pub fn term(self, id: &str) -> Option<String> {
        self.optional(&format!("term-{}", id.replace(':', "-")))
    }

    /// The name of a language, by its BCP 47 tag or the first part of it.
    pub fn language_name(self, tag: &str) -> Option<String> {
        let primary = tag.split('-').next().unwrap_or_default();
        let named = self.optional(&format!("language-{}", tag.to_ascii_lowercase()));
        named.or_else(|| self.optional(&format!("language-{}", primary.to_ascii_lowercase())))
    }

    /// The other languages of the pages: the first part of each tag, which begins the addresses of
    /// its pages, and its own name for itself.
    pub fn other_languages(self) -> Vec<(&'static str, String)> {
        let own = self.tag();
        let others = languages().filter(|language| language.tag != own);
        others
            .map(|language| {
                let words = Self { language, ..self };
                (primary(language.tag), words.text("own-language"))
            })
            .collect()
    }

    fn optional(self, key: &str) -> Option<String> {
        let is_there = self.language_of(key).bundle().has_message(key);
        is_there.then(|| self.message(key, None))
    }

    /// The message of a key.
    pub fn text(self, key: &str) -> String {
        self.message(key, None)
    }

    /// The message of a key, with values for its placeholders.
    pub fn with(self, key: &str, values: &[(&'static str, &str)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, self.isolated(value));
        }
        self.message(key, Some(&args))
    }

    /// The message of a key for a number, which is its placeholder `count`.
    pub fn count(self, key: &str, count: u64) -> String {
        let mut args = FluentArgs::new();
        args.set("count", count);
        self.message(key, Some(&args))
    }

    /// A value between marks that keep the text around it in place, if its direction may be another.
    /// Fluent would mark every value, and the marks are copied with the text.
    fn isolated(self, value: &str) -> String {
        let is_rtl = |letter| matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
        if self.direction() == "rtl" || value.contains(is_rtl) {
            format!("\u{2068}{value}\u{2069}")
        } else {
            value.to_owned()
        }
    }

    fn message(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle = self.language_of(key).bundle();
        let pattern = bundle.get_message(key).and_then(|message| message.value());
        let Some(pattern) = pattern else {
            // Tests find every key, so that this is never shown.
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors);
        debug_assert!(errors.is_empty(), "{key}: {errors:?}");
        text.into_owned()
    }
}

/// The complete languages, English first.
fn offered() -> &'static [Language] {
    static OFFERED: OnceLock<Vec<Language>> = OnceLock::new();
    OFFERED.get_or_init(|| {
        let complete = LANGUAGES.into_iter().filter(|(_, complete, _)| *complete);
        let offered = complete.map(|(tag, _, file)| Language::new(tag, file));
        #[cfg(any(test, feature = "samples"))]
        let offered = offered.chain([pseudo::right_to_left(LANGUAGES[0].2)]);
        offered.collect()
    })
}

/// The complete languages of people, without that of tests.
pub(crate) fn languages() -> impl Iterator<Item = &'static Language> {
    let is_listed = |tag: &str| LANGUAGES.iter().any(|(listed, ..)| *listed == tag);
    offered()
        .iter()
        .filter(move |language| is_listed(language.tag))
}

/// The first part of a tag: `en` of `en-GB`.
pub(crate) fn primary(tag: &'static str) -> &'static str {
    tag.split('-').next().unwrap_or(tag)
}

/// Writes whole numbers with a comma between thousands.
fn number_in_groups<M: MemoizerKind>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let digits = number.as_string().into_owned();
    if digits.len() < 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(in_groups(&digits))
}

/// Digits with a comma between thousands.
pub(crate) fn in_groups(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(any(test, feature = "samples"))]
mod pseudo;
#[cfg(test)]
mod tests;
