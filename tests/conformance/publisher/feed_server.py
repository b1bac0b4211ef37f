"""A node that serves its groups' heads and records, so that aggregators can follow it."""

import threading
from collections.abc import Iterator
from concurrent import futures

import grpc
from google.protobuf import any_pb2
from hedgerow.feed.v1 import feed_pb2, feed_pb2_grpc
from hedgerow.v1 import head_pb2

from publisher import tls, transfer
from publisher.group import Group, Publication
from rpc import status_pb2
from verifier import envelopes, forms, phrases, trees

# A call that waits for changes keeps a thread.
THREADS = 32
WAIT_SECONDS = 0.2


def abort(context: grpc.ServicerContext, code: grpc.StatusCode, reason: str) -> None:
    """Ends a call with an error that programs can match."""
    detail = any_pb2.Any()
    detail.Pack(status_pb2.ErrorInfo(reason=reason, domain="hedgerow"))
    status = status_pb2.Status(code=code.value[0], message=reason, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(code, reason)


class FeedServer(feed_pb2_grpc.FeedServiceServicer):
    """The feed service over the current publications of some groups."""

    def __init__(self) -> None:
        self.groups: dict[bytes, Group] = {}
        self.calls: list[str] = []
        self._rows: list[bytes] = []
        self._changed = threading.Condition()
        self._stopping = False
        self.identity = tls.Identity.generate()
        self._server = grpc.server(futures.ThreadPoolExecutor(THREADS), options=tls.OPTIONS)
        feed_pb2_grpc.add_FeedServiceServicer_to_server(self, self._server)
        credentials = self.identity.server_credentials
        self.port = self._server.add_secure_port("127.0.0.1:0", credentials)
        self._server.start()

    @property
    def endpoint(self) -> head_pb2.Endpoint:
        """The endpoint to name in heads."""
        url = f"https://127.0.0.1:{self.port}"
        return head_pb2.Endpoint(url=url, spki_sha256=self.identity.pin)

    @property
    def address(self) -> str:
        """The address with the pin, for an aggregator's configuration."""
        return f"{self.endpoint.url}#sha256={self.identity.pin.hex()}"

    def stop(self) -> None:
        """Ends all calls."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._server.stop(grace=1)

    def serve(self, group: Group) -> None:
        """Adds a group, or makes its change known to all watchers."""
        with self._changed:
            self.groups[group.group_id] = group
            self._rows.append(group.group_id)
            self._changed.notify_all()

    def _group(self, group_id: bytes, context: grpc.ServicerContext) -> Group:
        self._check_id(group_id, context)
        if group_id not in self.groups:
            abort(context, grpc.StatusCode.NOT_FOUND, "group_unknown")
        return self.groups[group_id]

    def _check_id(self, value: bytes, context: grpc.ServicerContext) -> None:
        if len(value) != 32:
            abort(context, grpc.StatusCode.INVALID_ARGUMENT, "id_malformed")

    def _current(
        self, request: feed_pb2.GetHeadRequest, context: grpc.ServicerContext
    ) -> tuple[Group, Publication]:
        group = self._group(request.group_id, context)
        if request.view not in ("", forms.PUBLIC) or not group.published:
            abort(context, grpc.StatusCode.NOT_FOUND, "no_head")
        return group, group.current

    def GetHead(  # noqa: N802 - the name of the method in the .proto file
        self, request: feed_pb2.GetHeadRequest, context: grpc.ServicerContext
    ) -> feed_pb2.GetHeadResponse:
        """Returns the newest head."""
        self.calls.append("GetHead")
        return feed_pb2.GetHeadResponse(head=self._current(request, context)[1].head.envelope)

    def GetKeyLog(  # noqa: N802
        self, request: feed_pb2.GetKeyLogRequest, context: grpc.ServicerContext
    ) -> feed_pb2.GetKeyLogResponse:
        """Returns the whole key log."""
        self.calls.append("GetKeyLog")
        return feed_pb2.GetKeyLogResponse(key_log=self._group(request.group_id, context).key_log)

    def FindGroup(  # noqa: N802
        self, request: feed_pb2.FindGroupRequest, context: grpc.ServicerContext
    ) -> feed_pb2.FindGroupResponse:
        """Finds a group by a commitment."""
        self._check_id(request.commitment, context)
        for group in self.groups.values():
            for index in range(1, len(group.key_log) + 1):
                public = phrases.recovery_key(group.phrase, index).public
                if phrases.commitment(public) == request.commitment:
                    return feed_pb2.FindGroupResponse(group_id=group.group_id)
        abort(context, grpc.StatusCode.NOT_FOUND, "group_unknown")
        raise AssertionError("abort raises")

    def WatchHeads(  # noqa: N802
        self, request: feed_pb2.WatchHeadsRequest, context: grpc.ServicerContext
    ) -> Iterator[feed_pb2.WatchHeadsResponse]:
        """Sends one row for each change; the cursor is the number of changes so far."""
        self.calls.append("WatchHeads")
        position = int(request.after) if request.after.isdigit() else 0
        listed = len(self._rows)
        if position >= listed:
            yield feed_pb2.WatchHeadsResponse(cursor=request.after, caught_up=True)
        while context.is_active() and not self._stopping:
            with self._changed:
                if position >= len(self._rows):
                    self._changed.wait(WAIT_SECONDS)
                    continue
                group = self.groups[self._rows[position]]
            position += 1
            if not group.published:
                continue
            yield feed_pb2.WatchHeadsResponse(
                cursor=str(position),
                group_id=group.group_id,
                key_log_tip_hash=group.tip,
                head=group.current.head.envelope,
                caught_up=position == listed,
            )

    def Sync(  # noqa: N802
        self, request: feed_pb2.SyncRequest, context: grpc.ServicerContext
    ) -> Iterator[feed_pb2.SyncResponse]:
        """Sends a transfer that leads to the newest head."""
        self.calls.append("Sync")
        group, current = self._current(request, context)
        hashes = [envelopes.read(e, envelopes.KEY_EVENT).hash for e in group.key_log]
        known = request.have_key_event_hash
        events = group.key_log[hashes.index(known) + 1 :] if known in hashes else group.key_log
        basis = next((p for p in group.published if p.head.hash == request.have_head_hash), None)
        wanted, only = set(request.wanted_hashes), request.only_wanted
        for item in transfer.items(events, current, basis, wanted, only):
            yield feed_pb2.SyncResponse(item=item)

    def GetProof(  # noqa: N802
        self, request: feed_pb2.GetProofRequest, context: grpc.ServicerContext
    ) -> feed_pb2.GetProofResponse:
        """Proves that a record is, or is not, under the newest head."""
        group, current = self._current(request, context)
        return feed_pb2.GetProofResponse(
            proof=prove(group.key_log, current, trees.name_of(request.name))
        )


def prove(key_log: list[bytes], publication: Publication, name: trees.Name) -> head_pb2.Proof:
    """Builds a proof of inclusion, or of absence."""
    leaves = publication.leaves
    hashes = [trees.leaf_hash(leaf) for leaf in leaves]

    def inclusion(index: int) -> head_pb2.Inclusion:
        path = trees.path_of(hashes, index)
        return head_pb2.Inclusion(leaf=leaves[index], index=index, path=path)

    proof = head_pb2.Proof(head=publication.head.envelope, key_log=key_log)
    place = sum(trees.name_of(leaf) < name for leaf in leaves)
    if place < len(leaves) and trees.name_of(leaves[place]) == name:
        proof.inclusion.CopyFrom(inclusion(place))
        return proof
    proof.absence.SetInParent()
    if place > 0:
        proof.absence.before.CopyFrom(inclusion(place - 1))
    if place < len(leaves):
        proof.absence.after.CopyFrom(inclusion(place))
    return proof
