"""The evidence against a frozen group, which `GetRivals` returns and which proves itself."""

from collections.abc import Sequence

from hedgerow.feed.v1 import feed_pb2

from verifier import envelopes, heads, key_logs
from verifier.fault import require
from verifier.key_logs import KeyLog


def verify_heads(rivals: feed_pb2.RivalHeads, log: KeyLog) -> tuple[heads.Head, heads.Head]:
    """Verifies that one key signed two heads that conflict; returns held and rival."""
    held = heads.verify_signed(rivals.held_head, log)
    rival = heads.verify_signed(rivals.rival_head, log)
    require(heads.compare(held, rival) == "equivocation", "rivals_do_not_conflict")
    return held, rival


def verify_branches(key_events: Sequence[bytes], log: KeyLog) -> list[KeyLog]:
    """Verifies rival branches; each event follows one of the log, or an earlier one of these.

    Returns one log for each rival tip.
    """
    branches: list[list[bytes]] = [[event.envelope for event in log.events]]
    rivals: list[list[bytes]] = []
    for data in key_events:
        _, event = key_logs.read_event(data)
        before = next(
            (
                branch[: place + 1]
                for branch in [*rivals, *branches]
                for place, known in enumerate(branch)
                if envelopes.read(known, envelopes.KEY_EVENT).hash == event.previous_hash
            ),
            None,
        )
        require(before is not None, "key_event_broken_chain")
        rivals = [branch for branch in rivals if branch != before]
        rivals.append([*before, data])
    found = [key_logs.verify(branch) for branch in rivals]
    require(all(rival.group_id == log.group_id for rival in found), "key_event_wrong_group")
    return found
