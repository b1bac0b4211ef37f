//! The account at the authority. It is made once and kept: authorities limit new accounts.

use std::path::{Path, PathBuf};
use std::{fs, io};

use instant_acme::{Account, AccountCredentials, NewAccount};
use serde::{Deserialize, Serialize};

use super::config::AcmeConfig;
use super::domain::Domain;
use super::error::{AcmeError, problem_kind};
use super::http::AuthorityClient;
use crate::private_files::write_private;

/// The file with the account's private key.
const FILE: &str = "acme-account.json";

/// The account's file.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// The authority that it belongs to.
    directory: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    credentials: AccountCredentials,
}

/// Where the account is kept, and whose it is.
pub(super) struct Accounts<'a> {
    pub(super) data_dir: &'a Path,
    pub(super) config: &'a AcmeConfig,
    pub(super) client: &'a AuthorityClient,
    pub(super) domain: &'a Domain,
}

impl Accounts<'_> {
    /// Opens the kept account, or makes one and keeps it.
    pub(super) async fn open(&self) -> Result<Account, AcmeError> {
        match self.read()? {
            Some(stored) if stored.directory == self.config.directory => self.restore(stored).await,
            // Of another authority, which remembers it without us.
            Some(_) | None => self.create().await,
        }
    }

    /// Makes another account, for an authority that no longer knows the kept one.
    pub(super) async fn create(&self) -> Result<Account, AcmeError> {
        let contact = self.contact_urls();
        let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
        let new = NewAccount {
            contact: &contact,
            // The operator agrees by setting `domain`: the comments of the configuration say so.
            terms_of_service_agreed: true,
            only_return_existing: false,
        };
        let directory = self.config.directory.clone();
        let made = Account::builder_with_http(Box::new(self.client.clone()))
            .create(&new, directory.clone(), None)
            .await;
        let (account, credentials) = made.map_err(|error| self.error(error))?;
        self.write(&Stored {
            directory,
            contact: self.config.contact.clone(),
            credentials,
        })?;
        tracing::info!(
            directory = self.config.directory,
            "made an account for certificates"
        );
        Ok(account)
    }

    async fn restore(&self, mut stored: Stored) -> Result<Account, AcmeError> {
        let credentials = copy(&stored.credentials).map_err(|source| self.invalid(source))?;
        let account = Account::builder_with_http(Box::new(self.client.clone()))
            .from_credentials(credentials)
            .await
            .map_err(|error| self.error(error))?;
        if stored.contact != self.config.contact {
            let contact = self.contact_urls();
            let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
            match account.update_contacts(&contact).await {
                Ok(()) => {
                    stored.contact.clone_from(&self.config.contact);
                    self.write(&stored)?;
                }
                Err(error) if is_unknown_account(&error) => return self.create().await,
                Err(error) => return Err(self.error(error)),
            }
        }
        Ok(account)
    }

    fn contact_urls(&self) -> Vec<String> {
        let contact = self.config.contact.iter();
        contact.map(|contact| format!("mailto:{contact}")).collect()
    }

    fn file(&self) -> PathBuf {
        self.data_dir.join(FILE)
    }

    fn read(&self) -> Result<Option<Stored>, AcmeError> {
        match fs::read(self.file()) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|source| self.invalid(source)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(AcmeError::Read {
                path: self.file(),
                source,
            }),
        }
    }

    fn write(&self, stored: &Stored) -> Result<(), AcmeError> {
        let text = serde_json::to_vec_pretty(stored).map_err(|source| self.invalid(source))?;
        Ok(write_private(&self.file(), &text)?)
    }

    fn invalid(&self, source: serde_json::Error) -> AcmeError {
        AcmeError::Account {
            path: self.file(),
            source,
        }
    }

    fn error(&self, error: instant_acme::Error) -> AcmeError {
        AcmeError::of_request(error, &self.config.directory, self.domain)
    }
}

/// Whether the authority no longer knows the account.
pub(super) fn is_unknown_account(error: &instant_acme::Error) -> bool {
    matches!(error, instant_acme::Error::Api(problem) if problem_kind(problem) == "accountDoesNotExist")
}

/// Copies credentials, which cannot be cloned.
fn copy(credentials: &AccountCredentials) -> Result<AccountCredentials, serde_json::Error> {
    serde_json::from_value(serde_json::to_value(credentials)?)
}
