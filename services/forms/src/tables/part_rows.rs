//! Rows of parts that several tables have.

use super::parts;
use crate::field::{Field, Kind};

pub const ACCESS: Field = Field::new(
    "accessibility",
    "f-getting-in-and-taking-part",
    Kind::Part(parts::ACCESS),
);
pub const AGREED_EVENTS: Field = Field::new(
    "agreed_events",
    "f-events-of-others-that-you",
    Kind::Parts {
        fields: parts::RECORD,
        item: "form-item-record",
        starts_blank: false,
    },
);
pub const CONTACTS: Field = Field::new(
    "contacts",
    "f-how-to-reach-you",
    Kind::Parts {
        fields: parts::CONTACT,
        item: "form-item-contact",
        starts_blank: true,
    },
);
pub const LINKS: Field = Field::new(
    "links",
    "f-links",
    Kind::Parts {
        fields: parts::LINK,
        item: "form-item-link",
        starts_blank: false,
    },
);
pub const ONLINE: Field = Field::new("online", "f-online-or-by-phone", Kind::Part(parts::ONLINE));
pub const PRICE: Field = Field::new("price", "f-cost", Kind::Part(parts::PRICE));
pub const WHO_FOR: Field = Field::new(
    "who_for",
    "f-who-it-is-for",
    Kind::Parts {
        fields: parts::WHO_FOR,
        item: "form-item-who",
        starts_blank: true,
    },
)
.help("h-each-of-these-is-one");
