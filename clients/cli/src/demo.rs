//! The demonstration: an aggregator and thirteen nodes in this process, each the same as
//! its own program would be, over real TLS, with real files in a temporary folder.

mod cataloguers;
mod generated;
mod groups;
mod network;
mod outcome;

pub use cataloguers::cataloguers;
pub use generated::Body;
pub use generated::Generated;
pub use groups::invented;
pub use network::Network;
pub use network::NetworkConfig;
pub use outcome::Example;
pub use outcome::Outcome;
pub use outcome::Searched;
pub use outcome::examples;

use hedgerow_proto::v1;
use hedgerow_proto::v1::record_change::Change;

/// A group of the demonstration, and what it publishes.
#[derive(Debug, Clone)]
pub struct Publisher {
    /// How its host calls it.
    pub label: String,
    /// What it publishes, in one go.
    pub changes: Vec<v1::RecordChange>,
}

/// The change that adds a record for everyone to see.
fn put(collection: &str, body: &impl prost::Message) -> v1::RecordChange {
    v1::RecordChange {
        change: Some(Change::Put(v1::NewRecord {
            collection: collection.to_owned(),
            draft: Some(v1::RecordDraft {
                body: body.encode_to_vec(),
                language: "en".to_owned(),
                audience: Some(crate::document::Audience::Public.to_proto()),
                ..Default::default()
            }),
        })),
    }
}

/// A label of a name: `a-z`, `0-9` and `-`, at most 40.
fn label(name: &str) -> String {
    let name = name.split('[').next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let mut label = String::new();
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        if label.len() + 1 + word.len() > 40 {
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
    fn a_label_is_made_of_a_name() {
        assert_eq!(label("North East"), "north-east");
        assert_eq!(
            label("Kettle Room arts group, Leeds [test 013752]"),
            "kettle-room-arts-group-leeds"
        );
        assert!(label(&"long name ".repeat(9)).len() <= 40);
    }
}
