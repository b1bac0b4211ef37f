//! An open set of places.

use std::path::Path;
use std::sync::OnceLock;

use hedgerow_core::postcode::Postcode;

use crate::error::PlacesError;
use crate::pack::{Manifest, NameKind, Pack, Storage};
use crate::postcodes::Postcodes;
use crate::record::{Kind, Record};
use crate::typed::forms;

/// Built from the tables in `data`; `data/README.md` says how.
const EMBEDDED: &[u8] = include_bytes!("../data/built/embedded.places");

/// The embedded places, or those of a place pack.
#[derive(Debug)]
pub struct Places {
    pack: Pack,
    /// Positions of all postcode districts, read at the first use.
    postcodes: OnceLock<Postcodes>,
}

/// A place that a name may mean.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) name_kind: NameKind,
    pub(crate) record: Record,
}

impl Places {
    /// Returns the embedded places.
    #[must_use]
    pub fn embedded() -> &'static Self {
        static EMBEDDED_PLACES: OnceLock<Places> = OnceLock::new();
        EMBEDDED_PLACES.get_or_init(Self::open_embedded)
    }

    /// Opens the embedded places for one use. They are read in place: only a table of the blocks
    /// of names is in memory.
    ///
    /// # Panics
    /// If the embedded pack is malformed, which a test excludes.
    #[must_use]
    pub fn open_embedded() -> Self {
        let storage = Storage::Memory(EMBEDDED.into());
        // Its hash and the order of its names are checked by a test, and not at each start.
        Self::new(Pack::open_trusted(storage).expect("the embedded pack is well formed"))
    }

    /// Opens a place pack. Its contents stay on disk.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a sound place pack.
    pub fn open(path: &Path) -> Result<Self, PlacesError> {
        let pack = Pack::open(Storage::open(path.to_path_buf())?)?;
        Ok(Self::new(pack))
    }

    fn new(pack: Pack) -> Self {
        Self {
            pack,
            postcodes: OnceLock::new(),
        }
    }

    /// Returns version, counts, sources and notices.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        self.pack.manifest()
    }

    pub(crate) fn pack(&self) -> &Pack {
        &self.pack
    }

    /// Returns the places and areas with that name, by the first of its forms that is known.
    pub(crate) fn candidates(&self, name: &str) -> Result<Vec<Candidate>, PlacesError> {
        for form in forms(name) {
            let found = self.pack.find(&form)?;
            let found: Vec<_> = found
                .into_iter()
                .filter(|(_, record)| record.kind != Kind::Postcode)
                .map(|(name_kind, record)| Candidate { name_kind, record })
                .collect();
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// Returns the areas and the larger places of that name, for what a place lies in.
    pub(crate) fn containers(&self, name: &str) -> Result<Vec<Record>, PlacesError> {
        if let Some(postcode) = Postcode::parse(name) {
            return self.parts_of(postcode.district());
        }
        let found = self.candidates(name)?;
        Ok(found.into_iter().map(|one| one.record).collect())
    }

    /// Returns the postcode district of that code, or the parts of a short form: `W1` has no
    /// district of its own, but `W1A` to `W1W`.
    pub(crate) fn parts_of(&self, code: &str) -> Result<Vec<Record>, PlacesError> {
        let find = |code: &str| -> Result<Option<Record>, PlacesError> {
            let found = self.pack.find(&code.to_ascii_lowercase())?;
            let mut records = found.into_iter().map(|(_, record)| record);
            Ok(records.find(|record| record.kind == Kind::Postcode))
        };
        let mut parts: Vec<Record> = find(code)?.into_iter().collect();
        for letter in 'A'..='Z' {
            parts.extend(find(&format!("{code}{letter}"))?);
        }
        Ok(parts)
    }

    /// Returns the postcode districts by position. An unreadable pack has none.
    pub(crate) fn postcodes(&self) -> &Postcodes {
        self.postcodes
            .get_or_init(|| Postcodes::new(self.pack.postcodes().unwrap_or_default()))
    }
}
