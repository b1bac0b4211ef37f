//! The file format of places: sorted names that point to records, read a block at a time.
//!
//! All numbers are little-endian. After the magic, the SHA-256 of everything after it, and five
//! `u32` lengths come the manifest (lines of `key: value`), one `u32` offset per record and one
//! for the end, the records, one `u32` offset per block of names and one for the end, and the
//! names (lines of `key TAB entry SPACE entry …`, sorted by key). An entry is the letter of its
//! [`NameKind`] and the number of a record.

mod format;
mod manifest;
mod reader;
mod storage;
mod writer;

pub(crate) use format::NameKind;
pub use manifest::Manifest;
pub(crate) use reader::Pack;
pub(crate) use storage::Storage;
pub(crate) use writer::PackWriter;
