//! Opening the engine's index in a folder.

use std::path::Path;

use tantivy::directory::MmapDirectory;
use tantivy::schema::Schema;
use tantivy::store::Compressor;
use tantivy::{IndexSettings, TantivyError};

use crate::cursor::Cursor;
use crate::error::IndexError;

/// Bytes of a block of stored keys, which is read as a whole for one of them.
const KEY_BLOCK_BYTES: usize = 1_024;

/// Settings of a new index. Stored keys consist of ids and hashes, which hardly compress, and each
/// hit of a page is in another block.
fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::None,
        docstore_compress_dedicated_thread: false,
        docstore_blocksize: KEY_BLOCK_BYTES,
        ..IndexSettings::default()
    }
}

/// Opens the index in a folder. An unusable one is deleted and created again, because its
/// contents can be rebuilt from the store.
pub fn open_engine(folder: &Path, schema: &Schema) -> Result<tantivy::Index, IndexError> {
    let reason = match try_open(folder, schema)? {
        Ok(engine) => return Ok(engine),
        Err(reason) => reason,
    };
    tracing::warn!(%reason, "cannot use the search index; rebuilding it");
    delete(folder)?;
    Ok(try_open(folder, schema)??)
}

/// Deletes the index in a folder.
pub fn delete(folder: &Path) -> Result<(), IndexError> {
    match std::fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(IndexError::Folder {
            path: folder.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

/// Opens or creates an index. The inner error is why an existing one is unusable; the outer
/// one, such as a missing permission, would remain after a rebuild.
fn try_open(
    folder: &Path,
    schema: &Schema,
) -> Result<Result<tantivy::Index, TantivyError>, IndexError> {
    let folder_error = |source| IndexError::Folder {
        path: folder.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(folder_error)?;
    let directory = match MmapDirectory::open(folder) {
        Ok(directory) => directory,
        Err(error) => return Err(folder_error(std::io::Error::other(error))),
    };
    let existed = tantivy::Index::exists(&directory).map_err(TantivyError::from)?;
    let builder = tantivy::Index::builder()
        .schema(schema.clone())
        .settings(settings());
    let engine = match builder.open_or_create(directory) {
        Ok(engine) => engine,
        Err(TantivyError::IoError(error)) => {
            return Err(folder_error(std::io::Error::other(error)));
        }
        Err(error) => return Ok(Err(error)),
    };
    let payload = match engine.load_metas() {
        Ok(metas) => metas.payload,
        Err(error) => return Ok(Err(error)),
    };
    // An index without a payload has no commit yet, so it cannot be of another version.
    if existed && payload.is_some() && Cursor::read(payload.as_deref()).is_none() {
        let other = "it was written by another version of this program";
        return Ok(Err(TantivyError::SchemaError(other.to_owned())));
    }
    Ok(Ok(engine))
}
