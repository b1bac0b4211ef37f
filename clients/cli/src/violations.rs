//! Violations of the rules, as a list for people.

use std::collections::BTreeSet;

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

/// One line for each violation, with the way out. If several can be confirmed, the last line
/// confirms all of them.
pub fn list(violations: &[FieldViolation]) -> String {
    let mut text = String::new();
    for violation in violations {
        let field = match as_typed(&violation.field) {
            field if field.is_empty() => field,
            field => format!("{field}: "),
        };
        text += &format!("\n  - {field}{}", violation.message);
        if violation.confirmable {
            text += &format!(
                "\n    If it is meant so, add `confirmed: [{}]` to the file, or `--confirm {0}`.",
                violation.reason
            );
        }
    }
    let reasons: BTreeSet<&str> = violations
        .iter()
        .filter(|violation| violation.confirmable)
        .map(|violation| violation.reason.as_str())
        .collect();
    if reasons.len() > 1 {
        let options: Vec<_> = reasons.iter().map(|it| format!("--confirm {it}")).collect();
        text += &format!(
            "\n  If all of these are meant so, after reading each: {}",
            options.join(" ")
        );
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
    fn several_confirmations_are_listed_in_one_line() {
        let about = |reason: &str| FieldViolation {
            confirmable: true,
            ..FieldViolation::new("", reason, "Look.")
        };
        let one = list(&[about("other_record_is_finer:event/1")]);
        assert!(one.starts_with("\n  - Look."), "{one}");
        assert!(!one.contains("all of these"), "{one}");
        let two = list(&[
            about("other_record_is_finer:event/1"),
            about("looks_like_address"),
        ]);
        let line = "--confirm looks_like_address --confirm other_record_is_finer:event/1";
        assert!(two.ends_with(line), "{two}");
    }

    #[test]
    fn a_field_of_a_filter_is_named_by_its_option() {
        assert_eq!(as_typed("filter.near.place"), "--near");
        assert_eq!(as_typed("filter.near.radius_m"), "--within");
        assert_eq!(as_typed("filter.who_for[2]"), "--who");
        assert_eq!(as_typed("filter.query"), "the words");
        assert_eq!(as_typed("places[0].name"), "places[0].name");
    }
}
