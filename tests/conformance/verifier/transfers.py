"""A transfer (`Sync` or `Push`), verified item by item as it arrives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hedgerow.feed.v1 import sync_pb2
from hedgerow.v1 import head_pb2

from verifier import forms, heads, key_logs, records, trees
from verifier.branches import Branches
from verifier.fault import require
from verifier.heads import Head

MAX_BATCH = 1_000

_ORDER = "sync_out_of_order"


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


class Receiver:
    """The state of one transfer, on top of the copy that the receiver has.

    Nothing of that copy changes, so a stream that fails leaves no trace. Its key events count
    all the same: `branches` has those that were verified.
    """

    def __init__(self, held: Copy) -> None:
        self.held = held
        self.branches = Branches(held.key_log)
        self.new_key_events = False
        self.head: Head | None = None
        self.difference: bool | None = None
        self.put: list[head_pb2.Leaf] = []
        self.removed: set[trees.Name] = set()
        self.bodies: dict[bytes, bytes] = {}
        self.missing: list[bytes] = []
        self.ended = False
        self.copy: Copy | None = None
        self._hashes = {leaf.record_hash for leaf in held.leaves.values()}
        self._own_hashes: set[bytes] = set()

    def take(self, item: sync_pb2.SyncItem) -> None:
        """Verifies the next item, or raises a `Fault`."""
        kind = item.WhichOneof("item")
        require(kind is not None, "sync_unknown_item")
        require(not self.ended, _ORDER, f"{kind} after the end")
        if kind == "key_event":
            require(self.head is None, _ORDER, "a key event after the head")
            self.new_key_events |= self.branches.add(item.key_event)
        elif kind == "head":
            require(self.head is None, _ORDER, "a second head")
            self._take_head(item.head)
        elif kind == "basis":
            started = self.head is not None and self.difference is None
            require(started, _ORDER, "the basis follows the head")
            self._take_basis(item.basis.head_hash)
        elif kind == "end":
            require(self.head is None or self.difference is not None, _ORDER, "no basis")
            self._take_end(item.end.bodies)
        else:
            require(self.difference is not None, _ORDER, f"{kind} before the basis")
            self._take_content(kind, item)

    def _take_head(self, data: bytes) -> None:
        log = self.branches.settled()
        head = heads.verify(data, log)
        require(head.message.view == forms.PUBLIC, "sync_wrong_view")
        order = heads.compare(self.held.head, head) if self.held.head else "newer"
        require(order != "older", "head_older")
        require(order != "equivocation", "head_equivocation")
        self.head = head

    def _take_basis(self, head_hash: bytes) -> None:
        known = self.held.head.hash if self.held.head else b""
        require(head_hash in (b"", known), "sync_basis_unknown")
        self.difference = bool(head_hash)

    def _take_content(self, kind: str, item: sync_pb2.SyncItem) -> None:
        """Takes removals, leaves, a body or a missing hash, which come in any order."""
        if kind == "removals":
            self._take_removals(item.removals.names)
        elif kind == "leaves":
            self._take_leaves(item.leaves.leaves)
        elif kind == "body":
            hash_ = trees.record_hash(item.body.record)
            self._require_leaf(hash_)
            require(hash_ not in self.bodies, "body_repeated")
            self.bodies[hash_] = item.body.record
        else:
            hash_ = item.missing_record_hash
            forms.check_id(hash_)
            self._require_leaf(hash_)
            repeated = hash_ in self.missing or hash_ in self.bodies
            require(not repeated, "missing_repeated")
            self.missing.append(hash_)

    def _require_leaf(self, hash_: bytes) -> None:
        known = hash_ in self._own_hashes or (self.difference and hash_ in self._hashes)
        require(bool(known), "body_unknown")

    def _check_batch(self, batch: Sequence[object]) -> None:
        require(len(batch) > 0, "sync_batch_empty")
        require(len(batch) <= MAX_BATCH, "sync_batch_too_large")

    def _take_removals(self, names: Sequence[head_pb2.RecordName]) -> None:
        self._check_batch(names)
        require(bool(self.difference), "sync_removal_in_whole")
        for name in names:
            forms.check_collection(name.collection)
            forms.check_key(name.key)
            self.removed.add(trees.name_of(name))

    def _take_leaves(self, leaves: Sequence[head_pb2.Leaf]) -> None:
        self._check_batch(leaves)
        assert self.head is not None
        total = len(self.put) + len(leaves)
        require(total <= self.head.message.count, "sync_too_many_leaves")
        for leaf in leaves:
            trees.leaf_hash(leaf)
            if not self.difference:
                trees.check_order([*self.put[-1:], leaf])
            self.put.append(leaf)
            self._own_hashes.add(leaf.record_hash)

    def _take_end(self, bodies: int) -> None:
        log = self.branches.settled()
        require(bodies == len(self.bodies), "sync_body_count")
        key_log = [event.envelope for event in log.events]
        self.ended = True
        if self.head is None:
            self.copy = Copy(key_log, self.held.head, self.held.leaves, self.held.records)
            return
        self.copy = Copy(key_log, self.head, self._leaves())
        self.copy.records = self._records()

    def _leaves(self) -> dict[trees.Name, head_pb2.Leaf]:
        """Returns the manifest after the transfer, checked against the head."""
        assert self.head is not None
        names = [trees.name_of(leaf) for leaf in self.put]
        require(len(names) == len(set(names)), "leaf_duplicate")
        require(self.removed.isdisjoint(names), "leaf_removed_and_put")
        leaves = dict(self.held.leaves) if self.difference else {}
        for name in self.removed:
            leaves.pop(name, None)
        leaves.update(zip(names, self.put, strict=True))
        ordered = {name: leaves[name] for name in sorted(leaves)}
        require(len(ordered) == self.head.message.count, "sync_count_mismatch")
        root = trees.root(list(ordered.values()))
        require(root == self.head.message.root, "sync_root_mismatch")
        return ordered

    def _records(self) -> dict[trees.Name, bytes]:
        """Returns the bodies of this transfer and of the copy, by name."""
        assert self.copy is not None
        found = {}
        for name, leaf in self.copy.leaves.items():
            for record in (self.bodies.get(leaf.record_hash), self.held.records.get(name)):
                if record is not None and trees.leaf_of(name, record) == leaf:
                    found[name] = record
        return found

    def finish(self) -> Copy:
        """Returns the new copy after the last item."""
        log = self.branches.settled()
        if not self.ended and self.head is None and log.ended and self.new_key_events:
            # A deactivation needs no end: nothing can follow it.
            self._take_end(0)
        require(self.ended, "sync_incomplete")
        assert self.copy is not None
        return self.copy


def apply(stream: Iterable[sync_pb2.SyncItem], held: Copy) -> Copy:
    """Verifies a whole stream and every record in it, and returns the new copy."""
    receiver = Receiver(held)
    for item in stream:
        receiver.take(item)
    copy = receiver.finish()
    group_id = key_logs.verify(copy.key_log).group_id
    for name, record in copy.records.items():
        message = records.read(record, group_id, max_bytes=len(record))
        require(trees.name_of(message) == name, "record_name_mismatch")
    return copy
