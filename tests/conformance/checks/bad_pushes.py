"""Pushes that an aggregator must reject, each with one fault and the reason for it."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hedgerow.feed.v1 import sync_pb2
from hedgerow.v1 import envelope_pb2, head_pb2, key_event_pb2, record_pb2

from publisher import samples, transfer
from publisher.group import Edit, Group, Publication
from verifier import times, trees

SyncItem = sync_pb2.SyncItem
Items = list[SyncItem]
Stream = Callable[[Publication, Items], Items]

ID = bytes(32)
SHORT = bytes(31)


@dataclass(frozen=True)
class BadPush:
    """A push with one fault."""

    title: str
    reason: str
    build: Callable[[], Items]


def new_group() -> Group:
    """Returns a group with two records, which no server knows."""
    group = Group.create()
    group.put("listing", samples.listing("A group"))
    group.put("event", samples.event("An evening"))
    return group


def heads() -> Iterator[tuple[str, str, Edit]]:
    """Yields changes to a head that is then signed properly."""
    yield "no view", "head_malformed", lambda head: head.ClearField("view")
    yield "a malformed view", "head_malformed", lambda head: setattr(head, "view", "Public")
    yield "seq 0", "head_seq_out_of_range", lambda head: setattr(head, "seq", 0)
    yield "seq 2^53", "head_seq_out_of_range", lambda head: setattr(head, "seq", 2**53)
    yield (
        "a first head that follows another",
        "head_malformed",
        lambda head: setattr(head, "previous_hash", ID),
    )
    yield "a short root", "head_malformed", lambda head: setattr(head, "root", SHORT)
    yield "count 0 over a root", "head_malformed", lambda head: setattr(head, "count", 0)
    yield "another root", "sync_root_mismatch", lambda head: setattr(head, "root", ID)
    yield "no issue time", "head_malformed", lambda head: head.ClearField("issue_time")
    yield "no expiry", "head_malformed", lambda head: head.ClearField("expire_time")
    yield "28 days and a nanosecond", "head_lifetime", lambda head: move(head.expire_time, 1)
    yield (
        "expired when issued",
        "head_lifetime",
        lambda head: head.expire_time.CopyFrom(head.issue_time),
    )
    yield "issued 6 minutes ahead", "head_from_the_future", ahead
    yield "another group", "head_wrong_group", lambda head: setattr(head, "group_id", ID)
    yield "a short group id", "head_malformed", lambda head: setattr(head, "group_id", SHORT)
    yield (
        "another key event",
        "head_key_event_mismatch",
        lambda head: setattr(head, "key_event_hash", ID),
    )
    yield (
        "a later key event",
        "head_key_event_unknown",
        lambda head: setattr(head, "key_index", 1),
    )
    yield "an endpoint without TLS", "address_scheme", endpoint("http://node.example:7443")
    yield "an endpoint without a port", "address_port", endpoint("https://node.example")
    yield "an endpoint with a path", "address_extra", endpoint("https://node.example:7443/")
    yield "an endpoint with a zone", "address_host", endpoint("https://[fe80::1%25lo]:7443")
    yield "a host of 256 characters", "address_host", endpoint(f"https://{'a.' * 126}abcd:7443")
    yield "an empty label", "address_host", endpoint("https://node..example:7443")
    yield "a short pin", "address_pin", endpoint("https://node.example:7443", SHORT)


def move(time: object, nanoseconds: int) -> None:
    """Moves a timestamp."""
    now = times.nanoseconds(time, "") + nanoseconds  # type: ignore[arg-type]
    time.CopyFrom(times.timestamp(now))  # type: ignore[attr-defined]


def ahead(head: head_pb2.Head) -> None:
    """Dates a head 6 minutes ahead of this clock."""
    move(head.issue_time, 6 * times.MINUTE)
    move(head.expire_time, 5 * times.MINUTE)


def endpoint(url: str, pin: bytes = b"") -> Edit:
    """Returns a change that names an endpoint."""
    return lambda head: head.endpoint.CopyFrom(head_pb2.Endpoint(url=url, spki_sha256=pin))


def key_events() -> Iterator[tuple[str, str, Callable[[key_event_pb2.KeyEvent], None]]]:
    """Yields changes to a rotation that is then signed with the right recovery key."""
    other = Group.create().signing_key.public_key().public_bytes_raw()
    wrong = "key_event_malformed"
    yield "another group", "key_event_wrong_group", lambda e: setattr(e, "group_id", ID)
    yield "another previous", "key_event_broken_chain", lambda e: setattr(e, "previous_hash", ID)
    yield "a gap", "key_event_out_of_order", lambda e: setattr(e, "index", 2)
    yield "a nonce", wrong, lambda e: setattr(e, "nonce", bytes(16))
    yield "a short encryption key", wrong, lambda e: setattr(e, "encryption_key", SHORT)
    yield "a small signing key", "key_small_order", lambda e: setattr(e, "signing_key", ID)
    for title, number in {"0": 0, "1": 1, "p - 1": 2**255 - 20, "2^255 + 1": 2**255 + 1}.items():
        key = number.to_bytes(32, "little")
        yield (
            f"the encryption key {title}",
            "key_small_order",
            lambda e, key=key: setattr(e, "encryption_key", key),
        )
    yield "no signing key", "key_length", lambda e: e.ClearField("signing_key")
    yield (
        "a recovery key without commitment",
        "key_event_not_committed",
        lambda e: setattr(e, "recovery_key", other),
    )
    yield "a short commitment", wrong, lambda e: setattr(e, "next_commitment", SHORT)
    yield "an unknown action", wrong, lambda e: setattr(e, "action", 9)
    yield "no action", wrong, lambda e: e.ClearField("action")
    yield "a second inception", wrong, lambda e: setattr(e, "action", 1)
    yield "17 branches set aside", wrong, lambda e: e.set_aside_hashes.extend([ID] * 17)
    yield "a short branch set aside", wrong, lambda e: e.set_aside_hashes.append(SHORT)


def envelopes() -> Iterator[tuple[str, str, Callable[[envelope_pb2.Envelope], None]]]:
    """Yields changes to the envelope of a head."""
    head = "application/vnd.hedgerow.head"
    yield "no signature", "signature_count", lambda e: e.ClearField("signatures")
    yield "two signatures", "signature_count", lambda e: e.signatures.add()
    yield (
        "a short signature",
        "signature_length",
        lambda e: setattr(e.signatures[0], "signature", bytes(63)),
    )
    yield (
        "a later version",
        "payload_version_unknown",
        lambda e: setattr(e, "payload_type", f"{head}.v2+protobuf"),
    )
    yield (
        "another payload type",
        "payload_type_wrong",
        lambda e: setattr(e, "payload_type", f"{head}.V1+protobuf"),
    )
    yield (
        "another payload",
        "signature_mismatch",
        lambda e: setattr(e, "payload", e.payload + b"\xa2\x06\x01a"),
    )
    yield "an empty payload", "head_malformed", lambda e: e.ClearField("payload")
    yield (
        "a key hint of 9 bytes",
        "key_hint_too_long",
        lambda e: setattr(e.signatures[0], "key_hint", bytes(9)),
    )


def encodings() -> Iterator[tuple[str, str, Callable[[bytes], bytes]]]:
    """Yields other encodings of an envelope, whose signature is still valid."""
    wrong = "envelope_not_canonical"
    yield "an unknown field", wrong, lambda e: e + b"\xa2\x06\x01a"
    yield "the type twice", wrong, lambda e: e[:43] + e
    yield "the payload twice", wrong, lambda e: b"\x12\x00" + e
    yield "a length of two bytes", wrong, lambda e: e[:1] + bytes([e[1] | 0x80, 0]) + e[2:]
    yield "another order", wrong, lambda e: e[43:] + e[:43]
    yield "no protobuf", "envelope_malformed", lambda e: e[:-1]


def streams() -> Iterator[tuple[str, str, Stream]]:
    """Yields changes to the items: key event, head, basis, leaves, two bodies, end."""
    order = "sync_out_of_order"
    many = [
        head_pb2.Leaf(collection="a", key=f"{n:05}", length=1, record_hash=ID)
        for n in range(1_001)
    ]
    names = sync_pb2.NameBatch(names=[head_pb2.RecordName(collection="a", key="b")])
    end, stray = sync_pb2.SyncEnd(bodies=3), sync_pb2.RecordBody(record=b"x")
    yield "nothing", order, lambda p, i: []
    yield "no end", "sync_incomplete", lambda p, i: i[:-1]
    yield "only the end", order, lambda p, i: i[-1:]
    yield "no key log", "key_log_missing", lambda p, i: i[1:]
    yield "no basis", order, lambda p, i: i[:2] + i[3:]
    yield "the basis before the head", order, lambda p, i: [i[0], i[2], i[1], *i[3:]]
    yield "a second head", order, lambda p, i: [*i[:2], i[1], *i[2:]]
    yield "a second basis", order, lambda p, i: [*i[:3], i[2], *i[3:]]
    yield "leaves before the basis", order, lambda p, i: [*i[:2], i[3], i[2], *i[4:]]
    yield "a key event after the head", order, lambda p, i: [*i[:3], i[0], *i[3:]]
    yield "a body before its leaf", "body_unknown", lambda p, i: [*i[:3], i[4], i[3], *i[5:]]
    yield "an item after the end", order, lambda p, i: [*i, i[4]]
    yield "a second end", order, lambda p, i: [*i, i[-1]]
    yield "an empty item", "sync_unknown_item", lambda p, i: [*i[:3], SyncItem(), *i[3:]]
    yield "another number of bodies", "sync_body_count", lambda p, i: [*i[:-1], SyncItem(end=end)]
    yield (
        "a body twice",
        "body_repeated",
        lambda p, i: [*i[:-1], i[4], SyncItem(end=end)],
    )
    yield (
        "a body without a leaf",
        "body_unknown",
        lambda p, i: [*i[:-1], SyncItem(body=stray), SyncItem(end=end)],
    )
    yield "more leaves than the count", "sync_too_many_leaves", lambda p, i: [*i[:4], *i[3:]]
    yield (
        "leaves out of order",
        "leaf_out_of_order",
        lambda p, i: [*i[:3], leaves(p.leaves[::-1]), *i[4:]],
    )
    yield "1,001 leaves", "sync_batch_too_large", lambda p, i: [*i[:3], leaves(many), *i[4:]]
    yield (
        "removals in a whole manifest",
        "sync_removal_in_whole",
        lambda p, i: [*i[:3], SyncItem(removals=names), *i[3:]],
    )
    basis = sync_pb2.SyncBasis(head_hash=ID)
    yield (
        "an unknown basis",
        "sync_basis_unknown",
        lambda p, i: [*i[:2], SyncItem(basis=basis), *i[3:]],
    )
    for title, reason, change in (
        ("a malformed collection", "collection_malformed", {"collection": "A"}),
        ("a malformed key", "key_malformed", {"key": "A"}),
        ("a short record hash", "id_malformed", {"record_hash": SHORT}),
    ):
        good = {"collection": "a", "key": "b", "length": 1, "record_hash": ID}
        leaf = head_pb2.Leaf(**{**good, **change})
        yield title, reason, lambda p, i, leaf=leaf: [*i[:3], leaves([leaf]), *i[4:]]
    yield (
        "a short missing hash",
        "id_malformed",
        lambda p, i: [*i[:4], SyncItem(missing_record_hash=SHORT), *i[4:]],
    )


def leaves(batch: list[head_pb2.Leaf]) -> SyncItem:
    """Returns an item of leaves."""
    return SyncItem(leaves=sync_pb2.LeafBatch(leaves=batch))


def _with_head(edit: Edit) -> Items:
    group = new_group()
    return list(transfer.items(group.key_log, group.publish(edit)))


def _with_key_event(edit: Callable[[key_event_pb2.KeyEvent], None]) -> Items:
    group = new_group()
    group.rotate(edit)
    return list(transfer.items(group.key_log, None))


def _with_envelope(edit: Callable[[envelope_pb2.Envelope], None]) -> Items:
    group = new_group()
    items = list(transfer.items(group.key_log, group.publish()))
    envelope = envelope_pb2.Envelope.FromString(items[1].head)
    edit(envelope)
    items[1] = SyncItem(head=envelope.SerializeToString())
    return items


def _with_encoding(change: Callable[[bytes], bytes]) -> Items:
    group = new_group()
    items = list(transfer.items(group.key_log, group.publish()))
    items[1] = SyncItem(head=change(items[1].head))
    return items


def _with_stream(change: Stream) -> Items:
    group = new_group()
    publication = group.publish()
    return change(publication, list(transfer.items(group.key_log, publication)))


def all_pushes() -> Iterator[BadPush]:
    """Yields every bad push."""
    for kind, table, build in (
        ("head", heads(), _with_head),
        ("key event", key_events(), _with_key_event),
        ("envelope", envelopes(), _with_envelope),
        ("encoding", encodings(), _with_encoding),
        ("stream", streams(), _with_stream),
    ):
        for title, reason, change in table:
            yield BadPush(f"{kind}: {title}", reason, lambda b=build, c=change: b(c))


def records() -> Iterator[tuple[str, str, Callable[[Group], bytes]]]:
    """Yields records that an aggregator does not keep, under the name listing/`NAME`."""
    yield "another group", "record_wrong_group", lambda g: record(Group.create())
    yield "another key", "record_name_mismatch", lambda g: record(g, key="zz")
    event = samples.event("An evening").SerializeToString()
    yield (
        "another collection",
        "record_name_mismatch",
        lambda g: record(g, collection="event", body=event),
    )
    yield (
        "another collection and a body of neither",
        "record_name_mismatch",
        lambda g: record(g, collection="event", body=b"\x0f"),
    )
    yield "15 random bytes", "record_nonce", lambda g: record(g, nonce=bytes(15))
    yield "no time", "record_time", lambda g: record(g, create_time=None)
    yield "no protobuf", "record_malformed", lambda g: b"\x0f"
    yield (
        "33 groups deep",
        "record_too_deep",
        lambda g: record(g) + b"\xa3\x06" * 33 + b"\xa4\x06" * 33,
    )
    yield "a body that is no listing", "body_malformed", lambda g: record(g, body=b"\x0f")
    yield "no voice", "voice_missing", lambda g: record(g, body=b"\x0a\x01a")
    yield "65,537 bytes", "record_too_large", lambda g: record(g, body=bytes(65_537))


NAME: trees.Name = ("listing", "0123456789abcdef0123456789abcdef")


def record(group: Group, **change: object) -> bytes:
    """Returns a record of a listing with some of its fields changed."""
    now = times.timestamp(times.now())
    fields = {
        "group_id": group.group_id,
        "collection": NAME[0],
        "key": NAME[1],
        "nonce": secrets.token_bytes(16),
        "create_time": now,
        "update_time": now,
        "body": samples.listing("A listing").SerializeToString(),
    }
    fields.update(change)
    return record_pb2.Record(**fields).SerializeToString()
