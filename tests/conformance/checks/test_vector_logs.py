"""The verdicts of the verifier on key logs, heads and receipts."""

import unittest

from hedgerow.v1 import head_pb2

from checks import vectors
from checks.vectors import Vector, unhex, verdict_of
from verifier import heads, key_logs, receipts, times


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


@vectors.each("key_log_forks.json", "key_log_fork_edges.json")
class KeyLogForks(unittest.TestCase):
    """Forked key logs, in both orders of their branches."""

    def check(self, vector: Vector) -> None:
        branches = [key_logs.verify(unhex(branch)) for branch in vector["branches"]]
        found = key_logs.standing(branches)
        self.assertEqual("settled" if found.settled else "frozen", vector["standing"])
        self.assertEqual(found.at, vector["at"])
        reverse = key_logs.standing(branches[::-1])
        self.assertEqual(reverse.settled, found.settled)


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
