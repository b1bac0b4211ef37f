"""Signed requests of a group."""

import hashlib
import secrets

from google.protobuf.message import Message
from hedgerow.inbox.v1 import inbox_pb2
from hedgerow.v1 import request_pb2

from publisher.client import SECONDS, Client
from publisher.group import Group, sign
from verifier import envelopes, times

INBOX = "hedgerow.inbox.v1.InboxService"


def signed(group: Group, method: str, receiver: bytes, body: bytes) -> bytes:
    """Returns the envelope of a request that is signed now."""
    now = times.now()
    request = request_pb2.SignedRequest(
        method=method,
        sender_id=group.group_id,
        sender_key_index=len(group.key_log) - 1,
        receiver_id=receiver,
        request_id=secrets.token_bytes(16),
        issue_time=times.timestamp(now),
        expire_time=times.timestamp(now + times.MINUTE),
        body_hash=hashlib.sha256(body).digest(),
    )
    return sign(envelopes.REQUEST, request.SerializeToString(), group.signing_key)


def fetch(
    client: Client, group: Group, receiver: bytes, keep_open: bool = True
) -> inbox_pb2.FetchMessagesResponse:
    """Fetches what waits for a group."""
    request = _request(group, "FetchMessages", receiver, inbox_pb2.FetchMessages(keep_open=keep_open))
    return client.inbox.FetchMessages(inbox_pb2.FetchMessagesRequest(**request), timeout=SECONDS)


def acknowledge(client: Client, group: Group, receiver: bytes, ids: list[bytes]) -> None:
    """Has messages deleted."""
    body = inbox_pb2.AcknowledgeMessages(request_ids=ids)
    request = _request(group, "AcknowledgeMessages", receiver, body)
    message = inbox_pb2.AcknowledgeMessagesRequest(**request)
    client.inbox.AcknowledgeMessages(message, timeout=SECONDS)


def _request(group: Group, method: str, receiver: bytes, body: Message) -> dict[str, bytes]:
    encoded = body.SerializeToString()
    return {"request": signed(group, f"{INBOX}/{method}", receiver, encoded), "body": encoded}
