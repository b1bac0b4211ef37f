"""Key logs: chains of key events, and forks between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from hedgerow.v1 import key_event_pb2

from verifier import ed25519, envelopes, phrases, x25519
from verifier.fault import Fault, require

MAX_EVENTS = 1_000
MAX_LOG_BYTES = 1_048_576
MAX_SET_ASIDE = 16

_MALFORMED = "key_event_malformed"


@dataclass(frozen=True)
class KeyEvent:
    """A verified event of a key log."""

    index: int
    hash: bytes
    message: key_event_pb2.KeyEvent
    envelope: bytes

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


def _check_form(event: key_event_pb2.KeyEvent) -> None:
    """Checks which fields an event has, by its action."""
    inception = event.action == key_event_pb2.KEY_EVENT_ACTION_INCEPTION
    rotation = event.action == key_event_pb2.KEY_EVENT_ACTION_ROTATION
    deactivation = event.action == key_event_pb2.KEY_EVENT_ACTION_DEACTIVATION
    require(inception or rotation or deactivation, _MALFORMED, "unknown action")
    require(inception == (event.index == 0), _MALFORMED, "action and index disagree")
    lengths = {
        "previous_hash": 0 if inception else 32,
        "encryption_key": 0 if deactivation else 32,
        "next_commitment": 0 if deactivation else 32,
        "nonce": 16 if inception else 0,
    }
    for field, length in lengths.items():
        require(len(getattr(event, field)) == length, _MALFORMED, f"length of {field}")
    require(len(event.set_aside_hashes) <= MAX_SET_ASIDE, _MALFORMED, "too many set aside")
    require(all(len(tip) == 32 for tip in event.set_aside_hashes), _MALFORMED, "set aside")
    if deactivation:
        require(not event.signing_key, _MALFORMED, "a signing key in a deactivation")
    else:
        ed25519.check_key(event.signing_key)
        x25519.check_key(event.encryption_key)
    if inception:
        require(not event.group_id, _MALFORMED, "an inception names a group")
        require(not event.recovery_key, _MALFORMED, "a recovery key in an inception")
        require(not event.set_aside_hashes, _MALFORMED, "an inception sets a branch aside")
    else:
        ed25519.check_key(event.recovery_key)


def read_event(data: bytes) -> tuple[envelopes.Envelope, key_event_pb2.KeyEvent]:
    """Decodes an event and checks its form, but neither its signature nor its place."""
    envelope = envelopes.read(data, envelopes.KEY_EVENT, envelopes.MAX_KEY_EVENT_BYTES)
    try:
        event = key_event_pb2.KeyEvent.FromString(envelope.payload)
    except DecodeError as error:
        raise Fault(_MALFORMED, str(error)) from error
    _check_form(event)
    return envelope, event


def _check_succession(event: key_event_pb2.KeyEvent, before: tuple[KeyEvent, ...]) -> None:
    """Checks that a later event continues the log."""
    require(event.group_id == before[0].hash, "key_event_wrong_group")
    require(event.previous_hash == before[-1].hash, "key_event_broken_chain")
    committed = before[-1].message.next_commitment
    require(phrases.commitment(event.recovery_key) == committed, "key_event_not_committed")


def verify(log: Sequence[bytes]) -> KeyLog:
    """Verifies envelopes in order from event 0; an event that is repeated counts once."""
    require(len(log) > 0, "key_log_missing")
    require(len(log) <= MAX_EVENTS, "key_log_too_long")
    require(sum(map(len, log)) <= MAX_LOG_BYTES, "key_log_too_long")
    events: tuple[KeyEvent, ...] = ()
    for data in log:
        envelope, event = read_event(data)
        if any(known.hash == envelope.hash for known in events):
            continue
        if event.index < len(events):
            _verify_rival(envelope, event, events)
        require(event.index == len(events), "key_event_out_of_order")
        require(not (events and events[-1].ends_group), "group_ended")
        if event.index == 0:
            envelope.verify(event.signing_key)
        else:
            _check_succession(event, events)
            envelope.verify(event.recovery_key)
        events += (KeyEvent(event.index, envelope.hash, event, data),)
    return KeyLog(events)


def _verify_rival(
    envelope: envelopes.Envelope, event: key_event_pb2.KeyEvent, events: tuple[KeyEvent, ...]
) -> None:
    """Raises `key_log_forked` if an event is a valid second one at its index."""
    require(event.index > 0, "key_event_wrong_group")
    _check_succession(event, events[: event.index])
    envelope.verify(event.recovery_key)
    raise Fault("key_log_forked")


@dataclass(frozen=True)
class Standing:
    """The state of a group of which several branches are known.

    `at` is the number of the branch that counts if the group is settled, and the first index at
    which branches differ if it is frozen.
    """

    settled: bool
    at: int


def standing(branches: Sequence[KeyLog]) -> Standing:
    """Decides between branches of one group, in any order."""
    require(len(branches) > 0, "key_log_missing")
    remaining = [b for b in branches if not any(_sets_aside(o, b) for o in branches if o is not b)]
    longest = max(remaining, key=lambda branch: len(branch.events))
    rivals = [branch for branch in remaining if not _is_prefix(branch, longest)]
    if not rivals:
        return Standing(True, branches.index(longest))
    return Standing(False, min(_fork_index(longest, rival) for rival in rivals))


def _is_prefix(short: KeyLog, long: KeyLog) -> bool:
    hashes = [event.hash for event in short.events]
    return hashes == [event.hash for event in long.events[: len(hashes)]]


def _fork_index(one: KeyLog, other: KeyLog) -> int:
    pairs = zip(one.events, other.events, strict=False)
    return next(a.index for a, b in pairs if a.hash != b.hash)


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
