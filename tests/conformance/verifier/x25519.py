"""The one check of X25519 keys: that they are not of small order."""

from verifier.ed25519 import P
from verifier.fault import require

_A24 = 121_665


def _double(x: int, z: int) -> tuple[int, int]:
    """Doubles a point of the curve or its twist, given by the projective u-coordinate x : z."""
    plus, minus = (x + z) ** 2 % P, (x - z) ** 2 % P
    difference = plus - minus
    return plus * minus % P, difference * (plus + _A24 * difference) % P


def check_key(public_key: bytes) -> None:
    """Raises a `Fault` if 8, the cofactor, multiplies the key to the neutral element.

    As in RFC 7748, the highest bit is ignored and the number is reduced.
    """
    u = (int.from_bytes(public_key, "little") & (2**255 - 1)) % P
    x, z = u, 1
    for _ in range(3):
        x, z = _double(x, z)
    require(z != 0, "key_small_order", "encryption key")
