"""A group that publishes faster than its aggregator permits."""

import re
import time
import unittest

from hedgerow.feed.v1 import feed_pb2, status_pb2

from checks import directory, environment, programs
from checks.case import unique_word
from checks.programs import eventually
from publisher import samples
from publisher.client import SECONDS, Client
from publisher.group import Group
from verifier import heads, key_logs, receipts, times

THROTTLED = status_pb2.GROUP_STATUS_THROTTLED


def slow(text: str) -> str:
    """Returns a configuration that permits four new records at a time and one a second."""
    text = re.sub(r"(?m)^creates = .*$", "creates = 4", environment.settings(text))
    return re.sub(r"(?m)^creates_per_second = .*$", "creates_per_second = 1", text)


class Throttling(unittest.TestCase):
    """An aggregator with a low limit on new records."""

    @classmethod
    def setUpClass(cls) -> None:
        program = programs.aggregator(slow)
        cls.addClassCleanup(program.stop)
        cls.client = Client(program.address)
        cls.addClassCleanup(cls.client.close)
        cls.log = cls.client.own_key_log()

    def setUp(self) -> None:
        self.word = unique_word()
        self.group = Group.create()
        for number in range(4):
            self.group.put("event", samples.event(f"{self.word} {number}"), key=str(number))
        self.group.publish()
        response = self.client.push(self.group)
        receipts.verify(response.receipt, self.log, self.group.current.head)
        self.committed = self.group.current
        for number in range(4, 8):
            self.group.put("event", samples.event(f"{self.word} {number}"), key=str(number))
        self.group.publish()
        self.throttled = self.client.push(self.group, self.committed)

    def served(self) -> bytes:
        """Returns the hash of the verified head that the feed serves."""
        id_ = self.group.group_id
        log = self.client.feed.GetKeyLog(feed_pb2.GetKeyLogRequest(group_id=id_), timeout=SECONDS)
        head = self.client.feed.GetHead(feed_pb2.GetHeadRequest(group_id=id_), timeout=SECONDS)
        return heads.verify(head.head, key_logs.verify(log.key_log)).hash

    def test_the_response_names_the_limit_and_the_end_of_the_delay(self) -> None:
        admission = self.throttled.admission
        self.assertEqual((admission.status, self.throttled.receipt), (THROTTLED, b""))
        self.assertEqual(admission.limit, "ingest.creates")
        end = times.nanoseconds(admission.throttle_end_time, "")
        self.assertLess(end, times.now() + times.MINUTE)

    def test_the_feed_goes_on_with_the_last_committed_head(self) -> None:
        self.assertEqual(self.served(), self.committed.head.hash)

    def test_search_goes_on_with_the_last_committed_head(self) -> None:
        found = {("event", str(number)) for number in range(4)}
        eventually(
            "the first four are found",
            lambda: directory.names(directory.search(self.client, self.word), self.group) == found,
        )

    def test_a_withdrawal_is_never_delayed(self) -> None:
        for number in range(8):
            self.group.take_back("event", str(number))
        self.group.publish()
        response = self.client.push(self.group)
        receipts.verify(response.receipt, self.log, self.group.current.head)
        self.assertEqual(self.served(), self.group.current.head.hash)

    def test_the_push_passes_after_the_delay(self) -> None:
        end = times.nanoseconds(self.throttled.admission.throttle_end_time, "")
        # The delay itself is what is checked, so there is no event to wait for.
        time.sleep(max(0, end - times.now()) / times.SECOND)
        response = self.client.push(self.group)
        receipts.verify(response.receipt, self.log, self.group.current.head)
        self.assertEqual(self.served(), self.group.current.head.hash)
