"""The real aggregator keeps and refuses the records that the protocol says."""

import unittest

from checks import environment, receiver_rules
from checks.expected_failures import RULES
from checks.receiver_rules import Rule
from checks.vectors import method_name
from publisher.group import Group


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


def add_tests() -> None:
    """Adds one test for each rule; expected failures must fail."""
    for number, rule in enumerate(receiver_rules.all_rules()):

        def test(self: ReceiverRules, rule: Rule = rule) -> None:
            self.check(rule)

        test.__doc__ = rule.title
        chosen = unittest.expectedFailure(test) if rule.title in RULES else test
        setattr(ReceiverRules, method_name(number, rule.title), chosen)


add_tests()
