//! Adds a group: its keys, its first key event, and its steward's file.

use std::path::PathBuf;

use hedgerow_core::id::{Commitment, GroupId};
use hedgerow_core::key_log::{KeyLog, incept};
use hedgerow_core::keys::{EncryptionSecret, SigningKey};
use hedgerow_core::phrase::Phrase;

use super::{AddedGroup, Node, NodeError};
use crate::store::HostedGroup;
use crate::token::{StewardFile, Token, token_hash};

/// A label is also a file name; 40 characters fit every file system.
const MAX_LABEL_LENGTH: usize = 40;

impl Node {
    /// Adds a group. The signing and encryption keys are generated here. The phrase yields
    /// the commitment to the first recovery key and is not stored: a thief of the node must
    /// not be able to rotate the group's keys. A running node serves the group at once.
    pub async fn add_group(&self, label: &str, phrase: &Phrase) -> Result<AddedGroup, NodeError> {
        self.add_group_by_commitment(label, phrase.commitment(1))
            .await
    }

    /// Like [`Node::add_group`], with the commitment to the phrase's first recovery key: the
    /// steward has the phrase, and the host never sees it.
    pub async fn add_group_by_commitment(
        &self,
        label: &str,
        commitment: Commitment,
    ) -> Result<AddedGroup, NodeError> {
        check_label(label)?;
        let shared = self.shared();
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
        writing
            .add_group(&group, signing.seed(), encryption.seed(), shared.now())
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
        let (_, revision) = writing.stream().await?;
        writing.commit().await?;

        let group_id = group.group_id;
        let group = shared.add_group(group, None);
        shared.notify_new_head(&group, revision);
        // Written last: a token in a file always opens a group. If this fails, the host
        // renews the token.
        let token_file = self.write_steward_file(label, group_id, &token)?;
        Ok(AddedGroup {
            group_id,
            token,
            token_file,
        })
    }

    /// Checks that a label is valid and free, without adding a group.
    pub async fn check_new_label(&self, label: &str) -> Result<(), NodeError> {
        check_label(label)?;
        check_not_taken(label, &self.groups().await?)
    }

    /// Checks that no group of this node has a commitment: two groups with one phrase would show
    /// that they have one owner, and a thief of the words would take both.
    pub async fn check_new_commitment(&self, commitment: Commitment) -> Result<(), NodeError> {
        let mut reading = self.shared().store.read().await?;
        match reading.group_by_commitment(&commitment).await? {
            Some(other) => Err(phrase_taken(&other, &reading.groups().await?)),
            None => Ok(()),
        }
    }

    /// Replaces a group's token and its steward's file. A running node accepts the old
    /// token until it is restarted.
    pub async fn renew_token(&self, label: &str) -> Result<AddedGroup, NodeError> {
        let group = self.group(label).await?;
        let token = Token::generate(self.shared().random.as_ref());
        let mut writing = self.shared().store.write().await?;
        writing
            .set_token_hash(&group.group_id, &token_hash(token.as_str()))
            .await?;
        writing.commit().await?;
        let token_file = self.write_steward_file(label, group.group_id, &token)?;
        Ok(AddedGroup {
            group_id: group.group_id,
            token,
            token_file,
        })
    }

    pub(crate) fn write_steward_file(
        &self,
        label: &str,
        group_id: GroupId,
        token: &Token,
    ) -> Result<PathBuf, NodeError> {
        let file = self.config().steward_file(label);
        StewardFile {
            address: self.steward_address(None),
            group_id,
            token: token.as_str().to_owned(),
        }
        .write(&file)?;
        Ok(file)
    }
}

/// Accepts only characters that are safe in a file name.
fn check_label(label: &str) -> Result<(), NodeError> {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let valid = (1..=MAX_LABEL_LENGTH).contains(&label.len()) && label.bytes().all(allowed);
    if valid {
        Ok(())
    } else {
        Err(NodeError::Label(label.to_owned()))
    }
}

fn phrase_taken(group: &GroupId, groups: &[HostedGroup]) -> NodeError {
    let group = groups.iter().find(|hosted| hosted.group_id == *group);
    NodeError::PhraseTaken(group.map(|group| group.label.clone()).unwrap_or_default())
}

fn check_not_taken(label: &str, groups: &[HostedGroup]) -> Result<(), NodeError> {
    if groups.iter().any(|other| other.label == label) {
        return Err(NodeError::LabelTaken(label.to_owned()));
    }
    Ok(())
}
