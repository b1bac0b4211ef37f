//! Adding a group: its keys, its first key event, and its steward's file.

use std::path::PathBuf;

use hedgerow_core::id::GroupId;
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::key_log::incept;
use hedgerow_core::keys::EncryptionSecret;
use hedgerow_core::keys::SigningKey;
use hedgerow_core::phrase::Phrase;

use super::Node;
use super::NodeError;
use crate::store::Publisher;
use crate::token::StewardFile;
use crate::token::new_token;
use crate::token::token_hash;

/// A group as it was just added.
#[derive(Clone, Debug)]
pub struct AddedGroup {
    /// The group.
    pub group_id: GroupId,
    /// Opens the group. Kept nowhere but in the steward's file.
    pub token: Token,
    /// The steward's file.
    pub token_file: PathBuf,
}

/// A secret that is not shown by chance.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The token itself, for a call's metadata.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

const LONGEST_LABEL: usize = 40;

impl Node {
    /// Adds a group. Its keys are made here; the phrase is used for the commitment to
    /// its first recovery key and not kept. A running node serves the group at once.
    pub async fn add_group(&self, label: &str, phrase: &Phrase) -> Result<AddedGroup, NodeError> {
        check_label(label)?;
        let shared = self.shared();
        let signing = SigningKey::from_seed(shared.bytes());
        let encryption = EncryptionSecret::from_seed(shared.bytes());
        let envelope = incept(
            &signing,
            encryption.public(),
            phrase.commitment(1),
            shared.bytes(),
        );
        let key_log = KeyLog::verify([&envelope])?;
        let token = new_token(shared.random.as_ref());
        let publisher = Publisher {
            group_id: key_log.group_id(),
            label: label.to_owned(),
            token_hash: token_hash(&token),
        };

        let mut writing = shared.store.write().await?;
        check_not_taken(label, &writing.publishers().await?)?;
        writing
            .add_publisher(&publisher, signing.seed(), encryption.seed(), shared.now())
            .await?;
        let event = key_log.tip();
        writing
            .add_key_event(
                &publisher.group_id,
                event.index,
                &event.hash,
                &event.envelope,
                event.commitment.as_ref(),
            )
            .await?;
        let (_, revision) = writing.stream().await?;
        writing.commit().await?;

        let group_id = publisher.group_id;
        let group = shared.begin(publisher, None);
        shared.tell_of_head(&group, revision);
        let token_file = self.write_steward_file(label, group_id, &token)?;
        Ok(AddedGroup {
            group_id,
            token: Token(token),
            token_file,
        })
    }

    /// Whether a group may be added under a label.
    pub async fn check_new_label(&self, label: &str) -> Result<(), NodeError> {
        check_label(label)?;
        check_not_taken(label, &self.publishers().await?)
    }

    /// Replaces a group's token and its steward's file. The old token opens nothing
    /// once the node is started again.
    pub async fn renew_token(&self, label: &str) -> Result<AddedGroup, NodeError> {
        let publisher = self.publisher(label).await?;
        let token = new_token(self.shared().random.as_ref());
        let mut writing = self.shared().store.write().await?;
        writing
            .set_token_hash(&publisher.group_id, &token_hash(&token))
            .await?;
        writing.commit().await?;
        let token_file = self.write_steward_file(label, publisher.group_id, &token)?;
        Ok(AddedGroup {
            group_id: publisher.group_id,
            token: Token(token),
            token_file,
        })
    }

    fn write_steward_file(
        &self,
        label: &str,
        group_id: GroupId,
        token: &str,
    ) -> Result<PathBuf, NodeError> {
        let file = self.config().steward_file(label);
        StewardFile {
            address: self.address(),
            group_id,
            token: token.to_owned(),
        }
        .write(&file)?;
        Ok(file)
    }
}

/// A label names a file too.
fn check_label(label: &str) -> Result<(), NodeError> {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let good = (1..=LONGEST_LABEL).contains(&label.len()) && label.bytes().all(allowed);
    if good {
        Ok(())
    } else {
        Err(NodeError::Label(label.to_owned()))
    }
}

fn check_not_taken(label: &str, publishers: &[Publisher]) -> Result<(), NodeError> {
    if publishers.iter().any(|other| other.label == label) {
        return Err(NodeError::LabelTaken(label.to_owned()));
    }
    Ok(())
}
