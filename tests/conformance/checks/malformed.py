"""Malformed requests for every method, each with the fault in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp
from hedgerow.directory.v1 import directory_pb2 as directory
from hedgerow.directory.v1 import search_filter_pb2 as filters
from hedgerow.feed.v1 import feed_pb2 as feed
from hedgerow.feed.v1 import sync_pb2 as sync
from hedgerow.inbox.v1 import inbox_pb2 as inbox
from hedgerow.ingest.v1 import ingest_pb2 as ingest
from hedgerow.steward.v1 import steward_pb2 as steward
from hedgerow.v1 import head_pb2

from verifier import envelopes

FEED = "hedgerow.feed.v1.FeedService"
INGEST = "hedgerow.ingest.v1.IngestService"
DIRECTORY = "hedgerow.directory.v1.DirectoryService"
INBOX = "hedgerow.inbox.v1.InboxService"
STEWARD = "hedgerow.steward.v1.StewardService"

SERVICES = (
    feed.DESCRIPTOR.services_by_name["FeedService"],
    ingest.DESCRIPTOR.services_by_name["IngestService"],
    directory.DESCRIPTOR.services_by_name["DirectoryService"],
    inbox.DESCRIPTOR.services_by_name["InboxService"],
    steward.DESCRIPTOR.services_by_name["StewardService"],
)

# Every method that the .proto files have, so that a new one is checked as well.
DESCRIPTORS: dict[str, MethodDescriptor] = {
    f"{service.full_name}/{method.name}": method
    for service in SERVICES
    for method in service.methods
}
METHODS: dict[str, type[Message]] = {
    name: GetMessageClass(method.input_type) for name, method in DESCRIPTORS.items()
}

# The reason of a fault, where the protocol or a vector states it. One fault has one reason in
# every method, stated or not.
REASONS = {
    "undecodable": "message_malformed",
    "short id": "id_malformed",
    "malformed view": "view_malformed",
    "malformed collection": "collection_malformed",
    "malformed key": "key_malformed",
    "not an envelope": "envelope_malformed",
    "wrong payload type": "payload_type_wrong",
    "large envelope": "envelope_too_large",
    "large page": "page_size_too_large",
    "negative page": "page_size_negative",
    "bad token": "page_token_invalid",
    "too many": "too_many",
    "too long": "too_long",
    "unknown value": "value_unknown",
    "missing": "missing",
    "backward window": "ends_before_start",
    "impossible time": "time_malformed",
    "collection not served": "collection_not_served",
}

# The faults of filters that other fields have too. Any other filter is a fault of its own.
FILTER_FAULTS = {
    "long query": "too long",
    "many words": "too long",
    "long region": "too long",
    "many tags": "too many",
    "no centre": "missing",
    "no weekday": "unknown value",
    "unknown role": "unknown value",
    "unknown kind": "unknown value",
    "unknown identity": "unknown value",
}

# The largest page of each method that has pages; one more than that is malformed.
LARGEST_PAGES = {
    f"{DIRECTORY}/SearchRecords": 100,
    f"{DIRECTORY}/ListEvents": 100,
    f"{DIRECTORY}/ListMatches": 100,
    f"{STEWARD}/ListRecords": 500,
}


@dataclass(frozen=True)
class Malformed:
    """One malformed request."""

    method: str
    title: str
    request: bytes
    fault: str

    @property
    def id(self) -> str:
        """The name under which an expected failure is listed."""
        return f"{self.method.split('.')[1]}.{self.method.split('/')[1]}: {self.title}"


def servers(method: str) -> tuple[str, ...]:
    """Returns the programs that serve a method."""
    if STEWARD in method:
        return ("node",)
    return ("node", "aggregator") if FEED in method else ("aggregator",)


def undecodable() -> Iterator[Malformed]:
    """Yields bytes that are not protobuf, for every method."""
    for method in METHODS:
        # Field 1, 32 bytes long, of which one follows; and a tag with wire type 7.
        yield Malformed(method, "cut short", b"\x0a\x20\x01", "undecodable")
        yield Malformed(method, "unknown wire type", b"\x0f", "undecodable")


def _case(method: str, fault: str, request: Message, title: str = "") -> Malformed:
    assert isinstance(request, METHODS[method]), method
    return Malformed(method, title or fault, request.SerializeToString(), fault)


def of_pages(method: str, **fields: object) -> Iterator[Malformed]:
    """Yields requests of a method for pages that no server has."""
    new, largest = METHODS[method], LARGEST_PAGES[method]
    yield _case(method, "negative page", new(page_size=-1, **fields))
    yield _case(method, "large page", new(page_size=largest + 1, **fields))
    for title, token in {"a token": "nonsense", "a long token": "x" * 9_000}.items():
        yield _case(method, "bad token", new(page_token=token, **fields), title)


def _name(collection: str = "listing", key: str = "a") -> head_pb2.RecordName:
    return head_pb2.RecordName(collection=collection, key=key)


def of_feed(group: bytes) -> Iterator[Malformed]:
    """Yields requests of the feed about a group."""
    short, view = group[:31], "Public"
    for name in ("GetHead", "GetKeyLog", "Sync"):
        method = f"{FEED}/{name}"
        yield _case(method, "short id", METHODS[method](group_id=short))
        yield _case(method, "short id", METHODS[method](), "no id")
    for name in ("GetHead", "Sync"):
        method = f"{FEED}/{name}"
        yield _case(method, "malformed view", METHODS[method](group_id=group, view=view))
    method = f"{FEED}/FindGroup"
    yield _case(method, "short id", feed.FindGroupRequest(commitment=short))
    method = f"{FEED}/Sync"
    for field in ("have_head_hash", "have_key_event_hash"):
        request = feed.SyncRequest(group_id=group, **{field: short})
        yield _case(method, "short id", request, f"short {field}")
    request = feed.SyncRequest(group_id=group, wanted_hashes=[short])
    yield _case(method, "short id", request, "short wanted hash")
    request = feed.SyncRequest(group_id=group, wanted_hashes=[group] * 1_001)
    yield _case(method, "too many", request)
    method = f"{FEED}/GetProof"
    for fault, request in {
        "short id": feed.GetProofRequest(group_id=short, name=_name()),
        "malformed view": feed.GetProofRequest(group_id=group, view=view, name=_name()),
        "missing": feed.GetProofRequest(group_id=group),
        "malformed collection": feed.GetProofRequest(group_id=group, name=_name("A")),
        "malformed key": feed.GetProofRequest(group_id=group, name=_name(key="A")),
    }.items():
        yield _case(method, fault, request)


def of_ingest(group: bytes, key_event: bytes) -> Iterator[Malformed]:
    """Yields requests of the ingest service; pushes are in test_bad_transfers.py."""
    method = f"{INGEST}/Announce"
    for fault, head in {
        "not an envelope": b"nonsense",
        "wrong payload type": key_event,
        "large envelope": envelopes.write(envelopes.HEAD, bytes(65_537), bytes(64)),
    }.items():
        yield _case(method, fault, ingest.AnnounceRequest(head=head))
    method = f"{INGEST}/GetAdmission"
    request = ingest.GetAdmissionRequest(group_id=group[:31])
    yield _case(method, "short id", request)
    request = ingest.GetAdmissionRequest(group_id=group, view="Public")
    yield _case(method, "malformed view", request)
    method = f"{INGEST}/Push"
    yield _case(method, "no item", ingest.PushRequest())
    yield _case(method, "no item", ingest.PushRequest(item=sync.SyncItem()), "an empty item")


def _filters() -> Iterator[tuple[str, filters.SearchFilter]]:
    """Yields filters that every search must reject."""
    new = filters.SearchFilter
    late, early = Timestamp(seconds=2_000_000_000), Timestamp(seconds=1_900_000_000)
    yield "long query", new(query="a" * 401)
    yield "many words", new(query=" ".join(f"w{number}" for number in range(33)))
    yield "many tags", new(tags=["a"] * 51)
    yield "no centre", new(near=filters.Near())
    yield "large radius", new(near=filters.Near(place="Leeds", radius_m=1_000_001))
    yield "full postcode", new(near=filters.Near(district="LS6 2AB"))
    yield "unknown place", new(near=filters.Near(place="Xyzzyville"))
    yield "point outside", new(near=filters.Near(point={"latitude_e7": 900_000_001}))
    yield "no weekday", new(weekdays=[0])
    yield "unknown role", new(roles=[99])
    yield "bad time of day", new(time_of_day=filters.TimeOfDayRange(start_minute=1_500))
    yield "backward window", new(window=filters.TimeWindow(start_time=late, end_time=early))
    yield "impossible time", new(window=filters.TimeWindow(start_time=Timestamp(seconds=2**60)))
    yield "negative duration", new(confirmed_within=Duration(seconds=-5))
    yield "mixed duration", new(confirmed_within=Duration(seconds=5, nanos=-5))
    yield "long region", new(region={"scheme": "ons", "name": "x" * 198})
    yield "short id", new(group_id=bytes(31))
    yield "region without name", new(region={"scheme": "ons"})
    yield "malformed collection", new(collections=["A b"])
    yield "unknown kind", new(resource_kinds=[99])
    yield "unknown identity", new(identities=[0])


def of_directory(group: bytes) -> Iterator[Malformed]:
    """Yields requests of the directory about a group."""
    for name in ("SearchRecords", "ListEvents", "GetCoverage"):
        method = f"{DIRECTORY}/{name}"
        for title, filter_ in _filters():
            fault = FILTER_FAULTS.get(title, title)
            yield _case(method, fault, METHODS[method](filter=filter_), title)
    for name, collection in {"ListEvents": "listing", "GetCoverage": "event"}.items():
        method = f"{DIRECTORY}/{name}"
        filter_ = filters.SearchFilter(collections=[collection])
        yield _case(method, "collection not served", METHODS[method](filter=filter_))
    about = {"group_id": group, "collection": "offer", "key": "a"}
    for name, fields in {"SearchRecords": {}, "ListEvents": {}, "ListMatches": about}.items():
        yield from of_pages(f"{DIRECTORY}/{name}", **fields)
    method = f"{DIRECTORY}/SearchRecords"
    new = directory.SearchRecordsRequest
    yield _case(method, "unknown value", new(order=99), "unknown order")
    yield _case(method, "unknown value", new(facets=[99]), "unknown facet")
    method = f"{DIRECTORY}/GetCoverage"
    request = directory.GetCoverageRequest(facets=[99])
    yield _case(method, "unknown value", request, "unknown facet")
    request = directory.GetCoverageRequest(scheme="x" * 65)
    yield _case(method, "too long", request, "long scheme")
    request = directory.GetGroupRequest(group_id=group[:31])
    yield _case(f"{DIRECTORY}/GetGroup", "short id", request)
    for name in ("GetRecord", "ListMatches"):
        method = f"{DIRECTORY}/{name}"
        for fault, change in {
            "short id": {"group_id": group[:31]},
            "malformed collection": {"collection": "A"},
            "malformed key": {"key": "A"},
        }.items():
            yield _case(method, fault, METHODS[method](**{**about, **change}))
    request = directory.ListMatchesRequest(**{**about, "collection": "listing"})
    yield _case(f"{DIRECTORY}/ListMatches", "collection not served", request)
    request = directory.ListMatchesRequest(**about, max_distance_m=500_001)
    yield _case(f"{DIRECTORY}/ListMatches", "large radius", request)


def of_inbox(key_event: bytes) -> Iterator[Malformed]:
    """Yields requests of the inbox service; those with a signature are in test_inbox.py."""
    for name in ("FetchMessages", "AcknowledgeMessages"):
        method = f"{INBOX}/{name}"
        for fault, request in {
            "not an envelope": b"nonsense",
            "wrong payload type": key_event,
            "large envelope": envelopes.write(envelopes.REQUEST, bytes(2_049), bytes(64)),
        }.items():
            yield _case(method, fault, METHODS[method](request=request))
        yield _case(method, "too long", METHODS[method](body=bytes(4_097)), "a long body")


def of_steward() -> Iterator[Malformed]:
    """Yields requests of a steward, to be sent with a valid token."""
    method = f"{STEWARD}/ListRecords"
    yield from of_pages(method)
    yield _case(method, "malformed collection", steward.ListRecordsRequest(collection="A"))
    method = f"{STEWARD}/GetRecord"
    yield _case(method, "missing", steward.GetRecordRequest())
    yield _case(method, "malformed collection", steward.GetRecordRequest(name=_name("A")))
    yield _case(method, "malformed key", steward.GetRecordRequest(name=_name(key="A")))
    method = f"{STEWARD}/CreateRecord"
    new = steward.CreateRecordRequest
    draft = steward.RecordDraft(body=b"")
    yield _case(method, "no request id", new(collection="listing", draft=draft))
    long = new(request_id="x" * 65, collection="listing", draft=draft)
    yield _case(method, "long request id", long)
    yield _case(method, "malformed collection", new(request_id="a1", collection="A", draft=draft))
    yield _case(method, "missing", new(request_id="a2", collection="listing"))
    broken = steward.RecordDraft(body=b"\x0f")
    yield _case(method, "broken body", new(request_id="a3", collection="listing", draft=broken))
    empty = new(request_id="a4", collection="listing", draft=draft)
    yield _case(method, "empty listing", empty)
    method = f"{STEWARD}/UpdateRecord"
    update = steward.UpdateRecordRequest(request_id="a5", draft=draft, etag="e")
    yield _case(method, "missing", update, "no name")
    update = steward.UpdateRecordRequest(request_id="a6", name=_name(), draft=draft)
    yield _case(method, "missing", update, "no etag")
    method = f"{STEWARD}/WithdrawRecord"
    yield _case(method, "missing", steward.WithdrawRecordRequest(request_id="a7"))
    method = f"{STEWARD}/PublishRecords"
    change = steward.RecordChange()
    request = steward.PublishRecordsRequest(request_id="a9", changes=[change])
    yield _case(method, "missing", request, "an empty change")
    request = steward.PublishRecordsRequest(request_id="a10", changes=[change] * 1_001)
    yield _case(method, "too many", request)
