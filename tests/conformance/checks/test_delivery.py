"""The real node delivers to an aggregator that is written in Python and verifies every byte."""

import unittest

from hedgerow.feed.v1 import feed_pb2
from hedgerow.steward.v1 import steward_pb2

from checks.case import unique_word
from checks.node import Node
from checks.programs import eventually
from publisher import samples
from publisher.client import SECONDS
from publisher.group import Group
from publisher.ingest_server import IngestServer
from verifier import heads, key_logs, trees


class Delivery(unittest.TestCase):
    """A new aggregator and a new node for each check."""

    def setUp(self) -> None:
        self.aggregator = IngestServer()
        self.addCleanup(self.aggregator.stop)

    def start(self) -> Node:
        """Starts the node."""
        node = Node([self.aggregator.address])
        self.addCleanup(node.stop)
        return node

    def create(self, node: Node, title: str) -> steward_pb2.CreateRecordResponse:
        """Publishes an event through the node."""
        draft = steward_pb2.RecordDraft(body=samples.event(title).SerializeToString())
        request = steward_pb2.CreateRecordRequest(
            request_id=unique_word(), collection="event", draft=draft
        )
        return node.call(node.steward.CreateRecord, request)

    def delivery(self, node: Node) -> steward_pb2.DeliveryState:
        """Returns the state of the delivery as the node reports it."""
        state = node.call(node.steward.GetGroup, steward_pb2.GetGroupRequest())
        return state.deliveries[0]

    def delivered(self, node: Node) -> bool:
        """Returns whether the aggregator has the newest head of the node."""
        copy = self.aggregator.copies.get(node.group_id)
        request = feed_pb2.GetHeadRequest(group_id=node.group_id)
        newest = node.feed.feed.GetHead(request, timeout=SECONDS).head
        return bool(copy and copy.head and copy.head.envelope == newest)

    def test_every_push_of_the_node_verifies_whole_and_as_a_difference(self) -> None:
        node = self.start()
        created = [self.create(node, f"Evening {number}") for number in range(3)]
        eventually("delivered", lambda: self.delivered(node))
        request = steward_pb2.WithdrawRecordRequest(
            request_id=unique_word(), name=created[1].record.name
        )
        node.call(node.steward.WithdrawRecord, request)
        eventually("delivered", lambda: self.delivered(node))
        eventually("the node has the receipt", lambda: self.delivery(node).up_to_date)
        self.assertEqual(self.aggregator.faults, [])
        expected = {trees.name_of(c.record.name): c.record.record for c in created}
        del expected[trees.name_of(created[1].record.name)]
        self.assertEqual(self.aggregator.copies[node.group_id].records, expected)

    def test_a_receipt_by_another_key_is_no_acknowledgement(self) -> None:
        self.aggregator.receipt_key = Group.create().signing_key
        node = self.start()
        self.create(node, "An evening")
        eventually("delivered", lambda: self.delivered(node))
        eventually("the node reports a fault", lambda: self.delivery(node).last_error)
        self.assertFalse(self.delivery(node).acknowledged_head_hash)
        self.assertFalse(self.delivery(node).up_to_date)

    def test_a_forged_highest_head_does_not_stop_the_node(self) -> None:
        thief = Group.create()
        node = self.start()
        thief.group_id = node.group_id
        request = feed_pb2.GetKeyLogRequest(group_id=node.group_id)
        log = key_logs.verify(node.feed.feed.GetKeyLog(request, timeout=SECONDS).key_log)
        thief.tip, thief.seq = log.tip.hash, 50
        self.aggregator.claimed_head = thief.publish().head.envelope
        node.program.restart()
        node.connect()
        response = self.create(node, "An evening")
        self.assertFalse(response.head, "the node signed on the word of a forged head")
        self.aggregator.claimed_head = b""
        newest = eventually("the node signs", lambda: self.signed(node))
        head = heads.verify(newest, log)
        self.assertLess(head.message.seq, 50)

    def signed(self, node: Node) -> bytes:
        """Returns the newest head at the node, or nothing before the first."""
        state = node.call(node.steward.GetGroup, steward_pb2.GetGroupRequest())
        return state.heads[0].head if state.heads else b""
