"""The evidence against a frozen group, and how its owner heals a fork with it."""

from hedgerow.feed.v1 import feed_pb2, status_pb2

from checks import directory
from checks.case import Case
from publisher import samples, transfer
from publisher.client import SECONDS, failure_of
from verifier import key_logs, rivals

FROZEN = status_pb2.GROUP_STATUS_FROZEN


class Rivals(Case):
    def rivals(self) -> feed_pb2.GetRivalsResponse:
        """Fetches the evidence."""
        request = feed_pb2.GetRivalsRequest(group_id=self.group.group_id)
        return self.client.feed.GetRivals(request, timeout=SECONDS)

    def status(self) -> int:
        """Returns the group's status at the aggregator."""
        return directory.admission(self.client, self.group).admission.status

    def fork(self) -> bytes:
        """Rotates twice at index 1, and returns the tip of the first branch."""
        inception, tip = list(self.group.key_log), self.group.tip
        self.group.rotate()
        first = self.group.tip
        self.client.push_items(transfer.items(self.group.key_log, None))
        self.group.key_log, self.group.tip = inception, tip
        self.group.rotate()
        self.client.push_items(transfer.items(self.group.key_log, None))
        return first

    def test_a_group_without_rivals_has_no_evidence(self) -> None:
        self.publish()
        response = self.rivals()
        self.assertFalse(response.key_events)
        self.assertFalse(response.HasField("heads"))

    def test_an_unknown_group_is_not_found(self) -> None:
        failure = failure_of(self.rivals)
        self.assertEqual((failure.code, failure.reason), ("NOT_FOUND", "group_unknown"))

    def test_two_conflicting_heads_prove_themselves(self) -> None:
        self.publish()
        self.group.put("event", samples.event(self.word))
        self.group.seq, self.group.previous_hash = 0, b""
        rival = self.group.publish()
        self.client.push(self.group)
        self.assertEqual(self.status(), FROZEN)
        held, found = rivals.verify_heads(self.rivals().heads, self.served_log())
        self.assertEqual({held.hash, found.hash}, {p.head.hash for p in self.group.published})
        self.assertEqual(found.hash, rival.head.hash)

    def test_a_forked_key_log_proves_itself(self) -> None:
        self.publish()
        first = self.fork()
        self.assertEqual(self.status(), FROZEN)
        log = self.served_log()
        found = rivals.verify_branches(self.rivals().key_events, log)
        self.assertEqual({log.tip.hash, *(r.tip.hash for r in found)}, {first, self.group.tip})
        self.assertFalse(key_logs.standing([log, *found]).settled)

    def test_an_owner_heals_a_fork_with_the_tip_that_the_evidence_names(self) -> None:
        self.publish()
        self.fork()
        log = self.served_log()
        found = rivals.verify_branches(self.rivals().key_events, log)
        tips = {branch.tip.hash for branch in [log, *found]} - {self.group.tip}
        self.group.rotate(lambda event: event.set_aside_hashes.extend(sorted(tips)))
        self.publish()
        self.assertEqual(self.served_head().position, (2, 1))
