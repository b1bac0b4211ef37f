//! Constants of the format.

pub(super) const MAGIC: &[u8; 16] = b"hedgerow-places\x01";
pub(super) const HASH_BYTES: usize = 32;
pub(super) const HEADER_BYTES: usize = 16 + HASH_BYTES + 5 * 4;
/// A block is read for each name that is looked up.
pub(super) const BLOCK_BYTES: usize = 4 * 1024;
/// Names longer than this are left out.
pub(super) const MAX_KEY_BYTES: usize = 120;
/// Records of one name; further ones are left out. England has about 100 places called Newton.
pub(super) const MAX_SAME_NAME: usize = 200;

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

pub(super) const NAME_KINDS: [(NameKind, char); 4] = [
    (NameKind::Own, 'o'),
    (NameKind::Usual, 'u'),
    (NameKind::Short, 's'),
    (NameKind::Foreign, 'f'),
];
