"""The real aggregator follows a node that is written in Python and serves its own feed."""

import unittest

from hedgerow.feed.v1 import feed_pb2
from hedgerow.ingest.v1 import ingest_pb2

from checks import directory, environment, programs
from checks.case import unique_word
from checks.programs import eventually
from publisher import samples
from publisher.client import SECONDS, Client, failure_of
from publisher.feed_server import FeedServer
from publisher.follower import Follower
from publisher.group import Group


class Serving(unittest.TestCase):
    """An aggregator with one configured source and one that groups announce."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.source = FeedServer()
        cls.addClassCleanup(cls.source.stop)
        cls.announced = FeedServer()
        cls.addClassCleanup(cls.announced.stop)
        sources = (cls.source.address,)
        cls.aggregator = programs.aggregator(lambda text: environment.settings(text, sources))
        cls.addClassCleanup(cls.aggregator.stop)
        cls.client = Client(cls.aggregator.address)
        cls.addClassCleanup(cls.client.close)

    def setUp(self) -> None:
        self.word = unique_word()
        self.group = Group.create()
        self.listing = ("listing", self.group.put("listing", samples.listing(self.word)))

    def is_current(self) -> bool:
        """Returns whether the aggregator serves the group's newest head."""
        known = directory.admission(self.client, self.group)
        return bool(known.highest_head) and known.highest_head == self.group.current.head.envelope

    def found(self) -> set[tuple[str, str]]:
        """Returns the names of the group's records that a search finds."""
        return directory.names(directory.search(self.client, self.word), self.group)

    def test_a_configured_source_is_followed(self) -> None:
        self.group.publish()
        self.source.serve(self.group)
        eventually("the aggregator has the head", self.is_current)
        eventually("the listing is found", lambda: self.found() == {self.listing})
        self.assertTrue(directory.prove(self.client, self.group, self.listing)[0])

    def test_changes_withdrawals_and_rotations_at_a_source_arrive(self) -> None:
        event = ("event", self.group.put("event", samples.event(f"{self.word} evening")))
        self.group.publish()
        self.source.serve(self.group)
        eventually("both are found", lambda: self.found() == {self.listing, event})
        self.group.take_back(*event)
        self.group.publish()
        self.source.serve(self.group)
        eventually("one is found", lambda: self.found() == {self.listing})
        self.assertFalse(directory.prove(self.client, self.group, event)[0])
        self.group.rotate()
        self.group.publish()
        self.source.serve(self.group)
        eventually("the aggregator has the new key's head", self.is_current)
        self.assertEqual(
            directory.prove(self.client, self.group, self.listing)[1].position, (1, 1)
        )

    def test_an_announced_head_is_fetched_from_the_endpoint_that_heads_name(self) -> None:
        self.group.endpoint = self.announced.endpoint
        self.group.publish()
        self.client.push(self.group)
        self.announced.serve(self.group)
        event = ("event", self.group.put("event", samples.event(f"{self.word} evening")))
        self.group.publish()
        self.announced.serve(self.group)
        request = ingest_pb2.AnnounceRequest(head=self.group.current.head.envelope)
        response = self.client.ingest.Announce(request, timeout=SECONDS)
        self.assertFalse(response.receipt)
        eventually("the aggregator has fetched it", self.is_current)
        eventually("both are found", lambda: self.found() == {self.listing, event})
        self.assertIn("Sync", self.announced.calls)

    def test_a_forged_head_at_a_source_is_not_taken(self) -> None:
        self.group.publish()
        self.source.serve(self.group)
        eventually("the listing is found", lambda: self.found() == {self.listing})
        honest = self.group.current.head.envelope
        key, thief = self.group.signing_key, Group.create().signing_key
        self.group.signing_key = thief
        self.group.put("listing", samples.listing(f"{self.word} forged"))
        self.group.publish()
        self.source.serve(self.group)
        marker = Group.create()
        marker.put("listing", samples.listing("marker"))
        marker.publish()
        self.source.serve(marker)
        eventually(
            "a later row of the same source is processed",
            lambda: directory.admission(self.client, marker).highest_head,
        )
        known = directory.admission(self.client, self.group)
        self.assertEqual(known.highest_head, honest)
        self.assertEqual(self.found(), {self.listing})
        # The source must serve an honest head again, for the other checks.
        self.group.signing_key = key
        self.group.seq = 10
        self.group.publish()
        self.source.serve(self.group)
        eventually("the honest head is taken", self.is_current)

    def test_our_own_server_satisfies_our_own_follower(self) -> None:
        self.group.put("event", samples.event(self.word))
        self.group.publish()
        server = FeedServer()
        self.addCleanup(server.stop)
        server.serve(self.group)
        client = Client(server.address)
        self.addCleanup(client.close)
        follower = Follower(client).start()
        eventually("the copy is complete", lambda: follower.caught_up)
        follower.stop()
        self.assertEqual(follower.errors, [])
        self.assertEqual(follower.copies[self.group.group_id].records, self.group.records)
        self.assertTrue(directory.prove(client, self.group, self.listing)[0])
        self.assertFalse(directory.prove(client, self.group, ("listing", "zz"))[0])
        unknown = feed_pb2.GetHeadRequest(group_id=bytes(32))
        failure = failure_of(lambda: client.feed.GetHead(unknown, timeout=SECONDS))
        self.assertEqual((failure.code, failure.reason), ("NOT_FOUND", "group_unknown"))
