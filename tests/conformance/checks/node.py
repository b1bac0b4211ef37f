"""The real node with one group, and its steward's tools."""

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from hedgerow.steward.v1 import steward_pb2_grpc

from checks import environment, programs
from publisher import tls
from publisher.client import Client

LABEL = "conformance"


class Node:
    """A running node that publishes one group to the shared aggregator."""

    def __init__(self, aggregators: Sequence[str], recover: str = "") -> None:
        """Initialises the node, adds a group or recovers one from its phrase, and starts."""
        self.program = programs.Program(
            "hedgerow-node", lambda text: configured(text, aggregators)
        )
        self.phrase_file = self.program.base / "group-phrase"
        folder = self.program.folder
        command = ["add"]
        if recover:
            self.phrase_file.write_text(recover, encoding="utf-8")
            command = ["recover", "--yes"]
        arguments = (*command, LABEL, "--phrase-file", str(self.phrase_file))
        programs.run("hedgerow-node", folder, "group", *arguments)
        self.program.start()
        steward = json.loads(Path(folder, "stewards", f"{LABEL}.json").read_text(encoding="utf-8"))
        self.group_id = bytes.fromhex(steward["group_id"])
        self.token = steward["token"]
        self.connect()

    def connect(self) -> None:
        """Opens new connections, also after a restart."""
        self.feed = Client(self.program.address)
        self.channel = tls.connect(self.program.address)
        self.steward = steward_pb2_grpc.StewardServiceStub(self.channel)

    @property
    def phrase(self) -> str:
        """The group's phrase, which the node itself does not keep."""
        return self.phrase_file.read_text(encoding="utf-8").strip()

    @property
    def metadata(self) -> list[tuple[str, str]]:
        """The steward's token."""
        return [("authorization", f"Bearer {self.token}")]

    def call(self, method: Callable[..., Any], request: object) -> Any:
        """Calls a steward's method with the token."""
        return method(request, metadata=self.metadata, timeout=20)

    def stop(self) -> None:
        """Ends the process and removes its folder."""
        self.feed.close()
        self.channel.close()
        self.program.stop()


def configured(text: str, aggregators: Sequence[str]) -> str:
    """Returns a node's configuration that names aggregators."""
    assert "aggregators = []" in text
    named = ", ".join(f'"{address}"' for address in aggregators)
    return text.replace("aggregators = []", f"aggregators = [{named}]")


@cache
def shared() -> Node:
    """The node that the checks share, which publishes to the shared aggregator."""
    return Node([environment.aggregator().address])
