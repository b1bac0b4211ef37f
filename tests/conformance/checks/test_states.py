"""States of a group at the real aggregator: not invited, stale, lapsed, frozen, forked."""

from hedgerow.feed.v1 import feed_pb2, status_pb2
from hedgerow.ingest.v1 import ingest_pb2
from hedgerow.v1 import head_pb2

from checks import directory, environment
from checks.case import Case
from checks.programs import eventually
from publisher import samples, transfer
from publisher.client import SECONDS, failure_of
from publisher.group import Edit
from verifier import grid, heads, receipts, times, transfers

ACTIVE = status_pb2.GROUP_STATUS_ACTIVE
FROZEN = status_pb2.GROUP_STATUS_FROZEN


def issued(days_ago: int) -> Edit:
    """Returns a change that dates a head back; it expires 28 days after its issue."""
    time = times.now() - days_ago * times.DAY

    def edit(head: head_pb2.Head) -> None:
        head.issue_time.CopyFrom(times.timestamp(time))
        head.expire_time.CopyFrom(times.timestamp(time + heads.MAX_LIFE))

    return edit


class States(Case):
    def status(self) -> int:
        """Returns the group's status at the aggregator."""
        return directory.admission(self.client, self.group).admission.status

    def push_newest(self) -> ingest_pb2.PushResponse:
        """Pushes the newest head, whether or not a receipt comes."""
        return self.client.push(self.group)

    def test_a_head_that_permits_other_aggregators_only_is_kept_without_bodies(self) -> None:
        self.publish()
        eventually("both are found", lambda: len(self.found()) == 2)
        self.group.permitted = [bytes(32)]
        self.group.publish()
        response = self.push_newest()
        self.assertEqual(response.admission.status, status_pb2.GROUP_STATUS_NOT_INVITED)
        self.assertEqual(response.highest_head, self.group.current.head.envelope)
        receipts.verify(response.receipt, environment.aggregator_log(), self.group.current.head)
        eventually("nothing is found", lambda: not self.found())
        request = feed_pb2.SyncRequest(group_id=self.group.group_id)
        failure = failure_of(lambda: list(self.client.feed.Sync(request, timeout=SECONDS)))
        self.assertEqual(failure.reason, "withheld")

    def test_a_head_that_names_this_aggregator_is_indexed(self) -> None:
        self.group.permitted = [environment.aggregator_log().group_id]
        self.assertEqual(self.publish().admission.status, ACTIVE)
        eventually("both are found", lambda: len(self.found()) == 2)

    def test_a_head_whose_indexing_is_not_stated_permits_nobody(self) -> None:
        self.group.publish(lambda head: head.ClearField("indexing"))
        response = self.push_newest()
        self.assertEqual(response.admission.status, status_pb2.GROUP_STATUS_NOT_INVITED)

    def test_an_expired_head_is_shown_as_stale(self) -> None:
        self.group.publish(issued(days_ago=40))
        self.push_newest()
        self.assertEqual(self.status(), status_pb2.GROUP_STATUS_STALE)
        eventually("both are found", lambda: len(self.found()) == 2)
        hits = directory.search(self.client, self.word)
        self.assertEqual({hit.status for hit in hits}, {status_pb2.GROUP_STATUS_STALE})

    def test_a_lapsed_group_is_not_shown_and_a_fresh_head_restores_it(self) -> None:
        self.group.publish(issued(days_ago=28 + 181))
        self.push_newest()
        self.assertEqual(self.status(), status_pb2.GROUP_STATUS_LAPSED)
        self.assertEqual(self.found(), set())
        self.publish()
        self.assertEqual(self.status(), ACTIVE)
        eventually("both are found", lambda: len(self.found()) == 2)

    def test_an_earlier_clock_does_not_order_heads(self) -> None:
        self.publish()
        self.group.publish(issued(days_ago=3))
        self.push()
        self.assertEqual(self.served_head().hash, self.group.current.head.hash)

    def freeze(self) -> None:
        """Publishes two different heads at seq 2."""
        self.publish()
        previous = self.group.previous_hash
        self.group.put("event", samples.event(f"{self.word} one"))
        self.publish()
        self.group.seq, self.group.previous_hash = 1, previous
        self.group.put("event", samples.event(f"{self.word} two"))
        rival = self.group.publish()
        self.assertEqual(heads.compare(self.group.published[1].head, rival.head), "equivocation")
        self.push_newest()

    def test_two_heads_at_one_seq_freeze_the_group_until_the_next_rotation(self) -> None:
        self.freeze()
        self.assertEqual(self.status(), FROZEN)
        self.group.put("event", samples.event(f"{self.word} three"))
        self.group.publish()
        response = self.push_newest()
        self.assertEqual(response.admission.status, FROZEN)
        self.group.rotate()
        self.publish()
        self.assertEqual(self.status(), ACTIVE)
        everything = set(self.group.records)
        eventually("all records are found", lambda: self.found() == everything)

    def test_a_head_that_does_not_follow_the_one_before_freezes_the_group(self) -> None:
        self.publish()
        self.group.previous_hash = bytes(32)
        self.group.publish()
        self.push_newest()
        self.assertEqual(self.status(), FROZEN)

    def test_a_forked_key_log_freezes_the_group_and_setting_the_rival_aside_heals_it(self) -> None:
        self.publish()
        inception = list(self.group.key_log)
        tip = self.group.tip
        self.group.rotate()
        rival = self.group.tip
        self.client.push_items(transfer.items(self.group.key_log, None))
        # The same phrase rotates again elsewhere, without knowing of the first rotation.
        self.group.key_log, self.group.tip = inception, tip
        self.group.rotate()
        self.client.push_items(transfer.items(self.group.key_log, None))
        self.assertEqual(self.status(), FROZEN)
        self.group.rotate(lambda event: event.set_aside_hashes.append(rival))
        self.publish()
        self.assertEqual(self.status(), ACTIVE)
        self.assertEqual(self.served_log().tip.index, 2)
        self.assertEqual(self.served_head().position, (2, 1))


class Withheld(Case):
    """GetHead, Sync and GetProof agree on a group that the feed does not show."""

    def check(self, reason: str, *methods: str) -> None:
        id_ = self.group.group_id
        proof = feed_pb2.GetProofRequest(
            group_id=id_, name=head_pb2.RecordName(collection="listing", key="a")
        )
        feed = self.client.feed
        calls = {
            "GetHead": lambda: feed.GetHead(feed_pb2.GetHeadRequest(group_id=id_)),
            "Sync": lambda: list(feed.Sync(feed_pb2.SyncRequest(group_id=id_))),
            "GetProof": lambda: feed.GetProof(proof),
        }
        methods = methods or tuple(calls)
        reasons = {name: failure_of(calls[name]).reason for name in methods}
        self.assertEqual(reasons, dict.fromkeys(methods, reason))

    def synced(self) -> transfers.Copy:
        """Verifies what Sync sends from the start."""
        request = feed_pb2.SyncRequest(group_id=self.group.group_id)
        stream = self.client.feed.Sync(request, timeout=SECONDS)
        return transfers.apply((response.item for response in stream), transfers.Copy())

    def test_before_the_first_head(self) -> None:
        self.client.push(self.group)
        self.check("no_head")

    def test_not_invited(self) -> None:
        self.group.permitted = [bytes(32)]
        self.group.publish()
        self.client.push(self.group)
        self.check("withheld")

    def test_lapsed(self) -> None:
        self.group.publish(issued(days_ago=28 + 181))
        self.client.push(self.group)
        self.check("withheld")

    def end(self) -> None:
        """Publishes, and then deactivates."""
        self.publish()
        self.group.deactivate()
        self.client.push_items(transfer.items(self.group.key_log, None))

    def test_a_deactivated_group_is_synced_as_its_key_log_alone(self) -> None:
        self.end()
        self.check("withheld", "GetHead")
        copy = self.synced()
        self.assertEqual((copy.key_log, copy.head), (self.group.key_log, None))

    def test_deactivated(self) -> None:
        self.end()
        self.check("withheld", "GetHead", "GetProof")

    def rotate(self) -> None:
        """Publishes, and then rotates without a new head."""
        self.publish()
        self.group.rotate()
        self.client.push_items(transfer.items(self.group.key_log, None))

    def test_a_rotation_without_a_head_is_synced_as_its_key_log_alone(self) -> None:
        self.rotate()
        self.check("withheld", "GetHead")
        copy = self.synced()
        self.assertEqual((copy.key_log, copy.head), (self.group.key_log, None))

    def test_rotated_without_a_head(self) -> None:
        self.rotate()
        self.check("withheld", "GetHead", "GetProof")


class Neighbourhoods(Case):
    """The aggregator accepts the points that our grid calls centres, and no others."""

    POINTS = (
        (538_012_345, -15_498_765),
        (515_012_345, 423_456),
        (-338_700_001, 1_512_000_001),
        (0, 0),
        (-1, -1),
    )

    def listing_at(self, latitude: int, longitude: int) -> tuple[str, str]:
        """Adds a listing at a neighbourhood's point and returns its name."""
        body = samples.listing(self.word)
        body.places.append(samples.place_at(latitude, longitude))
        return ("listing", self.group.put("listing", body))

    def test_centres_are_kept_and_other_points_are_refused(self) -> None:
        wrong = set()
        for point in self.POINTS:
            centre = grid.cell_centre(*point)
            self.assertTrue(grid.is_centre(*centre))
            self.listing_at(*centre)
            wrong.add(self.listing_at(centre[0] + 1, centre[1]))
            wrong.add(self.listing_at(centre[0], centre[1] - grid.WIDTH_E7 // 2))
        response = self.publish()
        refused = {(r.collection, r.key) for r in response.admission.refusals}
        self.assertEqual(refused, wrong)
        self.assertEqual({r.reason for r in response.admission.refusals}, {"point_off_grid"})
