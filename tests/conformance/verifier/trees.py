"""The tree over a manifest's leaves, and paths in it (RFC 6962)."""

import hashlib
from collections.abc import Sequence

from hedgerow.v1 import head_pb2

from verifier import forms
from verifier.fault import require

EMPTY_ROOT = hashlib.sha256(b"").digest()

Name = tuple[str, str]


def name_of(leaf: head_pb2.Leaf | head_pb2.RecordName) -> Name:
    """Returns collection and key. Both are ASCII, so Python's order of texts is bytewise."""
    return (leaf.collection, leaf.key)


def record_hash(record: bytes) -> bytes:
    """Returns the hash of a record's bytes."""
    return hashlib.sha256(b"hedgerow/v1/record\x00" + record).digest()


def leaf_of(name: Name, record: bytes) -> head_pb2.Leaf:
    """Returns the leaf of a record."""
    return head_pb2.Leaf(
        collection=name[0], key=name[1], length=len(record), record_hash=record_hash(record)
    )


def leaf_hash(leaf: head_pb2.Leaf) -> bytes:
    """Checks the form of a leaf and returns its hash."""
    forms.check_collection(leaf.collection)
    forms.check_key(leaf.key)
    forms.check_id(leaf.record_hash)
    collection, key = leaf.collection.encode(), leaf.key.encode()
    return hashlib.sha256(
        b"\x00"
        + bytes([len(collection)])
        + collection
        + bytes([len(key)])
        + key
        + leaf.length.to_bytes(4, "big")
        + leaf.record_hash
    ).digest()


def inner_hash(left: bytes, right: bytes) -> bytes:
    """Returns the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_order(leaves: Sequence[head_pb2.Leaf]) -> None:
    """Checks that leaves rise strictly by name."""
    for before, after in zip(leaves, leaves[1:], strict=False):
        require(name_of(before) != name_of(after), "leaf_duplicate")
        require(name_of(before) < name_of(after), "leaf_out_of_order")


def _split(size: int) -> int:
    """Returns the largest power of two below a size of at least 2."""
    return 1 << (size - 1).bit_length() - 1


def _root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    middle = _split(len(hashes))
    return inner_hash(_root_of_hashes(hashes[:middle]), _root_of_hashes(hashes[middle:]))


def root(leaves: Sequence[head_pb2.Leaf]) -> bytes:
    """Returns the root over leaves in order, or raises a `Fault`."""
    check_order(leaves)
    return _root_of_hashes([leaf_hash(leaf) for leaf in leaves])


def path_directions(index: int, size: int) -> list[bool]:
    """Returns, from leaf to root, whether each sibling on the path is on the left."""
    if size <= 1:
        return []
    middle = _split(size)
    if index < middle:
        return [*path_directions(index, middle), False]
    return [*path_directions(index - middle, size - middle), True]


def root_by_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """Returns the root to which a leaf's hash leads, or raises a `Fault`."""
    require(0 <= index < size, "proof_index_out_of_range")
    directions = path_directions(index, size)
    require(len(path) == len(directions), "proof_path_length")
    result = leaf
    for sibling, on_the_left in zip(path, directions, strict=True):
        forms.check_id(sibling)
        result = inner_hash(sibling, result) if on_the_left else inner_hash(result, sibling)
    return result


def path_of(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Returns the sibling path of one leaf, from the leaf to the root."""
    if len(hashes) <= 1:
        return []
    middle = _split(len(hashes))
    if index < middle:
        return [*path_of(hashes[:middle], index), _root_of_hashes(hashes[middle:])]
    return [*path_of(hashes[middle:], index - middle), _root_of_hashes(hashes[:middle])]
