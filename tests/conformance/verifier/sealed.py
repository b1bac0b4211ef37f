"""Sealed messages: HPKE (RFC 9180) in base mode, written from the RFC over X25519, HMAC and AES."""

import hmac
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hedgerow.v1 import contact_message_pb2

from verifier import wire
from verifier.fault import Fault, require

CONTACT_MESSAGE = "application/vnd.hedgerow.contact-message.v1+protobuf"

PADDED_SIZES = (1_024, 4_096, 16_384)
MAX_TEXT = 2_000
MAX_REPLY = 200

_KEY_BYTES = 32
_TAG_BYTES = 16
_LENGTH_BYTES = 4

# DHKEM(X25519, HKDF-SHA256) is 0x0020, HKDF-SHA256 0x0001 and AES-128-GCM 0x0001.
_KEM_SUITE = b"KEM" + struct.pack(">H", 0x0020)
_HPKE_SUITE = b"HPKE" + struct.pack(">HHH", 0x0020, 0x0001, 0x0001)
_BASE_MODE = b"\x00"


@dataclass(frozen=True)
class Place:
    """What a sealed message belongs to. The sender of a visitor's message is empty."""

    payload_type: str
    sender: bytes
    receiver: bytes
    request_id: bytes

    @property
    def info(self) -> bytes:
        """The `info` of HPKE."""
        return self.payload_type.encode() + self.sender + self.receiver + self.request_id


def _extract(suite: bytes, salt: bytes, label: bytes, key: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + suite + label + key, "sha256")


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    # Never more than the 32 bytes of one block.
    labelled = struct.pack(">H", length) + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, labelled + b"\x01", "sha256")[:length]


def _cipher(agreed: bytes, sent: bytes, receiver: bytes, info: bytes) -> tuple[AESGCM, bytes]:
    """Returns the cipher and the nonce of the first message."""
    eae = _extract(_KEM_SUITE, b"", b"eae_prk", agreed)
    shared = _expand(_KEM_SUITE, eae, b"shared_secret", sent + receiver, 32)
    context = _BASE_MODE + _extract(_HPKE_SUITE, b"", b"psk_id_hash", b"")
    context += _extract(_HPKE_SUITE, b"", b"info_hash", info)
    secret = _extract(_HPKE_SUITE, shared, b"secret", b"")
    key = _expand(_HPKE_SUITE, secret, b"key", context, 16)
    return AESGCM(key), _expand(_HPKE_SUITE, secret, b"base_nonce", context, 12)


def open_base(secret: bytes, info: bytes, associated: bytes, sealed: bytes) -> bytes:
    """Opens an encapsulated key and its ciphertext, or raises a `Fault`."""
    own = X25519PrivateKey.from_private_bytes(secret)
    sent, ciphertext = sealed[:_KEY_BYTES], sealed[_KEY_BYTES:]
    try:
        agreed = own.exchange(X25519PublicKey.from_public_bytes(sent))
        cipher, nonce = _cipher(agreed, sent, own.public_key().public_bytes_raw(), info)
        return cipher.decrypt(nonce, ciphertext, associated)
    except (InvalidTag, ValueError) as error:
        raise Fault("sealed_unopened", str(error)) from error


def pad(content: bytes) -> bytes:
    """Returns the length, the content, and zeros up to the smallest size that fits."""
    size = next(size for size in PADDED_SIZES if len(content) + _LENGTH_BYTES <= size)
    return (struct.pack(">I", len(content)) + content).ljust(size, b"\x00")


def seal(receiver: bytes, place: Place, content: bytes) -> bytes:
    """Seals contents to a group's encryption key."""
    ephemeral = X25519PrivateKey.generate()
    sent = ephemeral.public_key().public_bytes_raw()
    agreed = ephemeral.exchange(X25519PublicKey.from_public_bytes(receiver))
    cipher, nonce = _cipher(agreed, sent, receiver, place.info)
    return sent + cipher.encrypt(nonce, pad(content), b"")


def open_message(secret: bytes, place: Place, sealed: bytes) -> contact_message_pb2.ContactMessage:
    """Opens a visitor's message and checks its contents."""
    sizes = (size + _KEY_BYTES + _TAG_BYTES for size in PADDED_SIZES)
    require(len(sealed) in sizes, "sealed_length")
    padded = open_base(secret, place.info, b"", sealed)
    content = padded[_LENGTH_BYTES:][: struct.unpack(">I", padded[:_LENGTH_BYTES])[0]]
    # The same contents padded again: no other length, padding or size.
    fits = len(content) + _LENGTH_BYTES <= PADDED_SIZES[-1]
    require(fits and pad(content) == padded, "sealed_content")
    message = wire.decode(contact_message_pb2.ContactMessage, content, "sealed_content")
    require(0 < len(message.text) <= MAX_TEXT, "sealed_content")
    require(len(message.reply) <= MAX_REPLY, "sealed_content")
    return message
