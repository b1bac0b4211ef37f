//! Services for a person in a crisis, by the words that they type.
//!
//! The words of a query are checked and dropped: nothing here logs, counts or keeps them.

use crate::gazetteer::normalise;

mod services;
mod words;

pub use services::CrisisService;
use services::{Kind, SERVICES};
use words::{EMERGENCY_OF_OTHER_KINDS, HARMLESS, SKIPPED, WORDS};

/// Returns the services for a person who types these words, in the order in which to show
/// them; none for other words.
#[must_use]
pub fn crisis_services(query: &str) -> Vec<CrisisService> {
    if query.is_empty() {
        return Vec::new();
    }
    let query = folded(query);
    let kinds: Vec<Kind> = WORDS
        .iter()
        .filter(|(_, phrases)| phrases.iter().any(|phrase| has(&query, phrase)))
        .map(|(kind, _)| *kind)
        .collect();
    let is_for = |service: &&CrisisService| service.kinds.iter().any(|kind| kinds.contains(kind));
    SERVICES.iter().filter(is_for).copied().collect()
}

/// The words in the form of the phrases, with a space on both sides of each.
fn folded(query: &str) -> String {
    let marks = '\u{64b}'..='\u{652}';
    let plain: String = query.chars().filter(|it| !marks.contains(it)).collect();
    let plain = normalise(&plain);
    let letters = plain.chars().map(|letter| match letter {
        'أ' | 'إ' | 'آ' => 'ا',
        'ى' => 'ي',
        other => other,
    });
    let folded: String = letters.collect();
    let words: Vec<&str> = folded.split(' ').collect();
    let is_other_emergency = words
        .iter()
        .any(|word| EMERGENCY_OF_OTHER_KINDS.contains(&word.trim_end_matches('s')));
    let kept = words.into_iter().filter(|word| {
        let is_harmless = *word == "emergency" && is_other_emergency;
        !SKIPPED.contains(word) && !is_harmless
    });
    let mut folded = format!(" {} ", kept.collect::<Vec<_>>().join(" "));
    for harmless in HARMLESS {
        folded = folded.replace(&format!(" {harmless} "), " ");
    }
    folded
}

/// Whether a folded text has a phrase.
fn has(text: &str, phrase: &str) -> bool {
    let (before, rest) = match phrase.strip_prefix('*') {
        Some(rest) => ("", rest),
        None => (" ", phrase),
    };
    let (rest, after) = match rest.strip_suffix('*') {
        Some(rest) => (rest, ""),
        None => (rest, " "),
    };
    // Without an allocation for each of the phrases: most texts have none of them.
    text.match_indices(rest)
        .any(|(at, _)| text[..at].ends_with(before) && text[at + rest.len()..].starts_with(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &str) -> Vec<(&'static str, &'static str)> {
        let services = crisis_services(query).into_iter();
        services.map(|it| (it.country, it.name)).collect()
    }

    #[test]
    fn despair_names_the_services_of_both_countries() {
        for query in [
            "suicidal thoughts",
            "I can’t go on",
            "SELF-HARM tonight",
            "i want to kill myself",
            "don't want to be here anymore",
        ] {
            let names = names(query);
            for expected in [
                ("GB", "Emergency services"),
                ("GB", "Samaritans"),
                ("GB", "Shout"),
                ("GB", "NHS 111"),
                ("GB", "Childline"),
                ("IE", "Samaritans"),
                ("IE", "Text About It"),
            ] {
                assert!(names.contains(&expected), "{query}: {expected:?}");
            }
            assert!(!names.contains(&("IE", "Women's Aid")), "{query}");
        }
    }

    #[test]
    fn violence_names_the_helplines_for_it() {
        for query in [
            "my husband hits me",
            "being hit",
            "abusive relationship help",
        ] {
            let names = names(query);
            let refuge = ("GB", "National Domestic Abuse Helpline (Refuge)");
            assert!(names.contains(&refuge), "{query}");
            assert!(names.contains(&("IE", "Women's Aid")), "{query}");
            assert!(!names.contains(&("GB", "Samaritans")), "{query}");
        }
        assert!(names("my dad hits me").contains(&("GB", "Childline")));
        assert!(names("I was raped").contains(&("GB", "Rape Crisis")));
    }

    #[test]
    fn other_words_name_none() {
        for query in [
            "",
            "knitting",
            "a good night out",
            "grapes",
            "rapeseed oil",
            "therapeutic art",
            "hit the gym",
            "white meat",
            "die casting",
            "dice games",
            "Die Hard film night",
            "dead sea scrolls",
            "10 kms walk",
            "the cost of living crisis",
            "climate crisis group",
            "emergency food parcel",
            "emergency first aid training",
            "bleeding disorders",
            "safe at home with friends",
            "heart beat music",
            "weekend walks",
            "attending a wedding",
            "legend tripping",
            "killing time",
            "abused animals rescue",
            "refugees",
            "cutting and sewing",
            "Polish group",
            "grupa wsparcia",
            "مجموعة الدعم",
        ] {
            assert!(names(query).is_empty(), "{query}");
        }
    }

    #[test]
    fn every_service_can_be_reached() {
        for service in SERVICES {
            assert!(
                !(service.phone.is_empty() && service.text.is_empty()),
                "{service:?}"
            );
            assert!(!service.kinds.is_empty() && !service.words.is_empty());
        }
    }

    #[test]
    fn phrasings_of_one_kind_name_the_same_services() {
        for (query, service) in [
            ("I want to die", "Samaritans"),
            ("i just really want to die", "Samaritans"),
            ("thinking of ending it all", "Samaritans"),
            ("end it all", "Samaritans"),
            ("I keep hurting myself", "Samaritans"),
            ("my daughter cuts herself", "Samaritans"),
            ("my son wants to kill himself", "Samaritans"),
            ("I don’t want to be here any more", "Samaritans"),
            ("everyone would be better off without me", "Samaritans"),
            ("no point in living", "Samaritans"),
            ("sucidal", "Samaritans"),
            ("gonna kms", "Samaritans"),
            ("I can't go on", "Samaritans"),
            ("mental health crisis", "Samaritans"),
            ("suicide bereavement support", "Samaritans"),
            ("tonight", "Samaritans"),
            ("somewhere to go tonight", "Samaritans"),
            ("unrhyw beth heno", "Samaritans"),
            ("I took an overdose", "NHS 111"),
            ("overdosed on paracetamol", "NHS 111"),
            ("taken too many tablets", "NHS 111"),
            ("I wish I was never born, I want to be dead", "Samaritans"),
            ("he hits me", "Live Fear Free"),
            ("my boyfriend punches me", "Live Fear Free"),
            ("I am being abused", "Live Fear Free"),
            ("not safe at home", "Live Fear Free"),
            ("I don't feel safe at home", "Live Fear Free"),
            ("scared of him", "Live Fear Free"),
            ("scared to go home", "Live Fear Free"),
            ("he won't let me leave", "Live Fear Free"),
            ("my ex is stalking me", "Live Fear Free"),
            ("they are forcing me to marry", "Live Fear Free"),
            ("my stepdad hurts me", "Childline"),
            ("I was sexually assaulted", "Rape Crisis"),
            ("dw i eisiau marw", "Samaritans"),
            ("hunan-niweidio", "Samaritans"),
            ("cam-drin domestig", "Live Fear Free"),
            ("mae o'n fy nharo i", "Live Fear Free"),
            ("chcę umrzeć", "Samaritans"),
            ("myśli samobójcze", "Samaritans"),
            ("mąż mnie bije", "Live Fear Free"),
            ("przemoc domowa", "Live Fear Free"),
            ("أُريد أن أموت", "Samaritans"),
            ("الانتحار", "Samaritans"),
            ("زوجي يضربني", "Live Fear Free"),
            ("العنف المنزلي", "Live Fear Free"),
            ("我不想活了", "Samaritans"),
            ("хочу померти", "Samaritans"),
        ] {
            assert!(names(query).contains(&("GB", service)), "{query}");
        }
    }

    #[test]
    fn every_phrase_is_in_the_form_that_queries_are_compared_in() {
        for (_, phrases) in WORDS {
            for phrase in phrases {
                let plain = phrase.trim_matches('*');
                assert_eq!(folded(plain).trim(), plain, "it would never match");
            }
        }
        for harmless in HARMLESS {
            assert!(names(harmless).is_empty(), "{harmless}");
        }
    }
}
