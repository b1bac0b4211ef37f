"""The real node continues a group that was made in Python, from its twelve words alone."""

import grpc

from checks import environment
from checks.case import Case
from checks.node import Node
from checks.programs import eventually
from publisher.client import failure
from verifier import heads, phrases


class Recovery(Case):
    def recover(self) -> Node:
        """Starts a real node that recovers the group."""
        node = Node([environment.aggregator().address], recover=self.group.phrase)
        self.addCleanup(node.stop)
        return node

    def test_a_lost_group_is_recovered_with_its_id_and_its_records(self) -> None:
        self.publish()
        before = self.group.current
        node = self.recover()
        self.assertEqual(node.group_id, self.group.group_id)
        head = eventually("the new head is delivered", self.newer_head)
        log = self.served_log()
        self.assertEqual([event.envelope for event in log.events][:1], self.group.key_log)
        self.assertEqual(log.tip.message.recovery_key, phrases.recovery_key(node.phrase, 1).public)
        self.assertEqual(head.message.root, before.head.message.root)
        eventually("both are found", lambda: self.found() == {self.listing, self.event})

    def newer_head(self) -> heads.Head | None:
        """Returns the served head once it is signed by the key of the recovery."""
        try:
            head = self.served_head()
        except grpc.RpcError as error:
            # Withheld between the rotation and the first head under it.
            self.assertEqual(failure(error).reason, "withheld")
            return None
        return head if head.position == (1, 1) else None
