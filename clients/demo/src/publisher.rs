//! A group of the demonstration, before it is on a node.

use hedgerow_cli::{Audience, draft};
use hedgerow_proto::steward_v1::{RecordChange, RecordDraft};
use prost::Message;

/// Bytes of a label, by the node's rule.
const MAX_LABEL_BYTES: usize = 40;

/// A group and the records that it publishes.
#[derive(Debug, Clone)]
pub struct Publisher {
    /// Its label on the node.
    pub label: String,
    pub changes: Vec<RecordChange>,
}

/// The change that adds a public record.
pub(crate) fn put(collection: &str, body: &impl Message) -> RecordChange {
    let draft = RecordDraft {
        body: body.encode_to_vec(),
        language: "en".to_owned(),
        audience: Some(Audience::Public.to_proto()),
        ..Default::default()
    };
    draft::put(collection, draft)
}

/// The label of a group's name: its first words, as `a-z`, `0-9` and `-`. A serial in
/// brackets is left out.
pub(crate) fn label(name: &str) -> String {
    let name = name.split('[').next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let mut label = String::new();
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        if label.len() + 1 + word.len() > MAX_LABEL_BYTES {
            break;
        }
        if !label.is_empty() {
            label.push('-');
        }
        label += word;
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_the_first_words_of_a_name() {
        assert_eq!(label("North East"), "north-east");
        assert_eq!(
            label("Kettle Room arts group, Leeds [test 013752]"),
            "kettle-room-arts-group-leeds"
        );
        assert!(label(&"long name ".repeat(9)).len() <= MAX_LABEL_BYTES);
    }
}
