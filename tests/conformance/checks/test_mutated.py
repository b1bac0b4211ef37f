"""Requests that are changed at random, always in the same way, never make a server fail."""

import random
import unittest
from collections.abc import Callable, Iterator

import grpc

from checks import environment, malformed, node
from checks.test_malformed import send
from publisher.client import Failure, failure

SEED = 20261127
MUTATIONS = 25
SECONDS = 5

# A server that fails, or a code that no rule of the protocol gives.
WRONG = {"INTERNAL", "UNKNOWN", "UNIMPLEMENTED", "DATA_LOSS", "DEADLINE_EXCEEDED"}


def mutate(source: random.Random, request: bytes) -> bytes:
    """Changes, removes, repeats or inserts bytes."""
    data = bytearray(request)
    for _ in range(source.randint(1, 4)):
        place = source.randint(0, len(data))
        match source.randint(0, 3):
            case 0:
                data[place : place + 1] = source.randbytes(1)
            case 1:
                del data[place : place + source.randint(1, 8)]
            case 2:
                data[place:place] = source.randbytes(source.randint(1, 8))
            case 3:
                data[place:place] = data[: source.randint(0, 64)]
    return bytes(data)


def requests() -> Iterator[malformed.Malformed]:
    """Yields the malformed requests of every method, which have many fields set."""
    group = bytes(range(32))
    yield from malformed.of_feed(group)
    yield from malformed.of_ingest(group, b"")
    yield from malformed.of_directory(group)
    yield from malformed.of_steward()


def outcome(call: Callable[[], object]) -> Failure | None:
    """Makes a call; returns how it failed, or nothing."""
    try:
        call()
    except grpc.RpcError as error:
        return failure(error)
    return None


class Mutated(unittest.TestCase):
    def check(self, server: str) -> None:
        source = random.Random(SEED)
        shared = environment.client().channel if server == "aggregator" else node.shared().channel
        metadata = node.shared().metadata if server == "node" else None
        for case in requests():
            # A valid WatchHeads never ends.
            if server not in malformed.servers(case.method) or "WatchHeads" in case.method:
                continue
            for _ in range(MUTATIONS):
                data = mutate(source, case.request)
                changed = malformed.Malformed(case.method, case.title, data, case.fault)
                found = outcome(send(changed, shared, metadata, SECONDS))
                if found is None:
                    continue
                with self.subTest(case.method, request=data.hex()):
                    self.assertNotIn(found.code, WRONG, found)
                    self.assertEqual(found.domain, "hedgerow", found)
                    self.assertRegex(found.reason, r"^[a-z][a-z0-9_.]*$")

    def test_the_aggregator_rejects_changed_requests_with_reasons(self) -> None:
        self.check("aggregator")

    def test_the_node_rejects_changed_requests_with_reasons(self) -> None:
        self.check("node")
