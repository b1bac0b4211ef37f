"""Records as bytes, checked without decoding their bodies."""

from google.protobuf.message import DecodeError
from hedgerow.v1 import record_pb2

from verifier import forms, times
from verifier.fault import Fault, require

# Each receiver's own limit; this is the usual one. No receiver may set more than 3 MiB.
USUAL_MAX_BYTES = 65_536
MAX_DEPTH = 32
NONCE_BYTES = 16

_VARINT, _FIXED64, _BYTES, _GROUP, _END_GROUP, _FIXED32 = range(6)


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        require(position < len(data) and shift < 70, "record_malformed")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7


def check_depth(data: bytes) -> None:
    """Checks that groups (wire types 3 and 4) nest at most 32 deep and are closed.

    Protobuf libraries have limits of their own, which differ, on the nesting of unknown groups.
    """
    position, open_groups = 0, []
    while position < len(data):
        tag, position = _varint(data, position)
        field, wire_type = tag >> 3, tag & 7
        if wire_type == _VARINT:
            _, position = _varint(data, position)
        elif wire_type == _FIXED64:
            position += 8
        elif wire_type == _FIXED32:
            position += 4
        elif wire_type == _BYTES:
            length, position = _varint(data, position)
            position += length
        elif wire_type == _GROUP:
            open_groups.append(field)
            require(len(open_groups) <= MAX_DEPTH, "record_too_deep")
        elif wire_type == _END_GROUP:
            require(open_groups and open_groups.pop() == field, "record_malformed")
        else:
            raise Fault("record_malformed")
        require(position <= len(data), "record_malformed")
    require(not open_groups, "record_malformed")


def read(record: bytes, group_id: bytes, max_bytes: int = USUAL_MAX_BYTES) -> record_pb2.Record:
    """Decodes a record of a group and checks its form, or raises a `Fault`."""
    require(len(record) <= max_bytes, "record_too_large")
    check_depth(record)
    try:
        message = record_pb2.Record.FromString(record)
    except DecodeError as error:
        raise Fault("record_malformed", str(error)) from error
    require(message.group_id == group_id, "record_wrong_group")
    forms.check_collection(message.collection)
    forms.check_key(message.key)
    require(len(message.nonce) == NONCE_BYTES, "record_nonce")
    for name in ("create_time", "update_time"):
        require(message.HasField(name), "record_time", f"no {name}")
        times.nanoseconds(getattr(message, name), "record_time")
    return message
