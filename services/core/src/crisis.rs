//! Services for a person in a crisis, by the words that they type.
//!
//! The words of a query are checked and dropped: nothing here logs, counts or keeps them.

use crate::gazetteer::normalise;

/// A service that anybody in its country can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrisisService {
    /// ISO 3166-1 code of its country.
    pub country: &'static str,
    /// The name by which people know it.
    pub name: &'static str,
    /// The number to call; empty if there is none.
    pub phone: &'static str,
    /// What to text and where; empty if the service takes no texts.
    pub text: &'static str,
    /// What it is for, and when it is open.
    pub words: &'static str,
    kinds: &'static [Kind],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Thoughts of suicide, or harming oneself.
    Despair,
    /// Being hurt by someone at home.
    Violence,
    /// A child being hurt.
    Child,
    /// Rape, or other sexual violence.
    SexualViolence,
    /// Danger to life now.
    Emergency,
}

use Kind::{Child, Despair, Emergency, SexualViolence, Violence};

/// Parts of normalised queries. Each begins at a word and may end within one.
const WORDS: [(Kind, &[&str]); 5] = [
    (
        Despair,
        &[
            "suicid",
            "self harm",
            "selfharm",
            "harm myself",
            "harming myself",
            "hurt myself",
            "hurting myself",
            "cut myself",
            "cutting myself",
            "kill myself",
            "killing myself",
            "kms",
            "end my life",
            "ending my life",
            "end it all",
            "ending it all",
            "take my life",
            "take my own life",
            "want to die",
            "wanna die",
            "wish i was dead",
            "wish i were dead",
            "better off dead",
            "dont want to live",
            "do not want to live",
            "not want to be alive",
            "dont want to be alive",
            "dont want to be here",
            "no reason to live",
            "cant go on",
            "cannot go on",
            "nothing to live for",
            "crisis",
            "in despair",
        ],
    ),
    (
        Violence,
        &[
            "domestic abuse",
            "domestic violence",
            "being hit",
            "hits me",
            "hit me",
            "beats me",
            "beat me",
            "beaten up by",
            "hurts me",
            "hitting me",
            "beating me",
            "strangled me",
            "strangles me",
            "choked me",
            "chokes me",
            "abusive husband",
            "abusive wife",
            "abusive partner",
            "abusive boyfriend",
            "abusive girlfriend",
            "abusive relationship",
            "violent husband",
            "violent partner",
            "violent boyfriend",
            "violent relationship",
            "controlling partner",
            "controlling husband",
            "coercive control",
            "scared of my husband",
            "scared of my partner",
            "scared of my boyfriend",
            "afraid of my husband",
            "afraid of my partner",
            "afraid of my boyfriend",
            "forced marriage",
            "womens refuge",
            "threatens to kill me",
            "threatened to kill me",
        ],
    ),
    (
        Child,
        &[
            "child abuse",
            "abused child",
            "dad hits",
            "mum hits",
            "dad hit",
            "mum hit",
            "dad beats",
            "mum beats",
            "stepdad hits",
            "abused by my",
            "childline",
            "child protection",
        ],
    ),
    (
        SexualViolence,
        &[
            "raped",
            "rape",
            "sexual assault",
            "sexually assault",
            "sexual violence",
            "sexual abuse",
            "sexually abuse",
        ],
    ),
    (
        Emergency,
        &[
            "overdose",
            "overdosed",
            "taken an od",
            "emergency",
            "taken too many pills",
            "took too many pills",
            "taken pills",
            "bleeding",
            "going to kill me",
        ],
    ),
];

const fn service(
    country: &'static str,
    name: &'static str,
    phone: &'static str,
    text: &'static str,
    words: &'static str,
    kinds: &'static [Kind],
) -> CrisisService {
    CrisisService {
        country,
        name,
        phone,
        text,
        words,
        kinds,
    }
}

const ALL: &[Kind] = &[Despair, Violence, Child, SexualViolence, Emergency];

/// In the order in which they are shown.
const SERVICES: [CrisisService; 18] = [
    service(
        "GB",
        "Emergency services",
        "999",
        "",
        "if a life is in danger now",
        ALL,
    ),
    service(
        "GB",
        "Samaritans",
        "116 123",
        "",
        "whatever you are going through, free, day and night",
        &[Despair, Emergency],
    ),
    service(
        "GB",
        "Shout",
        "",
        "SHOUT to 85258",
        "by text message, free, day and night",
        &[Despair, Emergency],
    ),
    service(
        "GB",
        "NHS 111",
        "111",
        "",
        "mental health crisis: choose option 2 in England and Wales; in Scotland the mental health hub; day and night",
        &[Despair, Emergency],
    ),
    service(
        "GB",
        "Lifeline Northern Ireland",
        "0808 808 8000",
        "",
        "in Northern Ireland, free, day and night",
        &[Despair],
    ),
    service(
        "GB",
        "Childline",
        "0800 1111",
        "",
        "for everyone under 19, free, day and night",
        &[Despair, Child, Violence, SexualViolence],
    ),
    service(
        "GB",
        "National Domestic Abuse Helpline (Refuge)",
        "0808 2000 247",
        "",
        "for women in England, free, day and night",
        &[Violence],
    ),
    service(
        "GB",
        "Scotland's Domestic Abuse and Forced Marriage Helpline",
        "0800 027 1234",
        "",
        "in Scotland, free, day and night",
        &[Violence],
    ),
    service(
        "GB",
        "Live Fear Free",
        "0808 80 10 800",
        "",
        "in Wales, free, day and night",
        &[Violence, SexualViolence],
    ),
    service(
        "GB",
        "Domestic and Sexual Abuse Helpline",
        "0808 802 1414",
        "",
        "in Northern Ireland, free, day and night",
        &[Violence, SexualViolence],
    ),
    service(
        "GB",
        "Men's Advice Line",
        "0808 801 0327",
        "",
        "for men, free, on weekdays",
        &[Violence],
    ),
    service(
        "GB",
        "Rape Crisis",
        "0808 500 2222",
        "",
        "in England and Wales, free, day and night",
        &[SexualViolence],
    ),
    service(
        "IE",
        "Emergency services",
        "112 or 999",
        "",
        "if a life is in danger now",
        ALL,
    ),
    service(
        "IE",
        "Samaritans",
        "116 123",
        "",
        "whatever you are going through, free, day and night",
        &[Despair, Emergency],
    ),
    service(
        "IE",
        "Text About It",
        "",
        "HELLO to 50808",
        "by text message, free, day and night",
        &[Despair, Emergency],
    ),
    service(
        "IE",
        "Women's Aid",
        "1800 341 900",
        "",
        "domestic abuse, free, day and night",
        &[Violence],
    ),
    service(
        "IE",
        "Childline (ISPCC)",
        "1800 66 66 66",
        "",
        "for everyone under 18, free, day and night",
        &[Despair, Child, Violence, SexualViolence],
    ),
    service(
        "IE",
        "Rape Crisis Helpline",
        "1800 77 88 88",
        "",
        "free, day and night",
        &[SexualViolence],
    ),
];

/// Returns the services for a person who types these words, in the order in which to show
/// them; none for other words.
#[must_use]
pub fn crisis_services(query: &str) -> Vec<CrisisService> {
    // A space on both sides, so that each part begins at a word.
    let query = format!(" {} ", normalise(query));
    let kinds: Vec<Kind> = WORDS
        .iter()
        .filter(|(_, parts)| parts.iter().any(|part| query.contains(&format!(" {part}"))))
        .map(|(kind, _)| *kind)
        .collect();
    let is_for = |service: &&CrisisService| service.kinds.iter().any(|kind| kinds.contains(kind));
    SERVICES.iter().filter(is_for).copied().collect()
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
            "grapes",
            "therapeutic art",
            "hit the gym",
            "white meat",
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
}
