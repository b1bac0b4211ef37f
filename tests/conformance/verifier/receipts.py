"""Receipts: an aggregator's signed acknowledgement that it stored a head durably."""

from hedgerow.v1 import head_pb2

from verifier import envelopes, forms, times, wire
from verifier.fault import require
from verifier.heads import Head
from verifier.key_logs import KeyLog

_MALFORMED = "receipt_malformed"


def verify_signed(data: bytes, aggregator: KeyLog) -> head_pb2.Receipt:
    """Verifies a receipt under any event of the log of the aggregator that should have signed."""
    envelope = envelopes.read(data, envelopes.RECEIPT)
    receipt = wire.decode(head_pb2.Receipt, envelope.payload, _MALFORMED)
    for field in ("aggregator_id", "group_id", "head_hash"):
        forms.check_id(getattr(receipt, field), _MALFORMED)
    require(forms.is_name(receipt.view), _MALFORMED, "view")
    for field in ("in_effect_by_time", "issue_time"):
        require(receipt.HasField(field), _MALFORMED, f"no {field}")
        times.nanoseconds(getattr(receipt, field), _MALFORMED)
    require(receipt.aggregator_id == aggregator.group_id, "receipt_wrong_aggregator")
    index = receipt.aggregator_key_index
    known = index < len(aggregator.events) and not aggregator.events[index].ends_group
    require(known, "receipt_key_unknown")
    envelope.verify(aggregator.events[index].message.signing_key)
    return receipt


def verify(data: bytes, aggregator: KeyLog, head: Head) -> head_pb2.Receipt:
    """Checks that an aggregator acknowledges exactly this head."""
    receipt = verify_signed(data, aggregator)
    require(receipt.group_id == head.message.group_id, "receipt_wrong_group")
    require(receipt.view == head.message.view, "receipt_wrong_view")
    require(receipt.head_hash == head.hash, "receipt_wrong_head")
    return receipt
