"""Sync and WatchHeads of the real aggregator in their details."""

import itertools

import grpc
from hedgerow.directory.v1 import directory_pb2
from hedgerow.feed.v1 import feed_pb2, sync_pb2

from checks import environment
from checks.case import Case
from checks.programs import eventually
from publisher import samples
from publisher.client import SECONDS, Client, failure_of
from publisher.group import Publication
from verifier import heads, key_logs, transfers, trees

MANY = 1_234


class Syncing(Case):
    """Whole transfers, differences and single bodies."""

    def sync(self, **fields: object) -> list[sync_pb2.SyncItem]:
        """Returns the items of a stream."""
        request = feed_pb2.SyncRequest(group_id=self.group.group_id, **fields)
        return [r.item for r in self.client.feed.Sync(request, timeout=SECONDS)]

    def kinds(self, items: list[sync_pb2.SyncItem]) -> list[str]:
        """Returns the kinds of items."""
        return [item.WhichOneof("item") for item in items]

    def second(self) -> Publication:
        """Publishes a head, then one with a record more and one fewer; returns the first."""
        self.publish()
        first = self.group.current
        self.group.put("event", samples.event(f"{self.word} later"))
        self.group.take_back(*self.event)
        self.group.publish()
        self.push(first)
        return first

    def held(self, publication: Publication) -> transfers.Copy:
        """Returns the copy of a receiver that has a publication."""
        return transfers.Copy(
            list(self.group.key_log),
            publication.head,
            {trees.name_of(leaf): leaf for leaf in publication.leaves},
            dict(publication.records),
        )

    def test_a_whole_transfer_verifies(self) -> None:
        self.second()
        copy = transfers.apply(self.sync(), transfers.Copy())
        self.assertEqual(copy.records, self.group.records)
        self.assertEqual(copy.head.hash, self.group.current.head.hash)

    def test_a_difference_verifies_and_has_only_what_changed(self) -> None:
        first = self.second()
        items = self.sync(have_head_hash=first.head.hash, have_key_event_hash=self.group.tip)
        kinds = self.kinds(items)
        self.assertNotIn("key_event", kinds)
        self.assertEqual((kinds.count("body"), kinds.count("removals")), (1, 1))
        copy = transfers.apply(items, self.held(first))
        self.assertEqual(copy.records, self.group.records)

    def test_an_unknown_head_gets_the_whole_manifest(self) -> None:
        first = self.second()
        items = self.sync(have_head_hash=bytes(32), have_key_event_hash=bytes(32))
        basis = next(item.basis for item in items if item.WhichOneof("item") == "basis")
        self.assertEqual(basis.head_hash, b"")
        copy = transfers.apply(items, self.held(first))
        self.assertEqual(copy.records, self.group.records)

    def test_the_same_head_gets_neither_leaves_nor_bodies(self) -> None:
        self.publish()
        head = self.group.current.head.hash
        kinds = self.kinds(self.sync(have_head_hash=head, have_key_event_hash=self.group.tip))
        self.assertEqual(kinds, ["head", "basis", "end"])

    def test_wanted_bodies_come_although_their_leaves_are_unchanged(self) -> None:
        self.publish()
        wanted = self.group.current.leaves[0].record_hash
        items = self.sync(
            have_head_hash=self.group.current.head.hash,
            wanted_hashes=[wanted, bytes(32)],
            only_wanted=True,
        )
        bodies = [i.body.record for i in items if i.WhichOneof("item") == "body"]
        self.assertEqual([trees.record_hash(body) for body in bodies], [wanted])
        missing = [i.missing_record_hash for i in items]
        self.assertIn(bytes(32), missing)

    def test_more_records_than_fit_in_one_batch(self) -> None:
        for number in range(MANY):
            self.group.put("a-kind", b"", key=f"{number:05}")
        self.publish()
        copy = transfers.apply(self.sync(), transfers.Copy())
        self.assertEqual(copy.records, self.group.records)
        before = self.group.current
        for number in range(MANY):
            self.group.take_back("a-kind", f"{number:05}")
        self.group.publish()
        self.push(before)
        items = self.sync(have_head_hash=before.head.hash, have_key_event_hash=self.group.tip)
        self.assertEqual(transfers.apply(items, self.held(before)).records, self.group.records)

    def test_a_compressed_transfer_verifies(self) -> None:
        self.publish()
        request = feed_pb2.SyncRequest(group_id=self.group.group_id)
        stream = self.client.feed.Sync(request, timeout=SECONDS, compression=grpc.Compression.Gzip)
        copy = transfers.apply((r.item for r in stream), transfers.Copy())
        self.assertEqual(copy.records, self.group.records)

    def test_a_group_without_a_head_serves_its_key_log_alone(self) -> None:
        self.client.push(self.group)
        self.assertEqual(self.served_log().tip.hash, self.group.tip)
        failure = failure_of(self.served_head)
        self.assertEqual((failure.code, failure.reason), ("NOT_FOUND", "no_head"))

    def test_an_unknown_group_is_not_found(self) -> None:
        for call in (self.served_head, self.served_log, self.sync):
            failure = failure_of(call)
            self.assertEqual((failure.code, failure.reason), ("NOT_FOUND", "group_unknown"))

    def test_the_directory_shows_the_same_head_and_records(self) -> None:
        self.publish()
        eventually("both are found", lambda: len(self.found()) == 2)
        request = directory_pb2.GetGroupRequest(group_id=self.group.group_id)
        response = self.client.directory.GetGroup(request, timeout=SECONDS)
        head = heads.verify(response.head, key_logs.verify(response.key_log))
        self.assertEqual(head.hash, self.group.current.head.hash)
        self.assertEqual(
            {(r.collection, r.key) for r in response.records}, set(self.group.records)
        )


class Watching(Case):
    """Cursors."""

    def rows(self, client: Client, after: str, number: int) -> list[feed_pb2.WatchHeadsResponse]:
        """Returns the first rows after a cursor."""
        request = feed_pb2.WatchHeadsRequest(after=after)
        stream = client.feed.WatchHeads(request, timeout=SECONDS)
        rows = list(itertools.islice(stream, number))
        stream.cancel()
        return rows

    def test_a_listing_is_resumed_in_the_middle(self) -> None:
        for _ in range(4):
            self.setUp()
            self.publish()
        client = Client(environment.aggregator().address)
        self.addCleanup(client.close)
        whole = self.rows(client, "", 4)
        rest = self.rows(client, whole[1].cursor, 2)
        self.assertEqual([row.cursor for row in rest], [row.cursor for row in whole[2:]])
        self.assertEqual([row.group_id for row in rest], [row.group_id for row in whole[2:]])

    def test_a_watch_that_begins_at_the_end_is_caught_up_at_once(self) -> None:
        self.publish()
        request = feed_pb2.WatchHeadsRequest()
        stream = self.client.feed.WatchHeads(request, timeout=SECONDS)
        last = next(row for row in stream if row.caught_up)
        stream.cancel()
        row = self.rows(self.client, last.cursor, 1)[0]
        self.assertTrue(row.caught_up)
        self.assertEqual((row.group_id, row.WhichOneof("row")), (b"", None))
        self.assertEqual(row.cursor, last.cursor)

    def test_an_unknown_cursor_is_out_of_range(self) -> None:
        request = feed_pb2.WatchHeadsRequest(after="nonsense")
        failure = failure_of(lambda: next(self.client.feed.WatchHeads(request, timeout=SECONDS)))
        self.assertEqual((failure.code, failure.reason), ("OUT_OF_RANGE", "cursor_unknown"))

    def test_a_row_names_the_tip_of_the_key_log(self) -> None:
        self.publish()
        request = feed_pb2.WatchHeadsRequest()
        stream = self.client.feed.WatchHeads(request, timeout=SECONDS)
        row = next(row for row in stream if row.group_id == self.group.group_id)
        stream.cancel()
        self.assertEqual(row.key_log_tip_hash, self.group.tip)
        self.assertEqual(row.head, self.group.current.head.envelope)
