//! The protocol's descriptors, and the message of each kind.

use std::sync::OnceLock;

use prost_reflect::{DescriptorPool, EnumDescriptor, MessageDescriptor};

/// The kinds that a document may have, with the message of each one's body.
pub const KINDS: [(&str, &str); 8] = [
    ("listing", "Listing"),
    ("circumstances", "Circumstances"),
    ("event", "Event"),
    ("offer", "Offer"),
    ("need", "Need"),
    ("vouch", "Vouch"),
    ("story", "Story"),
    ("commitment", "Commitment"),
];

/// The descriptors of the whole protocol.
pub(super) fn pool() -> &'static DescriptorPool {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    POOL.get_or_init(|| {
        DescriptorPool::decode(hedgerow_proto::FILE_DESCRIPTOR_SET)
            .expect("the descriptors were compiled by this build")
    })
}

/// The message of a kind's body. `None` for a kind unknown to this build.
pub fn message_of_kind(kind: &str) -> Option<MessageDescriptor> {
    let (_, name) = KINDS.iter().find(|(known, _)| *known == kind)?;
    pool().get_message_by_name(&format!("hedgerow.v1.{name}"))
}

/// The values of an enum as people write them: `SUPPORT_GROUP` of `Role` as `support-group`.
/// By descriptor, as a field's type is known only at run time.
pub(super) fn short_enum_names(descriptor: &EnumDescriptor) -> Vec<(String, i32)> {
    let prefix = screaming_snake(descriptor.name()) + "_";
    descriptor
        .values()
        .filter(|value| value.number() != 0)
        .map(|value| {
            let name = value.name();
            let short = name.strip_prefix(&prefix).unwrap_or(name);
            (short.to_ascii_lowercase().replace('_', "-"), value.number())
        })
        .collect()
}

/// The short name of an enum's number, or the number itself if this build has no name for
/// it.
pub(super) fn short_enum_name(descriptor: &EnumDescriptor, number: i32) -> String {
    short_enum_names(descriptor)
        .into_iter()
        .find(|(_, known)| *known == number)
        .map_or_else(|| number.to_string(), |(name, _)| name)
}

fn screaming_snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (index, letter) in name.char_indices() {
        if index > 0 && letter.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_the_core_can_be_written() {
        let mut written: Vec<_> = KINDS.iter().map(|(kind, _)| *kind).collect();
        let mut known = hedgerow_core::name::collection::KNOWN.to_vec();
        written.sort_unstable();
        known.sort_unstable();
        assert_eq!(written, known);
        assert!(
            KINDS
                .iter()
                .all(|(kind, _)| message_of_kind(kind).is_some())
        );
    }

    #[test]
    fn enum_values_lose_the_name_of_their_type() {
        let names = |name: &str| {
            let descriptor = pool()
                .get_enum_by_name(&format!("hedgerow.v1.{name}"))
                .expect("an enum of the protocol");
            short_enum_names(&descriptor)
                .into_iter()
                .map(|(name, _)| name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("Voice"), ["itself", "on-behalf", "catalogued"]);
        assert_eq!(
            names("PriceKind"),
            ["free", "pay-what-you-can", "at-cost", "rate"]
        );
    }
}
