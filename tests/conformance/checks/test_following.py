"""A follower watches the real aggregator, fetches what changed, and verifies all of it."""

from hedgerow.feed.v1 import status_pb2

from checks import environment
from checks.case import Case
from checks.programs import eventually
from publisher import samples, transfer
from publisher.client import Client
from publisher.follower import Follower
from publisher.group import Group


class Following(Case):
    """WatchHeads and Sync."""

    def setUp(self) -> None:
        super().setUp()
        # A connection of its own, because a server permits one watcher for each peer.
        self.follower = Follower(Client(environment.aggregator().address)).start()
        self.addCleanup(self.follower.client.close)
        self.addCleanup(self.follower.stop)

    def copy_is_current(self) -> bool:
        """Returns whether the follower's copy equals what the group publishes now."""
        copy = self.follower.copies.get(self.group.group_id)
        return bool(
            copy
            and copy.head
            and copy.head.hash == self.group.current.head.hash
            and copy.records == self.group.current.records
            and copy.key_log == self.group.key_log
        )

    def check(self) -> None:
        """Waits for the newest head, and checks that nothing failed to verify."""
        eventually("the follower has the newest head", self.copy_is_current)
        self.assertEqual(self.follower.errors, [])

    def test_changes_withdrawals_and_rotations_arrive(self) -> None:
        self.publish()
        self.check()
        before = self.group.current
        self.group.put("event", samples.event(f"{self.word} another evening"))
        self.group.take_back(*self.listing)
        self.group.publish()
        self.push(before)
        self.check()
        self.group.rotate()
        self.publish()
        self.check()

    def test_a_deactivation_arrives_as_a_row_without_a_head(self) -> None:
        self.publish()
        self.check()
        self.group.deactivate()
        self.client.push_items(transfer.items(self.group.key_log, None))
        ended = status_pb2.GROUP_STATUS_ENDED
        eventually(
            "the deactivation arrives",
            lambda: self.follower.statuses.get(self.group.group_id) == ended,
        )

    def test_a_watch_is_continued_after_the_last_row(self) -> None:
        self.publish()
        self.check()
        self.follower.stop()
        rows = self.follower.rows
        other = Group.create()
        other.put("listing", samples.listing(f"{self.word} two"))
        other.publish()
        self.client.push(other)
        self.follower.start()
        eventually("the other group arrives", lambda: other.group_id in self.follower.copies)
        self.assertEqual(self.follower.rows, rows + 1)
        self.assertEqual(self.follower.errors, [])
