//! Stories, commitments, vouches and circumstances.

use super::{choices, part_rows, parts, rows};
use crate::field::{Field, Group, Kind, Page};

pub const STORY: &[Page] = &[Page::new(
    "all",
    "",
    &[
        Group::new(
            "form-g-story",
            true,
            &[
                rows::TITLE,
                Field::new("summary", "f-in-one-or-two-sentences", Kind::Line)
                    .help("h-no-real-names"),
                Field::new("text", "f-the-story", Kind::Text)
                    .help("h-change-names-places-and-dates"),
                Field::new("perspective", "f-who-tells-it", Kind::Line)
                    .help("h-such-as-a-member-never"),
                Field::new("content_note", "f-a-warning-to-show-first", Kind::Text),
            ],
        ),
        Group::new(
            "form-g-story-parts",
            false,
            &[
                Field::new("situation", "f-how-it-was-at-first", Kind::Text),
                Field::new("what_helped", "f-what-helped", Kind::Text),
                Field::new("what_changed", "f-what-changed", Kind::Text),
            ],
        ),
        Group::new(
            "form-g-story-tags",
            false,
            &[
                rows::EXPERIENCES,
                Field::new("communities", "f-communities", Kind::Tags("community")),
                rows::ACTIVITIES,
                rows::APPROACHES,
                part_rows::LINKS,
            ],
        ),
    ],
)];
pub const COMMITMENT: &[Page] = &[Page::new(
    "all",
    "",
    &[
        Group::new(
            "form-g-target",
            true,
            &[
                rows::TITLE,
                Field::new("target_words", "f-the-target-in-words", Kind::Text),
                Field::new(
                    "target",
                    "f-the-target-as-a-number",
                    Kind::Part(parts::FIGURE),
                ),
                Field::new("due_date", "f-by-when", Kind::Day),
                Field::new(
                    "progress",
                    "f-how-it-goes",
                    Kind::Parts {
                        fields: parts::PROGRESS,
                        item: "form-item-progress",
                        starts_blank: true,
                    },
                )
                .help("h-the-oldest-first"),
            ],
        ),
        Group::new(
            "form-g-baseline",
            false,
            &[
                Field::new(
                    "baseline",
                    "f-the-number-at-the-start",
                    Kind::Part(parts::FIGURE),
                ),
                Field::new("baseline_date", "f-on-which-day", Kind::Day),
            ],
        ),
        Group::new("form-g-who-for", false, &[part_rows::WHO_FOR]),
        Group::new(
            "form-g-streams",
            false,
            &[Field::new(
                "funding_streams",
                "f-sources",
                Kind::Parts {
                    fields: parts::STREAM,
                    item: "form-item-stream",
                    starts_blank: false,
                },
            )],
        ),
        Group::new(
            "form-g-target-more",
            false,
            &[
                Field::new(
                    "areas",
                    "f-areas",
                    Kind::Parts {
                        fields: parts::POINT_PLACE,
                        item: "form-item-area",
                        starts_blank: false,
                    },
                ),
                Field::new(
                    "accountable_to",
                    "f-groups-you-answer-to",
                    Kind::Parts {
                        fields: parts::GROUP,
                        item: "form-item-group",
                        starts_blank: false,
                    },
                ),
                Field::new("statement", "f-the-full-text", Kind::Part(parts::STATEMENT)),
            ],
        ),
    ],
)];
pub const VOUCH: &[Page] = &[Page::new(
    "all",
    "",
    &[Group::new(
        "form-g-vouch",
        true,
        &[
            Field::new("subject", "f-the-group", Kind::Part(parts::GROUP)),
            Field::new(
                "grade",
                "f-how-do-you-know-it",
                Kind::Choice(choices::GRADE),
            ),
            Field::new("words", "f-why-you-say-so", Kind::Text).help("h-no-persons-name"),
            Field::new("expire_time", "f-until-when-you-stand-by", Kind::Moment),
        ],
    )],
)];
pub const CIRCUMSTANCES: &[Page] = &[Page::new(
    "all",
    "",
    &[
        Group::new(
            "form-g-money",
            true,
            &[
                Field::new(
                    "funding_statuses",
                    "f-how-you-are-funded",
                    Kind::Tags("funding-status"),
                ),
                Field::new("funding_words", "f-the-same-in-your-own", Kind::Text),
                Field::new("funded_until", "f-the-money-lasts-until", Kind::Day),
                Field::new("sustainability", "f-what-keeps-you-going-and", Kind::Text),
            ],
        ),
        Group::new(
            "form-g-help",
            true,
            &[
                Field::new("help_wanted", "f-help-you-want", Kind::Tags("need")),
                Field::new("help_wanted_words", "f-the-same-in-your-own", Kind::Text),
            ],
        ),
        Group::new(
            "form-g-evaluation",
            false,
            &[
                Field::new("evaluations", "f-how-you-know", Kind::Tags("evaluation")),
                Field::new("evaluation_words", "f-the-same-in-your-own", Kind::Text),
                Field::new("evaluation_report", "f-a-report", Kind::Part(parts::LINK)),
                rows::ANYTHING_ELSE,
            ],
        ),
    ],
)];
