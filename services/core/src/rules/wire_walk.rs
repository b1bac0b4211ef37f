//! Walks over the bytes of a message by the schema, and collects every text, enum, byte
//! string and message with its dotted path, as well as unknown and duplicated fields.
//!
//! Decoding drops unknown fields and all but the last of a duplicated field, yet the
//! published bytes contain them. So the rules check the bytes.

use super::plain_text::unsuitable;
use super::schema::{Field, FieldType, Scalar, schema};
use crate::wire::{DecodeFailure, delimited, skip, varint};

/// The bytes do not decode as the expected message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct InvalidMessage;

impl From<DecodeFailure> for InvalidMessage {
    fn from(_: DecodeFailure) -> Self {
        Self
    }
}

/// One value with its path.
#[derive(Debug, Clone)]
pub(super) struct FieldValue<'a> {
    /// `places[0].postcode`.
    pub(super) path: String,
    pub(super) field: &'static Field,
    pub(super) value: Value<'a>,
}

/// A value. Numbers other than enums are not collected: no generic rule needs them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
    Enum(i64),
    Message,
}

/// The result of a walk over one message, in the order of its bytes.
#[derive(Debug, Default)]
pub(super) struct Walk<'a> {
    pub(super) values: Vec<FieldValue<'a>>,
    /// Fields that are not in the schema: `places[0].99`.
    pub(super) unknown: Vec<String>,
    /// Singular fields, or members of one oneof, that occur more than once.
    pub(super) duplicates: Vec<String>,
    /// Texts and lists that are longer than their limit. Only of a walk for a receiver.
    pub(super) excesses: Vec<Excess>,
    /// Texts that no record may have, with the reason. Only of a walk for a receiver.
    pub(super) unsuitable: Vec<(String, &'static str)>,
    /// Whether to leave `values` and `unknown` empty.
    for_receiver: bool,
}

/// A text or list that is too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excess {
    pub(super) path: String,
    /// The stable name of the problem.
    pub(super) reason: &'static str,
    pub(super) max: usize,
}

/// The path of a field as a linked list. It is turned into text only if needed: a
/// receiver walks every record and rarely needs one.
#[derive(Debug, Clone, Copy)]
struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    name: &'p str,
    /// The index of an entry in a repeated field.
    index: Option<usize>,
}

impl Path<'_> {
    fn dotted(&self) -> String {
        let name = join(self.parent, self.name);
        match self.index {
            Some(index) => format!("{name}[{index}]"),
            None => name,
        }
    }
}

fn join(parent: Option<&Path<'_>>, name: impl std::fmt::Display) -> String {
    match parent {
        Some(parent) => format!("{}.{name}", parent.dotted()),
        None => name.to_string(),
    }
}

/// Walks over the bytes of the message with this full name.
pub(super) fn walk<'a>(bytes: &'a [u8], message: &str) -> Result<Walk<'a>, InvalidMessage> {
    let mut walk = Walk::default();
    walk.message(bytes, message, None)?;
    Ok(walk)
}

/// Like [`walk`], but collects only duplicates and excesses, without allocating a path for each
/// value.
pub(super) fn walk_for_receiver<'a>(
    bytes: &'a [u8],
    message: &str,
) -> Result<Walk<'a>, InvalidMessage> {
    let mut walk = Walk {
        for_receiver: true,
        ..Walk::default()
    };
    walk.message(bytes, message, None)?;
    Ok(walk)
}

impl<'a> Walk<'a> {
    /// The recursion is bounded by the schema: no message of a record contains itself.
    fn message(
        &mut self,
        mut bytes: &'a [u8],
        name: &str,
        parent: Option<&Path<'_>>,
    ) -> Result<(), InvalidMessage> {
        let fields = schema().fields(name).ok_or(InvalidMessage)?;
        // Messages have few fields: a scan of a vector is faster than a hash map.
        let mut counts: Vec<(u32, usize)> = Vec::new();
        let mut oneofs: Vec<i32> = Vec::new();
        while !bytes.is_empty() {
            let tag = varint(&mut bytes)?;
            let number = u32::try_from(tag >> 3).map_err(|_| InvalidMessage)?;
            let wire_type = tag & 7;
            let Some(field) = fields.get(&number) else {
                skip(&mut bytes, wire_type)?;
                if !self.for_receiver {
                    self.unknown.push(join(parent, number));
                }
                continue;
            };
            let count = match counts.iter_mut().find(|(seen, _)| *seen == number) {
                Some((_, count)) => count,
                None => {
                    counts.push((number, 0));
                    let last = counts.len() - 1;
                    &mut counts[last].1
                }
            };
            let before = *count;
            let path = Path {
                parent,
                name: &field.name,
                index: field.repeated.then_some(before),
            };
            let oneof_repeated = field.oneof.is_some_and(|oneof| {
                let seen = oneofs.contains(&oneof);
                oneofs.push(oneof);
                seen
            });
            if (before > 0 && !field.repeated) || oneof_repeated {
                self.duplicates.push(path.dotted());
            }
            *count += self.field(&mut bytes, wire_type, field, &path)?;
            let is_excess = field.repeated && *count > field.max_entries;
            if is_excess && before <= field.max_entries && self.for_receiver {
                self.excesses.push(Excess {
                    path: join(parent, &field.name),
                    reason: "too_many",
                    max: field.max_entries,
                });
            }
        }
        Ok(())
    }

    /// Walks over one field. Returns the number of its entries: a packed field may have several.
    fn field(
        &mut self,
        bytes: &mut &'a [u8],
        wire_type: u64,
        field: &'static Field,
        path: &Path<'_>,
    ) -> Result<usize, InvalidMessage> {
        let value = match (&field.field_type, wire_type) {
            (FieldType::Text, 2) => {
                Value::Text(std::str::from_utf8(delimited(bytes)?).map_err(|_| InvalidMessage)?)
            }
            (FieldType::Bytes, 2) => Value::Bytes(delimited(bytes)?),
            (FieldType::Message(name), 2) => {
                let inner = delimited(bytes)?;
                self.add(path, field, Value::Message);
                self.message(inner, name, Some(path))?;
                return Ok(1);
            }
            (FieldType::Enum(_), 0) => Value::Enum(enum_number(varint(bytes)?)),
            (FieldType::Enum(_), 2) if field.repeated => {
                let mut packed = delimited(bytes)?;
                let mut entries = 0;
                while !packed.is_empty() {
                    let value = Value::Enum(enum_number(varint(&mut packed)?));
                    self.add(path, field, value);
                    entries += 1;
                }
                return Ok(entries);
            }
            (FieldType::Scalar(scalar), 2) if field.repeated => {
                let packed = delimited(bytes)?;
                return Ok(match scalar {
                    Scalar::Varint => packed.iter().filter(|byte| **byte < 0x80).count(),
                    Scalar::Fixed32 => packed.len() / 4,
                    Scalar::Fixed64 => packed.len() / 8,
                });
            }
            (FieldType::Scalar(Scalar::Varint), 0)
            | (FieldType::Scalar(Scalar::Fixed64), 1)
            | (FieldType::Scalar(Scalar::Fixed32), 5) => {
                skip(bytes, wire_type)?;
                return Ok(1);
            }
            _ => return Err(InvalidMessage),
        };
        self.check_text(path, field, value);
        self.add(path, field, value);
        Ok(1)
    }

    fn check_text(&mut self, path: &Path<'_>, field: &Field, value: Value<'a>) {
        let Value::Text(text) = value else { return };
        if self.for_receiver
            && let Some(reason) = unsuitable(text, field.is_single_line)
        {
            self.unsuitable.push((path.dotted(), reason));
        }
        let max = field.max_chars;
        // Counting characters is needed only for a text with more bytes than that.
        if self.for_receiver && text.len() > max && text.chars().count() > max {
            self.excesses.push(Excess {
                path: path.dotted(),
                reason: "too_long",
                max,
            });
        }
    }

    fn add(&mut self, path: &Path<'_>, field: &'static Field, value: Value<'a>) {
        if !self.for_receiver {
            self.values.push(FieldValue {
                path: path.dotted(),
                field,
                value,
            });
        }
    }
}

/// Enums are encoded as 64-bit varints and decoded as 32 bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "as every decoder of enums does"
)]
fn enum_number(varint: u64) -> i64 {
    i64::from(varint as i32)
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1;
    use proptest::prelude::*;
    use prost::Message as _;

    use super::*;

    const LISTING: &str = "hedgerow.v1.Listing";

    fn paths(walk: &Walk<'_>) -> Vec<String> {
        walk.values.iter().map(|it| it.path.clone()).collect()
    }

    #[test]
    fn every_text_is_collected_with_its_path() {
        let place = |name: &str| v1::Place {
            name: name.into(),
            ..Default::default()
        };
        let listing = v1::Listing {
            name: "A".into(),
            roles: vec![1, 2],
            places: vec![place("one"), place("two")],
            other_names: vec!["B".into(), "C".into()],
            ..Default::default()
        };
        let bytes = listing.encode_to_vec();
        let walk = walk(&bytes, LISTING).unwrap();
        let expected = [
            "name",
            "roles[0]",
            "roles[0]",
            "other_names[0]",
            "other_names[1]",
            "places[0]",
            "places[0].name",
            "places[1]",
            "places[1].name",
        ];
        assert_eq!(paths(&walk), expected);
        assert!(walk.unknown.is_empty() && walk.duplicates.is_empty());
    }

    #[test]
    fn fields_that_decoding_drops_are_reported() {
        let name = |text: &str| {
            v1::Listing {
                name: text.into(),
                ..Default::default()
            }
            .encode_to_vec()
        };
        let bytes = [name("12 High Street"), name("A")].concat();
        assert_eq!(walk(&bytes, LISTING).unwrap().duplicates, ["name"]);
        let resource = |detail| v1::Resource {
            detail: Some(detail),
            ..Default::default()
        };
        let space = resource(v1::resource::Detail::Space(v1::Space::default()));
        let skills = resource(v1::resource::Detail::Skills(v1::Skills::default()));
        let bytes = [space.encode_to_vec(), skills.encode_to_vec()].concat();
        assert_eq!(
            walk(&bytes, "hedgerow.v1.Resource").unwrap().duplicates,
            ["skills"]
        );
        // Field 4,000 with a text.
        let bytes = [0x82, 0xfa, 0x01, 0x01, b'x'];
        assert_eq!(walk(&bytes, LISTING).unwrap().unknown, ["4000"]);
    }

    #[test]
    fn deep_groups_and_wrong_types_are_invalid() {
        let groups = vec![0x83u8; 10_000];
        assert!(walk(&groups, LISTING).is_err());
        assert!(
            walk(&[0x08, 0x01], LISTING).is_err(),
            "a number where the name should be"
        );
        assert!(walk(&[0x0a, 0x01, 0xff], LISTING).is_err(), "not UTF-8");
        assert!(walk(&[0x0a, 0x7f], LISTING).is_err(), "cut short");
    }

    proptest! {
        #[test]
        fn any_bytes_are_walked_or_invalid(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = walk(&bytes, LISTING);
        }

        #[test]
        fn a_walk_for_a_receiver_finds_the_same_duplicates_as_a_full_walk(
            names in prop::collection::vec(".{0,5}", 0..4),
            towns in prop::collection::vec(any::<u32>(), 0..3),
            rest in prop::collection::vec(any::<u8>(), 0..4),
        ) {
            let place = |id: &u32| v1::Place { geonames_id: *id, ..Default::default() };
            let listings = names.iter().map(|name| v1::Listing {
                name: name.clone(),
                places: towns.iter().map(place).collect(),
                values_statement: Some(v1::Statement::default()),
                ..Default::default()
            });
            let mut bytes: Vec<u8> = listings.flat_map(|it| it.encode_to_vec()).collect();
            bytes.extend(rest);
            let duplicates = |walk: Result<Walk<'_>, InvalidMessage>| walk.map(|it| it.duplicates);
            prop_assert_eq!(
                duplicates(walk_for_receiver(&bytes, LISTING)),
                duplicates(walk(&bytes, LISTING))
            );
        }

        #[test]
        fn every_encoded_event_is_walked(text in ".{0,20}", number in any::<u32>()) {
            let event = v1::Event {
                title: text.clone(),
                capacity: number,
                schedule: Some(v1::Schedule { exdates: vec![text], ..Default::default() }),
                ..Default::default()
            };
            let bytes = event.encode_to_vec();
            prop_assert!(walk(&bytes, "hedgerow.v1.Event").is_ok());
        }
    }
}
