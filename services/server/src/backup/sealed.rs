//! Encryption of a backup with a passphrase, in chunks, so that a large one is never in memory:
//! the STREAM construction over XChaCha20-Poly1305. The form:
//!
//! ```text
//! 16 bytes  "hedgerow-back/1" and a line feed
//! 16 bytes  salt of the key
//! 19 bytes  the first part of all nonces
//! the rest  chunks of 64 KiB and their tags of 16 bytes; the last one may be shorter
//! ```
//!
//! A chunk's nonce ends with its number (4 bytes, big-endian) and 1 for the last chunk or 0, so
//! chunks cannot be reordered, repeated or left out. Its associated data are the first 51 bytes.

use std::io;
use std::io::{Read, Write};

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hedgerow_core::random::{Random, RandomExt};

use crate::passphrase::{Passphrase, SALT_BYTES};

/// The first bytes of an encrypted backup.
pub(super) const MAGIC: &[u8; 16] = b"hedgerow-back/1\n";
const PREFIX_BYTES: usize = 19;
const HEADER_BYTES: usize = MAGIC.len() + SALT_BYTES + PREFIX_BYTES;
const CHUNK_BYTES: usize = 64 * 1024;
const TAG_BYTES: usize = 16;

struct Chunks {
    cipher: XChaCha20Poly1305,
    header: [u8; HEADER_BYTES],
    next: u32,
}

impl Chunks {
    fn new(header: [u8; HEADER_BYTES], passphrase: &Passphrase) -> Self {
        let salt = header[MAGIC.len()..][..SALT_BYTES].try_into();
        let salt: [u8; SALT_BYTES] = salt.expect("a slice of this length");
        Self {
            cipher: XChaCha20Poly1305::new((&*passphrase.key(&salt)).into()),
            header,
            next: 0,
        }
    }

    fn nonce(&mut self, is_last: bool) -> io::Result<XNonce> {
        let mut nonce = [0; PREFIX_BYTES + 5];
        nonce[..PREFIX_BYTES].copy_from_slice(&self.header[MAGIC.len() + SALT_BYTES..]);
        nonce[PREFIX_BYTES..][..4].copy_from_slice(&self.next.to_be_bytes());
        nonce[PREFIX_BYTES + 4] = u8::from(is_last);
        let next = self.next.checked_add(1);
        self.next = next.ok_or_else(|| io::Error::other("a backup is at most 256 TiB"))?;
        Ok(XNonce::from(nonce))
    }
}

/// Encrypts what is written to it. [`Sealer::finish`] writes the last chunk.
pub(super) struct Sealer<W> {
    inner: W,
    chunks: Chunks,
    plain: Vec<u8>,
}

impl<W: Write> Sealer<W> {
    pub(super) fn begin(
        mut inner: W,
        passphrase: &Passphrase,
        random: &dyn Random,
    ) -> io::Result<Self> {
        let mut header = [0; HEADER_BYTES];
        header[..MAGIC.len()].copy_from_slice(MAGIC);
        let secret: [u8; SALT_BYTES + PREFIX_BYTES] = random.bytes();
        header[MAGIC.len()..].copy_from_slice(&secret);
        inner.write_all(&header)?;
        Ok(Self {
            inner,
            chunks: Chunks::new(header, passphrase),
            plain: Vec::with_capacity(CHUNK_BYTES + TAG_BYTES),
        })
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        Ok(self.inner)
    }

    fn seal(&mut self, is_last: bool) -> io::Result<()> {
        let nonce = self.chunks.nonce(is_last)?;
        let Chunks { cipher, header, .. } = &self.chunks;
        cipher
            .encrypt_in_place(&nonce, header, &mut self.plain)
            .map_err(|_| io::Error::other("cannot encrypt a chunk"))?;
        self.inner.write_all(&self.plain)?;
        self.plain.clear();
        Ok(())
    }
}

impl<W: Write> Write for Sealer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits until it is known not to be the last one.
        if self.plain.len() == CHUNK_BYTES && !bytes.is_empty() {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK_BYTES - self.plain.len());
        self.plain.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Decrypts what is read from it. Another passphrase, or an altered or incomplete file, is an
/// error of the kind `InvalidData`.
pub(super) struct Opener<R> {
    inner: R,
    chunks: Chunks,
    /// The chunk that follows, still encrypted: whether it is empty shows which is the last.
    ahead: Vec<u8>,
    plain: Vec<u8>,
    read: usize,
    is_over: bool,
}

impl<R: Read> Opener<R> {
    /// Begins after [`MAGIC`], which the caller has read.
    pub(super) fn begin(mut inner: R, passphrase: &Passphrase) -> io::Result<Self> {
        let mut header = [0; HEADER_BYTES];
        header[..MAGIC.len()].copy_from_slice(MAGIC);
        inner.read_exact(&mut header[MAGIC.len()..])?;
        let ahead = read_chunk(&mut inner)?;
        Ok(Self {
            inner,
            chunks: Chunks::new(header, passphrase),
            ahead,
            plain: Vec::new(),
            read: 0,
            is_over: false,
        })
    }

    fn open(&mut self) -> io::Result<()> {
        let following = read_chunk(&mut self.inner)?;
        self.plain = std::mem::replace(&mut self.ahead, following);
        self.read = 0;
        self.is_over = self.ahead.is_empty();
        let nonce = self.chunks.nonce(self.is_over)?;
        let Chunks { cipher, header, .. } = &self.chunks;
        let opened = cipher.decrypt_in_place(&nonce, header, &mut self.plain);
        opened.map_err(|_| {
            self.plain.clear();
            let problem = "it is encrypted with another passphrase, or it was altered";
            io::Error::new(io::ErrorKind::InvalidData, problem)
        })
    }
}

fn read_chunk(inner: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut chunk = Vec::with_capacity(CHUNK_BYTES + TAG_BYTES);
    let bytes = (CHUNK_BYTES + TAG_BYTES) as u64;
    inner.by_ref().take(bytes).read_to_end(&mut chunk)?;
    Ok(chunk)
}

impl<R: Read> Read for Opener<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.plain.len() {
            if self.is_over {
                return Ok(0);
            }
            self.open()?;
        }
        let taken = buffer.len().min(self.plain.len() - self.read);
        buffer[..taken].copy_from_slice(&self.plain[self.read..][..taken]);
        self.read += taken;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_testkit::SeededRandom;

    use super::*;

    fn seal(contents: &[u8]) -> Vec<u8> {
        let passphrase = Passphrase::enter("kettle kettle");
        let random = SeededRandom::new(1);
        let mut sealer = Sealer::begin(Vec::new(), &passphrase, &random).unwrap();
        sealer.write_all(contents).unwrap();
        sealer.finish().unwrap()
    }

    fn open(sealed: &[u8], passphrase: &str) -> io::Result<Vec<u8>> {
        let passphrase = Passphrase::enter(passphrase);
        let mut opener = Opener::begin(&sealed[MAGIC.len()..], &passphrase)?;
        let mut contents = Vec::new();
        opener.read_to_end(&mut contents)?;
        Ok(contents)
    }

    #[test]
    fn a_file_of_any_length_is_opened_by_its_passphrase_alone() {
        for length in [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES] {
            let contents = vec![7; length];
            let sealed = seal(&contents);
            assert_eq!(open(&sealed, "kettle kettle").unwrap(), contents);
        }
        let error = open(&seal(b"us"), "kettle kettlf").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_file_that_was_cut_reordered_or_altered_is_refused() {
        let sealed = seal(&vec![7; 3 * CHUNK_BYTES]);
        let chunk = CHUNK_BYTES + TAG_BYTES;
        let refused = |sealed: &[u8]| assert!(open(sealed, "kettle kettle").is_err());
        refused(&sealed[..HEADER_BYTES]);
        refused(&sealed[..HEADER_BYTES + chunk]);
        refused(&sealed[..sealed.len() - 1]);
        let mut swapped = sealed.clone();
        let (first, second) = swapped[HEADER_BYTES..].split_at_mut(chunk);
        first.swap_with_slice(&mut second[..chunk]);
        refused(&swapped);
        for at in [20, 40, HEADER_BYTES, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            refused(&altered);
        }
    }
}
