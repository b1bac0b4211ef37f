//! The file that authorizes a steward.

use std::path::Path;
use std::{fmt, fs, io};

use hedgerow_core::id::GroupId;
use serde::Deserialize;
use tonic::metadata::{Ascii, MetadataValue};

/// A node's address, and the token that authorizes changes to one group there.
#[derive(Clone)]
pub struct StewardToken {
    address: String,
    group_id: GroupId,
    bearer: MetadataValue<Ascii>,
    group: MetadataValue<Ascii>,
}

/// Why a steward file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The operating system cannot read the file.
    #[error(
        "cannot read the steward file {path}: {source}. `hedgerow-node group add` writes one, \
         under stewards/ in the node's data directory"
    )]
    Unreadable {
        /// Path of the file.
        path: String,
        /// The system's error.
        source: io::Error,
    },
    /// The file has another form.
    #[error(
        "{path} is not a steward file ({detail}): give the .json file that the node wrote for your \
         group, under stewards/ in the node's data directory"
    )]
    Malformed {
        /// Path of the file.
        path: String,
        /// The first problem found in it.
        detail: String,
    },
}

impl TokenError {
    /// Returns the stable reason.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "token_unreadable",
            Self::Malformed { .. } => "token_malformed",
        }
    }
}

#[derive(Deserialize)]
struct File {
    address: String,
    group_id: String,
    token: String,
}

impl StewardToken {
    /// Reads the JSON file that the node wrote for a steward.
    ///
    /// # Errors
    /// If it cannot be read, or has another form.
    pub fn read(path: &Path) -> Result<Self, TokenError> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path).map_err(|source| TokenError::Unreadable {
            path: name.clone(),
            source,
        })?;
        Self::parse(&text).map_err(|detail| TokenError::Malformed { path: name, detail })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut bearer: MetadataValue<Ascii> = format!("Bearer {}", file.token)
            .parse()
            .map_err(|_| "the token contains characters that are not allowed".to_owned())?;
        bearer.set_sensitive(true);
        let malformed = || "group_id is not 64 hexadecimal digits".to_owned();
        let group_id: GroupId = file.group_id.parse().map_err(|_| malformed())?;
        Ok(Self {
            address: file.address,
            group: group_id.to_string().parse().map_err(|_| malformed())?,
            group_id,
            bearer,
        })
    }

    /// Returns the node's address with its key hash.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns the only group that the token authorizes changes to.
    #[must_use]
    pub fn group_id(&self) -> GroupId {
        self.group_id
    }

    pub(super) fn group_metadata(&self) -> MetadataValue<Ascii> {
        self.group.clone()
    }

    pub(super) fn bearer(&self) -> MetadataValue<Ascii> {
        self.bearer.clone()
    }
}

impl fmt::Debug for StewardToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StewardToken")
            .field("address", &self.address)
            .field("group_id", &self.group_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steward_file_is_read_and_its_token_is_never_shown() {
        let id = "ab".repeat(32);
        let text = format!(
            r#"{{"address": "https://127.0.0.1:7701#sha256={id}", "group_id": "{id}", "token": "s3cret"}}"#
        );
        let token = StewardToken::parse(&text).expect("a token");
        assert_eq!(token.group_id().to_string(), id);
        assert_eq!(token.bearer().to_str().ok(), Some("Bearer s3cret"));
        assert!(!format!("{token:?} {:?}", token.bearer()).contains("s3cret"));
    }

    #[test]
    fn the_error_for_a_missing_file_names_the_command_that_writes_one() {
        let error = StewardToken::read(Path::new("/nowhere/at/all")).expect_err("none");
        assert!(error.to_string().contains("group add"), "{error}");
        assert_eq!(error.reason(), "token_unreadable");
    }

    #[test]
    fn the_error_for_another_file_names_where_steward_files_are() {
        let detail = StewardToken::parse("kind: event").expect_err("no token");
        let path = "event.yaml".to_owned();
        let error = TokenError::Malformed { path, detail };
        assert!(error.to_string().contains("stewards/"), "{error}");
        assert_eq!(error.reason(), "token_malformed");
    }
}
