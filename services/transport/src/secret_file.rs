//! Secrets from files, for scripts.

use std::fs::File;
use std::io;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

/// The longest text of a secret, several times that of twelve words.
const MAX_BYTES: u64 = 4096;

/// Reads a file of at most 4 KiB, or standard input if the path is `-`.
///
/// # Errors
/// If the file cannot be read, is larger, or is not UTF-8.
pub fn read_secret(path: &Path) -> io::Result<Zeroizing<String>> {
    // Never grows: a reallocation would leave a copy of the secret in freed memory.
    let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES as usize + 1));
    let source: &mut dyn Read = if path.as_os_str() == "-" {
        &mut io::stdin().lock()
    } else {
        &mut File::open(path)?
    };
    source.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        let message = "it is larger than 4 KiB: expected one secret";
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_is_too_large_for_a_secret_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        fs::write(&file, "a".repeat(4096)).unwrap();
        assert_eq!(read_secret(&file).unwrap().len(), 4096);
        fs::write(&file, "a".repeat(4097)).unwrap();
        let error = read_secret(&file).unwrap_err();
        assert!(error.to_string().contains("4 KiB"), "{error}");
    }
}
