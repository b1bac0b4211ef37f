//! Rows of lists, and values to choose.

use crate::tests::samples::basics::*;
use crate::text::Marked;
use crate::view::*;

pub(in crate::tests) fn place(words: &str) -> Place {
    Place {
        distance: Some(5_000),
        area: Some(Area::Serves),
        address: Some(text(words)),
        words: vec![text(words)],
        map: link(words),
        ..Place::named(text(words), Precision::Neighbourhood)
    }
}

pub(super) fn voices(words: &str) -> [Voice; 4] {
    [
        Voice::Itself(Confirmed::No),
        Voice::Itself(Confirmed::ByWebsite),
        Voice::OnBehalf { by: text(words) },
        Voice::Catalogued {
            by: text(words),
            year: Some(2013),
        },
    ]
}

pub(super) fn hit(words: &str, voice: Voice) -> Hit {
    Hit {
        href: "/group/ab/listing/cd".to_owned(),
        kind: Kind::Offer,
        title: text(words),
        by: Some(text(words)),
        snippet: Marked::new(&format!("a {words}"), [(0, 1)], "ur"),
        place: Some(place(words)),
        online: true,
        when: Some(When {
            start: at(19),
            end: Some(at(21)),
            is_on_now: true,
        }),
        join: Some(text(words)),
        state: Some(State::Over { since: day() }),
        room_then: Some(vec![text(words)]),
        voice,
        freshness: Freshness::Old { confirmed: day() },
        also: vec![Also {
            href: "/group/ef/listing/01".to_owned(),
            title: text(words),
            voice: Voice::OnBehalf { by: text(words) },
        }],
    }
}

pub(in crate::tests) fn hits(words: &str) -> Vec<Hit> {
    voices(words)
        .into_iter()
        .map(|voice| hit(words, voice))
        .collect()
}

pub(super) fn choice(words: &str) -> Choice {
    Choice {
        name: "who",
        value: words.to_owned(),
        label: text(words),
        count: Some(3),
        is_chosen: true,
    }
}
