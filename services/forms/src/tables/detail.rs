//! Offers and needs: the fields of one kind of thing.

use super::{choices, parts};
use crate::field::{Field, Group, Kind};

pub const SPACE: Group = Group::new(
    "form-g-space",
    true,
    &[
        Field::new(
            "resource.space.capacity",
            "f-how-many-people-fit",
            Kind::Number,
        ),
        Field::new("resource.space.features", "f-what-is-in-it", Kind::Lines)
            .help("h-one-on-each-line-such-4"),
        Field::new("resource.space.toilets", "f-toilets", Kind::Text),
        Field::new(
            "resource.space.who_is_on_site",
            "f-who-is-there-then",
            Kind::Line,
        )
        .help("h-a-role-never-a-name")
        .seldom(),
        Field::new(
            "resource.space.out_of_hours",
            "f-use-while-the-building-is",
            Kind::Text,
        )
        .seldom(),
        Field::new(
            "resource.space.shortest_minutes",
            "f-shortest-use-in-minutes",
            Kind::Number,
        )
        .seldom(),
        Field::new(
            "resource.space.longest_minutes",
            "f-longest-use-in-minutes",
            Kind::Number,
        )
        .seldom(),
        Field::new(
            "resource.space.book_ahead_days",
            "f-how-many-days-ahead-it",
            Kind::Number,
        )
        .seldom(),
        Field::new(
            "resource.space.seen_by_others",
            "f-what-others-see-of-your",
            Kind::Part(parts::SEEN),
        )
        .seldom(),
    ],
);
pub const EQUIPMENT: Group = Group::new(
    "form-g-equipment",
    true,
    &[
        Field::new("resource.equipment.items", "f-things", Kind::Lines).help("h-one-on-each-line"),
        Field::new("resource.equipment.quantity", "f-how-many", Kind::Number),
        Field::new("resource.equipment.to_keep", "f-it-is-to-keep", Kind::Flag),
        Field::new(
            "resource.equipment.longest_days",
            "f-longest-loan-in-days",
            Kind::Number,
        ),
        Field::new("resource.equipment.handover", "f-how-to-get-it", Kind::Line),
        Field::new(
            "resource.equipment.instructions",
            "f-state-and-how-to-use",
            Kind::Text,
        ),
    ],
);
pub const SKILLS: Group = Group::new(
    "form-g-skills",
    true,
    &[
        Field::new("resource.skills.skills", "f-skills", Kind::Lines).help("h-one-on-each-line"),
        Field::new(
            "resource.skills.mentoring",
            "f-it-is-help-over-a",
            Kind::Flag,
        ),
        Field::new("resource.skills.how_much", "f-how-much", Kind::Line),
        Field::new(
            "resource.skills.background",
            "f-where-the-skill-comes-from",
            Kind::Text,
        )
        .help("h-no-persons-name"),
    ],
);
pub const TRAINING: Group = Group::new(
    "form-g-training",
    true,
    &[
        Field::new("resource.training.topics", "f-topics", Kind::Lines).help("h-one-on-each-line"),
        Field::new("resource.training.given_by", "f-who-gives-it", Kind::Line),
        Field::new(
            "resource.training.where_given",
            "f-where-it-is-given",
            Kind::Line,
        ),
        Field::new(
            "resource.training.length",
            "f-how-long-it-takes",
            Kind::Line,
        ),
        Field::new(
            "resource.training.entry",
            "f-what-people-need-before",
            Kind::Text,
        ),
        Field::new(
            "resource.training.places",
            "f-how-many-people-fit",
            Kind::Number,
        ),
        Field::new(
            "resource.training.accredited",
            "f-does-it-lead-to-a",
            Kind::Answer,
        ),
        Field::new(
            "resource.training.accredited_by",
            "f-who-backs-the-certificate",
            Kind::Line,
        ),
    ],
);
pub const DOCUMENTS: Group = Group::new(
    "form-g-documents",
    true,
    &[
        Field::new("resource.documents.kinds", "f-kinds-of-papers", Kind::Lines)
            .help("h-one-on-each-line"),
        Field::new(
            "resource.documents.documents",
            "f-papers",
            Kind::Parts {
                fields: parts::LINK,
                item: "form-item-link",
                starts_blank: true,
            },
        ),
        Field::new(
            "resource.documents.licence",
            "f-how-others-may-change-and",
            Kind::Line,
        ),
        Field::new(
            "resource.documents.reviewed_date",
            "f-last-checked-on",
            Kind::Day,
        ),
    ],
);
pub const FUNDING: Group = Group::new(
    "form-g-funding",
    true,
    &[
        Field::new("resource.funding.smallest", "f-smallest-grant", Kind::Money)
            .help("h-in-pounds-or-with-the"),
        Field::new("resource.funding.largest", "f-largest-grant", Kind::Money)
            .help("h-in-pounds-or-with-the"),
        Field::new(
            "resource.funding.deadline",
            "f-last-day-to-apply",
            Kind::Day,
        ),
        Field::new(
            "resource.funding.rolling",
            "f-you-can-apply-at-any",
            Kind::Flag,
        ),
        Field::new(
            "resource.funding.open_to_unconstituted_groups",
            "f-can-groups-with-no-constitution",
            Kind::Answer,
        ),
        Field::new(
            "resource.funding.how_to_apply",
            "f-how-to-apply",
            Kind::Text,
        ),
        Field::new(
            "resource.funding.apply_by_talk",
            "f-you-can-apply-by-talking",
            Kind::Flag,
        ),
        Field::new(
            "resource.funding.apply_by_video",
            "f-you-can-apply-by-video",
            Kind::Flag,
        ),
        Field::new("resource.funding.who_decides", "f-who-decides", Kind::Text)
            .help("h-roles-never-names"),
        Field::new(
            "resource.funding.decision_time",
            "f-how-long-it-takes",
            Kind::Line,
        ),
        Field::new(
            "resource.funding.scope",
            "f-what-is-it-for",
            Kind::Choice(choices::SCOPE),
        ),
        Field::new(
            "resource.funding.case_studies_accepted",
            "f-a-story-can-be-the",
            Kind::Flag,
        ),
        Field::new(
            "resource.funding.creative_feedback_accepted",
            "f-pictures-film-or-poems-can",
            Kind::Flag,
        ),
        Field::new("resource.funding.reporting", "f-other-reports", Kind::Text),
        Field::new(
            "resource.funding.co_designed_with",
            "f-who-helped-to-plan-it",
            Kind::Text,
        ),
    ],
);
pub const VOLUNTEER_TIME: Group = Group::new(
    "form-g-volunteer-time",
    true,
    &[
        Field::new("resource.volunteer_time.tasks", "f-tasks", Kind::Lines)
            .help("h-one-on-each-line"),
        Field::new(
            "resource.volunteer_time.hours_a_week",
            "f-hours-a-week",
            Kind::Number,
        ),
        Field::new(
            "resource.volunteer_time.people",
            "f-how-many-people",
            Kind::Number,
        ),
        Field::new(
            "resource.volunteer_time.checks",
            "f-checks-or-training",
            Kind::Text,
        ),
        Field::new(
            "resource.volunteer_time.expenses",
            "f-costs-paid-back",
            Kind::Text,
        ),
    ],
);
pub const TIME_CREDITS: Group = Group::new(
    "form-g-time-credits",
    true,
    &[
        Field::new(
            "resource.time_credits.scheme",
            "f-name-of-the-scheme",
            Kind::Line,
        ),
        Field::new(
            "resource.time_credits.credits",
            "f-how-many-credits",
            Kind::Number,
        ),
        Field::new(
            "resource.time_credits.minutes_a_credit",
            "f-minutes-for-one-credit",
            Kind::Number,
        ),
        Field::new("resource.time_credits.words", "f-how-it-works", Kind::Text),
    ],
);
