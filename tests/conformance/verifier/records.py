"""Records as bytes, checked without decoding their bodies."""

from hedgerow.v1 import record_pb2

from verifier import forms, times, wire
from verifier.fault import require

# Each receiver's own limit; this is the usual one. No receiver may set more than 3 MiB.
USUAL_MAX_BYTES = 65_536
NONCE_BYTES = 16


def read(record: bytes, group_id: bytes, max_bytes: int = USUAL_MAX_BYTES) -> record_pb2.Record:
    """Decodes a record of a group and checks its form, or raises a `Fault`."""
    require(len(record) <= max_bytes, "record_too_large")
    message = wire.decode(record_pb2.Record, record, "record_malformed", "record_too_deep")
    require(message.group_id == group_id, "record_wrong_group")
    forms.check_collection(message.collection)
    forms.check_key(message.key)
    require(len(message.nonce) == NONCE_BYTES, "record_nonce")
    for name in ("create_time", "update_time"):
        require(message.HasField(name), "record_time", f"no {name}")
        times.nanoseconds(getattr(message, name), "record_time")
    return message
