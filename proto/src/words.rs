//! Short words for the protocol's enums: `ROLE_SUPPORT_GROUP` is `support-group`.
//!
//! They come from the names in the `.proto` files, so a new value has its word at once.

use crate::directory_v1::{FacetKind, Identity, MatchAspect};
use crate::feed_v1::GroupStatus;
use crate::steward_v1::StopReason;
use crate::v1::{
    ActivityState, Emphasis, EventOpenness, EventStatus, ResourceKind, Role, Voice, Weekday,
};

/// An enum of the protocol whose values are numbered from 1 without gaps; 0 is
/// `…_UNSPECIFIED`.
pub trait WordEnum: Copy + Default + TryFrom<i32> + Into<i32> {
    /// The value's name in the `.proto` file.
    fn proto_name(self) -> &'static str;
}

macro_rules! word_enums {
    ($($name:ident),+) => {
        $(impl WordEnum for $name {
            fn proto_name(self) -> &'static str {
                self.as_str_name()
            }
        })+
    };
}

word_enums!(
    ActivityState,
    Emphasis,
    EventOpenness,
    EventStatus,
    FacetKind,
    GroupStatus,
    Identity,
    MatchAspect,
    ResourceKind,
    Role,
    StopReason,
    Voice,
    Weekday
);

/// The word of a value; `unspecified` for 0.
pub fn word<E: WordEnum>(value: E) -> String {
    let unspecified = E::default().proto_name();
    let prefix = unspecified.trim_end_matches("UNSPECIFIED");
    let name = value.proto_name();
    name.strip_prefix(prefix)
        .unwrap_or(name)
        .to_ascii_lowercase()
        .replace('_', "-")
}

/// The word with underscores, as keys and values of JSON are written.
pub fn snake_word<E: WordEnum>(value: E) -> String {
    word(value).replace('-', "_")
}

/// Every value but `…_UNSPECIFIED`, in the order of the protocol.
pub fn values<E: WordEnum>() -> impl Iterator<Item = E> {
    (1..).map_while(|number| E::try_from(number).ok())
}

/// The words that people may choose from: those of [`values`].
pub fn words<E: WordEnum>() -> Vec<String> {
    values::<E>().map(word).collect()
}

/// The value of a word. `None` for a word that no value has, `unspecified` included.
pub fn from_word<E: WordEnum>(text: &str) -> Option<E> {
    values::<E>().find(|value| word(*value) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_the_proto_name_without_its_type() {
        assert_eq!(word(Role::SupportGroup), "support-group");
        assert_eq!(word(GroupStatus::NotInvited), "not-invited");
        assert_eq!(word(Voice::Unspecified), "unspecified");
        assert_eq!(snake_word(FacetKind::ResourceKind), "resource_kind");
        assert_eq!(words::<Emphasis>(), ["only", "mainly", "welcome"]);
    }

    #[test]
    fn every_value_is_found_by_its_word() {
        fn check<E: WordEnum>(count: usize) {
            let words = words::<E>();
            assert_eq!(words.len(), count, "{words:?}");
            for (number, word) in (1..).zip(words) {
                let value: Option<i32> = from_word::<E>(&word).map(Into::into);
                assert_eq!(value, Some(number), "{word}");
            }
        }
        check::<Role>(7);
        check::<ResourceKind>(8);
        check::<Weekday>(7);
        check::<Voice>(3);
        check::<Identity>(3);
        check::<EventOpenness>(3);
        check::<GroupStatus>(9);
        check::<FacetKind>(12);
        assert!(from_word::<Voice>("unspecified").is_none());
    }
}
