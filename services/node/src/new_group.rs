//! Makes a group: its keys, its first key event, and the person who looks after it.

use std::sync::Arc;

use hedgerow_core::id::{Commitment, GroupId};
use hedgerow_core::key_log::{KeyLog, incept};
use hedgerow_core::keys::{EncryptionSecret, SigningKey};

use crate::group::Group;
use crate::node::NodeError;
use crate::shared::Shared;
use crate::store::{HostedGroup, Person, Role, StoreError};
use crate::token::{Token, token_hash};

/// A label is also a file name; 40 characters fit every file system.
const MAX_LABEL_LENGTH: usize = 40;

/// Adds a group and serves it at once. The signing and encryption keys are generated here; the
/// commitment is to the first recovery key of a phrase that is not stored: a thief of the node must
/// not be able to rotate the group's keys. A person becomes the group's steward with it.
pub(crate) async fn add_group(
    shared: &Shared,
    label: &str,
    commitment: Commitment,
    steward: Option<&Person>,
) -> Result<(Arc<Group>, Token), NodeError> {
    check_label(label)?;
    let signing = SigningKey::from_seed(shared.bytes());
    let encryption = EncryptionSecret::from_seed(shared.bytes());
    let envelope = incept(&signing, encryption.public(), commitment, shared.bytes());
    let key_log = KeyLog::verify([&envelope])?;
    let token = Token::generate(shared.random.as_ref());
    let group = HostedGroup {
        group_id: key_log.group_id(),
        label: label.to_owned(),
        token_hash: token_hash(token.as_str()),
    };

    let mut writing = shared.store.write().await?;
    // Checked inside the write transaction, so that no other call can take the label
    // in between.
    let groups = writing.groups().await?;
    check_not_taken(label, &groups)?;
    if let Some(other) = writing.group_by_commitment(&commitment).await? {
        return Err(phrase_taken(&other, &groups));
    }
    let now = shared.now();
    writing
        .add_group(&group, signing.seed(), encryption.seed(), now)
        .await?;
    let event = key_log.tip();
    writing
        .add_key_event(
            &group.group_id,
            event.index,
            &event.hash,
            &event.envelope,
            event.commitment.as_ref(),
        )
        .await?;
    // The host may open every group as it is.
    if let Some(person) = steward.filter(|person| !person.is_host) {
        writing
            .put_member(&group.group_id, &person.id, Role::Steward, now)
            .await?;
        writing.set_may_add(&person.id, None).await?;
    }
    let (_, revision) = writing.stream().await?;
    writing.commit().await?;

    let group = shared.add_group(group, None);
    shared.notify_new_head(&group, revision);
    Ok((group, token))
}

/// A label that no group has, from a group's name: `Kettle Room` is `kettle-room`.
pub(crate) async fn free_label(shared: &Shared, name: &str) -> Result<String, StoreError> {
    let groups = shared.store.read().await?.groups().await?;
    let base = label_of(name);
    let is_free = |label: &String| !groups.iter().any(|group| group.label == *label);
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    let mut labels = std::iter::once(base.clone()).chain(numbered);
    // There are fewer groups than numbers.
    Ok(labels.find(is_free).unwrap_or(base))
}

fn label_of(name: &str) -> String {
    let mut label = String::new();
    for letter in name.to_lowercase().chars() {
        if letter.is_ascii_alphanumeric() {
            label.push(letter);
        } else if !label.is_empty() && !label.ends_with('-') {
            label.push('-');
        }
    }
    // Room for a number.
    label.truncate(MAX_LABEL_LENGTH - 8);
    let label = label.trim_matches('-');
    if label.is_empty() {
        "group".to_owned()
    } else {
        label.to_owned()
    }
}

/// Accepts only characters that are safe in a file name.
pub(crate) fn check_label(label: &str) -> Result<(), NodeError> {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let valid = (1..=MAX_LABEL_LENGTH).contains(&label.len()) && label.bytes().all(allowed);
    if valid {
        Ok(())
    } else {
        Err(NodeError::Label(label.to_owned()))
    }
}

pub(crate) fn phrase_taken(group: &GroupId, groups: &[HostedGroup]) -> NodeError {
    let group = groups.iter().find(|hosted| hosted.group_id == *group);
    NodeError::PhraseTaken(group.map(|group| group.label.clone()).unwrap_or_default())
}

pub(crate) fn check_not_taken(label: &str, groups: &[HostedGroup]) -> Result<(), NodeError> {
    if groups.iter().any(|other| other.label == label) {
        return Err(NodeError::LabelTaken(label.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_made_of_any_name() {
        for (name, label) in [
            ("Kettle Room", "kettle-room"),
            ("  “Us” & them! ", "us-them"),
            ("मित्र", "group"),
            ("", "group"),
        ] {
            assert_eq!(label_of(name), label);
            assert!(check_label(&label_of(name)).is_ok());
        }
        let long = label_of(&"a b".repeat(100));
        assert!(long.len() <= MAX_LABEL_LENGTH && check_label(&long).is_ok());
    }
}
