//! Adds a group: its keys, its first key event, and its steward's file.

use std::path::PathBuf;

use hedgerow_core::id::{Commitment, GroupId};
use hedgerow_core::phrase::Phrase;

use super::{AddedGroup, Node, NodeError};
use crate::new_group::{add_group, check_label, check_not_taken, phrase_taken};
use crate::token::{StewardFile, Token, token_hash};

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
        let (group, token) = add_group(self.shared(), label, commitment, None).await?;
        // Written last: a token in a file always opens a group. If this fails, the host
        // renews the token.
        let token_file = self.write_steward_file(label, group.id, &token)?;
        Ok(AddedGroup {
            group_id: group.id,
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
