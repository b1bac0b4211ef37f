//! Reads the files and folders that an operator names.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::error::PlacesError;

/// The largest source, GeoNames for Britain, has 10 MB; OS Open Names has 819 files of 1 MB.
const MAX_SOURCE_BYTES: u64 = 512 * 1024 * 1024;
const MAX_FILES: usize = 2_000;

pub(super) fn file_error(path: &Path) -> impl FnOnce(std::io::Error) -> PlacesError + '_ {
    |source| PlacesError::File {
        path: path.to_path_buf(),
        source,
    }
}

/// The files named, and those with the usual endings in the folders named.
pub(super) fn files(sources: &[PathBuf]) -> Result<Vec<PathBuf>, PlacesError> {
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = Vec::new();
    for source in sources {
        let is_folder = fs::metadata(source).map_err(file_error(source))?.is_dir();
        if is_folder {
            folders.push(source.clone());
        } else {
            files.push(source.clone());
        }
    }
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(file_error(&folder))? {
            let entry = entry.map_err(file_error(&folder))?;
            let (path, kind) = (entry.path(), entry.file_type());
            let kind = kind.map_err(file_error(&path))?;
            let has_ending = path.extension().is_some_and(|ending| {
                let mut known = ["csv", "txt", "geojson"].iter();
                known.any(|known| ending.eq_ignore_ascii_case(known))
            });
            // Links are not followed: a link to a parent folder would never end.
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && has_ending {
                files.push(path);
            }
        }
        if files.len() + folders.len() > MAX_FILES {
            return Err(PlacesError::Source {
                path: folder,
                reason: format!("more than {MAX_FILES} files: name the files to import"),
            });
        }
    }
    files.sort();
    Ok(files)
}

pub(super) fn first_line(path: &Path) -> Result<String, PlacesError> {
    let mut start = Vec::new();
    let file = fs::File::open(path).map_err(file_error(path))?;
    file.take(4_096)
        .read_to_end(&mut start)
        .map_err(file_error(path))?;
    let text = String::from_utf8_lossy(&start);
    let text = text.trim_start_matches('\u{feff}');
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

pub(super) fn read_text(path: &Path) -> Result<String, PlacesError> {
    let size = fs::metadata(path).map_err(file_error(path))?.len();
    if size > MAX_SOURCE_BYTES {
        return Err(PlacesError::Source {
            path: path.to_path_buf(),
            reason: "it is larger than 512 MB".to_owned(),
        });
    }
    let bytes = fs::read(path).map_err(file_error(path))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let sound = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + sound.iter().filter(|byte| **byte == b'\n').count();
        PlacesError::Source {
            path: path.to_path_buf(),
            reason: format!("line {line}: it is not UTF-8: save it as UTF-8 text"),
        }
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}
