//! Messages of records with every field set, for tests of what becomes of each.

use hedgerow_core::name::collection;
use hedgerow_proto::FILE_DESCRIPTOR_SET;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value,
};

/// A kind of record, and of the thing that it offers or needs.
pub struct FilledKind {
    pub collection: &'static str,
    /// The field of `Resource` that has the thing. Empty for records without one.
    pub detail: String,
    /// The message of the body.
    pub message: MessageDescriptor,
}

/// The kinds of records, one for each thing to offer or need.
pub fn filled_kinds() -> Vec<FilledKind> {
    let pool = DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap();
    let message = |name: &str| {
        let name = format!("hedgerow.v1.{name}");
        pool.get_message_by_name(&name).unwrap()
    };
    let mut oneofs = message("Resource").oneofs().collect::<Vec<_>>().into_iter();
    let things = oneofs.find(|oneof| oneof.name() == "detail").unwrap();
    let with_things = [(collection::OFFER, "Offer"), (collection::NEED, "Need")];
    let others = [
        (collection::LISTING, "Listing"),
        (collection::EVENT, "Event"),
        (collection::STORY, "Story"),
        (collection::COMMITMENT, "Commitment"),
        (collection::VOUCH, "Vouch"),
        (collection::CIRCUMSTANCES, "Circumstances"),
    ];
    let kind = |(collection, name): (&'static str, &str), detail: &str| FilledKind {
        collection,
        detail: detail.to_owned(),
        message: message(name),
    };
    let with_things = with_things.into_iter().flat_map(|named| {
        let details = things.fields().collect::<Vec<_>>().into_iter();
        details.map(move |field| kind(named, field.name()))
    });
    with_things
        .chain(others.into_iter().map(|named| kind(named, "")))
        .collect()
}

/// The values of a message with every field set, each list with one item.
pub trait Fill {
    /// The field of `Resource` that is set: only one of them can be.
    fn detail(&self) -> &str;

    fn text(&mut self, name: &str, path: &str) -> String;

    /// A whole number that has no sign.
    fn number(&mut self, name: &str) -> u32;

    fn signed(&mut self, _name: &str) -> i32 {
        1
    }

    /// Seconds since 1970, for points in time.
    fn seconds(&mut self) -> i64;

    /// The message of a field.
    fn message(
        &mut self,
        _name: &str,
        descriptor: &MessageDescriptor,
        path: &str,
    ) -> DynamicMessage {
        self.fill(descriptor, path)
    }

    /// The whole message at a path, such as `.event.place`.
    fn fill(&mut self, descriptor: &MessageDescriptor, path: &str) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        for field in descriptor.fields() {
            let is_other_detail = field
                .containing_oneof()
                .is_some_and(|oneof| oneof.name() == "detail" && field.name() != self.detail());
            // A schedule has either an end or a length.
            if is_other_detail || field.name() == "end" {
                continue;
            }
            let value = self.value(&field, &format!("{path}.{}", field.name()));
            let value = match field.is_list() {
                true => Value::List(vec![value]),
                false => value,
            };
            message.set_field(&field, value);
        }
        message
    }

    fn value(&mut self, field: &FieldDescriptor, path: &str) -> Value {
        let name = field.name();
        match field.kind() {
            Kind::String => Value::String(self.text(name, path)),
            Kind::Bool => Value::Bool(true),
            Kind::Uint32 => Value::U32(self.number(name)),
            Kind::Int32 | Kind::Sint32 => Value::I32(self.signed(name)),
            Kind::Int64 => Value::I64(self.seconds()),
            Kind::Double => Value::F64(2.5),
            Kind::Bytes => Value::Bytes(vec![7; 32].into()),
            Kind::Enum(_) => Value::EnumNumber(1),
            Kind::Message(inner) => Value::Message(self.message(name, &inner, path)),
            other => panic!("{path}: {other:?}"),
        }
    }
}
