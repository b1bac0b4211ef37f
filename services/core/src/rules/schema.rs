//! The protocol's messages and enums, read from the embedded descriptors. Generic rules
//! use it, so that a new field is checked without new code.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use prost::Message as _;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, FileDescriptorSet};

use super::limits;

/// The type of a field, as far as the rules distinguish it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldType {
    Text,
    Bytes,
    /// By full name: `hedgerow.v1.Place`.
    Message(String),
    /// By full name.
    Enum(String),
    /// Any number or boolean.
    Scalar(Scalar),
}

/// The wire format of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scalar {
    Varint,
    Fixed32,
    Fixed64,
}

/// One field of a message, by its descriptor.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// `postcode`.
    pub(super) name: String,
    /// `hedgerow.v1.Place.postcode`.
    pub(super) full_name: String,
    pub(super) field_type: FieldType,
    pub(super) repeated: bool,
    /// The most characters of a text.
    pub(super) max_chars: usize,
    /// Whether a text has no line breaks.
    pub(super) is_single_line: bool,
    /// The most entries of a repeated field.
    pub(super) max_entries: usize,
    /// The index of its oneof. Absent for `optional`, which protoc also encodes as a oneof.
    pub(super) oneof: Option<i32>,
}

/// Messages and enums of the protocol by full name.
#[derive(Debug)]
pub(super) struct Schema {
    messages: HashMap<String, HashMap<u32, Field>>,
    enums: HashMap<String, HashSet<i64>>,
}

/// Returns the schema of this build.
pub(super) fn schema() -> &'static Schema {
    static SCHEMA: OnceLock<Schema> = OnceLock::new();
    SCHEMA.get_or_init(|| {
        let set = FileDescriptorSet::decode(hedgerow_proto::FILE_DESCRIPTOR_SET)
            .expect("the embedded descriptors are well formed");
        Schema::index(&set)
    })
}

impl Schema {
    fn index(set: &FileDescriptorSet) -> Self {
        let mut schema = Self {
            messages: HashMap::new(),
            enums: HashMap::new(),
        };
        for file in &set.file {
            for message in &file.message_type {
                schema.add(file.package(), message);
            }
            for it in &file.enum_type {
                let numbers = it
                    .value
                    .iter()
                    .map(|value| i64::from(value.number()))
                    .collect();
                schema
                    .enums
                    .insert(format!("{}.{}", file.package(), it.name()), numbers);
            }
        }
        schema
    }

    fn add(&mut self, scope: &str, message: &DescriptorProto) {
        let full_name = format!("{scope}.{}", message.name());
        let mut fields = HashMap::new();
        for field in &message.field {
            let target = field.type_name().trim_start_matches('.').to_owned();
            let field_type = match field.r#type() {
                Type::String => FieldType::Text,
                Type::Bytes => FieldType::Bytes,
                Type::Message => FieldType::Message(target),
                Type::Enum => FieldType::Enum(target),
                Type::Group => continue,
                Type::Double | Type::Fixed64 | Type::Sfixed64 => FieldType::Scalar(Scalar::Fixed64),
                Type::Float | Type::Fixed32 | Type::Sfixed32 => FieldType::Scalar(Scalar::Fixed32),
                Type::Int64
                | Type::Uint64
                | Type::Int32
                | Type::Uint32
                | Type::Bool
                | Type::Sint32
                | Type::Sint64 => FieldType::Scalar(Scalar::Varint),
            };
            let field_name = format!("{full_name}.{}", field.name());
            let indexed = Field {
                name: field.name().to_owned(),
                max_chars: limits::max_chars(field.name(), &field_name),
                is_single_line: limits::is_single_line(field.name(), &field_name),
                max_entries: limits::max_entries(&field_name),
                full_name: field_name,
                field_type,
                repeated: field.label() == Label::Repeated,
                oneof: field.oneof_index.filter(|_| !field.proto3_optional()),
            };
            fields.insert(field.number().unsigned_abs(), indexed);
        }
        self.messages.insert(full_name, fields);
    }

    /// The fields of a message by number.
    pub(super) fn fields(&self, message: &str) -> Option<&HashMap<u32, Field>> {
        self.messages.get(message)
    }

    /// Returns whether an enum has this value.
    pub(super) fn has_value(&self, name: &str, number: i64) -> bool {
        self.enums
            .get(name)
            .is_some_and(|numbers| numbers.contains(&number))
    }
}
