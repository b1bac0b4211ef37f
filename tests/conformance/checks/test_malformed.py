"""Every malformed request is rejected with INVALID_ARGUMENT and a stable reason."""

import re
import unittest
from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.descriptor import Descriptor

from checks import environment, malformed, node
from checks.expected_failures import EXPECTED, SEVERAL_REASONS
from checks.malformed import METHODS, Malformed
from checks.vectors import method_name
from publisher.client import SECONDS, Failure, failure_of


def send(
    case: Malformed, channel: grpc.Channel, metadata: Any = None, seconds: float = SECONDS
) -> Callable[[], Any]:
    """Returns a call that sends the bytes of a case as they are."""
    path, method = f"/{case.method}", malformed.DESCRIPTORS[case.method]
    options = {"timeout": seconds, "metadata": metadata}
    if method.client_streaming:
        return lambda: channel.stream_unary(path)(iter([case.request]), **options)
    if method.server_streaming:
        return lambda: list(channel.unary_stream(path)(case.request, **options))
    return lambda: channel.unary_unary(path)(case.request, **options)


def outcome(case: Malformed, server: str) -> Failure:
    """Sends a case to the aggregator or to the node."""
    if server == "aggregator":
        return failure_of(send(case, environment.client().channel))
    steward = node.shared().metadata if malformed.STEWARD in case.method else None
    return failure_of(send(case, node.shared().channel, steward))


def resolves(path: str, message: Descriptor) -> bool:
    """Returns whether the path of a field, or of a oneof at its end, exists in a message."""
    names = [re.sub(r"\[\d+\]$", "", name) for name in path.split(".")]
    for name in names[:-1]:
        field = message.fields_by_name.get(name)
        if field is None or field.message_type is None:
            return False
        message = field.message_type
    return names[-1] in message.fields_by_name or names[-1] in message.oneofs_by_name


def cases() -> list[tuple[str, Malformed]]:
    """Returns every case with the server that it is for.

    No server knows the group in them, because the form of a request is checked first.
    """
    group, key_event = bytes(range(32)), b""
    found: list[tuple[str, Malformed]] = []
    for case in malformed.undecodable():
        found += [(server, case) for server in malformed.servers(case.method)]
    found += [("node", case) for case in malformed.of_feed(group)]
    found += [("node", case) for case in malformed.of_steward()]
    found += [("aggregator", case) for case in malformed.of_feed(group)]
    found += [("aggregator", case) for case in malformed.of_ingest(group, key_event)]
    found += [("aggregator", case) for case in malformed.of_directory(group)]
    found += [("aggregator", case) for case in malformed.of_inbox(key_event)]
    return found


def identify(server: str, case: Malformed) -> str:
    """Returns the id under which an expected failure is listed."""
    return f"{server} {case.id}"


class MalformedRequests(unittest.TestCase):
    """One test for each malformed request; see `add_cases`."""

    def check(self, server: str, case: Malformed) -> None:
        found = outcome(case, server)
        self.assertEqual((found.code, found.domain), ("INVALID_ARGUMENT", "hedgerow"), found)
        self.assertRegex(found.reason, r"^[a-z][a-z0-9_]*$", found)
        self.assertNotEqual(found.reason, "internal")
        self.assertEqual(found.reason, malformed.REASONS.get(case.fault, found.reason), found)
        for path in found.fields:
            message = METHODS[case.method].DESCRIPTOR
            self.assertTrue(resolves(path, message), f"{message.full_name} has no field {path}")


class Reasons(unittest.TestCase):
    """Statements about all cases together."""

    maxDiff = None

    def test_one_fault_has_one_reason_in_every_method(self) -> None:
        reasons: dict[str, set[str]] = {}
        for server, case in cases():
            if identify(server, case) not in EXPECTED:
                reasons.setdefault(case.fault, set()).add(outcome(case, server).reason)
        several = {fault: found for fault, found in reasons.items() if len(found) > 1}
        self.assertEqual(SEVERAL_REASONS, several)

    def test_every_method_with_pages_has_a_largest_page(self) -> None:
        paged = {
            name
            for name, request in malformed.METHODS.items()
            if "page_size" in request.DESCRIPTOR.fields_by_name
        }
        self.assertEqual(set(malformed.LARGEST_PAGES), paged)
        checked = {case.method for _, case in cases() if case.fault == "large page"}
        self.assertEqual(checked, paged)

    def test_every_expected_failure_names_a_case(self) -> None:
        known = {identify(server, case) for server, case in cases()}
        self.assertEqual(set(EXPECTED) - known, set())


def add_cases() -> None:
    """Adds one test for each case; those that are expected to fail must fail."""
    seen: set[str] = set()
    for number, (server, case) in enumerate(cases()):
        name = identify(server, case)
        assert name not in seen, f"two cases have the id {name}"
        seen.add(name)

        def test(self: MalformedRequests, server: str = server, case: Malformed = case) -> None:
            self.check(server, case)

        test.__doc__ = name
        setattr(
            MalformedRequests,
            method_name(number, name),
            unittest.expectedFailure(test) if name in EXPECTED else test,
        )


add_cases()
