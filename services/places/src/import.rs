//! Builds a place pack from the open files that operators download.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::boundaries::Boundaries;
use crate::collection::Collection;
use crate::error::PlacesError;
use crate::known_areas::KnownAreas;
use crate::pack::{Manifest, Pack, Storage};
use crate::places::Places;
use crate::postcodes::Postcodes;

mod boundaries;
mod council_outlines;
mod geojson;
mod geonames;
mod grid;
mod nptg;
mod open_names;
mod plain;
mod rows;
mod session;
mod source;

pub use council_outlines::{CouncilOutlines, council_outlines};
pub use grid::to_point as grid_point;
use session::{Form, Import};
use source::{file_error, files, first_line, read_text};

/// What an import did.
#[derive(Debug)]
pub struct ImportReport {
    /// The contents of the pack.
    pub manifest: Manifest,
    /// Rows taken from each source, by the source's name.
    pub rows: BTreeMap<&'static str, usize>,
    /// Files that are in none of the known forms.
    pub skipped: Vec<PathBuf>,
}

/// In the order in which they are read: names refer to places, and places lie in boundaries.
const FORMS: [Form; 9] = [
    boundaries::FORM,
    geonames::FORM,
    plain::AREAS,
    plain::PLACES,
    nptg::LOCALITIES,
    open_names::FORM,
    nptg::OTHER_NAMES,
    plain::POSTCODES,
    plain::NAMES,
];

/// Reads files, or all files of folders, and writes one pack with the embedded places in it.
///
/// # Errors
/// If a file cannot be read or written, or is damaged, or no file has a known form.
pub fn import(sources: &[PathBuf], into: &Path) -> Result<ImportReport, PlacesError> {
    let embedded = Places::embedded().pack();
    let mut manifest = embedded.manifest().clone();
    let mut import = Import {
        collection: Collection::from_pack(embedded)?,
        postcodes: Postcodes::new(embedded.postcodes()?),
        areas: KnownAreas::new(embedded)?,
        boundaries: Boundaries::default(),
        rows: BTreeMap::new(),
    };
    let files = files(sources)?;
    let (mut by_form, mut skipped) = (Vec::new(), Vec::new());
    for path in files {
        let start = first_line(&path)?;
        match FORMS.iter().position(|form| (form.matches)(&path, &start)) {
            Some(form) => by_form.push((form, path)),
            None => skipped.push(path),
        }
    }
    if by_form.is_empty() {
        let path = sources.first().cloned().unwrap_or_default();
        return Err(PlacesError::Source {
            path,
            reason: "no file in a known form: expected OS Open Names CSV, NPTG localities CSV, \
                     a GeoNames dump such as GB.txt, boundaries as GeoJSON, or CSV with columns \
                     id,name,kind,lat,lon"
                .to_owned(),
        });
    }
    by_form.sort();
    let mut with_boundaries = false;
    for (form, path) in by_form {
        if !with_boundaries && FORMS[form].name != boundaries::FORM.name {
            import.add_boundary_areas();
            with_boundaries = true;
        }
        let form = &FORMS[form];
        let text = read_text(&path)?;
        let count = (form.read)(&mut import, &text).map_err(|reason| PlacesError::Source {
            path: path.clone(),
            reason,
        })?;
        *import.rows.entry(form.name).or_default() += count;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if manifest.sources.len() < 50 {
            let rows = if count == 1 { "row" } else { "rows" };
            manifest
                .sources
                .push(format!("{}: {name}, {count} {rows}", form.name));
        }
        if !form.notice.is_empty() && !manifest.notices.iter().any(|known| known == form.notice) {
            manifest.notices.push(form.notice.to_owned());
        }
    }
    if !with_boundaries {
        import.add_boundary_areas();
    }
    // A list of areas or names alone does not make the places complete.
    manifest.is_complete = ["NPTG", "OS Open Names", "places"]
        .iter()
        .any(|source| import.rows.get(source).is_some_and(|count| *count > 0));
    let bytes = import.collection.finish(manifest);
    let pack = Pack::open(Storage::Memory(bytes.clone().into()))?;
    write(into, &bytes)?;
    Ok(ImportReport {
        manifest: pack.manifest().clone(),
        rows: import.rows,
        skipped,
    })
}

/// Writes next to the target and renames, so that a reader never sees half a pack.
fn write(into: &Path, bytes: &[u8]) -> Result<(), PlacesError> {
    if let Some(folder) = into.parent()
        && !folder.as_os_str().is_empty()
    {
        fs::create_dir_all(folder).map_err(file_error(folder))?;
    }
    let mut name = into.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    fs::write(&new, bytes).map_err(file_error(&new))?;
    fs::rename(&new, into).map_err(file_error(into))
}
