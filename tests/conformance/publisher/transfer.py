"""The items of a transfer, in the order that the protocol prescribes."""

from collections.abc import Callable, Collection, Iterable, Iterator

from hedgerow.feed.v1 import sync_pb2
from hedgerow.ingest.v1 import ingest_pb2
from hedgerow.v1 import head_pb2

from publisher.group import Publication
from verifier import trees

SyncItem = sync_pb2.SyncItem
Wants = Callable[[bytes], bool]

MAX_BATCH = 1_000


def _batches(items: list) -> Iterator[list]:
    for start in range(0, len(items), MAX_BATCH):
        yield items[start : start + MAX_BATCH]


def items(
    key_events: Iterable[bytes],
    publication: Publication | None,
    basis: Publication | None = None,
    wanted: Collection[bytes] = (),
    only_wanted: bool = False,
) -> Iterator[SyncItem]:
    """Yields a whole transfer, or the difference from `basis`.

    `wanted` names bodies to send although their leaves are unchanged.
    """
    for envelope in key_events:
        yield SyncItem(key_event=envelope)
    if publication is None:
        yield SyncItem(end=sync_pb2.SyncEnd(bodies=0))
        return
    yield SyncItem(head=publication.head.envelope)
    basis_hash = basis.head.hash if basis else b""
    yield SyncItem(basis=sync_pb2.SyncBasis(head_hash=basis_hash))
    old = {trees.name_of(leaf): leaf for leaf in basis.leaves} if basis else {}
    new = {trees.name_of(leaf): leaf for leaf in publication.leaves}
    removed = [
        head_pb2.RecordName(collection=c, key=k) for c, k in sorted(old.keys() - new.keys())
    ]
    for batch in _batches(removed):
        yield SyncItem(removals=sync_pb2.NameBatch(names=batch))
    changed = [leaf for name, leaf in new.items() if old.get(name) != leaf]
    for batch in _batches(changed):
        yield SyncItem(leaves=sync_pb2.LeafBatch(leaves=batch))
    sent = [] if only_wanted else list(changed)
    chosen = {leaf.record_hash for leaf in sent}
    sent += [
        leaf
        for leaf in new.values()
        if leaf.record_hash in wanted and leaf.record_hash not in chosen
    ]
    for leaf in sent:
        record = publication.records[trees.name_of(leaf)]
        yield SyncItem(body=sync_pb2.RecordBody(record=record))
    yield SyncItem(end=sync_pb2.SyncEnd(bodies=len(sent)))


def push(sync_items: Iterable[SyncItem]) -> Iterator[ingest_pb2.PushRequest]:
    """Wraps items as the requests of Push."""
    for item in sync_items:
        yield ingest_pb2.PushRequest(item=item)
