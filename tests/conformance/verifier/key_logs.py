"""Key logs: chains of key events, and forks between them."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from hedgerow.v1 import key_event_pb2

from verifier import ed25519, envelopes, phrases, wire, x25519
from verifier.fault import require

MAX_EVENTS = 1_000
MAX_LOG_BYTES = 1_048_576
MAX_SET_ASIDE = 16
NONCE_BYTES = 16

_MALFORMED = "key_event_malformed"


@dataclass(frozen=True)
class KeyEvent:
    """A verified event of a key log."""

    index: int
    hash: bytes
    message: key_event_pb2.KeyEvent
    envelope: bytes
    payload_bytes: int

    @property
    def ends_group(self) -> bool:
        """Whether this is a deactivation."""
        return self.message.action == key_event_pb2.KEY_EVENT_ACTION_DEACTIVATION


@dataclass(frozen=True)
class KeyLog:
    """A verified, unforked key log."""

    events: tuple[KeyEvent, ...]

    @property
    def group_id(self) -> bytes:
        """The hash of the inception's payload."""
        return self.events[0].hash

    @property
    def tip(self) -> KeyEvent:
        """The last event."""
        return self.events[-1]

    @property
    def ended(self) -> bool:
        """Whether the group is deactivated."""
        return self.tip.ends_group

    @property
    def commitments(self) -> list[bytes]:
        """The commitments of all events; a deactivation has none."""
        found = [event.message.next_commitment for event in self.events]
        return [commitment for commitment in found if commitment]


def read_event(data: bytes) -> tuple[envelopes.Envelope, key_event_pb2.KeyEvent]:
    """Decodes an event, without any check of its form, its signature or its place."""
    envelope = envelopes.read(data, envelopes.KEY_EVENT)
    return envelope, wire.decode(key_event_pb2.KeyEvent, envelope.payload, _MALFORMED)


def _check_inception(event: key_event_pb2.KeyEvent) -> None:
    """Checks event 0, before its signature."""
    for field in ("group_id", "previous_hash", "recovery_key", "set_aside_hashes"):
        require(not getattr(event, field), _MALFORMED, f"an inception with {field}")
    require(len(event.nonce) == NONCE_BYTES, _MALFORMED, "nonce")
    inception = event.action == key_event_pb2.KEY_EVENT_ACTION_INCEPTION
    require(inception, _MALFORMED, "action")
    _check_keys(event)


def _check_succession(event: key_event_pb2.KeyEvent, before: tuple[KeyEvent, ...]) -> None:
    """Checks a later event, before its signature.

    The order decides which reason an event with several faults has. Group id and previous hash
    are compared, whatever their length.
    """
    require(event.group_id == before[0].hash, "key_event_wrong_group")
    require(event.previous_hash == before[-1].hash, "key_event_broken_chain")
    require(not event.nonce, _MALFORMED, "nonce")
    ed25519.check_key(event.recovery_key)
    committed = before[-1].message.next_commitment
    require(phrases.commitment(event.recovery_key) == committed, "key_event_not_committed")
    if event.action == key_event_pb2.KEY_EVENT_ACTION_DEACTIVATION:
        for field in ("signing_key", "encryption_key", "next_commitment"):
            require(not getattr(event, field), _MALFORMED, f"a deactivation with {field}")
    else:
        rotation = event.action == key_event_pb2.KEY_EVENT_ACTION_ROTATION
        require(rotation, _MALFORMED, "action")
        _check_keys(event)
    require(len(event.set_aside_hashes) <= MAX_SET_ASIDE, _MALFORMED, "too many set aside")
    require(all(len(tip) == 32 for tip in event.set_aside_hashes), _MALFORMED, "set aside")


def _check_keys(event: key_event_pb2.KeyEvent) -> None:
    """Checks the keys that an event puts in force, and the commitment to the next."""
    ed25519.check_key(event.signing_key)
    require(len(event.encryption_key) == 32, _MALFORMED, "encryption_key")
    x25519.check_key(event.encryption_key)
    require(len(event.next_commitment) == 32, _MALFORMED, "next_commitment")


def _check_room(
    event: key_event_pb2.KeyEvent, payload_bytes: int, before: tuple[KeyEvent, ...]
) -> None:
    """Checks the limits of a log, which keep room for a deactivation."""
    ends = event.action == key_event_pb2.KEY_EVENT_ACTION_DEACTIVATION
    size = sum(known.payload_bytes for known in before) + payload_bytes
    require(len(before) + 1 <= MAX_EVENTS - (not ends), "key_log_too_long")
    room = 0 if ends else envelopes.MAX_KEY_EVENT_BYTES
    require(size <= MAX_LOG_BYTES - room, "key_log_too_long")


def verify_event(data: bytes, events: tuple[KeyEvent, ...]) -> KeyEvent | None:
    """Verifies the next event of a log, or returns nothing for one that the log has already."""
    envelope, event = read_event(data)
    if any(known.hash == envelope.hash for known in events):
        return None
    require(event.index <= len(events), "key_event_out_of_order")
    if not events:
        _check_inception(event)
        envelope.verify(event.signing_key)
    else:
        # Another event 0 is that of another group.
        require(event.index > 0, "key_event_wrong_group")
        before = events[: event.index]
        _check_room(event, len(envelope.payload), before)
        require(not before[-1].ends_group, "group_ended")
        _check_succession(event, before)
        envelope.verify(event.recovery_key)
        require(event.index == len(events), "key_log_forked")
    return KeyEvent(event.index, envelope.hash, event, data, len(envelope.payload))


def verify(log: Sequence[bytes]) -> KeyLog:
    """Verifies envelopes in order from event 0; an event that is repeated counts once."""
    require(len(log) > 0, "key_log_missing")
    require(len(log) <= MAX_EVENTS, "key_log_too_long")
    events: tuple[KeyEvent, ...] = ()
    for data in log:
        event = verify_event(data, events)
        if event:
            events += (event,)
    return KeyLog(events)


@dataclass(frozen=True)
class Standing:
    """The state of a group of which several branches are known.

    `at` is the number of the branch that counts if the group is settled, and the first index at
    which branches differ if it is frozen.
    """

    settled: bool
    at: int


def standing(branches: Sequence[KeyLog]) -> Standing:
    """Decides between branches of one group, in any order.

    The group is settled if one branch sets every other aside, or continues it.
    """
    require(len(branches) > 0, "key_log_missing")
    by_length = sorted(range(len(branches)), key=lambda at: -len(branches[at].events))
    for at in by_length:
        rivals = [other for other in branches if not _is_prefix(other, branches[at])]
        if all(_sets_aside(branches[at], rival) for rival in rivals):
            return Standing(True, at)
    pairs = itertools.combinations(branches, 2)
    forks = [_fork_index(one, other) for one, other in pairs]
    return Standing(False, min(fork for fork in forks if fork is not None))


def _is_prefix(short: KeyLog, long: KeyLog) -> bool:
    hashes = [event.hash for event in short.events]
    return hashes == [event.hash for event in long.events[: len(hashes)]]


def _fork_index(one: KeyLog, other: KeyLog) -> int | None:
    pairs = zip(one.events, other.events, strict=False)
    return next((a.index for a, b in pairs if a.hash != b.hash), None)


def _sets_aside(branch: KeyLog, rival: KeyLog) -> bool:
    """Returns whether an event of a branch validly names the rival's tip."""
    if rival.ended:
        return False
    committed = set(rival.commitments)
    revealed: set[bytes] = set()
    for event in branch.events:
        if event.message.recovery_key:
            revealed.add(phrases.commitment(event.message.recovery_key))
        if rival.tip.hash in event.message.set_aside_hashes and committed <= revealed:
            return True
    return False
