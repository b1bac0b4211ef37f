"""Signed requests: what a group asks of a server in its own name, once and for a short time."""

import hashlib
from dataclasses import dataclass

from hedgerow.v1 import request_pb2

from verifier import envelopes, forms, times, wire
from verifier.fault import require
from verifier.key_logs import KeyLog

MAX_LIFETIME = 10 * times.MINUTE
MAX_SKEW = 5 * times.MINUTE

_MALFORMED = "request_malformed"
_REQUEST_ID_BYTES = 16


@dataclass(frozen=True)
class Call:
    """What a receiver has of a call before it reads the request."""

    method: str
    receiver: bytes
    body: bytes
    now: int


def _decode(payload: bytes) -> request_pb2.SignedRequest:
    request = wire.decode(request_pb2.SignedRequest, payload, _MALFORMED)
    require(request.method != "", _MALFORMED, "method")
    for field in ("sender_id", "receiver_id", "body_hash"):
        forms.check_id(getattr(request, field), _MALFORMED)
    require(len(request.request_id) == _REQUEST_ID_BYTES, _MALFORMED, "request_id")
    for field in ("issue_time", "expire_time"):
        require(request.HasField(field), _MALFORMED, f"no {field}")
        times.nanoseconds(getattr(request, field), _MALFORMED)
    return request


def _check_times(request: request_pb2.SignedRequest, now: int) -> None:
    """Checks the times to the millisecond, as servers keep them."""

    def cut(time: int) -> int:
        return time // 1_000_000 * 1_000_000

    issue = cut(times.nanoseconds(request.issue_time, _MALFORMED))
    expire = cut(times.nanoseconds(request.expire_time, _MALFORMED))
    require(0 < expire - issue <= MAX_LIFETIME, "request_lifetime")
    require(issue <= now + MAX_SKEW, "request_from_the_future")
    require(now < expire, "request_expired")


def verify(data: bytes, sender: KeyLog, call: Call) -> request_pb2.SignedRequest:
    """Verifies a request under the last event of its sender's log, or raises a `Fault`."""
    envelope = envelopes.read(data, envelopes.REQUEST)
    request = _decode(envelope.payload)
    require(request.method == call.method, "request_wrong_method")
    require(request.receiver_id == call.receiver, "request_wrong_receiver")
    body_hash = hashlib.sha256(call.body).digest()
    require(request.body_hash == body_hash, "request_body_mismatch")
    tip = sender.events[-1]
    require(not tip.ends_group, "group_ended")
    index = len(sender.events) - 1
    require(request.sender_key_index <= index, "request_key_unknown")
    require(request.sender_key_index == index, "request_key_ended")
    envelope.verify(tip.message.signing_key)
    _check_times(request, call.now)
    return request
