//! Offers and needs: the fields that all kinds of things have.

use super::parts;
use crate::field::{Field, Group, Kind};

pub const THING: Group = Group::new(
    "form-g-thing",
    true,
    &[
        Field::new("resource.title", "f-title", Kind::Line),
        Field::new("resource.summary", "f-in-one-or-two-sentences", Kind::Line)
            .help("h-people-see-this-in-lists"),
        Field::new("resource.description", "f-more-about-it", Kind::Text).seldom(),
    ],
);
pub const PLACE: Group = Group::new(
    "form-g-thing-where",
    true,
    &[
        Field::new("resource.place", "f-place", Kind::Part(parts::POINT_PLACE)),
        Field::new(
            "resource.online",
            "f-online-or-by-phone",
            Kind::Part(parts::ONLINE),
        ),
    ],
);
pub const HOURS: Group = Group::new(
    "form-g-thing-when",
    true,
    &[Field::new(
        "resource.availability",
        "f-hours",
        Kind::Part(parts::AVAILABILITY),
    )],
);
pub const COST: Group = Group::new(
    "form-g-cost",
    false,
    &[Field::new(
        "resource.price",
        "f-cost",
        Kind::Part(parts::PRICE),
    )],
);
pub const ACCESS: Group = Group::new(
    "form-g-access",
    false,
    &[Field::new(
        "resource.accessibility",
        "f-getting-in-and-using-it",
        Kind::Part(parts::ACCESS),
    )],
);
pub const RULES: Group = Group::new(
    "form-g-rules",
    false,
    &[
        Field::new("resource.conditions", "f-rules", Kind::Lines).help("h-one-on-each-line"),
        Field::new(
            "resource.notice_hours",
            "f-how-many-hours-ahead-to",
            Kind::Number,
        ),
        Field::new(
            "resource.required_of_borrower",
            "f-what-those-who-borrow-must",
            Kind::Part(parts::BORROWER),
        ),
    ],
);
pub const SERIES: Group = Group::new(
    "form-g-series",
    false,
    &[Field::new(
        "resource.schedule",
        "f-a-time-or-series-besides",
        Kind::Part(parts::SCHEDULE),
    )],
);
pub const MORE: Group = Group::new(
    "form-g-thing-more",
    false,
    &[
        Field::new(
            "resource.tags",
            "f-what-it-offers",
            Kind::Tags("space-offer"),
        ),
        Field::new("resource.languages", "f-languages", Kind::Languages)
            .help("h-one-on-each-line-such-3"),
        Field::new(
            "resource.links",
            "f-links",
            Kind::Parts {
                fields: parts::LINK,
                item: "form-item-link",
                starts_blank: false,
            },
        ),
    ],
);
