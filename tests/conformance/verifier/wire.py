"""Protobuf as far as signed payloads need it: decoding with a bound on nested groups."""

from typing import TypeVar

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

from verifier.fault import Fault

MAX_DEPTH = 32

_VARINT, _FIXED64, _BYTES, _GROUP, _END_GROUP, _FIXED32 = range(6)

_MAX_FIELD = 2**29 - 1

# Libraries differ on a known field with another wire type: some fail, some keep it as unknown.
# These are the types of fields in signed payloads, none of which is a repeated number.
_WIRE_TYPES = {
    FieldDescriptor.TYPE_BYTES: _BYTES,
    FieldDescriptor.TYPE_STRING: _BYTES,
    FieldDescriptor.TYPE_MESSAGE: _BYTES,
    FieldDescriptor.TYPE_ENUM: _VARINT,
    FieldDescriptor.TYPE_INT32: _VARINT,
    FieldDescriptor.TYPE_INT64: _VARINT,
    FieldDescriptor.TYPE_UINT32: _VARINT,
    FieldDescriptor.TYPE_UINT64: _VARINT,
}

M = TypeVar("M", bound=Message)


class _Broken(Exception):
    """The bytes are not protobuf."""


class _TooDeep(Exception):
    """Groups nest too deep."""


def decode(kind: type[M], data: bytes, malformed: str, too_deep: str = "") -> M:
    """Decodes a signed payload or record; raises `malformed`, or `too_deep` if it is given.

    Groups (wire types 3 and 4) nest at most 32 deep, because the limits of protobuf libraries on
    the nesting of unknown groups differ.
    """
    try:
        _scan(data, kind.DESCRIPTOR)
        return kind.FromString(data)
    except _TooDeep as error:
        raise Fault(too_deep or malformed, "groups nest too deep") from error
    except (_Broken, DecodeError) as error:
        raise Fault(malformed, str(error)) from error


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if position >= len(data):
            raise _Broken("a varint does not end")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if value >= 2**64 or shift > 63:
            raise _Broken("a varint has more than 64 bits")
        if byte < 0x80:
            return value, position
        shift += 7


def _end_of_value(data: bytes, position: int, wire_type: int) -> tuple[int, int]:
    """Returns where a value begins and ends; a group's tags have no value."""
    if wire_type == _VARINT:
        _, end = _varint(data, position)
    elif wire_type == _BYTES:
        length, position = _varint(data, position)
        end = position + length
    elif wire_type in (_FIXED64, _FIXED32):
        end = position + (8 if wire_type == _FIXED64 else 4)
    elif wire_type in (_GROUP, _END_GROUP):
        end = position
    else:
        raise _Broken("an unknown wire type")
    if end > len(data):
        raise _Broken("a value does not end")
    return position, end


def _scan(data: bytes, kind: Descriptor) -> None:
    """Checks the tags of a message, and of the known messages inside it, from first to last."""
    position = 0
    open_groups: list[int] = []
    while position < len(data):
        tag, position = _varint(data, position)
        field, wire_type = tag >> 3, tag & 7
        if not 0 < field <= _MAX_FIELD:
            raise _Broken("an impossible field number")
        begin, position = _end_of_value(data, position, wire_type)
        known = None if open_groups else kind.fields_by_number.get(field)
        if known and wire_type != _WIRE_TYPES[known.type]:
            raise _Broken(f"{known.name} has another wire type")
        if wire_type == _GROUP:
            open_groups.append(field)
            if len(open_groups) > MAX_DEPTH:
                raise _TooDeep
        elif wire_type == _END_GROUP:
            if not open_groups or open_groups.pop() != field:
                raise _Broken("the end of another group")
        elif known and known.message_type:
            _scan(data[begin:position], known.message_type)
    if open_groups:
        raise _Broken("a group does not end")
