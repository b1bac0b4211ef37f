"""Ed25519 verification (RFC 8032) with the strict rules of the protocol, in plain Python.

Libraries differ on the edge cases: some accept encodings of A that are not canonical, keys of
small order, or the cofactored equation. Verifying by hand leaves no such choice to a library.
Nothing here runs in constant time, which is fine for public data and wrong for secrets.
"""

import hashlib

from verifier.fault import Fault, require

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)

# Extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z and x*y = T/Z.
Point = tuple[int, int, int, int]

NEUTRAL: Point = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    """Adds two points by the complete formula, which also doubles."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return (x * y % P, z * t % P, y * z % P, x * t % P)


def multiply(scalar: int, point: Point) -> Point:
    """Multiplies a point by a non-negative scalar, which is not reduced first."""
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def equal(a: Point, b: Point) -> bool:
    """Compares two points whose Z coordinates may differ."""
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decompress(encoding: bytes) -> Point | None:
    """Decodes a point leniently: y is reduced, and the sign of x = 0 is ignored.

    The caller finds the encodings that are not canonical by encoding the point again.
    """
    number = int.from_bytes(encoding, "little")
    sign, y = number >> 255, (number & (2**255 - 1)) % P
    numerator, denominator = (y * y - 1) % P, (D * y * y + 1) % P
    square = numerator * pow(denominator, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_OF_MINUS_1 % P
    if (x * x - square) % P:
        return None
    if x % 2 != sign:
        x = -x % P
    return (x, y, 1, x * y % P)


def compress(point: Point) -> bytes:
    """Encodes a point canonically."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x % 2) << 255).to_bytes(32, "little")


def _base_point() -> Point:
    point = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    assert point is not None
    return point


BASE = _base_point()


def strict_point(encoding: bytes, name: str) -> Point:
    """Decodes a canonical point that is not of small order, or raises `<name>_…`."""
    require(len(encoding) == 32, f"{name}_length")
    point = decompress(encoding)
    if point is None:
        raise Fault(f"{name}_not_a_point")
    require(compress(point) == encoding, f"{name}_non_canonical")
    # The small-order points are those that 8, the cofactor, multiplies to the neutral one.
    require(not equal(multiply(8, point), NEUTRAL), f"{name}_small_order")
    return point


def check_key(public_key: bytes) -> Point:
    """Returns the point of a public key, or raises a `Fault`."""
    return strict_point(public_key, "key")


def verify(public_key: bytes, message: bytes, signature: bytes) -> None:
    """Checks one signature by the cofactorless equation s B = R + k A; raises a `Fault`."""
    a = check_key(public_key)
    require(len(signature) == 64, "signature_length")
    s = int.from_bytes(signature[32:], "little")
    require(s < L, "signature_scalar_out_of_range")
    r = strict_point(signature[:32], "signature")
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    k = int.from_bytes(digest, "little") % L
    require(equal(multiply(s, BASE), add(r, multiply(k, a))), "signature_mismatch")
