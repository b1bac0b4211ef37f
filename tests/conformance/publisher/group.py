"""A group that signs its own key log and heads."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from google.protobuf.message import Message
from hedgerow.v1 import head_pb2, key_event_pb2, record_pb2

from verifier import envelopes, forms, heads, phrases, times, trees
from verifier.key_logs import KeyLog

Edit = Callable[[head_pb2.Head], None]
KeyEdit = Callable[[key_event_pb2.KeyEvent], None]


def sign(kind: str, payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """Signs a payload and returns its envelope."""
    signed = envelopes.pre_authentication_encoding(envelopes.payload_type(kind), payload)
    return envelopes.write(kind, payload, key.sign(signed))


@dataclass(frozen=True)
class Publication:
    """One signed head with everything under it."""

    head: heads.Head
    records: dict[trees.Name, bytes]

    @property
    def leaves(self) -> list[head_pb2.Leaf]:
        """The manifest, in order."""
        return [trees.leaf_of(name, self.records[name]) for name in sorted(self.records)]


@dataclass
class Group:
    """A group with its phrase; a real node would keep the phrase on paper only."""

    phrase: str
    key_log: list[bytes] = field(default_factory=list)
    records: dict[trees.Name, bytes] = field(default_factory=dict)
    published: list[Publication] = field(default_factory=list)
    group_id: bytes = b""
    endpoint: head_pb2.Endpoint | None = None
    permitted: list[bytes] | None = None
    seq: int = 0
    previous_hash: bytes = b""
    signing_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    encryption_key: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    tip: bytes = b""

    @classmethod
    def create(cls, phrase: str = "") -> "Group":
        """Makes a group from a phrase, or from a new one of 16 random bytes."""
        group = cls(phrase or phrases.phrase_of(secrets.token_bytes(16)))
        event = key_event_pb2.KeyEvent(
            action=key_event_pb2.KEY_EVENT_ACTION_INCEPTION, nonce=secrets.token_bytes(16)
        )
        group._add_keys(event)
        group._append(event, group.signing_key)
        group.group_id = group.tip
        return group

    def follow(self, log: KeyLog) -> None:
        """Continues a key log from elsewhere, as a recovery from the phrase does."""
        self.key_log = [event.envelope for event in log.events]
        self.group_id, self.tip = log.group_id, log.tip.hash

    @property
    def current(self) -> Publication:
        """The newest publication."""
        return self.published[-1]

    def _add_keys(self, event: key_event_pb2.KeyEvent) -> None:
        self.signing_key = Ed25519PrivateKey.generate()
        event.signing_key = self.signing_key.public_key().public_bytes_raw()
        self.encryption_key = X25519PrivateKey.generate()
        event.encryption_key = self.encryption_key.public_key().public_bytes_raw()
        next_key = phrases.recovery_key(self.phrase, event.index + 1)
        event.next_commitment = phrases.commitment(next_key.public)

    def _append(self, event: key_event_pb2.KeyEvent, key: Ed25519PrivateKey) -> None:
        envelope = sign(envelopes.KEY_EVENT, event.SerializeToString(), key)
        self.tip = envelopes.read(envelope, envelopes.KEY_EVENT).hash
        self.key_log.append(envelope)

    def _next_event(self, action: int) -> tuple[key_event_pb2.KeyEvent, Ed25519PrivateKey]:
        index = len(self.key_log)
        recovery = phrases.recovery_key(self.phrase, index)
        event = key_event_pb2.KeyEvent(
            group_id=self.group_id,
            index=index,
            previous_hash=self.tip,
            recovery_key=recovery.public,
            action=action,
        )
        return event, recovery.private

    def rotate(self, edit: KeyEdit | None = None) -> None:
        """Replaces the signing key; every head before it ends, and seq starts again at 1.

        `edit` changes the event before it is signed, to make events that a node would not make.
        """
        event, key = self._next_event(key_event_pb2.KEY_EVENT_ACTION_ROTATION)
        self._add_keys(event)
        if edit:
            edit(event)
        self._append(event, key)
        self.seq, self.previous_hash = 0, b""

    def deactivate(self) -> None:
        """Ends the group."""
        event, key = self._next_event(key_event_pb2.KEY_EVENT_ACTION_DEACTIVATION)
        self._append(event, key)

    def put(self, collection: str, body: Message | bytes, key: str = "", **fields: object) -> str:
        """Adds or replaces a record, to be published with the next head; returns its key."""
        key = key or secrets.token_hex(16)
        now = times.timestamp(times.now())
        record = record_pb2.Record(
            group_id=self.group_id,
            collection=collection,
            key=key,
            nonce=secrets.token_bytes(16),
            create_time=now,
            update_time=now,
            language="en-GB",
            body=body if isinstance(body, bytes) else body.SerializeToString(),
            **fields,
        )
        self.records[(collection, key)] = record.SerializeToString()
        return key

    def take_back(self, collection: str, key: str) -> None:
        """Removes a record with the next head."""
        del self.records[(collection, key)]

    def publish(self, edit: Edit | None = None, gap: int = 1) -> Publication:
        """Signs a head over the records as they are now.

        `edit` changes the head before it is signed, to make heads that a node would not make.
        """
        self.seq += gap
        records = dict(self.records)
        leaves = [trees.leaf_of(name, records[name]) for name in sorted(records)]
        now = times.now()
        message = head_pb2.Head(
            group_id=self.group_id,
            view=forms.PUBLIC,
            key_index=len(self.key_log) - 1,
            key_event_hash=self.tip,
            seq=self.seq,
            root=trees.root(leaves),
            count=len(leaves),
            previous_hash=self.previous_hash,
            issue_time=times.timestamp(now),
            expire_time=times.timestamp(now + heads.MAX_LIFE),
            endpoint=self.endpoint,
            indexing=self._indexing(),
        )
        if edit:
            edit(message)
        payload = message.SerializeToString()
        envelope = sign(envelopes.HEAD, payload, self.signing_key)
        hash_ = envelopes.read(envelope, envelopes.HEAD).hash
        publication = Publication(
            heads.Head(hash_, message, envelope, now, now + heads.MAX_LIFE), records
        )
        self.previous_hash = hash_
        self.published.append(publication)
        return publication

    def _indexing(self) -> head_pb2.Indexing:
        if self.permitted is None:
            return head_pb2.Indexing(policy=head_pb2.INDEXING_POLICY_ANYONE)
        return head_pb2.Indexing(policy=head_pb2.INDEXING_POLICY_NAMED, aggregators=self.permitted)
