"""Every bad push is rejected with its reason, and leaves no trace but valid key events."""

import unittest

from checks import bad_pushes, directory, environment, vectors
from checks.bad_pushes import BadPush
from checks.expected_failures import PUSHES
from checks.vectors import Vector, method_name
from publisher import transfer
from publisher.client import failure_of
from publisher.group import Group
from verifier import key_logs
from verifier.fault import Fault

# The codes that a rejected push may have: the request is wrong, the state is, or it was cut off.
CODES = ("INVALID_ARGUMENT", "FAILED_PRECONDITION", "ABORTED")


class BadPushes(unittest.TestCase):
    """One test for each bad push; see `add_tests`."""

    def check(self, push: BadPush) -> None:
        items = push.build()
        found = failure_of(lambda: environment.client().push_items(items))
        self.assertEqual((found.reason, found.domain), (push.reason, "hedgerow"), found)
        self.assertIn(found.code, CODES)


class BadRecords(unittest.TestCase):
    """One test for each record that is refused; see `add_tests`."""

    def check(self, reason: str, record: bytes, group: Group) -> None:
        group.records[bad_pushes.NAME] = record
        group.publish()
        response = environment.client().push(group)
        refused = [(r.collection, r.key, r.reason) for r in response.admission.refusals]
        self.assertEqual(refused, [(*bad_pushes.NAME, reason)])
        self.assertEqual((response.kept, response.refused), (2, 1))


@vectors.each("addresses.json")
class Endpoints(unittest.TestCase):
    """The aggregator's verdict on each address of the vectors, as the endpoint of a head."""

    def check(self, vector: Vector) -> None:
        url, pin = vector["text"], bytes.fromhex(vector.get("spki_sha256", ""))
        # In a head, the hash has a field of its own.
        expected = "address_extra" if "#" in url else vector["verdict"]
        group = bad_pushes.new_group()
        bad = group.publish(bad_pushes.endpoint(url, pin))
        items = list(transfer.items(group.key_log, bad))
        if expected == "ok":
            self.assertTrue(environment.client().push_items(items).receipt)
            return
        found = failure_of(lambda: environment.client().push_items(items))
        self.assertEqual((found.code, found.reason), ("INVALID_ARGUMENT", expected))


class Traces(unittest.TestCase):
    """What a bad push leaves behind."""

    def test_a_rejected_head_is_not_the_highest_ever_accepted(self) -> None:
        group = bad_pushes.new_group()
        bad = group.publish(lambda head: setattr(head, "root", bytes(32)))
        failure_of(lambda: environment.client().push_items(transfer.items(group.key_log, bad)))
        self.assertFalse(directory.admission(environment.client(), group).highest_head)

    def test_a_rejected_key_event_is_not_stored_and_those_before_it_are(self) -> None:
        group = bad_pushes.new_group()
        group.rotate(lambda event: setattr(event, "nonce", bytes(16)))
        failure_of(lambda: environment.client().push_items(transfer.items(group.key_log, None)))
        known = directory.admission(environment.client(), group)
        self.assertEqual(list(known.key_log), group.key_log[:1])

    def test_our_verifier_rejects_the_same_key_logs(self) -> None:
        for title, reason, edit in bad_pushes.key_events():
            group = bad_pushes.new_group()
            group.rotate(edit)
            with self.subTest(title), self.assertRaises(Fault) as raised:
                key_logs.verify(group.key_log)
            self.assertEqual(raised.exception.reason, reason)

    def test_every_expected_failure_names_a_push(self) -> None:
        titles = {push.title for push in bad_pushes.all_pushes()}
        titles |= {f"record: {title}" for title, _, _ in bad_pushes.records()}
        self.assertEqual(set(PUSHES) - titles, set())


def add_tests() -> None:
    """Adds one test for each bad push and each bad record; expected failures must fail."""
    for number, push in enumerate(bad_pushes.all_pushes()):

        def test(self: BadPushes, push: BadPush = push) -> None:
            self.check(push)

        add(BadPushes, number, push.title, test)
    for number, (title, reason, build) in enumerate(bad_pushes.records()):

        def test_record(self: BadRecords, reason: str = reason, build: object = build) -> None:
            group = bad_pushes.new_group()
            self.check(reason, build(group), group)

        add(BadRecords, number, f"record: {title}", test_record)


def add(case: type, number: int, title: str, test: object) -> None:
    """Adds one test to a class."""
    test.__doc__ = title
    chosen = unittest.expectedFailure(test) if title in PUSHES else test
    setattr(case, method_name(number, title), chosen)


add_tests()
