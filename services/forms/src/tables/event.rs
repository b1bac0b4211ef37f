//! An event.

use super::{choices, part_rows, parts, rows};
use crate::field::{Field, Group, Kind, Page};

pub const EVENT: &[Page] = &[Page::new(
    "all",
    "",
    &[
        Group::new("form-g-event", true, &[rows::TITLE, rows::SUMMARY]),
        Group::new(
            "form-g-event-when",
            true,
            &[Field::new(
                "schedule",
                "f-when-it-takes-place",
                Kind::Part(parts::SCHEDULE),
            )],
        ),
        Group::new(
            "form-g-event-where",
            true,
            &[
                Field::new("place", "f-place", Kind::Part(parts::POINT_PLACE)),
                part_rows::ONLINE,
            ],
        ),
        Group::new(
            "form-g-event-who",
            true,
            &[
                Field::new(
                    "openness",
                    "f-who-can-come",
                    Kind::Choice(choices::EVENT_OPENNESS),
                ),
                Field::new("how_to_join_words", "f-how-to-join", Kind::Text)
                    .help("h-such-as-just-come-or"),
            ],
        ),
        Group::new(
            "form-g-state",
            false,
            &[
                Field::new(
                    "status",
                    "f-does-it-go-ahead",
                    Kind::Choice(choices::EVENT_STATUS),
                ),
                Field::new("status_words", "f-why-and-when-to-look", Kind::Text),
            ],
        ),
        Group::new(
            "form-g-event-more",
            false,
            &[
                Field::new("description", "f-more-about-it", Kind::Text),
                rows::ACTIVITIES,
                rows::HOW_TO_JOIN,
                Field::new("capacity", "f-how-many-people-fit", Kind::Number),
                Field::new("languages", "f-languages", Kind::Languages)
                    .help("h-one-on-each-line-such-3"),
                part_rows::LINKS,
                rows::TAGS,
            ],
        ),
        Group::new("form-g-who-for", false, &[part_rows::WHO_FOR]),
        Group::new("form-g-cost", false, &[part_rows::PRICE]),
        Group::new("form-g-access", false, &[part_rows::ACCESS]),
        Group::new(
            "form-g-contact",
            false,
            &[part_rows::CONTACTS, rows::SAFETY_NOTE],
        ),
        Group::new(
            "form-g-hosts",
            false,
            &[Field::new(
                "co_hosts",
                "f-groups-that-host-it-with",
                Kind::Parts {
                    fields: parts::GROUP,
                    item: "form-item-group",
                    starts_blank: false,
                },
            )
            .help("h-each-is-shown-once-it")],
        ),
    ],
)];
