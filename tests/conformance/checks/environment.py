"""The servers that the checks share: each is started when a check first needs it."""

import re
from functools import cache

from checks import programs
from publisher.client import Client
from verifier.key_logs import KeyLog

# Many groups and calls come from one address here, more than from any real one.
_RAISED = {
    "daily_new_groups": "100000",
    "visit_seconds": "1",
    "probe_seconds": "1",
    "sweep_seconds": "2",
}


def settings(text: str, sources: tuple[str, ...] = ()) -> str:
    """Returns an aggregator's configuration for these checks."""
    for key, value in _RAISED.items():
        text, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
        assert count == 1, f"{key} is not in the configuration once"
    listed = ", ".join(f'"{source}"' for source in sources)
    text = text.replace("sources = []", f"sources = [{listed}]")
    # Heads may name any host. Private ones, like ours, are visited only if the operator allows it.
    text += '\n[connector]\nallow_networks = ["127.0.0.0/8"]\n'
    text += "\n[limits]\ncalls_per_peer = 256\nconnections_per_peer = 256\nnew_connections_per_peer_and_second = 256\n"
    return text + "\n[feed]\nwatchers_per_peer = 64\n"


@cache
def aggregator() -> programs.Program:
    """The aggregator that most checks use."""
    return programs.aggregator(settings)


@cache
def client() -> Client:
    """A client of that aggregator."""
    return Client(aggregator().address)


@cache
def aggregator_log() -> KeyLog:
    """The aggregator's own key log, which signs its receipts."""
    return client().own_key_log()
