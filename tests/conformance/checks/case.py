"""The base of checks that publish a new group at the shared aggregator."""

import secrets
import unittest

from hedgerow.feed.v1 import feed_pb2
from hedgerow.ingest.v1 import ingest_pb2

from checks import directory, environment
from publisher import samples, transfer
from publisher.client import SECONDS, failure_of
from publisher.group import Group, Publication
from verifier import heads, key_logs, receipts, times


def unique_word() -> str:
    """Returns a word that no other record contains."""
    return "q" + "".join(chr(ord("a") + byte % 26) for byte in secrets.token_bytes(11))


class Case(unittest.TestCase):
    """A check with a new group and the shared aggregator."""

    def setUp(self) -> None:
        self.client = environment.client()
        self.word = unique_word()
        self.group = Group.create()
        self.listing = ("listing", self.group.put("listing", samples.listing(self.word)))
        self.event = ("event", self.group.put("event", samples.event(f"{self.word} evening")))

    def push(self, basis: Publication | None = None) -> ingest_pb2.PushResponse:
        """Pushes the newest head and verifies the receipt for it."""
        response = self.client.push(self.group, basis)
        log = environment.aggregator_log()
        receipt = receipts.verify(response.receipt, log, self.group.current.head)
        self.assertLess(
            times.nanoseconds(receipt.in_effect_by_time, ""), times.now() + times.MINUTE
        )
        self.assertEqual(response.highest_head, self.group.current.head.envelope)
        return response

    def publish(self) -> ingest_pb2.PushResponse:
        """Signs and pushes a first head, or a whole one."""
        self.group.publish()
        return self.push()

    def rejection(self, publication: Publication) -> tuple[str, str]:
        """Pushes a head that must fail; returns the code and the reason."""
        items = list(transfer.items(self.group.key_log, publication))
        failure = failure_of(lambda: self.client.push_items(items))
        self.assertEqual(failure.domain, "hedgerow")
        return failure.code, failure.reason

    def found(self) -> set[tuple[str, str]]:
        """Returns the names of the group's records that a search finds."""
        return directory.names(directory.search(self.client, self.word), self.group)

    def served_head(self) -> heads.Head:
        """Fetches and verifies the head and the key log that the aggregator serves."""
        head = self.client.feed.GetHead(
            feed_pb2.GetHeadRequest(group_id=self.group.group_id), timeout=SECONDS
        )
        return heads.verify(head.head, self.served_log())

    def served_log(self) -> key_logs.KeyLog:
        """Fetches and verifies the key log that the aggregator serves."""
        request = feed_pb2.GetKeyLogRequest(group_id=self.group.group_id)
        log = key_logs.verify(self.client.feed.GetKeyLog(request, timeout=SECONDS).key_log)
        self.assertEqual(log.group_id, self.group.group_id)
        return log
