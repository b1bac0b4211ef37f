"""The real node: what it signs and serves is verified here and at the real aggregator."""

import unittest

from hedgerow.feed.v1 import feed_pb2
from hedgerow.steward.v1 import steward_pb2
from hedgerow.v1 import event_pb2, head_pb2, place_pb2, record_pb2

from checks import directory, environment, node
from checks.case import unique_word
from checks.programs import eventually
from publisher import samples
from publisher.client import SECONDS, Client
from publisher.follower import Follower
from publisher.group import Group
from verifier import forms, grid, heads, key_logs, phrases, proofs, receipts, records, trees


class RealNode(unittest.TestCase):
    """A group on the real node, operated over StewardService."""

    def setUp(self) -> None:
        self.node = node.shared()
        self.word = unique_word()
        self.client = environment.client()

    def create(self, collection: str, body: bytes) -> steward_pb2.CreateRecordResponse:
        """Publishes a record through the node."""
        request = steward_pb2.CreateRecordRequest(
            request_id=unique_word(),
            collection=collection,
            draft=steward_pb2.RecordDraft(body=body, language="en-GB"),
        )
        return self.node.call(self.node.steward.CreateRecord, request)

    def state(self) -> steward_pb2.GetGroupResponse:
        """Returns the group's state at its node."""
        return self.node.call(self.node.steward.GetGroup, steward_pb2.GetGroupRequest())

    def log(self, client: Client) -> key_logs.KeyLog:
        """Fetches and verifies the group's key log from a server."""
        request = feed_pb2.GetKeyLogRequest(group_id=self.node.group_id)
        log = key_logs.verify(client.feed.GetKeyLog(request, timeout=SECONDS).key_log)
        self.assertEqual(log.group_id, self.node.group_id)
        return log

    def head(self, client: Client) -> heads.Head:
        """Fetches and verifies the group's head from a server."""
        request = feed_pb2.GetHeadRequest(group_id=self.node.group_id)
        response = client.feed.GetHead(request, timeout=SECONDS)
        return heads.verify(response.head, self.log(client))

    def prove(self, client: Client, name: trees.Name, record: bytes | None) -> bool:
        """Fetches and verifies a proof from a server."""
        names = head_pb2.RecordName(collection=name[0], key=name[1])
        request = feed_pb2.GetProofRequest(group_id=self.node.group_id, name=names)
        proof = client.feed.GetProof(request, timeout=SECONDS).proof.SerializeToString()
        return proofs.verify(proof, self.node.group_id, forms.PUBLIC, name, record)[0]

    def test_the_key_log_commits_to_the_first_recovery_key_of_the_phrase(self) -> None:
        log = self.log(self.node.feed)
        recovery = phrases.recovery_key(self.node.phrase, 1)
        self.assertEqual(log.commitments, [phrases.commitment(recovery.public)])

    def test_a_record_is_signed_served_delivered_and_found(self) -> None:
        created = self.create("listing", samples.listing(self.word).SerializeToString())
        record = created.record.record
        name = trees.name_of(created.record.name)
        self.assertEqual(trees.name_of(records.read(record, self.node.group_id)), name)
        head = heads.verify(created.head, self.log(self.node.feed))
        self.assertTrue(self.prove(self.node.feed, name, record))
        aggregator = environment.aggregator_log()
        eventually("delivered", lambda: self.state().deliveries[0].up_to_date)
        delivery = self.state().deliveries[0]
        receipts.verify(delivery.receipt, aggregator, head)
        self.assertEqual(delivery.acknowledged_head_hash, head.hash)
        self.assertTrue(self.prove(self.client, name, record))
        hits = eventually("it is found", lambda: directory.search(self.client, self.word))
        self.assertEqual([hit.record_hash for hit in hits], [trees.record_hash(record)])

    def test_a_withdrawal_is_proved_by_node_and_aggregator(self) -> None:
        created = self.create("event", samples.event(self.word).SerializeToString())
        name = trees.name_of(created.record.name)
        eventually("it is found", lambda: directory.search(self.client, self.word))
        request = steward_pb2.WithdrawRecordRequest(
            request_id=unique_word(), name=created.record.name
        )
        withdrawn = self.node.call(self.node.steward.WithdrawRecord, request)
        before, after = (
            heads.verify(data, self.log(self.node.feed)) for data in (created.head, withdrawn.head)
        )
        self.assertEqual(heads.compare(before, after), "newer")
        self.assertEqual(after.message.previous_hash, before.hash)
        self.assertFalse(self.prove(self.node.feed, name, None))
        eventually("it is gone", lambda: not directory.search(self.client, self.word))
        self.assertFalse(self.prove(self.client, name, None))

    def test_a_follower_of_the_node_has_what_the_aggregator_has(self) -> None:
        self.create("listing", samples.listing(self.word).SerializeToString())
        eventually("delivered", lambda: self.state().deliveries[0].up_to_date)
        follower = Follower(self.node.feed).start()
        self.addCleanup(follower.stop)
        eventually("the node's copy", lambda: follower.copies.get(self.node.group_id))
        self.assertEqual(follower.errors, [])
        copy = follower.copies[self.node.group_id]
        self.assertEqual(copy.missing, set())
        self.assertEqual(copy.head.hash, self.head(self.client).hash)

    def test_a_point_is_rounded_to_the_centre_of_its_cell_before_it_is_hashed(self) -> None:
        # Leeds, west of Greenwich, and London, east of it, where floor and truncation differ.
        for latitude, longitude in [(538_012_345, -15_498_765), (515_012_345, 423_456)]:
            self.check_rounding(latitude, longitude)

    def test_a_node_that_was_rotated_out_stops_and_says_so(self) -> None:
        other = node.Node([environment.aggregator().address])
        self.addCleanup(other.stop)
        self.node = other
        self.create("event", samples.event(self.word).SerializeToString())
        eventually("delivered", lambda: self.state().deliveries[0].up_to_date)
        group = Group(other.phrase)
        group.follow(self.log(other.feed))
        group.rotate()
        group.publish()
        self.client.push(group)
        self.create("event", samples.event(self.word).SerializeToString())
        rotated = steward_pb2.STOP_REASON_ROTATED_OUT
        eventually("the node stops", lambda: self.state().heads[0].stop_reason == rotated)
        self.assertEqual(self.head(self.client).hash, group.current.head.hash)

    def check_rounding(self, latitude: int, longitude: int) -> None:
        """Publishes a point that is off the grid, and compares what the node makes of it."""
        body = samples.event(self.word)
        body.place.CopyFrom(samples.place_at(latitude, longitude))
        record = self.create("event", body.SerializeToString()).record.record
        event = event_pb2.Event.FromString(record_pb2.Record.FromString(record).body)
        self.assertEqual(event.place.precision, place_pb2.PRECISION_NEIGHBOURHOOD)
        point = (event.place.point.latitude_e7, event.place.point.longitude_e7)
        self.assertEqual(point, grid.cell_centre(latitude, longitude))
