//! Records with every field set, each text the same words.

use hedgerow_proto::v1;
use prost::Message as _;
use prost_reflect::{DynamicMessage, MessageDescriptor, ReflectMessage as _, Value};

use super::record::HostileRecord;
use crate::filled::{Fill, filled_kinds};

/// Characters of a postcode, a country and the like.
const MAX_CODE: usize = 20;
/// Characters of every other text, so that it fits into a tag.
const MAX_TEXT: usize = 100;

/// One record of each kind, and of each thing to offer or need, with these words in every text
/// that has no form of its own, and `long` in its description. They meet every Tuesday in
/// Sheffield.
pub fn filled_with(words: &str, long: &str) -> Vec<HostileRecord> {
    let all = filled_kinds().into_iter();
    all.map(|kind| {
        let mut filler = Filler {
            words,
            long,
            detail: &kind.detail,
        };
        let body = filler.fill(&kind.message, "");
        HostileRecord {
            attack: if kind.detail.is_empty() {
                kind.collection.to_owned()
            } else {
                kind.detail.clone()
            },
            collection: kind.collection,
            body: body.encode_to_vec(),
        }
    })
    .collect()
}

struct Filler<'a> {
    words: &'a str,
    long: &'a str,
    detail: &'a str,
}

impl Fill for Filler<'_> {
    fn detail(&self) -> &str {
        self.detail
    }

    fn number(&mut self, name: &str) -> u32 {
        match name {
            "geonames_id" => 2_638_077,
            _ => 60,
        }
    }

    fn signed(&mut self, name: &str) -> i32 {
        match name {
            "latitude_e7" => 533_830_000,
            "longitude_e7" => -14_660_000,
            _ => 1,
        }
    }

    fn seconds(&mut self) -> i64 {
        1_795_780_800
    }

    fn message(
        &mut self,
        name: &str,
        descriptor: &MessageDescriptor,
        path: &str,
    ) -> DynamicMessage {
        let message = self.fill(descriptor, path);
        match name {
            "areas" => named(&message),
            _ => message,
        }
    }

    fn text(&mut self, name: &str, _: &str) -> String {
        let text = match name {
            "start" => "2026-12-01T19:00",
            "exdates" => "2026-12-15T19:00",
            "rdates" => "2026-12-17T19:00",
            "rrules" => "FREQ=WEEKLY;BYDAY=TU",
            "time_zone" => "Europe/London",
            "opening_time" => "09:30",
            "closing_time" => "21:45",
            "holiday_calendar" => "GB-ENG",
            "first_day" => "2026-12-22",
            "last_day" => "2026-12-29",
            "deadline" | "needed_by" | "offered_until" | "runs_until" | "paused_until" => {
                "2036-03-31"
            }
            name if name.ends_with("_date") || name == "date" => "2026-02-05",
            "description" => self.long,
            _ => self.words,
        };
        let max = match name {
            "postcode" | "plus_code" | "currency" | "country" => MAX_CODE,
            "description" => usize::MAX,
            _ => MAX_TEXT,
        };
        text.chars().take(max).collect()
    }
}

/// A place without all that is finer than a town: receivers reject that of a commitment's areas.
fn named(place: &DynamicMessage) -> DynamicMessage {
    let mut named = DynamicMessage::new(place.descriptor());
    for name in ["name", "words", "geonames_id"] {
        let value = place.get_field_by_name(name).unwrap().into_owned();
        named.set_field_by_name(name, value);
    }
    let town = v1::Precision::Town.into();
    named.set_field_by_name("precision", Value::EnumNumber(town));
    named
}
