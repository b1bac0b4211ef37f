//! A backup's files in one: a tar archive (POSIX ustar), so that any system can open one that is
//! not encrypted. Only plain files, with relative names of at most 100 bytes.

use std::io;
use std::io::{Read, Write};

const BLOCK_BYTES: usize = 512;
/// The largest length in 11 octal digits. Larger ones are written in binary, as GNU tar does.
const MAX_OCTAL: u64 = 0o777_7777_7777;

/// The header of one file in an archive.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) bytes: u64,
}

/// Writes a file's header and its contents, of exactly `bytes`.
pub(super) fn write_entry(
    archive: &mut impl Write,
    name: &str,
    bytes: u64,
    contents: &mut impl Read,
) -> io::Result<()> {
    archive.write_all(&header(name, bytes)?)?;
    let copied = io::copy(&mut contents.take(bytes), archive)?;
    if copied != bytes {
        let problem = format!("{name} became shorter while it was copied: try again");
        return Err(io::Error::other(problem));
    }
    archive.write_all(&[0; BLOCK_BYTES][..padding(bytes)])
}

/// Ends an archive.
pub(super) fn finish(archive: &mut impl Write) -> io::Result<()> {
    archive.write_all(&[0; 2 * BLOCK_BYTES])
}

/// Reads the next file's header, or `None` at the end. The caller reads exactly its contents, and
/// then [`skip_padding`].
pub(super) fn read_entry(archive: &mut impl Read) -> io::Result<Option<Entry>> {
    let mut block = [0; BLOCK_BYTES];
    archive.read_exact(&mut block)?;
    if block == [0; BLOCK_BYTES] {
        return Ok(None);
    }
    parse(&block).map(Some).ok_or_else(|| {
        let problem = "it is not an archive that this program wrote, or it was altered";
        io::Error::new(io::ErrorKind::InvalidData, problem)
    })
}

/// Skips to the header after a file's contents.
pub(super) fn skip_padding(archive: &mut impl Read, bytes: u64) -> io::Result<()> {
    archive.read_exact(&mut [0; BLOCK_BYTES][..padding(bytes)])
}

fn padding(bytes: u64) -> usize {
    let over = usize::try_from(bytes % BLOCK_BYTES as u64).unwrap_or(0);
    (BLOCK_BYTES - over) % BLOCK_BYTES
}

fn header(name: &str, bytes: u64) -> io::Result<[u8; BLOCK_BYTES]> {
    if name.len() > 100 || !is_safe(name) {
        let problem = format!("{name} cannot be in a backup: expected at most 100 bytes of name");
        return Err(io::Error::new(io::ErrorKind::InvalidFilename, problem));
    }
    let mut block = [0; BLOCK_BYTES];
    let mut put = |at: usize, field: &[u8]| block[at..at + field.len()].copy_from_slice(field);
    put(0, name.as_bytes());
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    if bytes <= MAX_OCTAL {
        put(124, format!("{bytes:011o}").as_bytes());
    } else {
        put(124, &[0x80]);
        put(128, &bytes.to_be_bytes());
    }
    put(136, b"00000000000\0");
    // A plain file.
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum = checksum(&block);
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(block)
}

fn parse(block: &[u8; BLOCK_BYTES]) -> Option<Entry> {
    let stated = octal(&block[148..156])?;
    if stated != u64::from(checksum(block)) || &block[257..262] != b"ustar" || block[156] != b'0' {
        return None;
    }
    let name = block[..100].split(|byte| *byte == 0).next()?;
    let name = std::str::from_utf8(name).ok()?;
    let bytes = if block[124] == 0x80 {
        u64::from_be_bytes(block[128..136].try_into().ok()?)
    } else {
        octal(&block[124..136])?
    };
    is_safe(name).then(|| Entry {
        name: name.to_owned(),
        bytes,
    })
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?;
    u64::from_str_radix(text.trim_matches(['\0', ' ']), 8).ok()
}

/// The sum of all bytes, with spaces in place of the sum itself.
fn checksum(block: &[u8; BLOCK_BYTES]) -> u32 {
    let sum: u32 = block.iter().copied().map(u32::from).sum();
    let own: u32 = block[148..156].iter().copied().map(u32::from).sum();
    sum - own + 8 * u32::from(b' ')
}

/// Whether a name leads to a file below the folder on every system.
fn is_safe(name: &str) -> bool {
    !name.contains(['\\', ':', '\0'])
        && name
            .split('/')
            .all(|part| !part.is_empty() && part != "." && part != "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_as_they_were_written() {
        let files = [("a", vec![1; 512]), ("b/c.json", vec![2; 3]), ("d", vec![])];
        let mut archive = Vec::new();
        for (name, contents) in &files {
            let bytes = contents.len() as u64;
            write_entry(&mut archive, name, bytes, &mut contents.as_slice()).unwrap();
        }
        finish(&mut archive).unwrap();
        let mut reader = archive.as_slice();
        for (name, contents) in &files {
            let entry = read_entry(&mut reader).unwrap().unwrap();
            assert_eq!(entry.name, *name);
            let mut read = Vec::new();
            let length = entry.bytes;
            reader.by_ref().take(length).read_to_end(&mut read).unwrap();
            assert_eq!(&read, contents);
            skip_padding(&mut reader, length).unwrap();
        }
        assert_eq!(read_entry(&mut reader).unwrap(), None);
    }

    #[test]
    fn large_lengths_are_written_in_binary() {
        for bytes in [MAX_OCTAL, MAX_OCTAL + 1, u64::MAX] {
            let entry = parse(&header("a", bytes).unwrap()).unwrap();
            assert_eq!(entry.bytes, bytes);
        }
    }

    #[test]
    fn a_name_that_leads_out_of_the_folder_is_refused() {
        for name in ["", "/etc/passwd", "../a", "a//b", "a/..", "c:a", "a\\b"] {
            assert!(header(name, 0).is_err(), "{name}");
        }
        assert!(header(&"a".repeat(101), 0).is_err());
    }

    #[test]
    fn tar_itself_opens_an_archive() {
        let folder = tempfile::tempdir().unwrap();
        let mut archive = Vec::new();
        write_entry(&mut archive, "in/us", 5, &mut &b"lunch"[..]).unwrap();
        finish(&mut archive).unwrap();
        let file = folder.path().join("a.tar");
        std::fs::write(&file, archive).unwrap();
        let mut tar = std::process::Command::new("tar");
        let tar = tar.arg("-xf").arg(&file).arg("-C").arg(folder.path());
        match tar.status() {
            Ok(status) => assert!(status.success()),
            Err(_) => return eprintln!("skipped: there is no tar"),
        }
        let read = std::fs::read(folder.path().join("in/us")).unwrap();
        assert_eq!(read, b"lunch");
    }
}
