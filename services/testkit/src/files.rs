//! Searching what programs wrote for words that must not be there.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The files below a folder that contain one of the words, in upper or lower case.
///
/// # Panics
/// If the folder or a file cannot be read, unless the file was deleted meanwhile.
pub fn files_containing(folder: &Path, words: &[&str]) -> Vec<PathBuf> {
    assert!(folder.is_dir(), "{} is not a folder", folder.display());
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = unless_deleted(&folder, fs::read_dir(&folder));
        for entry in entries.into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(bytes) = unless_deleted(&path, fs::read(&path))
                && words.iter().any(|word| contains(&bytes, word))
            {
                found.push(path);
            }
        }
    }
    found
}

fn contains(bytes: &[u8], word: &str) -> bool {
    let mut parts = bytes.windows(word.len());
    parts.any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

fn unless_deleted<T>(path: &Path, read: io::Result<T>) -> Option<T> {
    match read {
        Ok(value) => Some(value),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => panic!("cannot read {}: {error}", path.display()),
    }
}
