//! The protocol's descriptors, for code that handles a field by its name.

use std::sync::OnceLock;

use prost_reflect::{DescriptorPool, MessageDescriptor};

/// The kinds of record, with the message of each one's body.
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

/// Kinds of things that are offered or needed, by their fields in `Resource`.
pub const RESOURCE_KINDS: [&str; 8] = [
    "space",
    "equipment",
    "skills",
    "training",
    "documents",
    "funding",
    "volunteer_time",
    "time_credits",
];

/// The descriptors of the whole protocol. Decoded once: that takes milliseconds.
///
/// # Panics
/// Never: the build compiled the descriptors.
pub fn pool() -> &'static DescriptorPool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_the_core_has_a_message() {
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
}
