//! Violations of the rules, as a list for people.

use hedgerow_client::FieldViolation;
use hedgerow_input::filters::option_names;

/// A draft that breaks rules, found before it was sent.
#[derive(Debug, thiserror::Error)]
#[error("{subject} cannot be published as it is:{}", list(.violations))]
pub struct Violations {
    /// The file, or what else breaks them.
    pub subject: String,
    pub violations: Vec<FieldViolation>,
}

/// One line for each violation, with the way out.
pub fn list(violations: &[FieldViolation]) -> String {
    let mut text = String::new();
    for violation in violations {
        text += &format!(
            "\n  - {}: {}",
            as_typed(&violation.field),
            violation.message
        );
        if violation.confirmable {
            text += &format!(
                "\n    If it is meant so, add `confirmed: [{}]` to the file, or `--confirm {0}`.",
                violation.reason
            );
        }
    }
    text
}

/// A field of a request by the option that a person typed for it. A field of a document is
/// returned as it is.
fn as_typed(field: &str) -> String {
    match field.strip_prefix("filter.") {
        None => field.to_owned(),
        Some("near.radius_m") => "--within".to_owned(),
        Some(filter) => option_names(filter.split(['.', '[']).next().unwrap_or(filter)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_a_filter_is_named_by_its_option() {
        assert_eq!(as_typed("filter.near.place"), "--near");
        assert_eq!(as_typed("filter.near.radius_m"), "--within");
        assert_eq!(as_typed("filter.who_for[2]"), "--who");
        assert_eq!(as_typed("filter.query"), "the words");
        assert_eq!(as_typed("places[0].name"), "places[0].name");
    }
}
