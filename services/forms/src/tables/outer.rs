//! Offers and needs: the fields that only one of them has.

use super::parts;
use crate::field::{Field, Group, Kind};

pub const OFFER: Group = Group::new(
    "form-g-ask",
    true,
    &[
        Field::new("how_to_ask", "f-how-to-ask", Kind::Text),
        Field::new(
            "small_groups_welcome",
            "f-small-and-new-groups-are",
            Kind::Flag,
        ),
        Field::new(
            "contacts",
            "f-how-to-reach-you",
            Kind::Parts {
                fields: parts::CONTACT,
                item: "form-item-contact",
                starts_blank: true,
            },
        ),
        Field::new("offered_until", "f-last-day-of-the-offer", Kind::Day),
        Field::new(
            "who_for",
            "f-groups-that-may-have-it",
            Kind::Parts {
                fields: parts::WHO_FOR,
                item: "form-item-who",
                starts_blank: false,
            },
        )
        .help("h-none-means-any-group"),
        Field::new(
            "agreed_events",
            "f-events-of-others-that-you",
            Kind::Parts {
                fields: parts::RECORD,
                item: "form-item-record",
                starts_blank: false,
            },
        ),
    ],
);
pub const NEED: Group = Group::new(
    "form-g-purpose",
    true,
    &[
        Field::new("purpose", "f-what-it-is-for", Kind::Line),
        Field::new("needed_by", "f-last-day-on-which-it", Kind::Day),
        Field::new("within_km", "f-how-far-you-can-travel", Kind::Number),
        Field::new("in_return", "f-what-you-can-give-in", Kind::Text),
        Field::new("can_pay", "f-what-you-can-pay", Kind::Part(parts::PRICE)),
        Field::new(
            "contacts",
            "f-how-to-reach-you",
            Kind::Parts {
                fields: parts::CONTACT,
                item: "form-item-contact",
                starts_blank: true,
            },
        ),
    ],
);
