"""Receipts: an aggregator's signed acknowledgement that it stored a head durably."""

from google.protobuf.message import DecodeError
from hedgerow.v1 import head_pb2

from verifier import envelopes, times
from verifier.fault import Fault, require
from verifier.heads import Head
from verifier.key_logs import KeyLog


def verify(data: bytes, aggregator: KeyLog, head: Head) -> head_pb2.Receipt:
    """Checks that an aggregator acknowledges exactly this head."""
    envelope = envelopes.read(data, envelopes.RECEIPT)
    try:
        receipt = head_pb2.Receipt.FromString(envelope.payload)
    except DecodeError as error:
        raise Fault("receipt_malformed", str(error)) from error
    require(receipt.aggregator_id == aggregator.group_id, "receipt_wrong_aggregator")
    require(receipt.aggregator_key_index < len(aggregator.events), "receipt_key_event_unknown")
    event = aggregator.events[receipt.aggregator_key_index]
    require(not event.ends_group, "group_ended")
    envelope.verify(event.message.signing_key)
    require(receipt.group_id == head.message.group_id, "receipt_wrong_group")
    require(receipt.view == head.message.view, "receipt_wrong_view")
    require(receipt.head_hash == head.hash, "receipt_wrong_head")
    issued = times.nanoseconds(receipt.issue_time, "receipt_malformed")
    in_effect_by = times.nanoseconds(receipt.in_effect_by_time, "receipt_malformed")
    require(issued <= in_effect_by, "receipt_malformed", "in effect before it was issued")
    return receipt
