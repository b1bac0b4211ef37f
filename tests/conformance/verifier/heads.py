"""Heads: their form, the key that signs them, their order and their labels."""

from dataclasses import dataclass

from hedgerow.v1 import head_pb2

from verifier import envelopes, forms, times, trees, wire
from verifier.fault import require
from verifier.key_logs import KeyLog

MAX_SEQ = 2**53 - 1
MAX_LIFE = 28 * times.DAY
MAX_AHEAD = 5 * times.MINUTE
LAPSES_AFTER = 180 * times.DAY
ERASED_AFTER = 365 * times.DAY

_MALFORMED = "head_malformed"


@dataclass(frozen=True)
class Head:
    """A head of valid form."""

    hash: bytes
    message: head_pb2.Head
    envelope: bytes
    issued: int
    expires: int

    @property
    def position(self) -> tuple[int, int]:
        """The order of heads: key index, then seq."""
        return (self.message.key_index, self.message.seq)

    @property
    def endpoint(self) -> str:
        """The address of the group's node in text form; empty if the head has none."""
        endpoint = self.message.endpoint
        if not self.message.HasField("endpoint"):
            return ""
        return forms.parse_endpoint(endpoint.url, endpoint.spki_sha256).canonical

    def permits(self, aggregator_id: bytes) -> bool:
        """Returns whether an aggregator may keep, show and pass on bodies."""
        indexing = self.message.indexing
        if indexing.policy == head_pb2.INDEXING_POLICY_NAMED:
            return aggregator_id in indexing.aggregators
        return indexing.policy == head_pb2.INDEXING_POLICY_ANYONE


def _check_form(head: head_pb2.Head) -> tuple[int, int]:
    """Checks every field that needs no key log; returns the times of issue and expiry.

    The order decides which reason a head with several faults has.
    """
    # The empty view means `public` in requests only.
    require(forms.is_name(head.view), _MALFORMED, "view")
    require(1 <= head.seq <= MAX_SEQ, "head_seq_out_of_range")
    forms.check_id(head.root, _MALFORMED)
    require(len(head.previous_hash) in (0, 32), _MALFORMED, "previous_hash")
    require(head.seq > 1 or not head.previous_hash, _MALFORMED, "seq 1 has no head before it")
    require((head.count == 0) == (head.root == trees.EMPTY_ROOT), _MALFORMED, "count and root")
    require(head.HasField("issue_time") and head.HasField("expire_time"), _MALFORMED, "times")
    issued = times.nanoseconds(head.issue_time, _MALFORMED)
    expires = times.nanoseconds(head.expire_time, _MALFORMED)
    require(issued < expires <= issued + MAX_LIFE, "head_lifetime")
    forms.check_id(head.group_id, _MALFORMED)
    forms.check_id(head.key_event_hash, _MALFORMED)
    if head.HasField("endpoint"):
        forms.parse_endpoint(head.endpoint.url, head.endpoint.spki_sha256)
    if head.indexing.policy == head_pb2.INDEXING_POLICY_NAMED:
        require(all(len(i) == 32 for i in head.indexing.aggregators), _MALFORMED, "aggregators")
    return issued, expires


def read(data: bytes) -> tuple[Head, envelopes.Envelope]:
    """Decodes a head and checks its form, but not its signature."""
    envelope = envelopes.read(data, envelopes.HEAD)
    message = wire.decode(head_pb2.Head, envelope.payload, _MALFORMED)
    issued, expires = _check_form(message)
    return Head(envelope.hash, message, data, issued, expires), envelope


def verify_signed(data: bytes, log: KeyLog) -> Head:
    """Verifies a head under any event of a key log, even one that ended."""
    head, envelope = read(data)
    require(head.message.group_id == log.group_id, "head_wrong_group")
    index = head.message.key_index
    require(index < len(log.events), "head_key_event_unknown")
    event = log.events[index]
    require(head.message.key_event_hash == event.hash, "head_key_event_mismatch")
    require(not event.ends_group, "group_ended")
    envelope.verify(event.message.signing_key)
    return head


def verify(data: bytes, log: KeyLog) -> Head:
    """Verifies a head that counts now: under the newest event of a group that has not ended."""
    head = verify_signed(data, log)
    require(not log.ended, "group_ended")
    require(head.message.key_index == log.tip.index, "head_key_ended")
    return head


def compare(held: Head, new: Head) -> str:
    """Returns `unrelated`, `same`, `newer`, `older` or `equivocation`."""
    if (held.message.group_id, held.message.view) != (new.message.group_id, new.message.view):
        return "unrelated"
    if held.hash == new.hash:
        return "same"
    if held.position == new.position:
        return "equivocation"
    older, newer = sorted((held, new), key=lambda head: head.position)
    adjacent = newer.position == (older.position[0], older.position[1] + 1)
    if adjacent and newer.message.previous_hash != older.hash:
        return "equivocation"
    return "newer" if newer is new else "older"


def freshness(head: Head, now: int) -> str:
    """Returns the label of a head by the receiver's clock."""
    if now < head.expires:
        return "fresh"
    if now < head.expires + LAPSES_AFTER:
        return "stale"
    return "lapsed" if now < head.expires + ERASED_AFTER else "erasable"


def check_issue_time(issued: int, now: int) -> None:
    """Postpones a head that was issued more than 5 minutes ahead of the receiver's clock."""
    require(issued <= now + MAX_AHEAD, "head_from_the_future")
