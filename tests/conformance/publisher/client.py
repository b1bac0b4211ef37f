"""A client of the public services of one server, and the reasons in its errors."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import grpc
from hedgerow.directory.v1 import directory_pb2_grpc
from hedgerow.feed.v1 import feed_pb2_grpc, sync_pb2
from hedgerow.inbox.v1 import inbox_pb2_grpc
from hedgerow.ingest.v1 import ingest_pb2, ingest_pb2_grpc

from publisher import tls, transfer
from publisher.group import Group, Publication
from rpc import status_pb2
from verifier import key_logs
from verifier.key_logs import KeyLog

SECONDS = 20


@dataclass(frozen=True)
class Failure:
    """A failed call, as programs match it."""

    code: str
    reason: str
    domain: str
    message: str
    fields: tuple[str, ...] = ()
    retry: bool = False


@dataclass
class Client:
    """Stubs of the public services over one connection."""

    address: str
    channel: grpc.Channel = field(init=False)

    def __post_init__(self) -> None:
        self.channel = tls.connect(self.address)
        self.feed = feed_pb2_grpc.FeedServiceStub(self.channel)
        self.ingest = ingest_pb2_grpc.IngestServiceStub(self.channel)
        self.inbox = inbox_pb2_grpc.InboxServiceStub(self.channel)
        self.directory = directory_pb2_grpc.DirectoryServiceStub(self.channel)

    def close(self) -> None:
        """Closes the connection."""
        self.channel.close()

    def push_items(self, items: Iterable[sync_pb2.SyncItem]) -> ingest_pb2.PushResponse:
        """Pushes items as they are."""
        return self.ingest.Push(transfer.push(items), timeout=SECONDS)

    def push(self, group: Group, basis: Publication | None = None) -> ingest_pb2.PushResponse:
        """Pushes a group's whole key log and its newest head, whole or as a difference."""
        publication = group.current if group.published else None
        return self.push_items(transfer.items(group.key_log, publication, basis))

    def own_key_log(self) -> KeyLog:
        """Returns the verified key log of the aggregator itself."""
        request = ingest_pb2.GetAdmissionRequest(group_id=bytes(32))
        response = self.ingest.GetAdmission(request, timeout=SECONDS)
        log = key_logs.verify(response.aggregator_key_log)
        assert log.group_id == response.aggregator_id, "the aggregator's id is its group id"
        return log


def failure(error: grpc.RpcError) -> Failure:
    """Returns the code and the details of a failed call; without ErrorInfo no reason."""
    details = status_pb2.Status()
    for name, value in error.trailing_metadata() or ():
        if name == "grpc-status-details-bin":
            details.ParseFromString(value)
    info, retry, bad = status_pb2.ErrorInfo(), status_pb2.RetryInfo(), status_pb2.BadRequest()
    has_retry = False
    for detail in details.details:
        detail.Unpack(info)
        detail.Unpack(bad)
        has_retry = detail.Unpack(retry) or has_retry
    return Failure(
        code=error.code().name,
        reason=info.reason,
        domain=info.domain,
        message=error.details() or "",
        fields=tuple(violation.field for violation in bad.field_violations),
        retry=has_retry,
    )


def failure_of(call: Callable[[], Any]) -> Failure:
    """Makes a call that is expected to fail."""
    try:
        call()
    except grpc.RpcError as error:
        return failure(error)
    raise AssertionError("the call succeeded")
