"""BIP-39 phrases of 12 English words, and the recovery keys that follow from them."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import mnemonic
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.fault import require

# Of the file english.txt in BIP-39.
_WORD_LIST_SHA256 = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"
_SALT = b"hedgerow/v1"


@cache
def word_list() -> tuple[str, ...]:
    """Returns the 2,048 English words, read as data from the `mnemonic` package."""
    data = (Path(mnemonic.__file__).parent / "wordlist" / "english.txt").read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    assert digest == _WORD_LIST_SHA256, f"not the word list of BIP-39: {digest}"
    return tuple(data.decode().split())


def phrase_of(entropy: bytes) -> str:
    """Returns the words of 16 bytes of entropy."""
    assert len(entropy) == 16
    bits = int.from_bytes(entropy, "big") << 4 | hashlib.sha256(entropy).digest()[0] >> 4
    return " ".join(word_list()[bits >> shift & 2047] for shift in range(121, -1, -11))


def entropy_of(phrase: str) -> bytes:
    """Returns the 16 bytes of a phrase, or raises a `Fault`."""
    words = phrase.split()
    require(len(words) == 12, "phrase_word_count")
    places = {word: place for place, word in enumerate(word_list())}
    bits = 0
    for word in words:
        require(word in places, "phrase_unknown_word")
        bits = bits << 11 | places[word]
    entropy = (bits >> 4).to_bytes(16, "big")
    require(bits & 15 == hashlib.sha256(entropy).digest()[0] >> 4, "phrase_checksum")
    return entropy


def hkdf_sha256(key: bytes, salt: bytes, info: bytes) -> bytes:
    """Derives 32 bytes (RFC 5869); one block of output is enough for that length."""
    extracted = hmac.digest(salt, key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


@dataclass(frozen=True)
class RecoveryKey:
    """One recovery key of a phrase."""

    index: int
    seed: bytes

    @property
    def private(self) -> Ed25519PrivateKey:
        """The key that signs key event `index`."""
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def public(self) -> bytes:
        """The key that event `index` reveals."""
        return self.private.public_key().public_bytes_raw()


def recovery_key(phrase: str, index: int) -> RecoveryKey:
    """Derives recovery key `index`; index 0 is never used, because event 0 is signed otherwise."""
    words = " ".join(phrase.split())
    seed = hashlib.pbkdf2_hmac("sha512", words.encode(), b"mnemonic", 2048)
    return RecoveryKey(index, hkdf_sha256(seed, _SALT, b"recovery" + index.to_bytes(4, "big")))


def commitment(public_key: bytes) -> bytes:
    """Returns what event n holds of recovery key n + 1."""
    return hashlib.sha256(b"hedgerow/v1/next" + public_key).digest()
