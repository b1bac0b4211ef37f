"""The verdicts of the verifier on records, trees, proofs and transfers."""

import unittest

from hedgerow.feed.v1 import sync_pb2

from checks import vectors
from checks.vectors import Vector, read_leaf, unhex, verdict_of
from verifier import heads, key_logs, proofs, records, transfers, trees


@vectors.each("records.json", "record_forms.json")
class Records(unittest.TestCase):
    """Records as bytes, with their hashes."""

    def check(self, vector: Vector) -> None:
        group_id, data = unhex([vector["group_id"], vector["record"]])
        verdict, record = verdict_of(lambda: records.read(data, group_id))
        self.assertEqual(verdict, vector["verdict"])
        if record is None:
            return
        expected = vector["good"]
        self.assertEqual(record.collection, expected["collection"])
        self.assertEqual(record.key, expected["key"])
        leaf = trees.leaf_of((record.collection, record.key), data)
        self.assertEqual(leaf.length, expected["length"])
        self.assertEqual(leaf.record_hash.hex(), expected["record_hash"])
        self.assertEqual(trees.leaf_hash(leaf).hex(), expected["leaf_hash"])


@vectors.each("trees.json")
class Trees(unittest.TestCase):
    """Leaves and roots, and the path of every leaf."""

    def check(self, vector: Vector) -> None:
        leaves = [read_leaf(leaf) for leaf in vector["leaves"]]
        verdict, root = verdict_of(lambda: trees.root(leaves))
        self.assertEqual(verdict, vector["verdict"])
        hashes = [trees.leaf_hash(leaf) for leaf in leaves]
        self.assertEqual([h.hex() for h in hashes], [v["leaf_hash"] for v in vector["leaves"]])
        if root is None:
            return
        self.assertEqual(root.hex(), vector["root"])
        for index, leaf_hash in enumerate(hashes):
            path = trees.path_of(hashes, index)
            self.assertEqual(trees.root_by_path(leaf_hash, index, len(hashes), path), root)


@vectors.each("proofs.json", "proof_edges.json")
class Proofs(unittest.TestCase):
    """Proofs of inclusion and absence."""

    def check(self, vector: Vector) -> None:
        group_id, data = unhex([vector["group_id"], vector["proof"]])
        record = bytes.fromhex(vector["record"]) or None
        name = (vector["collection"], vector["key"])
        verdict, result = verdict_of(
            lambda: proofs.verify(data, group_id, vector["view"], name, record)
        )
        self.assertEqual(verdict, vector["verdict"])
        if result:
            self.assertEqual(result[0], vector["included"])


@vectors.each("sync_streams.json")
class SyncStreams(unittest.TestCase):
    """Whole streams, and the key events that count afterwards."""

    def held(self, vector: Vector) -> transfers.Copy:
        """Returns the copy that the receiver has before the stream."""
        held = vector.get("held")
        if not held:
            return transfers.Copy()
        log = key_logs.verify(unhex(held["key_log"]))
        copy = transfers.Copy([event.envelope for event in log.events])
        if held["head"]:
            copy.head = heads.verify_signed(bytes.fromhex(held["head"]), log)
        leaves = [read_leaf(leaf) for leaf in held["leaves"]]
        copy.leaves = {trees.name_of(leaf): leaf for leaf in leaves}
        return copy

    def receive(self, receiver: transfers.Receiver, items: list[bytes]) -> transfers.Copy:
        """Takes all items."""
        for item in items:
            receiver.take(sync_pb2.SyncItem.FromString(item))
        return receiver.finish()

    def check(self, vector: Vector) -> None:
        receiver = transfers.Receiver(self.held(vector))
        verdict, copy = verdict_of(lambda: self.receive(receiver, unhex(vector["items"])))
        self.assertEqual(verdict, vector["verdict"])
        log = receiver.branches.log
        self.assertEqual(log.tip.hash.hex() if log else "", vector["key_log_tip"])
        if copy:
            self.assertEqual(self.describe(receiver, copy), vector["result"])

    def describe(self, receiver: transfers.Receiver, copy: transfers.Copy) -> dict[str, object]:
        """Writes a result as the vectors do."""
        return {
            "head_hash": receiver.head.hash.hex() if receiver.head else "",
            "root": trees.root(list(copy.leaves.values())).hex(),
            "count": len(copy.leaves),
            "bodies": [hash_.hex() for hash_ in receiver.bodies],
            "missing": [hash_.hex() for hash_ in receiver.missing],
            "new_key_events": receiver.new_key_events,
        }
