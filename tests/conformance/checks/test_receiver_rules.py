"""The real aggregator keeps and refuses the records that the protocol says."""

import unittest

from hedgerow.v1 import record_pb2

from checks import environment, receiver_rules, vectors
from checks.expected_failures import RULES
from checks.receiver_rules import Rule
from checks.vectors import Vector, method_name
from publisher.group import Group
from verifier import trees


class ReceiverRules(unittest.TestCase):
    """One test for each rule; see `add_tests`."""

    def check(self, rule: Rule) -> None:
        group = Group.create()
        name = rule.put(group)
        group.publish()
        response = environment.client().push(group)
        found = [(r.collection, r.key, r.reason) for r in response.admission.refusals]
        self.assertEqual(found, [(*name, rule.reason)] if rule.reason else [])
        self.assertEqual(response.kept, 0 if rule.reason else 1)

    def test_every_expected_failure_names_a_rule(self) -> None:
        titles = {rule.title for rule in receiver_rules.all_rules()}
        self.assertEqual(set(RULES) - titles, set())


@vectors.each("received_records.json")
class ReceivedRecords(unittest.TestCase):
    """The aggregator's verdict on each record of the vectors, published by a new group."""

    def check(self, vector: Vector) -> None:
        group = Group.create()
        # The vectors' group cannot sign here. Its id has the same length in every place.
        data = bytes.fromhex(vector["record"])
        data = data.replace(bytes.fromhex(vector["group_id"]), group.group_id)
        name = trees.name_of(record_pb2.Record.FromString(data))
        group.records[name] = data
        group.publish()
        response = environment.client().push(group)
        found = [r.reason for r in response.admission.refusals]
        self.assertEqual(found or ["ok"], [vector["verdict"]])


def add_tests() -> None:
    """Adds one test for each rule; expected failures must fail."""
    for number, rule in enumerate(receiver_rules.all_rules()):

        def test(self: ReceiverRules, rule: Rule = rule) -> None:
            self.check(rule)

        test.__doc__ = rule.title
        chosen = unittest.expectedFailure(test) if rule.title in RULES else test
        setattr(ReceiverRules, method_name(number, rule.title), chosen)


add_tests()
