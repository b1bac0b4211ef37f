//! The listing of a group.

use super::{choices, part_rows, parts, rows};
use crate::field::{Field, Group, Kind, Page};

pub const LISTING: &[Page] = &[
    Page::new(
        "about",
        "form-page-about",
        &[
            Group::new(
                "form-g-names",
                true,
                &[
                    Field::new("name", "f-name-of-the-group", Kind::Line),
                    rows::SUMMARY,
                    Field::new("description", "f-more-about-you", Kind::Text)
                        .help("h-as-long-as-you-like")
                        .seldom(),
                    Field::new("used_terms", "f-words-you-use-for-yourselves", Kind::Lines)
                        .help("h-one-on-each-line-people"),
                    Field::new("rejected_terms", "f-words-you-do-not-want", Kind::Lines)
                        .help("h-one-on-each-line-searches")
                        .seldom(),
                    Field::new("other_names", "f-other-and-earlier-names", Kind::Lines)
                        .help("h-one-on-each-line")
                        .seldom(),
                    Field::new(
                        "languages",
                        "f-languages-you-speak-or-sign",
                        Kind::Languages,
                    )
                    .help("h-one-on-each-line-such-3")
                    .seldom(),
                ],
            ),
            Group::new(
                "form-g-what",
                false,
                &[
                    rows::ACTIVITIES,
                    Field::new("activity_words", "f-what-you-do-in-your", Kind::Text),
                    Field::new("structures", "f-how-you-meet", Kind::Tags("structure")),
                    Field::new("settings", "f-settings", Kind::Tags("setting")),
                    rows::APPROACHES,
                    rows::TAGS,
                    rows::ANYTHING_ELSE,
                ],
            ),
            Group::new(
                "form-g-part",
                false,
                &[
                    Field::new("roles", "f-you-are", Kind::Choices(choices::ROLES)),
                    Field::new("role_words", "f-your-part-in-your-own", Kind::Line),
                ],
            ),
        ],
    ),
    Page::new(
        "who",
        "form-page-who",
        &[Group::new(
            "form-g-who",
            true,
            &[
                part_rows::WHO_FOR,
                Field::new(
                    "membership_basis",
                    "f-what-people-share",
                    Kind::Tags("membership-basis"),
                ),
            ],
        )],
    ),
    Page::new(
        "where",
        "form-page-where",
        &[
            Group::new(
                "form-g-where",
                true,
                &[
                    Field::new(
                        "places",
                        "f-places",
                        Kind::Parts {
                            fields: parts::POINT_PLACE,
                            item: "form-item-place",
                            starts_blank: true,
                        },
                    ),
                    Field::new(
                        "areas_served",
                        "f-areas-you-serve",
                        Kind::Parts {
                            fields: parts::POINT_PLACE,
                            item: "form-item-area",
                            starts_blank: false,
                        },
                    )
                    .seldom(),
                    part_rows::ONLINE,
                ],
            ),
            Group::new(
                "form-g-when",
                true,
                &[
                    Field::new(
                        "schedules",
                        "f-times",
                        Kind::Parts {
                            fields: parts::SCHEDULE,
                            item: "form-item-time",
                            starts_blank: true,
                        },
                    ),
                    Field::new(
                        "activity_state",
                        "f-are-you-going-at-the",
                        Kind::Choice(choices::ACTIVITY_STATE),
                    ),
                    Field::new(
                        "activity_state_words",
                        "f-more-about-a-pause-or",
                        Kind::Text,
                    )
                    .seldom(),
                    Field::new("paused_until", "f-you-start-again-on", Kind::Day).seldom(),
                    Field::new(
                        "duration",
                        "f-does-the-group-have-an",
                        Kind::Tag("duration"),
                    )
                    .seldom(),
                    Field::new("runs_until", "f-its-end", Kind::Line)
                        .help("h-a-day-or-words-such")
                        .seldom(),
                ],
            ),
        ],
    ),
    Page::new(
        "join",
        "form-page-join",
        &[
            Group::new(
                "form-g-join",
                true,
                &[
                    Field::new(
                        "openness",
                        "f-can-new-people-come",
                        Kind::Choice(choices::OPENNESS),
                    ),
                    Field::new("openness_words", "f-more-about-that", Kind::Line).seldom(),
                    rows::HOW_TO_JOIN,
                    Field::new("how_to_join_words", "f-the-same-in-your-own", Kind::Text),
                    Field::new("first_time", "f-what-happens-the-first-time", Kind::Text),
                    part_rows::CONTACTS,
                ],
            ),
            Group::new(
                "form-g-join-more",
                false,
                &[
                    Field::new(
                        "may_bring_someone",
                        "f-can-people-bring-someone",
                        Kind::Answer,
                    ),
                    Field::new("bringing_someone_words", "f-more-about-that", Kind::Line),
                    Field::new("usual_size_min", "f-how-many-come-at-least", Kind::Number),
                    Field::new("usual_size_max", "f-how-many-come-at-most", Kind::Number),
                    Field::new("reply_time", "f-how-soon-you-answer", Kind::Line),
                    Field::new("website", "f-your-own-website", Kind::Line),
                    Field::new(
                        "links",
                        "f-other-links",
                        Kind::Parts {
                            fields: parts::LINK,
                            item: "form-item-link",
                            starts_blank: false,
                        },
                    ),
                ],
            ),
            Group::new("form-g-cost", false, &[part_rows::PRICE]),
        ],
    ),
    Page::new(
        "access",
        "form-page-access",
        &[
            Group::new("form-g-access", true, &[part_rows::ACCESS]),
            Group::new(
                "form-g-safety",
                true,
                &[
                    Field::new("there_in_a_crisis", "f-you-can-help-a-person", Kind::Flag),
                    rows::SAFETY_NOTE,
                    Field::new(
                        "crisis_signposts",
                        "f-services-that-help-in-a",
                        Kind::Parts {
                            fields: parts::CRISIS,
                            item: "form-item-crisis",
                            starts_blank: false,
                        },
                    ),
                ],
            ),
        ],
    ),
    Page::new(
        "how",
        "form-page-how",
        &[
            Group::new(
                "form-g-peer",
                false,
                &[
                    Field::new(
                        "self_descriptions",
                        "f-you-and-the-words-peer",
                        Kind::Tags("self-description"),
                    ),
                    Field::new(
                        "self_description_words",
                        "f-the-same-in-your-own",
                        Kind::Text,
                    ),
                    Field::new(
                        "meanings_of_peer",
                        "f-what-peer-means-here",
                        Kind::Tags("meaning-of-peer"),
                    ),
                    Field::new(
                        "meaning_of_peer_words",
                        "f-the-same-in-your-own",
                        Kind::Text,
                    ),
                    Field::new("why_peer_support", "f-why-it-is-peer-support", Kind::Text),
                ],
            ),
            Group::new(
                "form-g-lead",
                false,
                &[
                    Field::new("formality", "f-how-formal-are-you", Kind::Tag("formality")),
                    Field::new("leadership", "f-who-leads", Kind::Tags("leadership")),
                    Field::new("leadership_words", "f-the-same-in-your-own", Kind::Text),
                    Field::new("how_decisions_are_made", "f-how-you-decide", Kind::Text),
                ],
            ),
            Group::new(
                "form-g-values",
                false,
                &[
                    Field::new("values", "f-values", Kind::Tags("value")),
                    Field::new(
                        "values_statement",
                        "f-your-values-as-a-text",
                        Kind::Part(parts::STATEMENT),
                    ),
                    Field::new(
                        "code_of_practice",
                        "f-your-rules-as-a-text",
                        Kind::Part(parts::STATEMENT),
                    ),
                ],
            ),
            Group::new(
                "form-g-peer-work",
                false,
                &[Field::new(
                    "peer_work",
                    "f-peer-roles",
                    Kind::Part(parts::PEER_WORK),
                )],
            ),
            Group::new(
                "form-g-org",
                false,
                &[
                    Field::new(
                        "organisation_forms",
                        "f-kind-of-organisation",
                        Kind::Tags("organisation-form"),
                    ),
                    Field::new("founded_year", "f-year-you-began", Kind::Number),
                    Field::new(
                        "parents",
                        "f-you-are-part-of",
                        Kind::Parts {
                            fields: parts::AFFILIATION,
                            item: "form-item-group",
                            starts_blank: false,
                        },
                    ),
                    Field::new(
                        "networks",
                        "f-networks-you-belong-to",
                        Kind::Parts {
                            fields: parts::AFFILIATION,
                            item: "form-item-group",
                            starts_blank: false,
                        },
                    ),
                    Field::new(
                        "identifiers",
                        "f-numbers-in-registers",
                        Kind::Parts {
                            fields: parts::IDENTIFIER,
                            item: "form-item-number",
                            starts_blank: false,
                        },
                    ),
                ],
            ),
        ],
    ),
    Page::new(
        "rare",
        "form-page-rare",
        &[
            Group::new(
                "form-g-voice",
                false,
                &[
                    Field::new("voice", "f-who-speaks-here", Kind::Choice(choices::VOICE)),
                    Field::new("on_behalf", "f-for-a-branch", Kind::Part(parts::ON_BEHALF)),
                    Field::new("source", "f-source", Kind::Part(parts::SOURCE)),
                    Field::new(
                        "other_sources",
                        "f-other-sources",
                        Kind::Parts {
                            fields: parts::SOURCE,
                            item: "form-item-source",
                            starts_blank: false,
                        },
                    ),
                ],
            ),
            Group::new(
                "form-g-claims",
                false,
                &[
                    Field::new(
                        "claims",
                        "f-entries-about-you-that-others",
                        Kind::Parts {
                            fields: parts::RECORD,
                            item: "form-item-record",
                            starts_blank: false,
                        },
                    ),
                    part_rows::AGREED_EVENTS,
                ],
            ),
        ],
    ),
];
