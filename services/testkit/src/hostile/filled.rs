//! Records with every field set, each text the same words.

use hedgerow_core::name::collection;
use hedgerow_proto::{FILE_DESCRIPTOR_SET, v1};
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _,
    Value,
};

use super::record::HostileRecord;

/// Things to offer or need, by the field that has them.
const DETAILS: [&str; 8] = [
    "space",
    "equipment",
    "skills",
    "training",
    "documents",
    "funding",
    "volunteer_time",
    "time_credits",
];
/// Kinds of record without such a field, with their messages.
const OTHERS: [(&str, &str); 6] = [
    (collection::LISTING, "Listing"),
    (collection::EVENT, "Event"),
    (collection::STORY, "Story"),
    (collection::COMMITMENT, "Commitment"),
    (collection::VOUCH, "Vouch"),
    (collection::CIRCUMSTANCES, "Circumstances"),
];
/// Characters of a postcode, a country and the like.
const MAX_CODE: usize = 20;
/// Characters of every other text, so that it fits into a tag.
const MAX_TEXT: usize = 100;

/// One record of each kind, and of each thing to offer or need, with these words in every text
/// that has no form of its own, and `long` in its description. They meet every Tuesday in
/// Sheffield.
pub fn filled_with(words: &str, long: &str) -> Vec<HostileRecord> {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let message = |name: &str| {
        let name = format!("hedgerow.v1.{name}");
        pool.get_message_by_name(&name).unwrap()
    };
    let resources = [(collection::OFFER, "Offer"), (collection::NEED, "Need")]
        .into_iter()
        .flat_map(|(kind, name)| DETAILS.map(|detail| (kind, name, detail)));
    let others = OTHERS.map(|(kind, name)| (kind, name, ""));
    let all = resources.chain(others);
    all.map(|(collection, name, detail)| {
        let filler = Filler {
            words,
            long,
            detail,
        };
        HostileRecord {
            attack: if detail.is_empty() {
                collection
            } else {
                detail
            },
            collection,
            body: filler.full(&message(name)).encode_to_vec(),
        }
    })
    .collect()
}

struct Filler<'a> {
    words: &'a str,
    long: &'a str,
    detail: &'a str,
}

impl Filler<'_> {
    fn full(&self, descriptor: &MessageDescriptor) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        for field in descriptor.fields() {
            let is_other_detail = field
                .containing_oneof()
                .is_some_and(|oneof| oneof.name() == "detail" && field.name() != self.detail);
            // A schedule has either an end or a length.
            if is_other_detail || field.name() == "end" {
                continue;
            }
            let value = match self.value(&field) {
                Value::Message(area) if field.name() == "areas" => Value::Message(named(&area)),
                value => value,
            };
            let value = match field.is_list() {
                true => Value::List(vec![value]),
                false => value,
            };
            message.set_field(&field, value);
        }
        message
    }

    fn value(&self, field: &FieldDescriptor) -> Value {
        match (field.kind(), field.name()) {
            (Kind::String, name) => Value::String(self.text(name)),
            (Kind::Bool, _) => Value::Bool(true),
            (Kind::Uint32, "geonames_id") => Value::U32(2_638_077),
            (Kind::Uint32, _) => Value::U32(60),
            (Kind::Sint32, "latitude_e7") => Value::I32(533_830_000),
            (Kind::Sint32, "longitude_e7") => Value::I32(-14_660_000),
            (Kind::Int32 | Kind::Sint32, _) => Value::I32(1),
            (Kind::Int64, _) => Value::I64(1_795_780_800),
            (Kind::Double, _) => Value::F64(2.5),
            (Kind::Bytes, _) => Value::Bytes(vec![7; 32].into()),
            (Kind::Enum(_), _) => Value::EnumNumber(1),
            (Kind::Message(inner), _) => Value::Message(self.full(&inner)),
            (other, name) => panic!("{name}: {other:?}"),
        }
    }

    fn text(&self, name: &str) -> String {
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
