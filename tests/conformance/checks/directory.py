"""Searches and proofs, as a suspicious seeker uses them: nothing counts before it is verified."""

from hedgerow.directory.v1 import directory_pb2, search_filter_pb2
from hedgerow.feed.v1 import feed_pb2
from hedgerow.ingest.v1 import ingest_pb2
from hedgerow.v1 import head_pb2

from publisher.client import SECONDS, Client
from publisher.group import Group
from verifier import forms, proofs, trees
from verifier.heads import Head


def search(client: Client, query: str) -> list[directory_pb2.SearchHit]:
    """Returns the hits of one page."""
    filter_ = search_filter_pb2.SearchFilter(query=query)
    request = directory_pb2.SearchRecordsRequest(filter=filter_, page_size=50)
    return list(client.directory.SearchRecords(request, timeout=SECONDS).hits)


def names(hits: list[directory_pb2.SearchHit], group: Group) -> set[trees.Name]:
    """Returns the names of a group's records among hits."""
    return {(hit.collection, hit.key) for hit in hits if hit.group_id == group.group_id}


def prove(client: Client, group: Group, name: trees.Name) -> tuple[bool, Head]:
    """Fetches and verifies a proof; returns whether the record is included, and the head."""
    request = feed_pb2.GetProofRequest(
        group_id=group.group_id,
        name=head_pb2.RecordName(collection=name[0], key=name[1]),
    )
    response = client.feed.GetProof(request, timeout=SECONDS)
    data = response.proof.SerializeToString()
    return proofs.verify(data, group.group_id, forms.PUBLIC, name, group.records.get(name))


def admission(client: Client, group: Group) -> ingest_pb2.GetAdmissionResponse:
    """Returns a group's status at an aggregator."""
    request = ingest_pb2.GetAdmissionRequest(group_id=group.group_id)
    return client.ingest.GetAdmission(request, timeout=SECONDS)
