"""Proofs that a record is, or is not, under a head."""

from hedgerow.v1 import head_pb2

from verifier import forms, heads, key_logs, trees, wire
from verifier.fault import require
from verifier.heads import Head

# A tree of 2^32 leaves, more than a count can say.
MAX_PATH = 32


def _check_form(inclusion: head_pb2.Inclusion) -> None:
    """Checks what needs neither the name nor the head."""
    require(len(inclusion.path) <= MAX_PATH, "proof_path_length")
    require(inclusion.HasField("leaf"), "proof_incomplete")
    trees.leaf_hash(inclusion.leaf)
    for sibling in inclusion.path:
        forms.check_id(sibling)


def _check_root(inclusion: head_pb2.Inclusion, head: Head) -> None:
    """Checks that an inclusion leads to the head's root."""
    found = trees.root_by_path(
        trees.leaf_hash(inclusion.leaf), inclusion.index, head.message.count, inclusion.path
    )
    require(found == head.message.root, "proof_root_mismatch")


def _check_inclusion(
    inclusion: head_pb2.Inclusion, head: Head, name: trees.Name, record: bytes | None
) -> None:
    _check_form(inclusion)
    require(trees.name_of(inclusion.leaf) == name, "proof_wrong_name")
    _check_root(inclusion, head)
    if record is not None:
        # By hash and length; whether a receiver accepts the record itself is another question.
        require(trees.leaf_of(name, record) == inclusion.leaf, "proof_record_mismatch")


def _check_absence(absence: head_pb2.Absence, head: Head, name: trees.Name) -> None:
    before = absence.before if absence.HasField("before") else None
    after = absence.after if absence.HasField("after") else None
    neighbours = [side for side in (before, after) if side is not None]
    for neighbour in neighbours:
        _check_form(neighbour)
    for neighbour in neighbours:
        _check_root(neighbour, head)
    if before is None and after is None:
        require(head.message.count == 0, "proof_not_neighbours")
        return
    # Without a neighbour before, the other is the first leaf; without one after, the last.
    index_before = before.index if before else -1
    index_after = after.index if after else head.message.count
    require(index_after == index_before + 1, "proof_not_neighbours")
    require(before is None or trees.name_of(before.leaf) < name, "proof_not_neighbours")
    require(after is None or name < trees.name_of(after.leaf), "proof_not_neighbours")


def verify(
    data: bytes, group_id: bytes, view: str, name: trees.Name, record: bytes | None = None
) -> tuple[bool, Head]:
    """Verifies a proof; returns whether the record is included, and the head that says so.

    With a record, the proof must be that exactly these bytes are included.
    """
    proof = wire.decode(head_pb2.Proof, data, "proof_malformed")
    log = key_logs.verify(proof.key_log)
    require(log.group_id == group_id, "proof_wrong_group")
    head = heads.verify(proof.head, log)
    require(head.message.view == view, "proof_wrong_view")
    kind = proof.WhichOneof("kind")
    if kind == "inclusion":
        _check_inclusion(proof.inclusion, head, name, record)
        return True, head
    require(kind == "absence", "proof_empty")
    _check_absence(proof.absence, head, name)
    require(record is None, "proof_not_included")
    return False, head
