//! Fields of the messages that several kinds of records share.

use super::{choices, rows};
use crate::field::{Field, Kind};

use super::parts;

pub const REGION: &[Field] = &[
    Field::new("scheme", "f-which-list-of-regions", Kind::Line).help("h-such-as-ons"),
    rows::NAME,
];
pub const VENUE: &[Field] = &[
    Field::new("group_id", "f-number-of-the-group-that", Kind::Id).help("h-it-has-64-letters-and"),
    Field::new("offer_key", "f-number-of-the-offer", Kind::Line),
    rows::NAME,
];
pub const POINT_PLACE: &[Field] = &[
    Field::new(
        "precision",
        "f-how-much-may-people-see",
        Kind::Choice(choices::PRECISION),
    )
    .help("h-we-show-no-more-than"),
    Field::new("name", "f-name-of-the-venue-town", Kind::Line).help("h-with-only-the-town-write"),
    Field::new("street", "f-street-and-number", Kind::Line)
        .help("h-only-with-the-exact-place")
        .seldom(),
    Field::new("postcode", "f-postcode", Kind::Line)
        .help("h-only-with-the-exact-place")
        .seldom(),
    Field::new("directions", "f-how-to-find-the-door", Kind::Text).seldom(),
    Field::new("words", "f-a-note-about-the-place", Kind::Text)
        .help("h-such-as-we-send-the")
        .seldom(),
    Field::new("country", "f-country-as-two-letters", Kind::Line)
        .help("h-such-as-gb-or-ie")
        .rare(),
    Field::new("point", "f-point-on-the-map", Kind::Point)
        .help("h-north-and-east-such-as")
        .rare(),
    Field::new("map_link", "f-link-to-a-map", Kind::Line)
        .help("h-only-with-the-exact-place")
        .rare(),
    Field::new("plus_code", "f-plus-code", Kind::Line)
        .help("h-only-with-the-exact-place")
        .rare(),
    Field::new("venue", "f-a-room-of-a-partner", Kind::Part(parts::VENUE))
        .help("h-only-with-the-exact-place")
        .rare(),
    Field::new(
        "regions",
        "f-regions",
        Kind::Parts {
            fields: parts::REGION,
            item: "form-item-region",
            starts_blank: false,
        },
    )
    .rare(),
    Field::new(
        "geonames_id",
        "f-the-towns-number-in-geonames",
        Kind::Number,
    )
    .help("h-we-fill-it-in-from")
    .rare(),
];
pub const ONLINE: &[Field] = &[
    Field::new("available", "f-you-can-take-part-online", Kind::Flag),
    Field::new("only", "f-there-is-no-other-way", Kind::Flag).seldom(),
    Field::new("words", "f-how", Kind::Line).help("h-such-as-a-video-call"),
    Field::new("how_to_get_in", "f-how-to-get-the-link", Kind::Text).seldom(),
    Field::new("url", "f-public-address", Kind::Line)
        .help("h-not-a-link-that-lets")
        .rare(),
];
pub const AGES: &[Field] = &[
    Field::new("youngest", "f-from-the-age-of", Kind::Number),
    Field::new("oldest", "f-up-to-the-age-of", Kind::Number),
];
pub const WHO_FOR: &[Field] = &[
    Field::new(
        "emphasis",
        "f-how-strictly-is-it-meant",
        Kind::Choice(choices::EMPHASIS),
    ),
    Field::new("own_words", "f-in-your-own-words", Kind::Line).help("h-people-see-these-first"),
    Field::new("communities", "f-communities", Kind::Tags("community"))
        .help("h-all-that-you-choose-must"),
    rows::EXPERIENCES,
    Field::new("genders", "f-genders", Kind::Tags("community")).rare(),
    Field::new("ages", "f-ages", Kind::Part(parts::AGES)).rare(),
    Field::new("carers", "f-for-carers-family-or-friends", Kind::Flag).seldom(),
];
pub const CONTACT: &[Field] = &[
    Field::new("kind", "f-kind", Kind::Choice(choices::CONTACT_KIND)),
    Field::new("value", "f-address-or-number", Kind::Line).help("h-one-that-belongs-to-the"),
    Field::new("label", "f-what-it-is-for", Kind::Line)
        .help("h-such-as-new-people")
        .seldom(),
    Field::new("service", "f-name-of-the-service", Kind::Line)
        .help("h-for-a-messenger-or-another")
        .rare(),
    Field::new("hours", "f-when-you-answer", Kind::Line).rare(),
    Field::new("note", "f-good-to-know-before", Kind::Line)
        .help("h-such-as-who-picks-up")
        .rare(),
    Field::new(
        "languages",
        "f-languages-in-which-you-answer",
        Kind::Languages,
    )
    .help("h-one-on-each-line")
    .rare(),
];
pub const LINK: &[Field] = &[Field::new("label", "f-what-it-is", Kind::Line), rows::URL];
pub const STATEMENT: &[Field] = &[Field::new("text", "f-text", Kind::Text), rows::URL];
pub const ACCESS: &[Field] = &[
    Field::new("text", "f-in-your-own-words", Kind::Text).help("h-what-is-there-what-is"),
    Field::new("tags", "f-what-is-there", Kind::Tags("accessibility")),
];
pub const PRICE: &[Field] = &[
    Field::new(
        "kind",
        "f-what-does-it-cost",
        Kind::Choice(choices::PRICE_KIND),
    ),
    rows::AMOUNT,
    Field::new("per", "f-for-what", Kind::Line)
        .help("h-such-as-session-hour-day")
        .seldom(),
    Field::new("words", "f-more-about-the-cost", Kind::Text)
        .help("h-such-as-help-for-those")
        .seldom(),
    Field::new("first_time_free", "f-is-the-first-time-free", Kind::Answer).seldom(),
];
pub const GROUP: &[Field] = &[rows::NAME, rows::GROUP_ID];
pub const RECORD: &[Field] = &[
    rows::GROUP_ID,
    Field::new("collection", "f-kind-of-entry", Kind::Line).help("h-such-as-event"),
    Field::new("key", "f-number-of-the-entry", Kind::Line),
];
pub const AFFILIATION: &[Field] = &[
    Field::new("group", "f-group", Kind::Part(parts::GROUP)),
    rows::URL,
    Field::new("words", "f-how-you-belong-to-it", Kind::Line),
];
pub const IDENTIFIER: &[Field] = &[
    Field::new("scheme", "f-register", Kind::Line).help("h-gb-chc-for-charities-gb"),
    Field::new("id", "f-number-there", Kind::Line),
];
pub const CRISIS: &[Field] = &[
    rows::NAME,
    Field::new("phone", "f-phone", Kind::Line),
    Field::new("text_number", "f-number-for-texts", Kind::Line),
    rows::URL,
    Field::new("words", "f-when-it-is-there-and", Kind::Line),
];
pub const ON_BEHALF: &[Field] = &[
    Field::new("branch", "f-the-branch", Kind::Part(parts::GROUP)),
    Field::new("permission", "f-how-you-got-its-leave", Kind::Text).help("h-a-role-but-no-persons"),
    Field::new("permission_date", "f-on-which-day", Kind::Day),
];
pub const SOURCE: &[Field] = &[
    Field::new("title", "f-title-of-the-source", Kind::Line),
    Field::new("section", "f-part-of-it-that-names", Kind::Line),
    Field::new("recorded_year", "f-year-of-the-source", Kind::Number),
    Field::new("date", "f-date-of-the-source", Kind::Line).help("h-as-much-as-you-know"),
    rows::URL,
    Field::new("note", "f-note", Kind::Text),
];
pub const PEER_WORK: &[Field] = &[
    Field::new("roles", "f-peer-roles", Kind::Tags("peer-role")),
    Field::new("paid", "f-is-any-of-them-paid", Kind::Answer),
    Field::new("pay_words", "f-more-about-pay", Kind::Text),
    Field::new("training_given", "f-is-there-training", Kind::Answer),
    Field::new("training_words", "f-more-about-training", Kind::Text),
    Field::new("courses_taken", "f-courses-that-people-took", Kind::Lines)
        .help("h-one-on-each-line"),
    Field::new(
        "supervision_given",
        "f-is-there-support-for-people",
        Kind::Answer,
    ),
    Field::new("supervision_words", "f-more-about-this-support", Kind::Text),
    Field::new("progression", "f-can-a-role-lead-to", Kind::Answer),
    Field::new(
        "progression_words",
        "f-more-about-what-comes-next",
        Kind::Text,
    ),
];
pub const BREAK: &[Field] = &[rows::FIRST_DAY, rows::LAST_DAY, rows::WHY];
pub const SCHEDULE: &[Field] = &[
    Field::new(
        "breaks",
        "f-holidays-and-breaks",
        Kind::Parts {
            fields: parts::BREAK,
            item: "form-item-break",
            starts_blank: false,
        },
    )
    .rare(),
    Field::new(
        "exdates",
        "f-single-times-that-are-cancelled",
        Kind::Moments,
    )
    .help("h-one-on-each-line-such")
    .rare(),
    Field::new("rdates", "f-extra-times", Kind::Moments)
        .help("h-one-on-each-line-such-2")
        .rare(),
    rows::TIME_ZONE,
];
pub const HOURS: &[Field] = &[
    Field::new("weekday", "f-day", Kind::Choice(choices::WEEKDAY)),
    Field::new("opening_time", "f-from", Kind::Time).help("h-such-as-18-00"),
    Field::new("closing_time", "f-until", Kind::Time).help("h-such-as-21-00"),
    Field::new(
        "weeks_of_month",
        "f-only-in-these-weeks-of",
        Kind::Choices(choices::WEEKS),
    )
    .help("h-none-means-each-week")
    .rare(),
    Field::new("out_of_hours", "f-the-rest-of-the-building", Kind::Flag).rare(),
];
pub const EXCEPTION: &[Field] = &[
    rows::FIRST_DAY,
    rows::LAST_DAY,
    Field::new("opening_time", "f-from", Kind::Time).help("h-leave-it-empty-if-it"),
    Field::new("closing_time", "f-until", Kind::Time),
    rows::WHY,
];
pub const AVAILABILITY: &[Field] = &[
    Field::new("words", "f-in-your-own-words", Kind::Line),
    Field::new(
        "weekly",
        "f-usual-week",
        Kind::Parts {
            fields: parts::HOURS,
            item: "form-item-hours",
            starts_blank: true,
        },
    ),
    Field::new(
        "holiday_calendar",
        "f-shut-on-the-bank-holidays",
        Kind::Choice(choices::HOLIDAYS),
    )
    .seldom(),
    Field::new(
        "exceptions",
        "f-days-that-differ",
        Kind::Parts {
            fields: parts::EXCEPTION,
            item: "form-item-exception",
            starts_blank: false,
        },
    )
    .rare(),
    rows::TIME_ZONE,
];
pub const BORROWER: &[Field] = &[
    Field::new("insurance", "f-insurance-of-their-own", Kind::Flag),
    Field::new("constitution", "f-a-written-constitution", Kind::Flag),
    Field::new("bank_account", "f-a-bank-account", Kind::Flag),
    Field::new("deposit", "f-deposit", Kind::Money).help("h-in-pounds-or-with-the"),
    Field::new("other", "f-anything-else", Kind::Text),
];
pub const SEEN: &[Field] = &[
    Field::new("door_sign", "f-is-the-groups-name-on", Kind::Answer),
    Field::new("booking_board", "f-is-it-on-a-screen", Kind::Answer),
    Field::new("staff_told_name", "f-do-staff-know-it", Kind::Answer),
    Field::new("words", "f-more-about-what-others-see", Kind::Text),
];
pub const FIGURE: &[Field] = &[
    Field::new("value", "f-number", Kind::Decimal),
    Field::new("fewer_than", "f-or-fewer-than", Kind::Number).help("h-for-small-numbers-of-people"),
    Field::new("unit", "f-of-what", Kind::Line).help("h-such-as-groups-people-or"),
];
pub const PROGRESS: &[Field] = &[
    Field::new("report_date", "f-day", Kind::Day),
    Field::new("figure", "f-figure", Kind::Part(parts::FIGURE)),
    Field::new("words", "f-what-was-done-what-was", Kind::Text),
];
pub const STREAM: &[Field] = &[
    rows::NAME,
    rows::AMOUNT,
    Field::new("figure", "f-what-came-of-it", Kind::Part(parts::FIGURE)),
    Field::new(
        "who_for",
        "f-who-it-reached",
        Kind::Parts {
            fields: parts::WHO_FOR,
            item: "form-item-who",
            starts_blank: false,
        },
    ),
    Field::new("words", "f-more-about-it", Kind::Text),
];
