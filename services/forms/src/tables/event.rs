//! An event.

use super::{choices, parts};
use crate::field::{Field, Group, Kind, Page};

pub const EVENT: &[Page] = &[Page::new(
    "all",
    "",
    &[
        Group::new(
            "form-g-event",
            true,
            &[
                Field::new("title", "f-title", Kind::Line),
                Field::new("summary", "f-in-one-or-two-sentences", Kind::Line)
                    .help("h-people-see-this-in-lists"),
            ],
        ),
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
                Field::new("online", "f-online-or-by-phone", Kind::Part(parts::ONLINE)),
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
                Field::new("activities", "f-activities", Kind::Tags("activity")),
                Field::new(
                    "how_to_join",
                    "f-how-do-people-join",
                    Kind::Tags("referral-route"),
                ),
                Field::new("capacity", "f-how-many-people-fit", Kind::Number),
                Field::new("languages", "f-languages", Kind::Languages)
                    .help("h-one-on-each-line-such-3"),
                Field::new(
                    "links",
                    "f-links",
                    Kind::Parts {
                        fields: parts::LINK,
                        item: "form-item-link",
                        starts_blank: false,
                    },
                ),
                Field::new("tags", "f-other-tags", Kind::Lines).help("h-one-on-each-line"),
            ],
        ),
        Group::new(
            "form-g-who-for",
            false,
            &[Field::new(
                "who_for",
                "f-who-it-is-for",
                Kind::Parts {
                    fields: parts::WHO_FOR,
                    item: "form-item-who",
                    starts_blank: true,
                },
            )
            .help("h-each-of-these-is-one")],
        ),
        Group::new(
            "form-g-cost",
            false,
            &[Field::new("price", "f-cost", Kind::Part(parts::PRICE))],
        ),
        Group::new(
            "form-g-access",
            false,
            &[Field::new(
                "accessibility",
                "f-getting-in-and-taking-part",
                Kind::Part(parts::ACCESS),
            )],
        ),
        Group::new(
            "form-g-contact",
            false,
            &[
                Field::new(
                    "contacts",
                    "f-how-to-reach-you",
                    Kind::Parts {
                        fields: parts::CONTACT,
                        item: "form-item-contact",
                        starts_blank: true,
                    },
                ),
                Field::new("safety_note", "f-what-people-should-know-about", Kind::Text),
            ],
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
