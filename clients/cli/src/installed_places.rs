//! The places that names are compared with: a place pack if one is installed, else the embedded
//! places.

use std::env;
use std::path::PathBuf;

use hedgerow_places::{Places, PlacesError};

use crate::settings;

/// Names another file than the usual one.
const FILE_VARIABLE: &str = "HEDGEROW_PLACES";
const FILE_NAME: &str = "gb.places";

/// An installed place pack, or the embedded places.
pub struct InstalledPlaces {
    /// The pack's file. `None` for the embedded places.
    pub file: Option<PathBuf>,
    pack: Option<Places>,
}

impl InstalledPlaces {
    /// Opens the installed pack.
    ///
    /// # Errors
    /// If there is one, and it cannot be read or is damaged.
    pub fn open() -> Result<Self, PlacesError> {
        let file = usual_file().filter(|file| is_named() || file.exists());
        let pack = file.as_deref().map(Places::open).transpose()?;
        Ok(Self { file, pack })
    }

    pub fn places(&self) -> &Places {
        self.pack.as_ref().unwrap_or_else(|| Places::embedded())
    }
}

fn is_named() -> bool {
    env::var_os(FILE_VARIABLE).is_some_and(|value| !value.is_empty())
}

/// The file of the installed pack: `HEDGEROW_PLACES`, or one next to the settings. `None` if
/// this account has no folder for settings.
pub fn usual_file() -> Option<PathBuf> {
    if is_named() {
        return env::var_os(FILE_VARIABLE).map(PathBuf::from);
    }
    settings::file().map(|settings| settings.with_file_name(FILE_NAME))
}
