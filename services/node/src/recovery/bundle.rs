//! The file that carries a group to another machine: what no aggregator has (records for the node
//! only, waiting edits, consents), and everything else for comparison. It has no keys and no
//! token: without the phrase it opens nothing. A passphrase encrypts it, because the rest is private.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use hedgerow_core::id::{GroupId, PayloadHash, RecordHash};
use hedgerow_core::key_log::KeyLog;
use hedgerow_core::name::{RecordName, View};
use hedgerow_core::random::Random;
use hedgerow_core::record::{ParsedRecord, record_hash};
use hedgerow_proto::steward_v1::StoryConsent;
use hedgerow_server::passphrase::Passphrase;
use hedgerow_server::private_files::{WriteError, write_private_new};
use prost::Message;
use serde::{Deserialize, Serialize};

use super::sealed::{OpenError, is_sealed, open, seal};
use crate::audience::Audience;
use crate::node::NodeError;
use crate::store::{RecordEntry, StoreError, Transaction};

/// The version of the form of the contents.
const FORMAT: u32 = 1;

/// The largest file that is read. A node's default limits permit a fifth of that.
const MAX_FILE_BYTES: u64 = 1024 * 1024 * 1024;

/// Why a move file cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error(
        "cannot open {}: it is encrypted with another passphrase, or it was altered", path.display()
    )]
    WrongPassphrase { path: PathBuf },
    #[error("{} is not a move file: {problem}", path.display())]
    Malformed { path: PathBuf, problem: String },
    #[error(transparent)]
    Write(#[from] WriteError),
}

#[derive(Serialize, Deserialize)]
struct File {
    format: u32,
    /// Envelopes, in hex.
    key_log: Vec<String>,
    /// Payload hash of the newest public head, if there is one.
    head: Option<PayloadHash>,
    records: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    audience: String,
    /// The record's bytes, in hex.
    record: String,
    adjustments: Vec<String>,
    /// A serialized StoryConsent, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<String>,
}

/// The bytes of a move file, which a passphrase opens.
#[derive(Clone)]
pub struct MoveFile {
    path: PathBuf,
    contents: Vec<u8>,
}

impl MoveFile {
    /// Reads a file of at most 1 GiB.
    pub fn read(path: &Path) -> Result<Self, BundleError> {
        let contents =
            read_at_most(path, MAX_FILE_BYTES).map_err(|source| BundleError::Unreadable {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self {
            path: path.to_owned(),
            contents: contents.ok_or_else(|| malformed(path, &"expected at most 1 GiB"))?,
        })
    }

    /// Whether a passphrase is needed. Files of earlier versions are plain.
    pub fn is_encrypted(&self) -> bool {
        is_sealed(&self.contents)
    }

    /// Opens an encrypted file.
    pub fn open(self, passphrase: &Passphrase) -> Result<Bundle, BundleError> {
        let path = self.path;
        match open(self.contents, passphrase) {
            Ok(contents) => Bundle::from_json(&path, &contents),
            Err(OpenError::Passphrase) => Err(BundleError::WrongPassphrase { path }),
            Err(OpenError::Truncated) => Err(malformed(&path, &"it is incomplete")),
        }
    }

    /// Parses a file of an earlier version, which is not encrypted.
    pub fn open_plain(self) -> Result<Bundle, BundleError> {
        Bundle::from_json(&self.path, &self.contents)
    }
}

/// `None` if the file is larger. Counts while it reads: the size that a pipe or a device states is
/// zero.
fn read_at_most(path: &Path, max: u64) -> io::Result<Option<Vec<u8>>> {
    let mut contents = Vec::new();
    let file = fs::File::open(path)?;
    let read = file.take(max + 1).read_to_end(&mut contents)?;
    Ok((read as u64 <= max).then_some(contents))
}

/// A group as a move file carries it. Each record is parsed as one of its group.
#[derive(Clone)]
pub struct Bundle {
    log: KeyLog,
    head: Option<PayloadHash>,
    records: Vec<(RecordEntry, Vec<u8>)>,
}

impl fmt::Debug for Bundle {
    /// Without the records: they are private.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bundle")
            .field("group", &self.log.group_id())
            .field("records", &self.records.len())
            .finish_non_exhaustive()
    }
}

impl Bundle {
    /// Reads everything that a node has of a group.
    pub(super) async fn collect(
        reading: &mut Transaction,
        group: &GroupId,
    ) -> Result<Self, NodeError> {
        let log = KeyLog::verify(reading.key_log(group).await?)?;
        let head = reading.head(group, &View::public()).await?;
        let mut records = Vec::new();
        for record in reading.records(group, "", ("", ""), u32::MAX).await? {
            // A record without a body was erased by a withdrawal that is not signed yet.
            if let Some(bytes) = reading.body(group, &record.entry.hash).await? {
                records.push((record.entry, bytes));
            }
        }
        Ok(Self {
            log,
            head: head.map(|head| head.hash),
            records,
        })
    }

    /// The number of records in the file.
    pub(super) fn count_records(&self) -> usize {
        self.records.len()
    }

    /// Writes a new encrypted file that only its owner may read.
    pub(super) fn write(
        &self,
        path: &Path,
        passphrase: &Passphrase,
        random: &dyn Random,
    ) -> Result<(), BundleError> {
        let contents = self.to_json().map_err(|error| malformed(path, &error))?;
        Ok(write_private_new(
            path,
            &seal(contents, passphrase, random),
        )?)
    }

    fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        let records = self.records.iter().map(|(entry, bytes)| Row {
            audience: entry.audience.to_text(),
            record: hex::encode(bytes),
            adjustments: entry.adjustments.clone(),
            consent: entry
                .consent
                .as_ref()
                .map(|consent| hex::encode(consent.encode_to_vec())),
        });
        serde_json::to_vec(&File {
            format: FORMAT,
            key_log: self.log.envelopes().iter().map(hex::encode).collect(),
            head: self.head,
            records: records.collect(),
        })
    }

    fn from_json(path: &Path, contents: &[u8]) -> Result<Self, BundleError> {
        let file: File =
            serde_json::from_slice(contents).map_err(|error| malformed(path, &error))?;
        if file.format != FORMAT {
            let problem = format!(
                "its form {} needs another version of this program",
                file.format
            );
            return Err(malformed(path, &problem));
        }
        let envelopes = file.key_log.iter().map(hex::decode);
        let envelopes: Vec<Vec<u8>> = envelopes
            .collect::<Result<_, _>>()
            .map_err(|error| malformed(path, &error))?;
        let log = KeyLog::verify(&envelopes).map_err(|error| malformed(path, &error))?;
        let group = log.group_id();
        let records = file
            .records
            .into_iter()
            .map(|row| parse(row, &group))
            .collect::<Result<_, _>>()
            .map_err(|problem| malformed(path, &problem))?;
        Ok(Self {
            log,
            head: file.head,
            records,
        })
    }

    /// The key log of the old machine.
    pub(super) fn log(&self) -> &KeyLog {
        &self.log
    }

    /// Whether the file was written under this head, so that its records are the newest.
    pub(super) fn is_of_head(&self, head: Option<PayloadHash>) -> bool {
        self.head == head
    }

    /// Puts the records of the file into the store. If the group was published elsewhere since,
    /// its public records are older than those at the aggregators, and only the others are put.
    pub(super) async fn put(
        &self,
        writing: &mut Transaction,
        newest: bool,
        leave_out: &[RecordName],
    ) -> Result<(), StoreError> {
        let group = &self.log.group_id();
        if newest {
            // Withdrawn on the old machine, without a head there since.
            let names: Vec<&RecordName> =
                self.records.iter().map(|(entry, _)| &entry.name).collect();
            for record in writing.records(group, "", ("", ""), u32::MAX).await? {
                if !names.contains(&&record.entry.name) {
                    writing.delete_record(group, &record.entry.name).await?;
                    writing.erase_body(group, &record.entry.hash).await?;
                }
            }
        }
        for (entry, bytes) in &self.records {
            if leave_out.contains(&entry.name) {
                continue;
            }
            let held = writing.record(group, &entry.name).await?;
            let is_same = held.is_some_and(|held| held.entry.hash == entry.hash);
            // The same public record gets its consent and its adjustments back.
            if newest || is_same || entry.audience != Audience::Public {
                writing.put_body(group, &entry.hash, bytes).await?;
                writing.put_record(group, entry).await?;
            }
        }
        Ok(())
    }
}

fn parse(row: Row, group: &GroupId) -> Result<(RecordEntry, Vec<u8>), String> {
    let bytes = hex::decode(&row.record).map_err(|error| error.to_string())?;
    let record = ParsedRecord::parse_within(&bytes, group, bytes.len())
        .map_err(|error| error.to_string())?;
    let consent = match row.consent {
        None => None,
        Some(text) => {
            let bytes = hex::decode(&text).map_err(|error| error.to_string())?;
            Some(StoryConsent::decode(&*bytes).map_err(|error| error.to_string())?)
        }
    };
    let hash: RecordHash = record_hash(&bytes);
    let entry = RecordEntry {
        name: record.name().clone(),
        audience: Audience::from_text(&row.audience).map_err(|error| error.to_string())?,
        hash,
        length: u32::try_from(bytes.len()).map_err(|error| error.to_string())?,
        adjustments: row.adjustments,
        consent,
        create_time: record.create_time(),
        update_time: record.update_time(),
    };
    Ok((entry, bytes))
}

fn malformed(path: &Path, problem: &dyn std::fmt::Display) -> BundleError {
    BundleError::Malformed {
        path: path.to_owned(),
        problem: problem.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_without_an_end_is_read_up_to_the_limit() {
        assert_eq!(read_at_most(Path::new("/dev/zero"), 10).unwrap(), None);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, [7; 10]).unwrap();
        assert_eq!(read_at_most(&path, 10).unwrap(), Some(vec![7; 10]));
        assert_eq!(read_at_most(&path, 9).unwrap(), None);
    }
}
