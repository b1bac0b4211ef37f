//! Bounded decoding of untrusted bytes.

use prost::Message;

/// The most levels of nested groups in a message.
const MAX_NESTING: u32 = 32;

/// The reason why bytes do not decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecodeFailure {
    /// Groups nest deeper than [`MAX_NESTING`].
    TooDeep,
    /// Not a message of this type.
    Malformed,
}

/// Decodes a message whose length the caller has bounded. `messages` are the numbers of its fields
/// that are messages; no such message contains further ones.
///
/// Known fields nest no deeper than their schema. That leaves groups, an old wire type that unknown
/// fields may use: decoders skip them by recursion to different depths, so a loop counts their
/// depth first.
pub(crate) fn decode<M: Message + Default>(
    bytes: &[u8],
    messages: &[u64],
) -> Result<M, DecodeFailure> {
    check_nesting(bytes, messages)?;
    M::decode(bytes).map_err(|_| DecodeFailure::Malformed)
}

fn check_nesting(mut bytes: &[u8], messages: &[u64]) -> Result<(), DecodeFailure> {
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        // Wire type 2: bytes after their length.
        if tag & 7 == 2 && messages.contains(&(tag >> 3)) {
            check_nesting(delimited(&mut bytes)?, &[])?;
        } else {
            skip(&mut bytes, tag)?;
        }
    }
    Ok(())
}

pub(crate) fn varint(bytes: &mut &[u8]) -> Result<u64, DecodeFailure> {
    prost::encoding::decode_varint(bytes).map_err(|_| DecodeFailure::Malformed)
}

/// Takes bytes that follow their length.
pub(crate) fn delimited<'a>(bytes: &mut &'a [u8]) -> Result<&'a [u8], DecodeFailure> {
    let length = usize::try_from(varint(bytes)?).map_err(|_| DecodeFailure::Malformed)?;
    take(bytes, length)
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Result<&'a [u8], DecodeFailure> {
    let (taken, rest) = bytes
        .split_at_checked(length)
        .ok_or(DecodeFailure::Malformed)?;
    *bytes = rest;
    Ok(taken)
}

/// Skips the value after a tag. Groups are skipped in a loop, because recursion would let a
/// stranger's bytes choose the depth of the stack.
pub(crate) fn skip(bytes: &mut &[u8], mut tag: u64) -> Result<(), DecodeFailure> {
    let mut depth = 0u32;
    loop {
        // The wire type: varint, 64 bits, bytes, group start, group end, 32 bits.
        match tag & 7 {
            0 => drop(varint(bytes)?),
            1 => drop(take(bytes, 8)?),
            2 => drop(delimited(bytes)?),
            3 => depth += 1,
            4 => depth = depth.checked_sub(1).ok_or(DecodeFailure::Malformed)?,
            5 => drop(take(bytes, 4)?),
            _ => return Err(DecodeFailure::Malformed),
        }
        if depth > MAX_NESTING {
            return Err(DecodeFailure::TooDeep);
        }
        if depth == 0 {
            return Ok(());
        }
        tag = varint(bytes)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hedgerow_proto::v1;
    use proptest::prelude::*;

    fn groups(depth: usize) -> Vec<u8> {
        // Field 100, wire types 3 (start) and 4 (end).
        [[0xa3, 0x06].repeat(depth), [0xa4, 0x06].repeat(depth)].concat()
    }

    proptest! {
        #[test]
        fn decoding_agrees_with_prost_on_any_bytes(bytes: Vec<u8>) {
            let ours = decode::<v1::Record>(&bytes, &[5, 6, 9]);
            prop_assert_eq!(ours.ok(), v1::Record::decode(bytes.as_slice()).ok());
        }
    }

    #[test]
    fn nesting_is_bounded_without_recursion() {
        let decode = |bytes: &[u8]| decode::<v1::Record>(bytes, &[5, 6, 9]);
        assert!(decode(&groups(32)).is_ok());
        assert_eq!(decode(&groups(33)), Err(DecodeFailure::TooDeep));
        assert_eq!(
            decode(&[0xa3, 0x06].repeat(30_000)),
            Err(DecodeFailure::TooDeep)
        );
        // Field 5 is a message, field 8 is not.
        let within =
            |field: u8, bytes: &[u8]| [&[field << 3 | 2, bytes.len() as u8], bytes].concat();
        let short = |depth| [[0x1b].repeat(depth), [0x1c].repeat(depth)].concat();
        assert!(decode(&within(5, &short(32))).is_ok());
        assert_eq!(decode(&within(5, &short(33))), Err(DecodeFailure::TooDeep));
        assert!(decode(&within(8, &short(33))).is_ok());
    }
}
