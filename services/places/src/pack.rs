//! The file format of places: sorted names that point to records, read a block at a time.
//!
//! All numbers are little-endian. After the magic, the SHA-256 of everything after it, and five
//! `u32` lengths come the manifest (lines of `key: value`), one `u32` offset per record and one
//! for the end, the records, one `u32` offset per block of names and one for the end, and the
//! names (lines of `key TAB entry SPACE entry …`, sorted by key). An entry is the letter of its
//! [`NameKind`] and the number of a record.

mod manifest;
mod reader;
mod storage;
mod writer;

pub use manifest::Manifest;
pub(crate) use reader::Pack;
pub(crate) use storage::Storage;
pub(crate) use writer::PackWriter;

const MAGIC: &[u8; 16] = b"hedgerow-places\x01";
const HASH_BYTES: usize = 32;
const HEADER_BYTES: usize = 16 + HASH_BYTES + 5 * 4;
/// A block is read for each name that is looked up.
const BLOCK_BYTES: usize = 4 * 1024;
/// Names longer than this are left out.
const MAX_KEY_BYTES: usize = 120;
/// Records of one name; further ones are left out. England has about 100 places called Newton.
const MAX_SAME_NAME: usize = 200;

/// How a name belongs to its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NameKind {
    /// Its own name.
    Own,
    /// A name in another language of the country, an abbreviation, or a usual short name.
    Usual,
    /// The first word of a name such as `Newcastle upon Tyne`, derived from it.
    Short,
    /// A spelling of any other language.
    Foreign,
}

const NAME_KINDS: [(NameKind, char); 4] = [
    (NameKind::Own, 'o'),
    (NameKind::Usual, 'u'),
    (NameKind::Short, 's'),
    (NameKind::Foreign, 'f'),
];
