//! gRPC messages in gzip (RFC 1952).

use bytes::{BufMut, Bytes, BytesMut};
use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Size of a message's prefix: whether it is compressed, and its length in four bytes.
pub(super) const PREFIX_BYTES: usize = 5;

/// Length from which a message is compressed. A shorter one needs a single packet in either form,
/// and setting up a compressor takes as long as compressing ten kilobytes.
const MIN_BYTES: usize = 1_400;

/// Without name and time, by the fastest method, on an unknown system.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];

/// Returns the content of the first message, if all of it is there.
pub(super) fn first_message(data: &[u8]) -> Option<&[u8]> {
    let (prefix, rest) = data.split_at_checked(PREFIX_BYTES)?;
    let length = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]);
    rest.get(..length as usize)
}

/// Compresses whole messages, except those that would not become shorter.
pub(super) fn compress_messages(mut data: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(data.len());
    // One for all messages: its tables are larger than most messages.
    let mut compressor: Option<Compress> = None;
    while let Some(message) = first_message(data) {
        let whole = &data[..PREFIX_BYTES + message.len()];
        data = &data[whole.len()..];
        // A set first byte: compressed already.
        if message.len() < MIN_BYTES || whole[0] != 0 {
            out.put_slice(whole);
            continue;
        }
        // Resetting one takes as long as a new one: only if it was used before.
        let compressor = match &mut compressor {
            Some(used) => {
                used.reset();
                used
            }
            none => none.insert(Compress::new(Compression::fast(), false)),
        };
        match compressed(compressor, message) {
            Some(shorter) => {
                out.put_u8(1);
                out.put_u32(u32::try_from(shorter.len()).unwrap_or(u32::MAX));
                out.put_slice(&shorter);
            }
            None => out.put_slice(whole),
        }
    }
    out.freeze()
}

/// Returns the message in gzip, unless that is not shorter.
fn compressed(compressor: &mut Compress, message: &[u8]) -> Option<Vec<u8>> {
    // The vector is not extended, so compression stops if it does not fit.
    let mut out = Vec::with_capacity(message.len());
    out.extend_from_slice(&HEADER);
    let done = compressor.compress_vec(message, &mut out, FlushCompress::Finish);
    if !matches!(done, Ok(Status::StreamEnd)) {
        return None;
    }
    let mut sum = Crc::new();
    sum.update(message);
    out.extend_from_slice(&sum.sum().to_le_bytes());
    out.extend_from_slice(&sum.amount().to_le_bytes());
    (out.len() < message.len()).then_some(out)
}
