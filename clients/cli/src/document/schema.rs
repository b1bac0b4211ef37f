//! Values of enums as people write them.

use prost_reflect::EnumDescriptor;

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
    use hedgerow_input::descriptors::pool;

    use super::*;

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
