//! Services for a person in a crisis, and the kinds of crisis that they are for.

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
    pub(super) kinds: &'static [Kind],
}

/// A kind of crisis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
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
pub(super) const SERVICES: [CrisisService; 18] = [
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
