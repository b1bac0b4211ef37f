"""The verifier returns the expected verdict for every vector in proto/testdata."""

import unittest

from hedgerow.feed.v1 import sync_pb2
from hedgerow.v1 import head_pb2

from checks import test_receiver_rules, vectors
from checks.vectors import Vector, verdict_of
from verifier import (
    ed25519,
    envelopes,
    forms,
    gazetteer,
    grid,
    heads,
    key_logs,
    phrases,
    proofs,
    receipts,
    records,
    times,
    transfers,
    trees,
)


def unhex(items: list[str]) -> list[bytes]:
    """Reads a list of hex texts."""
    return [bytes.fromhex(item) for item in items]


def read_leaf(leaf: Vector) -> head_pb2.Leaf:
    """Reads a leaf as the vectors write it."""
    names = {name: leaf[name] for name in ("collection", "key", "length")}
    return head_pb2.Leaf(record_hash=bytes.fromhex(leaf["record_hash"]), **names)


class EveryFile(unittest.TestCase):
    """No vector file is forgotten."""

    def test_every_vector_file_has_a_check(self) -> None:
        found = {path.name for path in vectors.FOLDER.glob("*.json")}
        # This file is about bodies, and checked where bodies are pushed.
        self.assertIn("received_records.json", test_receiver_rules.vectors.CHECKED)
        self.assertEqual(found, vectors.CHECKED)


@vectors.each("ids.json")
class Ids(unittest.TestCase):
    """Ids, views, collections, keys and addresses as text."""

    READERS = {
        "id": forms.parse_id,
        "view": forms.requested_view,
        "collection": forms.check_collection,
        "key": forms.check_key,
        "address": forms.parse_address,
    }

    def check(self, vector: Vector) -> None:
        read = self.READERS[vector["form"]]
        verdict, _ = verdict_of(lambda: read(vector["text"]))
        self.assertEqual(verdict, vector["verdict"], vector["text"])


@vectors.each("addresses.json")
class Addresses(unittest.TestCase):
    """Addresses as text and in heads, and which of them are the same."""

    def read(self, vector: Vector) -> forms.Address:
        """Reads an address in the form of the vector."""
        if vector["form"] == "text":
            return forms.parse_address(vector["text"])
        pin = bytes.fromhex(vector.get("spki_sha256", ""))
        return forms.parse_endpoint(vector["text"], pin)

    def check(self, vector: Vector) -> None:
        verdict, address = verdict_of(lambda: self.read(vector))
        self.assertEqual(verdict, vector["verdict"])
        self.assertEqual(address.canonical if address else "", vector["canonical"])


@vectors.each("ed25519.json")
class Signatures(unittest.TestCase):
    """Ed25519 with every edge case."""

    def check(self, vector: Vector) -> None:
        key, message, signature = unhex(
            [vector["public_key"], vector["message"], vector["signature"]]
        )
        verdict, _ = verdict_of(lambda: ed25519.verify(key, message, signature))
        self.assertEqual(verdict, vector["verdict"])


@vectors.each("envelopes.json", "envelope_forms.json")
class Envelopes(unittest.TestCase):
    """DSSE envelopes."""

    def check(self, vector: Vector) -> None:
        data, key = unhex([vector["envelope"], vector["public_key"]])
        verdict, envelope = verdict_of(lambda: envelopes.verify(data, vector["read_as"], key))
        self.assertEqual(verdict, vector["verdict"])
        if envelope:
            self.assertEqual(envelope.hash.hex(), vector["payload_hash"])


@vectors.each("phrases.json")
class Phrases(unittest.TestCase):
    """Phrases, recovery keys and commitments."""

    def check(self, vector: Vector) -> None:
        verdict, entropy = verdict_of(lambda: phrases.entropy_of(vector["words"]))
        self.assertEqual(verdict, vector["verdict"])
        if entropy is None:
            return
        self.assertEqual(entropy.hex(), vector["entropy"])
        self.assertEqual(phrases.phrase_of(entropy), vector["words"])
        for expected in vector["recovery_keys"]:
            key = phrases.recovery_key(vector["words"], expected["index"])
            self.assertEqual(key.seed.hex(), expected["seed"])
            self.assertEqual(key.public.hex(), expected["public"])
            self.assertEqual(phrases.commitment(key.public).hex(), expected["commitment"])


@vectors.each("key_logs.json", "key_event_forms.json")
class KeyLogs(unittest.TestCase):
    """Key logs without a fork."""

    def check(self, vector: Vector) -> None:
        verdict, log = verdict_of(lambda: key_logs.verify(unhex(vector["envelopes"])))
        self.assertEqual(verdict, vector["verdict"])
        if log is None:
            return
        expected = vector["log"]
        self.assertEqual(log.group_id.hex(), expected["group_id"])
        self.assertEqual(log.tip.index, expected["tip_index"])
        self.assertEqual(log.tip.hash.hex(), expected["tip_hash"])
        self.assertEqual(log.ended, expected["ended"])
        self.assertEqual([c.hex() for c in log.commitments], expected["commitments"])


@vectors.each("key_log_forks.json")
class KeyLogForks(unittest.TestCase):
    """Forked key logs, in both orders of their branches."""

    def check(self, vector: Vector) -> None:
        branches = [key_logs.verify(unhex(branch)) for branch in vector["branches"]]
        found = key_logs.standing(branches)
        self.assertEqual("settled" if found.settled else "frozen", vector["standing"])
        self.assertEqual(found.at, vector["at"])
        reverse = key_logs.standing(branches[::-1])
        self.assertEqual(reverse.settled, found.settled)


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


@vectors.each("heads.json", "head_forms.json")
class Heads(unittest.TestCase):
    """Heads under a key log."""

    def check(self, vector: Vector) -> None:
        log = key_logs.verify(unhex(vector["key_log"]))
        data = bytes.fromhex(vector["envelope"])
        verdict, head = verdict_of(lambda: heads.verify(data, log))
        self.assertEqual(verdict, vector["verdict"])
        if head:
            self.assertEqual(self.describe(head), vector["head"])

    def describe(self, head: heads.Head) -> dict[str, object]:
        """Writes a head as the vectors do."""
        message = head.message
        policies = {
            head_pb2.INDEXING_POLICY_ANYONE: "anyone",
            head_pb2.INDEXING_POLICY_NAMED: " ".join(
                id_.hex() for id_ in message.indexing.aggregators
            ),
        }
        return {
            "hash": head.hash.hex(),
            "group_id": message.group_id.hex(),
            "view": message.view,
            "key_index": message.key_index,
            "seq": message.seq,
            "root": message.root.hex(),
            "count": message.count,
            "previous": message.previous_hash.hex(),
            "issued_at": times.text(head.issued),
            "expires_at": times.text(head.expires),
            "endpoint": head.endpoint,
            "indexing": policies.get(message.indexing.policy, "nobody"),
        }


@vectors.each("head_order.json")
class HeadOrder(unittest.TestCase):
    """The order of two heads, and equivocation."""

    def check(self, vector: Vector) -> None:
        log = key_logs.verify(unhex(vector["key_log"]))
        held, new = (heads.verify_signed(bytes.fromhex(vector[n]), log) for n in ("held", "new"))
        self.assertEqual(heads.compare(held, new), vector["order"])


@vectors.each("head_clock.json")
class HeadClock(unittest.TestCase):
    """The labels of a head by the receiver's clock."""

    def check(self, vector: Vector) -> None:
        issued, expires, now = (times.parse(vector[n]) for n in ("issued_at", "expires_at", "now"))
        head = heads.Head(b"", head_pb2.Head(), b"", issued, expires)
        self.assertEqual(heads.freshness(head, now), vector["freshness"])
        verdict, _ = verdict_of(lambda: heads.check_issue_time(issued, now))
        self.assertEqual(verdict, vector["issued"])


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


@vectors.each("receipts.json")
class Receipts(unittest.TestCase):
    """Receipts under an aggregator's key log."""

    def check(self, vector: Vector) -> None:
        log = key_logs.verify(unhex(vector["aggregator_key_log"]))
        data = bytes.fromhex(vector["envelope"])
        verdict, receipt = verdict_of(lambda: receipts.verify_signed(data, log))
        self.assertEqual(verdict, vector["verdict"])
        if receipt:
            self.assertEqual(self.describe(receipt), vector["receipt"])

    def describe(self, receipt: head_pb2.Receipt) -> dict[str, object]:
        """Writes a receipt as the vectors do."""
        return {
            "aggregator_id": receipt.aggregator_id.hex(),
            "aggregator_key_index": receipt.aggregator_key_index,
            "group_id": receipt.group_id.hex(),
            "view": receipt.view,
            "head_hash": receipt.head_hash.hex(),
            "in_effect_by": times.text(times.nanoseconds(receipt.in_effect_by_time, "")),
            "issued_at": times.text(times.nanoseconds(receipt.issue_time, "")),
        }


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


@vectors.each("places.json")
class Places(unittest.TestCase):
    """The grid of neighbourhoods, and the gazetteer."""

    def check(self, vector: Vector) -> None:
        getattr(self, f"check_{vector['form']}")(vector)

    def check_gazetteer(self, vector: Vector) -> None:
        found = (gazetteer.VERSION, len(gazetteer.towns()), gazetteer.sha256())
        self.assertEqual(found, (vector["version"], vector["places"], vector["sha256"]))

    def check_grid(self, vector: Vector) -> None:
        point = vector["point"]
        self.assertEqual(grid.in_range(*point), vector["in_range"])
        if not vector["in_range"]:
            self.assertIsNone(vector["centre"])
            return
        self.assertEqual(list(grid.cell_centre(*point)), vector["centre"])
        self.assertEqual(grid.is_centre(*point), vector["on_grid"])

    def check_nearest(self, vector: Vector) -> None:
        centre = grid.cell_centre(*vector["point"])
        self.assertEqual(list(centre), vector["centre"])
        town = gazetteer.nearest(centre)
        self.assertEqual(town.geonames_id if town else 0, vector["geonames_id"])
        self.assertEqual(town.population if town else None, vector["population"])
        self.assertEqual(gazetteer.becomes(town), vector["becomes"])

    def check_town(self, vector: Vector) -> None:
        town = gazetteer.towns().get(vector["geonames_id"])
        self.assertEqual(list(town.point) if town else None, vector["point"])
