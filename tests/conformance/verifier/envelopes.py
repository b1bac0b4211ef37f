"""DSSE envelopes: one payload, one payload type and exactly one signature."""

import hashlib
import re
from dataclasses import dataclass

from hedgerow.v1 import envelope_pb2

from verifier import ed25519, wire
from verifier.fault import Fault, require

MAX_ENVELOPE_BYTES = 65_536
MAX_KEY_EVENT_BYTES = 4_096
MAX_REQUEST_BYTES = 2_048
MAX_KEY_HINT_BYTES = 8

HEAD = "head"
KEY_EVENT = "key-event"
RECEIPT = "receipt"
REQUEST = "request"

_MAX_BYTES = {KEY_EVENT: MAX_KEY_EVENT_BYTES, REQUEST: MAX_REQUEST_BYTES}

_ANY_VERSION = r"application/vnd\.hedgerow\.{kind}\.v[0-9]"
# The tag and the length of the longest hint, which the limits on sizes leave out.
_HINT_ROOM = 2 + MAX_KEY_HINT_BYTES


@dataclass(frozen=True)
class Envelope:
    """An envelope of the expected type, whose signature is not verified yet."""

    payload_type: str
    payload: bytes
    signature: bytes

    @property
    def hash(self) -> bytes:
        """SHA-256 of the payload: the id of a head, key event or group."""
        return hashlib.sha256(self.payload).digest()

    def verify(self, public_key: bytes) -> None:
        """Checks the signature, or raises a `Fault`."""
        message = pre_authentication_encoding(self.payload_type, self.payload)
        ed25519.verify(public_key, message, self.signature)


def payload_type(kind: str) -> str:
    """Returns the media type of version 1 of a kind."""
    return f"application/vnd.hedgerow.{kind}.v1+protobuf"


def pre_authentication_encoding(type_name: str, payload: bytes) -> bytes:
    """Returns the bytes that DSSE signs, with lengths as decimal ASCII."""
    name = type_name.encode()
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)


def _size_without_hint(message: envelope_pb2.Envelope, size: int) -> int:
    """Returns the size that limits count, so that a hint cannot make an envelope too large."""
    hints = (len(signature.key_hint) for signature in message.signatures)
    return size - sum(2 + length for length in hints if length)


def read(envelope: bytes, kind: str) -> Envelope:
    """Decodes an envelope and checks its form; nothing of the payload is decoded."""
    max_bytes = _MAX_BYTES.get(kind, MAX_ENVELOPE_BYTES)
    require(len(envelope) <= max_bytes + _HINT_ROOM, "envelope_too_large")
    message = wire.decode(envelope_pb2.Envelope, envelope, "envelope_malformed")
    expected = payload_type(kind)
    if message.payload_type != expected:
        other = re.match(_ANY_VERSION.format(kind=kind), message.payload_type)
        raise Fault("payload_version_unknown" if other else "payload_type_wrong")
    require(len(message.signatures) == 1, "signature_count")
    require(len(message.signatures[0].key_hint) <= MAX_KEY_HINT_BYTES, "key_hint_too_long")
    # Nobody signs the envelope itself. With one encoding only, nobody can pad it either.
    message.DiscardUnknownFields()
    require(message.SerializeToString(deterministic=True) == envelope, "envelope_not_canonical")
    size = _size_without_hint(message, len(envelope))
    require(size <= max_bytes, "envelope_too_large", f"{size} bytes")
    return Envelope(message.payload_type, message.payload, message.signatures[0].signature)


def verify(envelope: bytes, kind: str, public_key: bytes) -> Envelope:
    """Reads an envelope and checks its signature."""
    result = read(envelope, kind)
    result.verify(public_key)
    return result


def write(kind: str, payload: bytes, signature: bytes) -> bytes:
    """Encodes an envelope around a signature that was made over `signed_bytes`."""
    message = envelope_pb2.Envelope(payload_type=payload_type(kind), payload=payload)
    message.signatures.add(signature=signature)
    return message.SerializeToString()
