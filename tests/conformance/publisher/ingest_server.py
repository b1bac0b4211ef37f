"""An aggregator that stores verified copies in memory and acknowledges them."""

import threading
from collections.abc import Iterator
from concurrent import futures

import grpc
from hedgerow.feed.v1 import status_pb2
from hedgerow.ingest.v1 import admission_pb2, ingest_pb2, ingest_pb2_grpc
from hedgerow.v1 import head_pb2

from publisher import tls
from publisher.feed_server import abort
from publisher.group import Group, sign
from verifier import envelopes, forms, heads, key_logs, times, transfers
from verifier.fault import Fault

THREADS = 16


class IngestServer(ingest_pb2_grpc.IngestServiceServicer):
    """The ingest service over copies that `verifier.transfers` has verified."""

    def __init__(self) -> None:
        self.own = Group.create()
        self.copies: dict[bytes, transfers.Copy] = {}
        self.faults: list[str] = []
        self.pushes = 0
        # What to claim instead of the truth, for checks of a node that must not believe it.
        self.claimed_head = b""
        self.receipt_key = self.own.signing_key
        self._lock = threading.Lock()
        self.identity = tls.Identity.generate()
        self._server = grpc.server(futures.ThreadPoolExecutor(THREADS), options=tls.OPTIONS)
        ingest_pb2_grpc.add_IngestServiceServicer_to_server(self, self._server)
        credentials = self.identity.server_credentials
        self.port = self._server.add_secure_port("127.0.0.1:0", credentials)
        self._server.start()

    @property
    def address(self) -> str:
        """The address with the pin, for a node's configuration."""
        return f"https://127.0.0.1:{self.port}#sha256={self.identity.pin.hex()}"

    def stop(self) -> None:
        """Ends all calls."""
        self._server.stop(grace=1)

    def _copy(self, group_id: bytes) -> transfers.Copy:
        return self.copies.get(group_id, transfers.Copy())

    def _admission(self, copy: transfers.Copy) -> admission_pb2.Admission:
        if not copy.head:
            return admission_pb2.Admission(
                status=status_pb2.GROUP_STATUS_PENDING,
                pending_reason=admission_pb2.PENDING_REASON_KEY_LOG_MISSING,
                never_seen=True,
            )
        return admission_pb2.Admission(status=status_pb2.GROUP_STATUS_ACTIVE)

    def _highest(self, copy: transfers.Copy) -> bytes:
        return self.claimed_head or (copy.head.envelope if copy.head else b"")

    def _receipt(self, head: heads.Head) -> bytes:
        now = times.timestamp(times.now())
        receipt = head_pb2.Receipt(
            aggregator_id=self.own.group_id,
            group_id=head.message.group_id,
            view=head.message.view,
            head_hash=head.hash,
            in_effect_by_time=now,
            issue_time=now,
        )
        return sign(envelopes.RECEIPT, receipt.SerializeToString(), self.receipt_key)

    def GetAdmission(  # noqa: N802 - the name of the method in the .proto file
        self, request: ingest_pb2.GetAdmissionRequest, context: grpc.ServicerContext
    ) -> ingest_pb2.GetAdmissionResponse:
        """Returns what is known of a group."""
        copy = self._copy(request.group_id)
        return ingest_pb2.GetAdmissionResponse(
            admission=self._admission(copy),
            highest_head=self._highest(copy),
            key_log=copy.key_log,
            aggregator_id=self.own.group_id,
            aggregator_key_log=self.own.key_log,
        )

    def Announce(  # noqa: N802
        self, request: ingest_pb2.AnnounceRequest, context: grpc.ServicerContext
    ) -> ingest_pb2.AnnounceResponse:
        """Returns a receipt for a stored head, or what is missing."""
        try:
            announced, _ = heads.read(request.head)
        except Fault as fault:
            self.faults.append(f"Announce: {fault}")
            abort(context, grpc.StatusCode.INVALID_ARGUMENT, fault.reason)
            raise
        copy = self._copy(announced.message.group_id)
        response = ingest_pb2.AnnounceResponse(
            admission=self._admission(copy), highest_head=self._highest(copy)
        )
        if copy.key_log:
            tip = envelopes.read(copy.key_log[-1], envelopes.KEY_EVENT)
            response.key_log_tip_hash = tip.hash
        if copy.head:
            response.basis_hash = copy.head.hash
            if copy.head.hash == announced.hash:
                response.receipt = self._receipt(copy.head)
        return response

    def Push(  # noqa: N802
        self, requests: Iterator[ingest_pb2.PushRequest], context: grpc.ServicerContext
    ) -> ingest_pb2.PushResponse:
        """Verifies a whole transfer, and stores it if nothing is missing."""
        items = [request.item for request in requests]
        try:
            with self._lock:
                return self._take(items)
        except Fault as fault:
            self.faults.append(f"Push: {fault}")
            abort(context, grpc.StatusCode.INVALID_ARGUMENT, fault.reason)
            raise

    def _take(self, items: list) -> ingest_pb2.PushResponse:
        self.pushes += 1
        envelope = next((item.head for item in items if item.WhichOneof("item") == "head"), b"")
        group_id = heads.read(envelope)[0].message.group_id if envelope else b""
        new = transfers.apply(items, self._copy(group_id))
        log = key_logs.verify(new.key_log)
        if new.head is None or new.missing:
            return ingest_pb2.PushResponse(
                admission=self._admission(new), wanted_hashes=sorted(new.missing)
            )
        assert new.head.message.view == forms.PUBLIC
        self.copies[log.group_id] = new
        return ingest_pb2.PushResponse(
            admission=self._admission(new),
            receipt=self._receipt(new.head),
            highest_head=new.head.envelope,
            kept=len(new.records),
        )
