"""The real node and a steward's device in Python, which alone has the phrase."""

import unittest

from hedgerow.feed.v1 import feed_pb2, status_pb2
from hedgerow.ingest.v1 import ingest_pb2
from hedgerow.steward.v1 import steward_pb2
from hedgerow.v1 import key_event_pb2

from checks import environment
from checks.case import unique_word
from checks.node import Node
from checks.programs import eventually
from publisher import samples
from publisher.client import SECONDS, failure_of
from publisher.group import Group, KeyEdit, sign
from verifier import envelopes, heads, key_logs, phrases


class KeyEvents(unittest.TestCase):
    """A new node for each check."""

    def setUp(self) -> None:
        self.client = environment.client()
        self.node = Node([environment.aggregator().address])
        self.addCleanup(self.node.stop)
        draft = steward_pb2.RecordDraft(body=samples.event("An evening").SerializeToString())
        request = steward_pb2.CreateRecordRequest(
            request_id=unique_word(), collection="event", draft=draft
        )
        self.node.call(self.node.steward.CreateRecord, request)
        eventually("delivered", lambda: self.state().deliveries[0].up_to_date)

    def state(self) -> steward_pb2.GetGroupResponse:
        """Returns the group's state at its node."""
        return self.node.call(self.node.steward.GetGroup, steward_pb2.GetGroupRequest())

    def draft(self) -> steward_pb2.DraftKeyEventResponse:
        """Returns the keys that the node has prepared, and the branches that it knows."""
        request = steward_pb2.DraftKeyEventRequest()
        return self.node.call(self.node.steward.DraftKeyEvent, request)

    def event(self, action: int, edit: KeyEdit | None = None) -> bytes:
        """Makes and signs the next key event on the steward's device."""
        drafted = self.draft()
        log = key_logs.verify(drafted.branches[0].key_log)
        index = log.tip.index + 1
        recovery = phrases.recovery_key(self.node.phrase, index)
        event = key_event_pb2.KeyEvent(
            group_id=log.group_id,
            index=index,
            previous_hash=log.tip.hash,
            recovery_key=recovery.public,
            action=action,
        )
        if action == key_event_pb2.KEY_EVENT_ACTION_ROTATION:
            following = phrases.recovery_key(self.node.phrase, index + 1)
            event.signing_key = drafted.signing_key
            event.encryption_key = drafted.encryption_key
            event.next_commitment = phrases.commitment(following.public)
        if edit:
            edit(event)
        return sign(envelopes.KEY_EVENT, event.SerializeToString(), recovery.private)

    def rotation(self, edit: KeyEdit | None = None) -> bytes:
        """Makes a rotation to the drafted keys."""
        return self.event(key_event_pb2.KEY_EVENT_ACTION_ROTATION, edit)

    def commit(self, event: bytes) -> steward_pb2.CommitKeyEventResponse:
        """Puts a key event in force."""
        request = steward_pb2.CommitKeyEventRequest(request_id=unique_word(), key_event=event)
        return self.node.call(self.node.steward.CommitKeyEvent, request)

    def log(self) -> key_logs.KeyLog:
        """Returns the key log that the aggregator serves."""
        request = feed_pb2.GetKeyLogRequest(group_id=self.node.group_id)
        return key_logs.verify(self.client.feed.GetKeyLog(request, timeout=SECONDS).key_log)

    def status(self) -> int:
        """Returns the group's status at the aggregator."""
        request = ingest_pb2.GetAdmissionRequest(group_id=self.node.group_id)
        return self.client.ingest.GetAdmission(request, timeout=SECONDS).admission.status

    def test_a_draft_is_the_same_until_it_is_committed(self) -> None:
        first, second = self.draft(), self.draft()
        self.assertEqual(first.signing_key, second.signing_key)
        self.commit(self.rotation())
        self.assertNotEqual(self.draft().signing_key, first.signing_key)

    def test_a_rotation_takes_effect_at_node_and_aggregator(self) -> None:
        drafted = self.draft()
        response = self.commit(self.rotation())
        log = eventually(
            "the rotation is delivered", lambda: len(self.log().events) == 2 and self.log()
        )
        self.assertEqual(log.tip.message.signing_key, drafted.signing_key)
        self.assertEqual(heads.verify(response.head, log).position, (1, 1))
        eventually("the head is delivered", lambda: self.state().deliveries[0].up_to_date)
        request = feed_pb2.GetHeadRequest(group_id=self.node.group_id)
        served = self.client.feed.GetHead(request, timeout=SECONDS).head
        self.assertEqual(heads.verify(served, log).position, (1, 1))

    def test_a_deactivation_ends_the_group_everywhere(self) -> None:
        self.commit(self.event(key_event_pb2.KEY_EVENT_ACTION_DEACTIVATION))
        ended = status_pb2.GROUP_STATUS_ENDED
        eventually("the aggregator knows", lambda: self.status() == ended)
        self.assertTrue(self.log().ended)

    def test_an_event_with_other_keys_than_the_drafted_ones_is_rejected(self) -> None:
        stranger = Group.create().signing_key.public_key().public_bytes_raw()
        event = self.rotation(lambda event: setattr(event, "signing_key", stranger))
        failure = failure_of(lambda: self.commit(event))
        self.assertIn(failure.code, ("INVALID_ARGUMENT", "FAILED_PRECONDITION"))
        self.assertRegex(failure.reason, r"^[a-z][a-z0-9_]*$")
        self.assertEqual(len(self.log().events), 1)

    def test_an_event_of_another_phrase_is_rejected(self) -> None:
        thief = Group.create()
        thief.follow(key_logs.verify(self.draft().branches[0].key_log))
        thief.rotate()
        failure = failure_of(lambda: self.commit(thief.key_log[-1]))
        self.assertEqual(failure.reason, "key_event_not_committed")
        self.assertEqual(len(self.log().events), 1)
