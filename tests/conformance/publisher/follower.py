"""A follower: it watches a server's heads, fetches what changed, and verifies all of it."""

import threading
from dataclasses import dataclass, field

import grpc
from hedgerow.feed.v1 import feed_pb2

from publisher.client import SECONDS, Client, failure
from verifier import envelopes, heads, key_logs, transfers
from verifier.fault import Fault


@dataclass
class Follower:
    """Verified copies of every group that one server lists."""

    client: Client
    copies: dict[bytes, transfers.Copy] = field(default_factory=dict)
    statuses: dict[bytes, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    cursor: str = ""
    caught_up: bool = False
    rows: int = 0

    def start(self) -> "Follower":
        """Watches in a thread until `stop`."""
        request = feed_pb2.WatchHeadsRequest(after=self.cursor)
        self._stream = self.client.feed.WatchHeads(request)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ends the stream; `start` continues after the last row."""
        self._stream.cancel()
        self._thread.join(SECONDS)

    def _watch(self) -> None:
        try:
            for row in self._stream:
                self._take(row)
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.CANCELLED:
                self.errors.append(f"WatchHeads: {failure(error)}")

    def _take(self, row: feed_pb2.WatchHeadsResponse) -> None:
        """Processes one row; an error is kept, and does not end the watch."""
        kind = row.WhichOneof("row")
        try:
            if kind == "head":
                self._take_head(row)
            elif kind == "status":
                self.statuses[row.group_id] = row.status
        except Fault as fault:
            self.errors.append(f"group {row.group_id.hex()}: {fault}")
        except grpc.RpcError as error:
            found = failure(error)
            # A newer head came in the meantime, and its row follows.
            if found.reason not in ("superseded", "withheld", "no_head"):
                self.errors.append(f"group {row.group_id.hex()}: {found}")
        self.cursor = row.cursor
        self.caught_up = self.caught_up or row.caught_up
        # `caught_up` comes alone if no row existed when the stream began.
        self.rows += kind is not None

    def _take_head(self, row: feed_pb2.WatchHeadsResponse) -> None:
        """Fetches the difference up to the newest head."""
        held = self.copies.get(row.group_id, transfers.Copy())
        announced, _ = heads.read(row.head)
        if held.head and held.head.hash == announced.hash:
            return
        tip = envelopes.read(held.key_log[-1], envelopes.KEY_EVENT).hash if held.key_log else b""
        request = feed_pb2.SyncRequest(
            group_id=row.group_id,
            have_head_hash=held.head.hash if held.head else b"",
            have_key_event_hash=tip,
        )
        stream = self.client.feed.Sync(request, timeout=SECONDS)
        new = transfers.apply((response.item for response in stream), held)
        if held.head and new.head and new.head.position < held.head.position:
            raise Fault("head_superseded", "the server went back")
        log = key_logs.verify(new.key_log)
        if log.group_id != row.group_id:
            raise Fault("key_event_wrong_group")
        self.statuses.pop(row.group_id, None)
        self.copies[row.group_id] = new
