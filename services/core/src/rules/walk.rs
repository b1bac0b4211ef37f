//! A walk over a message's bytes by the schema: every text, enum, byte string and
//! message with its dotted path, and whatever should not be there.
//!
//! Decoded messages forget what they do not know and keep the last of what is given
//! twice. What is published are bytes; so bytes are what is looked at.

use prost::encoding::decode_varint;

use super::schema::Field;
use super::schema::Kind;
use super::schema::Scalar;
use super::schema::schema;

/// How deep groups may nest in an unknown field.
const MAX_NESTING: u32 = 32;

/// These bytes are no message of the expected type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotAMessage;

/// Something found on the way.
#[derive(Debug, Clone)]
pub(super) struct Found<'a> {
    /// Where: `places[0].postcode`.
    pub(super) path: String,
    pub(super) field: &'static Field,
    pub(super) value: Value<'a>,
}

/// What a field holds there. Other numbers are passed over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Bytes(&'a [u8]),
    Enum(i64),
    Message,
}

/// Everything found in one message, in the order of its bytes.
#[derive(Debug, Default)]
pub(super) struct Walk<'a> {
    pub(super) found: Vec<Found<'a>>,
    /// Fields that this build does not know: `places[0].99`.
    pub(super) unknown: Vec<String>,
    /// Single fields, or members of one oneof, that are there more than once.
    pub(super) twice: Vec<String>,
    /// Whether only what is there twice is looked for.
    only_twice: bool,
}

/// Where something was found, as steps: few of them are ever asked for in words.
#[derive(Debug, Clone, Copy)]
struct Path<'p> {
    above: Option<&'p Path<'p>>,
    name: &'p str,
    /// Of a repeated field, which.
    at: Option<usize>,
}

impl Path<'_> {
    fn in_words(&self) -> String {
        let name = within(self.above, self.name);
        match self.at {
            Some(at) => format!("{name}[{at}]"),
            None => name,
        }
    }
}

/// The name of something inside a message.
fn within(above: Option<&Path<'_>>, name: impl std::fmt::Display) -> String {
    match above {
        Some(above) => format!("{}.{name}", above.in_words()),
        None => name.to_string(),
    }
}

/// Walks over the bytes of a message, given its full name.
pub(super) fn walk<'a>(bytes: &'a [u8], message: &str) -> Result<Walk<'a>, NotAMessage> {
    let mut walk = Walk::default();
    walk.message(bytes, message, None)?;
    Ok(walk)
}

/// Walks over the bytes of a message, and finds only what is there twice.
pub(super) fn walk_for_twice<'a>(bytes: &'a [u8], message: &str) -> Result<Walk<'a>, NotAMessage> {
    let mut walk = Walk {
        only_twice: true,
        ..Walk::default()
    };
    walk.message(bytes, message, None)?;
    Ok(walk)
}

impl<'a> Walk<'a> {
    /// Recursion ends with the schema: no message of a record holds itself.
    fn message(
        &mut self,
        mut bytes: &'a [u8],
        name: &str,
        above: Option<&Path<'_>>,
    ) -> Result<(), NotAMessage> {
        let fields = schema().fields(name).ok_or(NotAMessage)?;
        let mut counts: Vec<(u32, usize)> = Vec::new();
        let mut oneofs: Vec<i32> = Vec::new();
        while !bytes.is_empty() {
            let tag = varint(&mut bytes)?;
            let number = u32::try_from(tag >> 3).map_err(|_| NotAMessage)?;
            let wire_type = (tag & 7) as u8;
            let Some(field) = fields.get(&number) else {
                skip(&mut bytes, wire_type)?;
                if !self.only_twice {
                    self.unknown.push(within(above, number));
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
            let path = Path {
                above,
                name: &field.name,
                at: field.repeated.then_some(*count),
            };
            *count += 1;
            let again = field.oneof.is_some_and(|oneof| {
                let seen = oneofs.contains(&oneof);
                oneofs.push(oneof);
                seen
            });
            if (*count > 1 && !field.repeated) || again {
                self.twice.push(path.in_words());
            }
            self.field(&mut bytes, wire_type, field, &path)?;
        }
        Ok(())
    }

    fn field(
        &mut self,
        bytes: &mut &'a [u8],
        wire_type: u8,
        field: &'static Field,
        path: &Path<'_>,
    ) -> Result<(), NotAMessage> {
        let value = match (&field.kind, wire_type) {
            (Kind::Text, 2) => {
                Value::Text(std::str::from_utf8(delimited(bytes)?).map_err(|_| NotAMessage)?)
            }
            (Kind::Bytes, 2) => Value::Bytes(delimited(bytes)?),
            (Kind::Message(name), 2) => {
                let inner = delimited(bytes)?;
                self.find(path, field, Value::Message);
                return self.message(inner, name, Some(path));
            }
            (Kind::Enum(_), 0) => Value::Enum(enum_number(varint(bytes)?)),
            (Kind::Enum(_), 2) if field.repeated => {
                let mut packed = delimited(bytes)?;
                while !packed.is_empty() {
                    let value = Value::Enum(enum_number(varint(&mut packed)?));
                    self.find(path, field, value);
                }
                return Ok(());
            }
            (Kind::Scalar(_), 2) if field.repeated => {
                delimited(bytes)?;
                return Ok(());
            }
            (Kind::Scalar(Scalar::Varint), 0)
            | (Kind::Scalar(Scalar::Fixed64), 1)
            | (Kind::Scalar(Scalar::Fixed32), 5) => return skip(bytes, wire_type),
            _ => return Err(NotAMessage),
        };
        self.find(path, field, value);
        Ok(())
    }

    fn find(&mut self, path: &Path<'_>, field: &'static Field, value: Value<'a>) {
        if !self.only_twice {
            self.found.push(Found {
                path: path.in_words(),
                field,
                value,
            });
        }
    }
}

/// Enums travel as 64-bit varints and are read as 32 bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "as every decoder of enums does"
)]
fn enum_number(varint: u64) -> i64 {
    i64::from(varint as i32)
}

fn varint(bytes: &mut &[u8]) -> Result<u64, NotAMessage> {
    decode_varint(bytes).map_err(|_| NotAMessage)
}

fn delimited<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], NotAMessage> {
    let length = usize::try_from(varint(bytes)?).map_err(|_| NotAMessage)?;
    take(bytes, length)
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], NotAMessage> {
    let (taken, rest) = bytes.split_at_checked(length).ok_or(NotAMessage)?;
    *bytes = rest;
    Ok(taken)
}

/// Passes over one value; groups in a loop, not by recursion.
fn skip(bytes: &mut &[u8], mut wire_type: u8) -> Result<(), NotAMessage> {
    let mut depth = 0u32;
    loop {
        match wire_type {
            0 => drop(varint(bytes)?),
            1 => drop(take(bytes, 8)?),
            2 => drop(delimited(bytes)?),
            3 => depth += 1,
            4 => depth = depth.checked_sub(1).ok_or(NotAMessage)?,
            5 => drop(take(bytes, 4)?),
            _ => return Err(NotAMessage),
        }
        if depth > MAX_NESTING {
            return Err(NotAMessage);
        }
        if depth == 0 {
            return Ok(());
        }
        wire_type = (varint(bytes)? & 7) as u8;
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1;
    use proptest::prelude::*;
    use prost::Message as _;

    use super::*;

    const LISTING: &str = "hedgerow.v1.Listing";

    fn paths(walk: &Walk<'_>) -> Vec<String> {
        walk.found.iter().map(|found| found.path.clone()).collect()
    }

    #[test]
    fn every_text_is_found_with_its_path() {
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
        assert!(walk.unknown.is_empty() && walk.twice.is_empty());
    }

    #[test]
    fn what_decoding_would_forget_is_seen() {
        let name = |text: &str| {
            v1::Listing {
                name: text.into(),
                ..Default::default()
            }
            .encode_to_vec()
        };
        let bytes = [name("12 High Street"), name("A")].concat();
        assert_eq!(walk(&bytes, LISTING).unwrap().twice, ["name"]);
        let resource = |detail| v1::Resource {
            detail: Some(detail),
            ..Default::default()
        };
        let space = resource(v1::resource::Detail::Space(v1::Space::default()));
        let skills = resource(v1::resource::Detail::Skills(v1::Skills::default()));
        let bytes = [space.encode_to_vec(), skills.encode_to_vec()].concat();
        assert_eq!(
            walk(&bytes, "hedgerow.v1.Resource").unwrap().twice,
            ["skills"]
        );
        // Field 4,000, a text.
        let bytes = [0x82, 0xfa, 0x01, 0x01, b'x'];
        assert_eq!(walk(&bytes, LISTING).unwrap().unknown, ["4000"]);
    }

    #[test]
    fn endless_groups_and_wrong_types_end_the_walk() {
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
        fn any_bytes_are_walked_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = walk(&bytes, LISTING);
        }

        #[test]
        fn who_looks_only_for_what_is_twice_finds_the_same_of_it(
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
            let twice = |walk: Result<Walk<'_>, NotAMessage>| walk.map(|walk| walk.twice);
            prop_assert_eq!(
                twice(walk_for_twice(&bytes, LISTING)),
                twice(walk(&bytes, LISTING))
            );
        }

        #[test]
        fn what_decodes_is_walked(text in ".{0,20}", number in any::<u32>()) {
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
