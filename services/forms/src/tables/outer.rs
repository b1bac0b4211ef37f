//! Offers and needs: the fields that only one of them has.

use super::{part_rows, parts};
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
        part_rows::CONTACTS,
        Field::new("offered_until", "f-last-day-of-the-offer", Kind::Day).seldom(),
        Field::new(
            "who_for",
            "f-groups-that-may-have-it",
            Kind::Parts {
                fields: parts::WHO_FOR,
                item: "form-item-who",
                starts_blank: false,
            },
        )
        .help("h-none-means-any-group")
        .seldom(),
        part_rows::AGREED_EVENTS.seldom(),
    ],
);
pub const NEED: Group = Group::new(
    "form-g-purpose",
    true,
    &[
        Field::new("purpose", "f-what-it-is-for", Kind::Line),
        Field::new("needed_by", "f-last-day-on-which-it", Kind::Day),
        Field::new("within_km", "f-how-far-you-can-travel", Kind::Number),
        Field::new("in_return", "f-what-you-can-give-in", Kind::Text).seldom(),
        Field::new("can_pay", "f-what-you-can-pay", Kind::Part(parts::PRICE)).seldom(),
        part_rows::CONTACTS,
    ],
);
