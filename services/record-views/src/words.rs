//! Values of the protocol as people speak of them.

use chrono::{DateTime, NaiveDate};
use hedgerow_core::name::collection;
use hedgerow_core::time::Timestamp;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::directory_v1::{MatchAspect, UseCondition};
use hedgerow_proto::feed_v1::GroupStatus;
use hedgerow_web::view::Kind;
use hedgerow_web::{Text, Words};

/// The language of the programs' own sentences.
const ENGLISH: &str = "en-GB";

/// The kind of a collection's records; [`Kind::Other`] for a collection that is not known here.
pub fn kind(collection_name: &str) -> Kind {
    match collection_name {
        collection::LISTING => Kind::Group,
        collection::EVENT => Kind::Event,
        collection::OFFER => Kind::Offer,
        collection::NEED => Kind::Need,
        collection::STORY => Kind::Story,
        collection::COMMITMENT => Kind::Commitment,
        collection::VOUCH => Kind::Vouch,
        _ => Kind::Other,
    }
}

/// A UTC time as its day.
pub fn day(time: Timestamp) -> NaiveDate {
    let utc = DateTime::from_timestamp_millis(time.as_millis()).unwrap_or_default();
    utc.date_naive()
}

/// The name of a language by its tag, or the tag.
pub fn language(tag: &str, words: Words) -> String {
    words.language_name(tag).unwrap_or_else(|| tag.to_owned())
}

/// A tag as people read it: a term of the vocabulary in the reader's language, or the group's own
/// word in that of its record.
pub fn tag(tag: &str, language: &str, words: Words) -> Text {
    match words.term(tag) {
        Some(label) => Text::plain(&label),
        None => Text::new(vocabulary().label(tag), language),
    }
}

/// The label of a term, or of a word that is the name of one; any other word as it is.
pub fn term(word: &str, words: Words) -> String {
    let named = || vocabulary().by_word(word).into_iter().next();
    let id = vocabulary().by_id(word).or_else(named).map(|term| &term.id);
    let label = id.and_then(|id| words.term(id));
    label.unwrap_or_else(|| vocabulary().label(word).to_owned())
}

/// Why a directory does not show a group, or how the group is.
pub fn status(status: GroupStatus, words: Words) -> String {
    words.text(match status {
        GroupStatus::Unspecified => "status-unknown",
        GroupStatus::Active => "status-active",
        GroupStatus::Pending => "status-pending",
        GroupStatus::Throttled => "status-throttled",
        GroupStatus::Stale => "status-stale",
        GroupStatus::Lapsed => "status-lapsed",
        GroupStatus::NotInvited => "status-not-invited",
        GroupStatus::Frozen => "status-frozen",
        GroupStatus::Ended => "status-ended",
        GroupStatus::Excluded => "status-excluded",
    })
}

/// A point on which a match fits, or that its two groups have to settle.
pub fn match_aspect(aspect: MatchAspect, words: Words) -> String {
    words.text(match aspect {
        MatchAspect::Unspecified => "aspect-unknown",
        MatchAspect::Kind => "aspect-kind",
        MatchAspect::Distance => "aspect-distance",
        MatchAspect::Online => "aspect-online",
        MatchAspect::Capacity => "aspect-capacity",
        MatchAspect::Price => "aspect-price",
        MatchAspect::Accessibility => "aspect-access",
        MatchAspect::Availability => "aspect-times",
        MatchAspect::Features => "aspect-features",
        MatchAspect::Subject => "aspect-subject",
        MatchAspect::Requirements => "aspect-required",
        MatchAspect::WhoFor => "aspect-who-for",
    })
}

/// What to settle before a room can be used.
pub fn use_condition(condition: UseCondition, words: Words) -> String {
    words.text(match condition {
        UseCondition::Unspecified => "use-unknown",
        UseCondition::Shortest => "use-shortest",
        UseCondition::Notice => "use-notice",
        UseCondition::BookAhead => "use-book-ahead",
        UseCondition::PublicHoliday => "use-holiday",
        UseCondition::Words => "use-words",
    })
}

/// Why a field of a search cannot be read. The exact words are those of the command line, which
/// are English; readers of other languages get the sentence of the field.
pub fn search_error(option: &str, english: &str, words: Words) -> Text {
    if words.tag() == ENGLISH {
        return Text::plain(english);
    }
    Text::plain(&words.text(match option {
        "near" | "inside" | "region" => "error-place",
        "within" => "error-within",
        "from" | "to" | "on" | "between" | "free-at" => "error-when",
        _ => "error-search",
    }))
}

/// Why a place cannot be searched near, next to the places that were perhaps meant.
pub fn unknown_place(words: Words) -> Text {
    Text::plain(&words.text("near-unknown"))
}

/// What is wrong with a field of a draft, or what to confirm about it. The exact words are those of
/// the rules, which are English; readers of other languages get the sentence of the reason's kind,
/// next to the field.
pub fn rule_sentence(reason: &str, english: &str, words: Words) -> Text {
    if words.tag() == ENGLISH {
        return Text::plain(english);
    }
    let key = match reason {
        "missing" | "empty_record" | "empty_entry" => "wrong-missing",
        "too_long" | "too_many" | "record_too_large" => "wrong-too-long",
        "personal_contact" => "wrong-personal-contact",
        "duplicate" => "wrong-duplicate",
        "unknown_term" => "wrong-unknown-term",
        "url_malformed" | "email_malformed" | "phone_malformed" => "wrong-contact",
        "place_empty" | "town_unknown" | "town_ambiguous" | "no_town_near" | "region_unknown"
        | "region_incomplete" => "wrong-place",
        "ends_before_start" | "hours_overlap" | "in_the_future" | "schedule_in_words"
        | "term_in_words" | "weeks_in_words" | "weekday_required" | "start_required"
        | "time_zone_required" => "wrong-times",
        "text_shows_hidden_place" | "other_record_repeats_it" => "wrong-address",
        reason if reason.starts_with("looks_like_") || reason.contains("finer") => "wrong-address",
        reason if reason.starts_with("consent_") => "wrong-consent",
        reason if reason.starts_with("date_") => "wrong-date",
        reason if reason.starts_with("price_") => "wrong-price",
        reason if reason.ends_with("_required") => "wrong-missing",
        _ => "wrong-other",
    };
    Text::plain(&words.text(key))
}

/// A sentence of the programs, which is in English in every language of pages.
pub fn english_only(sentence: &str, words: Words) -> Text {
    match words.tag() {
        ENGLISH => Text::plain(sentence),
        _ => Text::new(sentence, ENGLISH),
    }
}

/// A day of the protocol, `2026-12-01`, as people write it; any other text as it is.
pub(crate) fn date(text: &str, words: Words) -> String {
    parsed_day(text).map_or_else(|| text.to_owned(), |day| words.date(day))
}

pub(crate) fn parsed_day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()
}

/// Items as one: `a, b and c`.
pub(crate) fn list(items: &[String], words: Words) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => {
            words.with("list-and", &[("first", &first.join(", ")), ("last", last)])
        }
    }
}

/// A text with its first letter as a capital.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use hedgerow_core::language::languages;

    use super::*;

    #[test]
    fn every_term_and_language_has_words_and_the_english_ones_are_those_of_the_vocabulary() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
        let (english, welsh) = (Words::new("en", day), Words::new("cy", day));
        for one in vocabulary().terms() {
            assert_eq!(
                english.term(&one.id).as_deref(),
                Some(&*one.label),
                "{}",
                one.id
            );
            assert!(welsh.term(&one.id).is_some(), "{}", one.id);
        }
        for (tag, name) in languages() {
            assert_eq!(language(tag, english), name);
            assert_ne!(language(tag, welsh), tag);
        }
        // The test of words leaves these keys out, so that none may be without a term.
        let ids = vocabulary().terms().iter();
        let known: BTreeSet<String> = ids
            .map(|one| format!("term-{}", one.id.replace(':', "-")))
            .chain(languages().map(|(tag, _)| format!("language-{tag}")))
            .collect();
        let file = include_str!("../../web/words/en/vocabulary.ftl");
        let keys = file.lines().filter_map(|line| line.split_once(" = "));
        for (key, _) in keys {
            assert!(known.contains(key), "no term has {key}");
        }
        assert_eq!(language("pl-PL", welsh), "Pwyleg");
        assert_eq!(language("xx", welsh), "xx");
    }

    #[test]
    fn a_rule_is_exact_in_english_and_of_its_kind_in_other_languages() {
        let day = NaiveDate::default();
        let (english, welsh) = (Words::new("en", day), Words::new("cy", day));
        let exact = "“12 High Street” looks like an address.";
        for reason in [
            "looks_like_address",
            "missing",
            "consent_required",
            "unheard_of",
        ] {
            assert_eq!(rule_sentence(reason, exact, english), Text::plain(exact));
            let shown = rule_sentence(reason, exact, welsh);
            assert!(
                !shown.as_str().contains("High") && !shown.is_empty(),
                "{shown:?}"
            );
        }
        let of = |reason| rule_sentence(reason, exact, welsh);
        assert_eq!(of("looks_like_postcode"), of("finer_than_other_record"));
        assert_ne!(of("missing"), of("unheard_of"));
        assert_eq!(search_error("near", exact, english), Text::plain(exact));
        assert_ne!(
            search_error("near", exact, welsh),
            search_error("within", exact, welsh)
        );
        assert_eq!(english_only(exact, welsh), Text::new(exact, "en-GB"));
    }

    #[test]
    fn a_term_is_in_the_readers_language_and_a_groups_own_word_in_its_own() {
        let welsh = Words::new("cy", NaiveDate::default());
        assert_eq!(tag("value:hope", "en", welsh), Text::plain("Gobaith"));
        assert_eq!(tag("x:knitting", "en", welsh), Text::new("knitting", "en"));
        assert_eq!(term("South Asian", welsh), "De Asiaidd");
        assert_eq!(term("knitting", welsh), "knitting");
    }
}
