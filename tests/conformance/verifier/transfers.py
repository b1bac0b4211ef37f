"""A whole transfer (`Sync` or `Push`), verified item by item."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hedgerow.feed.v1 import sync_pb2
from hedgerow.v1 import head_pb2

from verifier import heads, key_logs, records, trees
from verifier.fault import Fault, require
from verifier.heads import Head

MAX_BATCH = 1_000
_ORDER = {"key_event": 0, "head": 1, "basis": 2, "end": 4}


@dataclass
class Copy:
    """A verified copy of what a group publishes; empty before the first transfer."""

    key_log: list[bytes] = field(default_factory=list)
    head: Head | None = None
    leaves: dict[trees.Name, head_pb2.Leaf] = field(default_factory=dict)
    records: dict[trees.Name, bytes] = field(default_factory=dict)

    @property
    def missing(self) -> set[bytes]:
        """Hashes of the bodies that no transfer has brought yet."""
        return {leaf.record_hash for name, leaf in self.leaves.items() if name not in self.records}


def _in_order(stream: Iterable[sync_pb2.SyncItem]) -> Iterable[tuple[str, sync_pb2.SyncItem]]:
    """Yields items with their kinds, and checks their order and that the last one is `end`."""
    stage = 0
    ended = False
    for item in stream:
        kind = item.WhichOneof("item")
        require(kind is not None, "item_malformed", "no member is set")
        require(not ended, "item_out_of_order", "an item after end")
        place = _ORDER.get(kind, 3)
        require(place >= stage, "item_out_of_order", kind)
        require(kind != "head" or stage < 1, "item_out_of_order", "a second head")
        require(kind != "basis" or stage == 1, "item_out_of_order", "basis without a head before")
        stage, ended = place, kind == "end"
        yield kind, item
    require(ended, "stream_without_end")


def apply(stream: Iterable[sync_pb2.SyncItem], held: Copy) -> Copy:
    """Verifies a stream against the copy that the receiver holds, and returns the new copy.

    Nothing of `held` is changed, so a stream that fails leaves no trace.
    """
    new = Copy(list(held.key_log), held.head)
    leaves: dict[trees.Name, head_pb2.Leaf] = {}
    bodies: dict[bytes, bytes] = {}
    head_envelope = b""
    count = 0
    for kind, item in _in_order(stream):
        if kind == "key_event":
            new.key_log.append(item.key_event)
        elif kind == "head":
            head_envelope = item.head
        elif kind == "basis" and item.basis.head_hash:
            require(held.head is not None, "basis_unknown")
            require(item.basis.head_hash == held.head.hash, "basis_unknown")
            leaves = dict(held.leaves)
        elif kind == "removals":
            require(len(item.removals.names) <= MAX_BATCH, "batch_too_large")
            for name in item.removals.names:
                require(trees.name_of(name) in leaves, "removal_unknown")
                del leaves[trees.name_of(name)]
        elif kind == "leaves":
            require(len(item.leaves.leaves) <= MAX_BATCH, "batch_too_large")
            leaves.update((trees.name_of(leaf), leaf) for leaf in item.leaves.leaves)
        elif kind == "body":
            bodies[trees.record_hash(item.body.record)] = item.body.record
            count += 1
        elif kind == "end":
            require(item.end.bodies == count, "body_count", "end counts other bodies")
    log = key_logs.verify(new.key_log)
    # Without the events that both sides had.
    new.key_log = [event.envelope for event in log.events]
    if not head_envelope:
        return Copy(new.key_log, held.head, held.leaves, held.records)
    new.head = heads.verify(head_envelope, log)
    new.leaves = {name: leaves[name] for name in sorted(leaves)}
    require(trees.root(list(new.leaves.values())) == new.head.message.root, "root_mismatch")
    require(len(new.leaves) == new.head.message.count, "root_mismatch", "count")
    new.records = _match_bodies(new, held.records, bodies)
    return new


def _match_bodies(
    new: Copy, held: Mapping[trees.Name, bytes], bodies: Mapping[bytes, bytes]
) -> dict[trees.Name, bytes]:
    """Checks that every body belongs to a leaf, and returns the records by name."""
    known = {leaf.record_hash for leaf in new.leaves.values()}
    require(bodies.keys() <= known, "body_without_leaf")
    found = {}
    for name, leaf in new.leaves.items():
        record = bodies.get(leaf.record_hash)
        if record is None and name in held and trees.leaf_of(name, held[name]) == leaf:
            record = held[name]
        if record is None:
            continue
        if trees.leaf_of(name, record) != leaf:
            raise Fault("body_without_leaf", "length")
        message = records.read(record, new.head.message.group_id, max_bytes=len(record))
        require(trees.name_of(message) == name, "record_wrong_name")
        found[name] = record
    return found
