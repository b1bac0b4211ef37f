//! Protobuf by hand, for messages that no encoder writes.

/// The key of a field: its number and wire type.
fn key(field: u64, wire_type: u64) -> Vec<u8> {
    varint(field << 3 | wire_type)
}

pub fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
    bytes
}

pub fn number(field: u64, value: u64) -> Vec<u8> {
    [key(field, 0), varint(value)].concat()
}

pub fn delimited(field: u64, bytes: &[u8]) -> Vec<u8> {
    [&key(field, 2), &varint(bytes.len() as u64), bytes].concat()
}

/// Nested groups of an unknown field.
pub fn groups(depth: usize) -> Vec<u8> {
    [key(100, 3).repeat(depth), key(100, 4).repeat(depth)].concat()
}

/// Bytes with more after them: a decoder reads the later fields last.
pub fn then(bytes: &[u8], more: &[u8]) -> Vec<u8> {
    [bytes, more].concat()
}

/// Bytes that no message contains, or that decoders treat differently, with a name each.
pub fn broken() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a field with number 0", vec![0x00, 0x01]),
        ("an unknown wire type", vec![0xa6, 0x06]),
        ("a group without an end", key(100, 3)),
        ("the end of a group that did not begin", key(100, 4)),
        (
            "a group that another field ends",
            [key(100, 3), key(101, 4)].concat(),
        ),
        ("a length beyond the end", vec![0xa2, 0x06, 0x05, 0x01]),
        (
            "a number of 11 bytes",
            [&key(100, 0), &[0xff; 10][..], &[0x01]].concat(),
        ),
        (
            "a number over 64 bits",
            [&key(100, 0), &[0xff; 9][..], &[0x02]].concat(),
        ),
        (
            "a field number over 29 bits",
            [&[0x80; 4][..], &[0x10, 0x00]].concat(),
        ),
    ]
}
