"""A group publishes at the real aggregator by Push, and verifies everything that comes back."""

from hedgerow.directory.v1 import directory_pb2
from hedgerow.feed.v1 import feed_pb2, status_pb2
from hedgerow.ingest.v1 import admission_pb2, ingest_pb2

from checks import directory, environment
from checks.case import Case
from checks.programs import eventually
from publisher import samples, transfer
from publisher.client import SECONDS, failure_of
from publisher.group import Group
from verifier import forms, phrases, proofs, receipts, times

PENDING = status_pb2.GROUP_STATUS_PENDING
ACTIVE = status_pb2.GROUP_STATUS_ACTIVE


class Publishing(Case):
    """A first publication, changes and withdrawals."""

    def test_a_push_is_acknowledged_and_served(self) -> None:
        response = self.publish()
        self.assertEqual(
            (response.admission.status, response.kept, response.refused), (ACTIVE, 2, 0)
        )
        self.assertEqual(self.served_head().hash, self.group.current.head.hash)

    def test_a_group_finds_itself_and_verifies_what_it_finds(self) -> None:
        self.publish()
        eventually("both records are found", lambda: self.found() == {self.listing, self.event})
        for collection, key in (self.listing, self.event):
            request = directory_pb2.GetRecordRequest(
                group_id=self.group.group_id, collection=collection, key=key, with_proof=True
            )
            answer = self.client.directory.GetRecord(request, timeout=SECONDS)
            self.assertEqual(answer.record, self.group.records[(collection, key)])
            included, head = proofs.verify(
                answer.proof.SerializeToString(),
                self.group.group_id,
                forms.PUBLIC,
                (collection, key),
                answer.record,
            )
            self.assertTrue(included)
            self.assertEqual(head.hash, self.group.current.head.hash)

    def test_the_feed_proves_inclusion_and_absence(self) -> None:
        self.publish()
        self.assertTrue(directory.prove(self.client, self.group, self.listing)[0])
        for key in ("-", "zzzz", "8" * 32):
            self.assertFalse(directory.prove(self.client, self.group, ("listing", key))[0])

    def test_a_record_that_is_taken_back_is_gone_within_the_promised_time(self) -> None:
        self.publish()
        eventually("both records are found", lambda: self.found() == {self.listing, self.event})
        before = self.group.current
        self.group.take_back(*self.event)
        self.group.publish()
        response = self.push(before)
        receipt = receipts.verify(
            response.receipt, environment.aggregator_log(), self.group.current.head
        )
        promised = times.nanoseconds(receipt.in_effect_by_time, "") - times.now()
        eventually("it is gone", lambda: self.found() == {self.listing}, promised / times.SECOND)
        included, head = directory.prove(self.client, self.group, self.event)
        self.assertFalse(included)
        self.assertEqual(head.hash, self.group.current.head.hash)

    def test_a_group_without_records_has_a_head_that_proves_absence(self) -> None:
        self.publish()
        before = self.group.current
        self.group.records.clear()
        self.group.publish()
        self.push(before)
        self.assertEqual(self.served_head().message.count, 0)
        self.assertFalse(directory.prove(self.client, self.group, self.listing)[0])

    def test_an_unknown_kind_is_passed_on_and_not_indexed(self) -> None:
        name = ("a-kind.of-2031", self.group.put("a-kind.of-2031", self.word.encode()))
        response = self.publish()
        self.assertEqual(response.kept, 3)
        self.assertTrue(directory.prove(self.client, self.group, name)[0])
        eventually("the others are found", lambda: self.found() == {self.listing, self.event})

    def test_pushing_the_same_head_again_is_acknowledged_again(self) -> None:
        self.publish()
        self.push()

    def test_an_older_head_changes_nothing(self) -> None:
        self.publish()
        old = self.group.current
        self.group.take_back(*self.event)
        self.publish()
        self.assertEqual(self.rejection(old), ("FAILED_PRECONDITION", "head_superseded"))
        self.assertEqual(self.served_head().hash, self.group.current.head.hash)

    def test_a_gap_in_seq_is_allowed(self) -> None:
        self.publish()
        self.group.publish(gap=1_000_000)
        self.push()
        self.assertEqual(self.served_head().message.seq, 1_000_001)


class Transfers(Case):
    """Parts of a transfer that are missing."""

    def test_a_head_whose_bodies_are_missing_is_not_committed(self) -> None:
        current = self.group.publish()
        items = list(transfer.items(self.group.key_log, current, only_wanted=True))
        response = self.client.push_items(items)
        self.assertFalse(response.receipt)
        self.assertEqual(response.admission.status, PENDING)
        self.assertEqual(
            set(response.wanted_hashes), {leaf.record_hash for leaf in current.leaves}
        )

    def test_bodies_of_an_incomplete_push_are_kept_for_the_next_one(self) -> None:
        current = self.group.publish()
        first = {current.leaves[0].record_hash}
        items = transfer.items(self.group.key_log, current, wanted=first, only_wanted=True)
        response = self.client.push_items(items)
        rest = set(response.wanted_hashes)
        self.assertEqual(rest, {leaf.record_hash for leaf in current.leaves} - first)
        items = transfer.items(self.group.key_log, current, wanted=rest, only_wanted=True)
        response = self.client.push_items(items)
        receipts.verify(response.receipt, environment.aggregator_log(), current.head)

    def test_a_stream_without_end_is_discarded_but_its_key_events_stay(self) -> None:
        items = list(transfer.items(self.group.key_log, self.group.publish()))
        failure_of(lambda: self.client.push_items(items[:-1]))
        known = directory.admission(self.client, self.group)
        self.assertFalse(known.highest_head)
        self.assertEqual(list(known.key_log), self.group.key_log)

    def test_a_record_that_breaks_a_rule_is_refused_and_its_leaf_stays(self) -> None:
        off_grid = samples.listing(self.word)
        off_grid.places.append(samples.place_at(538_000_001, -15_500_000))
        name = ("listing", self.group.put("listing", off_grid))
        response = self.publish()
        self.assertEqual((response.kept, response.refused), (2, 1))
        refusal = response.admission.refusals[0]
        self.assertEqual((refusal.collection, refusal.key), name)
        self.assertRegex(refusal.reason, r"^[a-z0-9_]+$")
        self.assertTrue(directory.prove(self.client, self.group, name)[0])

    def test_an_announcement_of_an_unknown_group_stores_nothing(self) -> None:
        request = ingest_pb2.AnnounceRequest(head=self.group.publish().head.envelope)
        response = self.client.ingest.Announce(request, timeout=SECONDS)
        self.assertEqual(response.admission.status, PENDING)
        self.assertEqual(
            response.admission.pending_reason, admission_pb2.PENDING_REASON_KEY_LOG_MISSING
        )
        self.assertTrue(directory.admission(self.client, self.group).admission.never_seen)

    def test_an_announcement_of_the_stored_head_is_acknowledged(self) -> None:
        self.publish()
        head = self.group.current.head
        request = ingest_pb2.AnnounceRequest(head=head.envelope)
        response = self.client.ingest.Announce(request, timeout=SECONDS)
        receipts.verify(response.receipt, environment.aggregator_log(), head)
        self.assertEqual(response.key_log_tip_hash, self.group.tip)
        self.assertEqual(response.basis_hash, head.hash)
        self.assertEqual(response.highest_head, head.envelope)


class Keys(Case):
    """Rotation, recovery from the phrase and deactivation."""

    def test_a_rotation_ends_the_old_heads(self) -> None:
        self.publish()
        old = self.group.current
        self.group.rotate()
        self.publish()
        head = self.served_head()
        self.assertEqual(head.position, (1, 1))
        self.assertEqual(self.rejection(old), ("FAILED_PRECONDITION", "head_key_ended"))
        self.assertEqual(self.served_head().hash, self.group.current.head.hash)
        self.assertTrue(directory.prove(self.client, self.group, self.listing)[0])

    def test_a_rotation_without_a_head_withholds_the_records(self) -> None:
        self.publish()
        eventually("both records are found", lambda: len(self.found()) == 2)
        self.group.rotate()
        response = self.client.push_items(transfer.items(self.group.key_log, None))
        self.assertEqual(
            (response.admission.status, response.admission.pending_reason),
            (PENDING, admission_pb2.PENDING_REASON_HEAD_MISSING),
        )
        self.assertEqual(self.served_log().tip.hash, self.group.tip)
        eventually("nothing is found", lambda: not self.found())

    def test_a_head_by_the_old_key_after_a_rotation_is_rejected(self) -> None:
        self.publish()
        thief = self.group.signing_key
        self.group.rotate()
        self.publish()
        self.group.signing_key = thief
        stolen = self.group.publish()
        self.assertEqual(self.rejection(stolen), ("INVALID_ARGUMENT", "signature_mismatch"))

    def test_a_group_is_found_by_its_phrase_alone_and_continued(self) -> None:
        self.publish()
        recovery = phrases.recovery_key(self.group.phrase, 1)
        request = feed_pb2.FindGroupRequest(commitment=phrases.commitment(recovery.public))
        found = self.client.feed.FindGroup(request, timeout=SECONDS).group_id
        self.assertEqual(found, self.group.group_id)
        again = Group(self.group.phrase)
        again.follow(self.served_log())
        again.records = self.group.records
        again.rotate()
        self.group = again
        self.publish()
        self.assertEqual(self.served_head().position, (1, 1))

    def test_a_deactivation_is_final(self) -> None:
        self.publish()
        eventually("both records are found", lambda: len(self.found()) == 2)
        last = self.group.publish()
        self.group.deactivate()
        response = self.client.push_items(transfer.items(self.group.key_log, None))
        self.assertEqual(response.admission.status, status_pb2.GROUP_STATUS_ENDED)
        self.assertFalse(response.receipt)
        self.assertTrue(self.served_log().ended)
        eventually("nothing is found", lambda: not self.found())
        self.assertEqual(self.rejection(last), ("FAILED_PRECONDITION", "group_ended"))
        failure = failure_of(self.served_head)
        self.assertEqual((failure.reason, failure.domain), ("withheld", "hedgerow"))
