//! Bytes in memory or in a file.

use std::borrow::Cow;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::error::PlacesError;

/// Where the bytes of a pack are. A file is read in parts and never mapped: mapping needs unsafe
/// code, and a file that is replaced while it is mapped ends the process.
#[derive(Debug)]
pub(crate) enum Storage {
    Memory(Cow<'static, [u8]>),
    File {
        path: PathBuf,
        /// The lock keeps seek and read together.
        file: Mutex<File>,
        bytes: u64,
    },
}

impl Storage {
    pub(crate) fn open(path: PathBuf) -> Result<Self, PlacesError> {
        let failed = |source| PlacesError::File {
            path: path.clone(),
            source,
        };
        let file = File::open(&path).map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        Ok(Self::File {
            path,
            file: Mutex::new(file),
            bytes,
        })
    }

    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File { bytes, .. } => *bytes,
        }
    }

    /// Reads a part, without a copy if it is in memory. Callers have checked its length against
    /// their bounds.
    pub(super) fn read(&self, from: u64, length: usize) -> Result<Cow<'_, [u8]>, PlacesError> {
        const CUT_OFF: PlacesError = PlacesError::Damaged("a part lies outside the file");
        let end = from.checked_add(length as u64).ok_or(CUT_OFF)?;
        if end > self.len() {
            return Err(CUT_OFF);
        }
        match self {
            Self::Memory(bytes) => {
                let part = bytes.get(from as usize..end as usize).ok_or(CUT_OFF)?;
                Ok(part.into())
            }
            Self::File { path, file, .. } => {
                let mut buffer = vec![0; length];
                // A panic in between leaves the file at any position, and each read seeks first.
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(from))
                    .and_then(|_| file.read_exact(&mut buffer))
                    .map_err(|source| PlacesError::File {
                        path: path.clone(),
                        source,
                    })?;
                Ok(buffer.into())
            }
        }
    }
}
