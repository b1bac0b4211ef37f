//! Text of the templates that is not replaced yet.

use std::collections::BTreeSet;

use hedgerow_core::rules::Violation;
use prost_reflect::{DynamicMessage, Value};

use super::question::{problem, question};
use super::walk;

/// The mark of every title in a template.
const MARK: &str = "(example)";
/// Shorter texts, such as `kettle`, are likely to be true of a group as they are.
const MIN_SENTENCE_CHARS: usize = 20;
/// Domains that no group can have (RFC 2606 and RFC 6761).
const RESERVED: [&str; 6] = [
    "example",
    "example.org",
    "example.com",
    "example.net",
    "invalid",
    "test",
];
/// Numbers that Ofcom keeps free for fiction begin so after the area code.
const FICTION_PHONE: &str = "4960";

/// The texts of a program's templates.
#[derive(Debug, Clone, Default)]
pub struct Examples {
    sentences: BTreeSet<String>,
    ids: BTreeSet<Vec<u8>>,
}

impl Examples {
    /// Collects the sentences and invented groups of templates, given by kind and body.
    pub fn collect<'a>(templates: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut examples = Self::default();
        for (kind, body) in templates {
            if let Some(body) = walk::body_of(kind, body) {
                examples.add(&body);
            }
        }
        examples
    }

    fn add(&mut self, body: &DynamicMessage) {
        let sentences = walk::texts(body).into_iter().map(|text| text.value.trim());
        self.sentences.extend(
            sentences
                .filter(|text| text.chars().count() >= MIN_SENTENCE_CHARS)
                .filter(|text| text.contains(' '))
                .map(str::to_owned),
        );
        for (_, reference) in walk::messages(body, "hedgerow.v1.GroupReference") {
            if let Some(Value::Bytes(id)) = reference.get_field_by_name("group_id").as_deref()
                && !id.is_empty()
            {
                self.ids.insert(id.to_vec());
            }
        }
    }
}

pub(super) fn check(body: &DynamicMessage, examples: &Examples) -> Vec<Violation> {
    let (mut violations, mut unchanged) = (Vec::new(), Vec::new());
    for text in walk::texts(body) {
        if text.value.contains(MARK) {
            violations.push(problem(
                text.path,
                "example_text",
                "this is the template's own text: put your own words there, without “(example)”",
            ));
        } else if is_reserved_address(text.value) || is_fiction_phone(text.field.name(), text.value)
        {
            violations.push(problem(
                text.path,
                "example_text",
                format!(
                    "`{}` is an address for examples that reaches nobody: write your own, or delete \
                     the line",
                    text.value
                ),
            ));
        } else if examples.sentences.contains(text.value.trim()) {
            unchanged.push(text.path);
        }
    }
    // One question for all of them: they are read together.
    if !unchanged.is_empty() {
        violations.push(question(
            unchanged.join(", "),
            "example_unchanged",
            "still the template's own sentences, which people would take for yours. Put your own \
             words there, or delete the lines",
        ));
    }
    for (path, reference) in walk::messages(body, "hedgerow.v1.GroupReference") {
        if let Some(Value::Bytes(id)) = reference.get_field_by_name("group_id").as_deref()
            && examples.ids.contains(id.as_ref())
        {
            violations.push(problem(
                format!("{path}.group_id"),
                "example_text",
                "this is the template's invented group: put the id of the group that you mean there \
                 (`hedgerow search NAME --ids` prints it)",
            ));
        }
    }
    violations
}

fn is_reserved_address(text: &str) -> bool {
    let text = text.trim();
    if text.contains(char::is_whitespace) {
        return false;
    }
    let rest = match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((_, rest)), _) => rest,
        (None, Some((_, domain))) => domain,
        (None, None) => return false,
    };
    let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let host = host.to_ascii_lowercase();
    RESERVED.iter().any(|domain| {
        host.strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

fn is_fiction_phone(field: &str, text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    ["value", "phone"].contains(&field)
        && digits.len() == 11
        && digits.starts_with("01")
        && digits.get(4..8) == Some(FICTION_PHONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_reach_nobody_are_reserved() {
        for yes in [
            "hello@kettle-room.example.org",
            "https://network.example.org/one-page",
            "https://EXAMPLE.com",
            "x@group.example",
        ] {
            assert!(is_reserved_address(yes), "{yes}");
        }
        for no in [
            "hello@leadbyexample.org",
            "https://example.org.uk/",
            "https://kettle.org/?at=example.org",
            "write to x@example.org please",
            "example.org",
        ] {
            assert!(!is_reserved_address(no), "{no}");
        }
        assert!(is_fiction_phone("value", "0113 496 0000"));
        assert!(!is_fiction_phone("value", "0113 243 0000"));
    }
}
